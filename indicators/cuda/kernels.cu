// Indicators of many symbols at once. Arrays are time-major, float64: bar b of symbol s stands at
// b * symbols + s, so that neighbouring threads read neighbouring places.
//
// Sliding windows: one thread per bar and symbol, one launch per binary digit of the period, each
// joining two windows of `length` bars, and the newest bar where `odd` is 1 (indicators/windows.py).
// Averages that remember everything: one thread per symbol walks through its bars. Only the
// written-out fma are fused (--fmad=false): the same bits as the processor's kernels.
//
// The tests compile this text as C++ and run the threads one by one, in any order: no thread waits
// for another one, each writes to places of its own.

typedef double f64;
typedef long long i64;

#define ARGUMENTS                                                                          \
    const f64 *x, const f64 *a, const f64 *b, f64 *u, f64 *v, f64 *w, i64 symbols, i64 bars, \
        i64 one, i64 two, i64 three, f64 scale

__device__ static i64 thread_number() { return (i64)blockIdx.x * blockDim.x + threadIdx.x; }

__device__ static f64 unknown() { return nan(""); }

// u: sums of 2 * one + two bars, times scale, from a: sums of one bar or more
extern "C" __global__ void join_sums(ARGUMENTS) {
    i64 at = thread_number(), length = one, odd = two;
    if (at >= symbols * bars) return;
    i64 newer = at - odd * symbols, older = newer - length * symbols;
    if (older < 0) {
        u[at] = unknown();
        return;
    }
    f64 sum = a[newer] + a[older];
    u[at] = (odd ? x[at] + sum : sum) * scale;
}

// u: plain sums, v: weighted sums, times scale, from a and b
extern "C" __global__ void join_weighted(ARGUMENTS) {
    i64 at = thread_number(), length = one, odd = two;
    if (at >= symbols * bars) return;
    i64 newer = at - odd * symbols, older = newer - length * symbols;
    if (older < 0) {
        u[at] = v[at] = unknown();
        return;
    }
    f64 plain = a[newer] + a[older];
    f64 weighted = (b[newer] + (f64)length * a[newer]) + b[older];
    if (odd) {
        weighted = weighted + (f64)(2 * length + 1) * x[at];
        plain = x[at] + plain;
    }
    u[at] = plain;
    v[at] = weighted * scale;
}

// u: sums of distances from the newest value, v: squares around the mean, from a and b
extern "C" __global__ void join_moments(ARGUMENTS) {
    i64 at = thread_number(), length = one, odd = two;
    if (at >= symbols * bars) return;
    i64 newer = at - odd * symbols, older = newer - length * symbols;
    if (older < 0) {
        u[at] = v[at] = unknown();
        return;
    }
    f64 distance = a[older] + (f64)length * (x[older] - x[newer]);
    f64 apart = distance - a[newer];
    f64 squares = (b[newer] + b[older]) + apart * apart * (0.5 / (f64)length);
    distance = a[newer] + distance;
    if (odd) {
        f64 count = 2.0 * (f64)length;
        distance = distance + count * (x[newer] - x[at]);
        squares = squares + distance * distance * (1.0 / (count * (count + 1.0)));
    }
    u[at] = distance;
    v[at] = squares;
}

// u, v, w: upper, middle, lower band from the moments a, b of `one` bars; scale: the width
extern "C" __global__ void bands(ARGUMENTS) {
    i64 at = thread_number();
    if (at >= symbols * bars) return;
    f64 share = 1.0 / (f64)one, middle = x[at] + a[at] * share, half = scale * sqrt(b[at] * share);
    u[at] = middle + half;
    v[at] = middle;
    w[at] = middle - half;
}

// u: deviation from the squares b of `one` bars
extern "C" __global__ void deviations(ARGUMENTS) {
    i64 at = thread_number();
    if (at < symbols * bars) u[at] = x[at] * 0.0 + sqrt(b[at] * (1.0 / (f64)one));
}

// u: 2 a - b
extern "C" __global__ void twice_less(ARGUMENTS) {
    i64 at = thread_number();
    if (at < symbols * bars) u[at] = 2.0 * a[at] - b[at];
}

// The plain mean of the first `period` values, then average += (value - average) * weight.
struct Average {
    f64 value;
    i64 seen, period;
    f64 weight;
};

__device__ static Average average_of(i64 period) {
    Average made = {0.0, 0, period, 2.0 / (f64)(period + 1)};
    return made;
}

__device__ static f64 follow(Average &average, f64 value) {
    f64 away = value - average.value;
    average.value = average.seen < average.period ? average.value + away / (f64)(average.seen + 1)
                                                  : fma(away, average.weight, average.value);
    ++average.seen;
    return average.value;
}

__device__ static bool known(const Average &average) { return average.seen >= average.period; }

// u: exponential averages of `one` bars, `two` of them in a row: EMA, DEMA (2), TEMA (3)
extern "C" __global__ void exponential(ARGUMENTS) {
    i64 symbol = thread_number();
    if (symbol >= symbols) return;
    Average first = average_of(one), second = average_of(one), third = average_of(one);
    for (i64 at = symbol; at < symbols * bars; at += symbols) {
        f64 value = x[at], result = unknown();
        u[at] = result;
        if (value != value) continue;
        f64 p = follow(first, value);
        if (!known(first)) continue;
        result = p;
        if (two > 1) {
            f64 q = follow(second, p);
            result = 2.0 * p - q;
            if (!known(second)) continue;
            if (two > 2) {
                f64 r = follow(third, q);
                if (!known(third)) continue;
                result = fma(3.0, p - q, r);
            }
        }
        u[at] = result;
    }
}

// u, v, w: line, signal, histogram; one, two, three: fast, slow, signal
extern "C" __global__ void converge(ARGUMENTS) {
    i64 symbol = thread_number(), start = two - one, seen = 0;
    if (symbol >= symbols) return;
    Average fast = average_of(one), slow = average_of(two), signal = average_of(three);
    for (i64 at = symbol; at < symbols * bars; at += symbols) {
        u[at] = v[at] = w[at] = unknown();
        f64 value = x[at];
        if (value != value) continue;
        if (seen++ >= start) follow(fast, value);
        follow(slow, value);
        if (!known(slow)) continue;
        f64 line = fast.value - slow.value, after = follow(signal, line);
        u[at] = line;
        if (!known(signal)) continue;
        v[at] = after;
        w[at] = line - after;
    }
}

// Wilder's average: as above with weight 1 / period, written for a shorter chain.
__device__ static f64 wilder(f64 average, i64 seen, i64 period, f64 weight, f64 value) {
    if (seen < period) return average + (value - average) / (f64)(seen + 1);
    return fma(average, 1.0 - weight, value * weight);
}

// u: relative strength of `one` bars
extern "C" __global__ void strength(ARGUMENTS) {
    i64 symbol = thread_number(), seen = 0;
    if (symbol >= symbols) return;
    f64 before = 0.0, gain = 0.0, loss = 0.0, weight = 1.0 / (f64)one;
    for (i64 at = symbol; at < symbols * bars; at += symbols) {
        f64 value = x[at];
        u[at] = unknown();
        if (value != value) continue;
        if (seen > 0) {
            f64 change = value - before;
            gain = wilder(gain, seen - 1, one, weight, change > 0.0 ? change : 0.0);
            loss = wilder(loss, seen - 1, one, weight, change < 0.0 ? -change : 0.0);
        }
        before = value;
        if (seen >= one) u[at] = gain + loss > 0.0 ? 100.0 * gain / (gain + loss) : 50.0;
        ++seen;
    }
}
