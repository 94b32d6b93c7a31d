// Behind the kernels: one entry point that runs every thread of a grid, in the order asked for.
typedef void Kernel(ARGUMENTS);
static Kernel *const ALL[] = {join_sums,  join_weighted, join_moments, bands,   deviations,
                              twice_less, exponential,   converge,     strength};

// The i-th thread is the step * i + start-th, modulo their number; step shares no factor with it.
extern "C" void run_grid(int kernel, unsigned blocks, unsigned threads, i64 start, i64 step,
                         ARGUMENTS) {
    gridDim = {blocks, 1};
    blockDim = {threads, 1};
    i64 all = (i64)blocks * threads;
    for (i64 i = 0; i < all; ++i) {
        i64 at = (start + step * i) % all;
        threadIdx = {(unsigned)(at % threads), 0};
        blockIdx = {(unsigned)(at / threads), 0};
        ALL[kernel](x, a, b, u, v, w, symbols, bars, one, two, three, scale);
    }
}
