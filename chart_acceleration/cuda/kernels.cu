// Draws scenes and writes them as VP8L bits: many charts in one launch, blockIdx.y is the chart.
//
// The same text is compiled by NVRTC for the device and, behind a small shim, by a C++ compiler for
// the tests. So that threads can there run one after the other, in any order, no kernel waits for
// another thread: within a launch, threads write to places of their own, add, or set bits.
// Field (a chart's row in `scene`), TILE_* and ROW_GROUP come from program.py.
//
// scene  chart rows, then rects, glyphs and ramps       kept   atlases, codes and stream heads
// plane  pixels, 1 << BUNDLE of them in a byte          masks  per tile a bit for each op that meets it
// heads  per row: bytes at its start that the row above has too
// bits   per row: bits of its tokens                    out    the streams, zeroed before `scatter`
// sums   per chart bits without the head; per chart threads that met a colour outside its palette;
//        per ROW_GROUP rows their bits. Zeroed before `paint`.

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

#define BUFFERS                                                                         \
    const int *scene, const int *kept, u64 *plane, u32 *masks, int *heads, u32 *bits,   \
        u64 *sums, u32 *out

static const int SHORTEST_COPY = 3;  // a shorter one costs more bits than its literals
static const int LONGEST_COPY = 4096;  // bitstream specification, section 5.2.2
static const int LONG_ABOVE = 64;  // from here on the row above needs no comparing with the left
static const u64 EACH_BYTE = 0x0101010101010101ull;

// --- drawing ---------------------------------------------------------------------------------

__device__ static int tiles_across(const int *chart) {
    return (chart[WIDTH] + TILE_WIDTH - 1) / TILE_WIDTH;
}

__device__ static int tiles_of(const int *chart) {
    return tiles_across(chart) * ((chart[HEIGHT] + TILE_HEIGHT - 1) / TILE_HEIGHT);
}

__device__ static bool meets(i64 x0, i64 y0, i64 x1, i64 y1, int left, int top) {
    return x0 < x1 && y0 < y1 && x0 < left + TILE_WIDTH && x1 > left && y0 < top + TILE_HEIGHT &&
           y1 > top;
}

// One thread: 32 ops of one chart against one tile.
extern "C" __global__ void cull(BUFFERS) {
    const int *chart = scene + (i64)blockIdx.y * FIELDS;
    int of_rects = (chart[RECT_COUNT] + 31) >> 5;
    int groups = of_rects + ((chart[GLYPH_COUNT] + 31) >> 5);
    i64 at = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (at >= (i64)tiles_of(chart) * groups) return;
    int tile = (int)(at / groups), group = (int)(at % groups);
    int left = chart[X0] + tile % tiles_across(chart) * TILE_WIDTH;
    int top = chart[Y0] + tile / tiles_across(chart) * TILE_HEIGHT;
    u32 mask = 0;
    if (group < of_rects) {
        int number = min(32, chart[RECT_COUNT] - 32 * group);
        const int *rect = scene + chart[RECTS] + 160 * group;
        for (int i = 0; i < number; ++i, rect += 5)
            if (meets(rect[0], rect[1], rect[2], rect[3], left, top)) mask |= 1u << i;
    } else {
        group -= of_rects;
        int number = min(32, chart[GLYPH_COUNT] - 32 * group);
        const int *glyph = scene + chart[GLYPHS] + 128 * group;
        for (int i = 0; i < number; ++i, glyph += 4) {
            const int *box = kept + chart[BOXES] + 3 * glyph[2];
            i64 x = glyph[0], y = glyph[1];
            if (meets(x, y, x + box[1], y + box[2], left, top)) mask |= 1u << i;
        }
    }
    masks[chart[MASKS] + at] = mask;
}

// Eight pixels of a row, painted from the last op to the first: what is painted first stays.
struct Eight {
    int x, y;  // the first pixel's place in the scene
    u32 open;  // pixels that nothing was painted on yet
    u64 pixels;
    bool strange;  // a colour outside the palette
    int colours;
};

__device__ static void set(Eight &eight, u32 which, int colour) {
    u64 marks = (which * EACH_BYTE) & 0x8040201008040201ull;  // byte i: bit i of `which`
    u64 ones = ((marks + 0x7F7F7F7F7F7F7F7Full) >> 7) & EACH_BYTE;
    eight.pixels |= ones * (u64)(colour & 255);
    eight.open &= ~which;
    eight.strange |= which != 0 && (colour & 255) >= eight.colours;
}

__device__ static void paint_rect(Eight &eight, const int *rect) {
    if (eight.y < rect[1] || eight.y >= rect[3]) return;
    int from = max(rect[0], eight.x) - eight.x, to = min(rect[2], eight.x + 8) - eight.x;
    if (from < to) set(eight, eight.open & ((1u << to) - (1u << from)), rect[4]);
}

__device__ static void paint_glyph(
    Eight &eight, const int *glyph, const int *box, const u8 *coverage, const int *ramps) {
    i64 row = (i64)eight.y - glyph[1];
    if (row < 0 || row >= box[2]) return;
    for (int i = 0; i < 8; ++i) {
        i64 column = (i64)eight.x + i - glyph[0];
        if (!(eight.open >> i & 1) || column < 0 || column >= box[1]) continue;
        int ink = coverage[box[0] + row * box[1] + column];
        if (ink > 0) set(eight, 1u << i, ramps[glyph[3]] >> (8 * ink));
    }
}

// Leftmost pixel in the low bits (section 4.4).
__device__ static u64 bundled(u64 v, int bundle) {
    if (bundle == 1) {
        v = (v | v >> 4) & 0x00FF00FF00FF00FFull;
        v = (v | v >> 8) & 0x0000FFFF0000FFFFull;
        v |= v >> 16;
    } else if (bundle == 2) {
        v = (v | v >> 6) & 0x000F000F000F000Full;
        v = (v | v >> 12) & 0x000000FF000000FFull;
        v |= v >> 24;
    } else if (bundle == 3) {
        v = (v | v >> 7) & 0x0003000300030003ull;
        v = (v | v >> 14) & 0x0000000F0000000Full;
        v |= v >> 28;
    }
    return v;
}

__device__ static void store(u64 *plane, const int *chart, int px, int py, u64 pixels) {
    int bundle = chart[BUNDLE];
    u64 value = bundled(pixels, bundle);
    u8 *at = (u8 *)(plane + chart[PLANE] + (i64)py * chart[STRIDE]) + (px >> bundle);
    if (bundle == 0) *(u64 *)at = value;
    else if (bundle == 1) *(u32 *)at = (u32)value;
    else if (bundle == 2) *(unsigned short *)at = (unsigned short)value;
    else *at = (u8)value;
}

// One block: one tile; one thread: eight pixels. blockDim.x is TILE_WIDTH / 8 * TILE_HEIGHT.
extern "C" __global__ void paint(BUFFERS) {
    const int *chart = scene + (i64)blockIdx.y * FIELDS;
    int tile = blockIdx.x, across = tiles_across(chart);
    if (tile >= tiles_of(chart)) return;
    int px = tile % across * TILE_WIDTH + threadIdx.x % (TILE_WIDTH / 8) * 8;
    int py = tile / across * TILE_HEIGHT + threadIdx.x / (TILE_WIDTH / 8);
    if (px >= chart[WIDTH] || py >= chart[HEIGHT]) return;
    u32 open = chart[WIDTH] - px >= 8 ? 255u : (1u << (chart[WIDTH] - px)) - 1u;
    Eight eight = {chart[X0] + px, chart[Y0] + py, open, 0, false, chart[COLOURS]};
    int of_rects = (chart[RECT_COUNT] + 31) >> 5;
    int groups = of_rects + ((chart[GLYPH_COUNT] + 31) >> 5);
    const u32 *met = masks + chart[MASKS] + (i64)tile * groups;
    for (int group = groups - 1; group >= 0 && eight.open; --group) {
        for (u32 mask = met[group]; mask && eight.open;) {
            int last = 31 - __clz(mask);
            mask ^= 1u << last;
            if (group < of_rects) {
                paint_rect(eight, scene + chart[RECTS] + 5 * (32 * group + last));
                continue;
            }
            const int *glyph = scene + chart[GLYPHS] + 4 * (32 * (group - of_rects) + last);
            paint_glyph(eight, glyph, kept + chart[BOXES] + 3 * glyph[2],
                        (const u8 *)(kept + chart[COVERAGE]), scene + chart[RAMPS]);
        }
    }
    if (eight.strange) atomicAdd(sums + gridDim.y + blockIdx.y, 1ull);
    else store(plane, chart, px, py, eight.pixels);
}

// --- tokens ----------------------------------------------------------------------------------

// A row of bytes and the row above it (nullptr for the first row).
struct Row {
    const u64 *here, *above;
    int end;
};

__device__ static Row row_of(const u64 *plane, const int *chart, int y) {
    const u64 *here = plane + chart[PLANE] + (i64)y * chart[STRIDE];
    int end = (chart[WIDTH] + (1 << chart[BUNDLE]) - 1) >> chart[BUNDLE];
    return Row{here, y > 0 ? here - chart[STRIDE] : nullptr, end};
}

__device__ static int byte_at(const u64 *row, int x) {
    return (int)(row[x >> 3] >> (8 * (x & 7)) & 255);
}

// How many bytes from x on equal those of `other`, or where there is none the byte `same`.
__device__ static int equal_bytes(const Row &row, const u64 *other, int same, int x) {
    u64 repeated = same * EACH_BYTE;
    u64 unwanted = ~0ull << (8 * (x & 7));
    for (int word = x >> 3; 8 * word < row.end; ++word, unwanted = ~0ull) {
        u64 differ = (row.here[word] ^ (other ? other[word] : repeated)) & unwanted;
        if (differ) return min(8 * word + ((__ffsll((i64)differ) - 1) >> 3), row.end) - x;
    }
    return row.end - x;
}

// Codes are length << 16 | code, the first bit lowest.
template <class Sink>
__device__ static void literal(Sink &sink, const int *codes, int byte) {
    sink.put((u32)codes[byte] & 0xFFFFu, codes[byte] >> 16);
}

// Copies of `length` bytes in all; the distance code is one bit: 0 above, 1 left.
template <class Sink>
__device__ static void copies(Sink &sink, const int *codes, i64 length, u32 left) {
    while (length > 0) {
        int step = length < LONGEST_COPY ? (int)length : LONGEST_COPY;
        length -= step;
        u32 value = (u32)step - 1, prefix = value;
        int extra = 0;
        if (value >= 2) {
            int top = 31 - __clz(value);
            extra = top - 1;
            prefix = 2 * top + (value >> extra & 1);
        }
        int code = codes[256 + prefix], size = code >> 16;
        u32 rest = (value & ((1u << extra) - 1)) | left << extra;
        sink.put(((u32)code & 0xFFFFu) | rest << size, size + extra + 1);
    }
}

// All tokens of row y. Copies from above that reach the row's end go on over the rows that equal
// theirs and into the next one's head; those rows leave them out.
template <class Sink>
__device__ static void walk(
    Sink &sink, const u64 *plane, const int *chart, const int *heads, const int *codes, int y) {
    Row row = row_of(plane, chart, y);
    int x = heads[y];
    i64 tail = 0;
    while (x < row.end) {
        int run = row.above ? equal_bytes(row, row.above, 0, x) : 0;
        if (run >= SHORTEST_COPY && x + run == row.end) {
            tail = run;
            break;
        }
        int beside = 0;
        if (run < LONG_ABOVE && x > 0)
            beside = equal_bytes(row, nullptr, byte_at(row.here, x - 1), x);
        u32 left = beside > run;
        run = left ? beside : run;
        if (run < SHORTEST_COPY) {
            literal(sink, codes, byte_at(row.here, x));
            ++x;
        } else {
            copies(sink, codes, run, left);
            x += run;
        }
    }
    int next = y + 1;
    for (; next < chart[HEIGHT] && heads[next] == row.end; ++next) tail += row.end;
    if (next < chart[HEIGHT]) tail += heads[next];
    copies(sink, codes, tail, 0);
}

struct Counter {
    u32 number;
    __device__ void put(u32, int count) { number += count; }
};

struct Writer {
    u32 *word;
    u64 pending;
    int count;
    __device__ void put(u32 value, int size) {
        pending |= (u64)value << count;
        count += size;
        if (count >= 32) {
            atomicOr(word++, (u32)pending);
            pending >>= 32;
            count -= 32;
        }
    }
};

// One thread: one row, here and below.
extern "C" __global__ void find_heads(BUFFERS) {
    const int *chart = scene + (i64)blockIdx.y * FIELDS;
    int y = blockIdx.x * blockDim.x + threadIdx.x;
    if (y >= chart[HEIGHT]) return;
    Row row = row_of(plane, chart, y);
    int run = row.above ? equal_bytes(row, row.above, 0, 0) : 0;
    heads[chart[ROWS] + y] = run >= SHORTEST_COPY || run == row.end ? run : 0;
}

extern "C" __global__ void measure(BUFFERS) {
    const int *chart = scene + (i64)blockIdx.y * FIELDS;
    int y = blockIdx.x * blockDim.x + threadIdx.x;
    if (y >= chart[HEIGHT]) return;
    const int *of_rows = heads + chart[ROWS];
    int end = (chart[WIDTH] + (1 << chart[BUNDLE]) - 1) >> chart[BUNDLE];
    Counter counter = {0};
    if (of_rows[y] < end) walk(counter, plane, chart, of_rows, kept + chart[CODES], y);
    bits[chart[ROWS] + y] = counter.number;
    atomicAdd(sums + blockIdx.y, (u64)counter.number);
    atomicAdd(sums + 2 * gridDim.y + chart[ROW_GROUPS] + y / ROW_GROUP, (u64)counter.number);
}

extern "C" __global__ void scatter(BUFFERS) {
    const int *chart = scene + (i64)blockIdx.y * FIELDS;
    int y = blockIdx.x * blockDim.x + threadIdx.x;
    if (y >= chart[HEIGHT]) return;
    u32 *stream = out + (u32)chart[STREAM];
    for (int i = y; 32 * i < chart[HEAD_BITS]; i += chart[HEIGHT])
        atomicOr(stream + i, (u32)kept[chart[HEAD] + i]);
    u64 before = chart[HEAD_BITS];
    const u64 *groups = sums + 2 * gridDim.y + chart[ROW_GROUPS];
    for (int group = 0; group < y / ROW_GROUP; ++group) before += groups[group];
    const int *of_rows = heads + chart[ROWS];
    const u32 *own = bits + chart[ROWS];
    for (int row = y / ROW_GROUP * ROW_GROUP; row < y; ++row) before += own[row];
    if (own[y] == 0) return;
    Writer writer = {stream + (before >> 5), 0, (int)(before & 31)};
    walk(writer, plane, chart, of_rows, kept + chart[CODES], y);
    if (writer.count > 0) atomicOr(writer.word, (u32)writer.pending);
}
