// Lets a C++ compiler read the kernels: threads run one after the other, in the order asked for.
#include <algorithm>
#include <cstdint>

#define __global__
#define __device__

using std::max;
using std::min;

struct Place {
    unsigned x, y;
};
static Place blockIdx, threadIdx, blockDim, gridDim;

static inline int __clz(unsigned value) { return value ? __builtin_clz(value) : 32; }
static inline int __ffsll(long long value) { return __builtin_ffsll(value); }

template <class T>
static T atomicAdd(T *at, T value) {
    T before = *at;
    *at += value;
    return before;
}

template <class T>
static T atomicOr(T *at, T value) {
    T before = *at;
    *at |= value;
    return before;
}
