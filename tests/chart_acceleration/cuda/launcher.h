// Behind the kernels: one entry point that runs every thread of a grid.
typedef void Kernel(BUFFERS);
static Kernel *const ALL[] = {cull, paint, find_heads, measure, scatter};

// Thread i of the grid is the step * i + start-th, modulo their number; step shares no factor with it.
extern "C" void run_grid(int kernel, unsigned blocks, unsigned charts, unsigned threads, u64 start,
                         u64 step, BUFFERS) {
    gridDim = {blocks, charts};
    blockDim = {threads, 1};
    u64 all = (u64)blocks * charts * threads;
    for (u64 i = 0; i < all; ++i) {
        u64 at = (start + step * i) % all;
        threadIdx = {(unsigned)(at % threads), 0};
        blockIdx = {(unsigned)(at / threads % blocks), (unsigned)(at / threads / blocks)};
        ALL[kernel](scene, kept, plane, masks, heads, bits, sums, out);
    }
}

struct Tally {
    u64 *counts;
    const int *codes;  // code of symbol s is s: what is put says which symbol it was
    void put(u32 value, int) { ++counts[value & 511u]; }
};

// Counts the symbols of all charts; `codes` in `kept` must give 9 bits, the symbol itself, to each.
extern "C" void tally(unsigned charts, u64 *counts, BUFFERS) {
    (void)masks, (void)bits, (void)sums, (void)out;
    for (unsigned at = 0; at < charts; ++at) {
        const int *chart = scene + (i64)at * FIELDS;
        const int *of_rows = heads + chart[ROWS];
        int end = (chart[WIDTH] + (1 << chart[BUNDLE]) - 1) >> chart[BUNDLE];
        Tally sink = {counts, nullptr};
        int codes[280];
        for (int symbol = 0; symbol < 280; ++symbol) codes[symbol] = 9 << 16 | symbol;
        for (int y = 0; y < chart[HEIGHT]; ++y)
            if (of_rows[y] < end) walk(sink, plane, chart, of_rows, codes, y);
    }
    (void)kept;
}
