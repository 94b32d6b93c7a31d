"""Second pass: tokens into bits."""

import numpy as np
from numpy.typing import NDArray

from chart_acceleration.encoders.bits import COUNT, PENDING, WORD
from chart_acceleration.encoders.huffman import LENGTH_BITS, LENGTH_MASK
from chart_acceleration.encoders.runs import (
    SYMBOL_MASK,
    TAIL_COUNT_MASK,
    TAIL_COUNT_SHIFT,
    TAIL_SHIFT,
)
from market.kernel import kernel

U32 = NDArray[np.uint32]
I64 = NDArray[np.int64]


@kernel
def put_tokens(state: I64, words: U32, tokens: U32, table: I64) -> None:
    """Append every token: its symbol's code (``table``: code << 5 | length), then the bits it
    carries.

    The same as ``put`` twice per token, with the state in registers and without a branch: a word is
    stored every time, and the place to store moves on when it is full. At most 31 + 12 + 18 bits
    are pending.
    """
    word, pending, count = state[WORD], state[PENDING], state[COUNT]
    for i in range(tokens.size):
        token = np.int64(tokens[i])
        entry = table[token & SYMBOL_MASK]
        length = entry & LENGTH_MASK
        value = (entry >> LENGTH_BITS) | ((token >> TAIL_SHIFT) << length)
        pending |= value << count
        count += length + ((token >> TAIL_COUNT_SHIFT) & TAIL_COUNT_MASK)
        words[word] = np.uint32(pending & 0xFFFFFFFF)
        full = count >> 5
        word += full
        pending >>= full << 5
        count &= 31
    state[WORD], state[PENDING], state[COUNT] = word, pending, count
