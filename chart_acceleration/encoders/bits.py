"""Bit writer: least significant bit first, as VP8L reads.

The writer's state is an int64 array ``[word index, pending bits, number of pending bits]``, so that
kernels can pass it on without allocating. Fewer than 32 bits are pending between calls; ``words``
is a uint32 array (little-endian machine, as everywhere this program runs).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from market.kernel import inline_kernel, kernel

I64 = NDArray[np.int64]
U32 = NDArray[np.uint32]
WORD, PENDING, COUNT = 0, 1, 2
STATE_SIZE: Final = 3


@inline_kernel
def put(state: I64, words: U32, value: int, count: int) -> None:
    """Append the low ``count`` (0..31) bits of ``value``, which has no bits above them. The word
    behind the last full one is overwritten.
    """
    pending = state[PENDING] | (np.int64(value) << state[COUNT])
    filled = state[COUNT] + count
    # stored every time, the place moves on when it is full: with a branch here numba would count
    # the references of both arrays, which takes ten times as long
    words[state[WORD]] = np.uint32(pending & 0xFFFFFFFF)
    full = filled >> 5
    state[WORD] += full
    state[PENDING] = pending >> (full << 5)
    state[COUNT] = filled & 31


@kernel
def bytes_written(state: I64, words: U32) -> int:
    """Write the pending bits, zero-filled, and return the number of bytes up to the last one in
    use.

    The state is left as it was: writing may go on from it.
    """
    words[state[WORD]] = np.uint32(state[PENDING])
    return int(4 * state[WORD] + (state[COUNT] + 7) // 8)
