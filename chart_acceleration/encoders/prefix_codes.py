"""How a VP8L stream describes its prefix codes (bitstream specification, section 6.2.1)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from chart_acceleration.encoders.bits import put
from chart_acceleration.encoders.huffman import (
    LENGTH_BITS,
    LENGTH_MASK,
    canonical_codes,
    code_lengths,
)
from market.kernel import kernel

I64 = NDArray[np.int64]
U32 = NDArray[np.uint32]

CHANNEL_SYMBOLS: Final = 256
SCRATCH_SIZE: Final = 1024
REPEAT_PREVIOUS, ZEROS, MANY_ZEROS = 16, 17, 18
# The order in which the lengths of the code-length code are sent.
ORDER: Final = np.array([17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])


@kernel
def put_one_symbol(state: I64, words: U32, symbol: int) -> None:
    """A simple code of one symbol (0..255): every use of it takes no bits."""
    put(state, words, 1, 1)
    put(state, words, 0, 1)
    put(state, words, 1, 1)
    put(state, words, symbol, 8)


@kernel
def put_two_symbols(state: I64, words: U32, first: int, second: int) -> None:
    """A simple code of two symbols (0..255), ``first`` < ``second``: bit 0 and bit 1."""
    put(state, words, 1, 1)
    put(state, words, 1, 1)
    put(state, words, 1, 1)
    put(state, words, first, 8)
    put(state, words, second, 8)


@kernel
def put_prefix_code(
    state: I64, words: U32, counts: I64, limit: int, lengths: I64, table: I64, scratch: I64
) -> None:
    """Choose a code for ``counts``, describe it, and leave ``code << 5 | length`` per symbol in
    ``table``.

    ``scratch`` needs ``SCRATCH_SIZE`` elements. A single used symbol must be a literal (0..255).
    """
    used = code_lengths(counts, limit, lengths, scratch)
    if used <= 1:
        table[:] = 0
        put_one_symbol(state, words, int(np.argmax(counts)))
        return
    canonical_codes(lengths, table, scratch)
    put(state, words, 0, 1)
    _put_lengths(state, words, lengths, scratch)


@kernel
def _put_lengths(state: I64, words: U32, lengths: I64, scratch: I64) -> None:
    """Write code lengths run-length coded, with a prefix code of their own."""
    items, counts = scratch[:300], scratch[300:319]
    own_lengths, table, rest = scratch[320:339], scratch[340:359], scratch[360:]
    number = _run_lengths(lengths, items)
    counts[:] = 0
    for i in range(number):
        counts[items[i] & 31] += 1
    code_lengths(counts, 7, own_lengths, rest)
    canonical_codes(own_lengths, table, rest)
    sent = 19
    while sent > 4 and own_lengths[ORDER[sent - 1]] == 0:
        sent -= 1
    put(state, words, sent - 4, 4)
    for i in range(sent):
        put(state, words, own_lengths[ORDER[i]], 3)
    put(state, words, 0, 1)  # lengths for the whole alphabet follow
    for i in range(number):
        symbol = items[i] & 31
        put(state, words, table[symbol] >> LENGTH_BITS, table[symbol] & LENGTH_MASK)
        if symbol >= REPEAT_PREVIOUS:
            put(state, words, items[i] >> 5, _extra_bits(symbol))


@kernel
def _extra_bits(symbol: int) -> int:
    if symbol == REPEAT_PREVIOUS:
        return 2
    return 3 if symbol == ZEROS else 7


@kernel
def _run_lengths(lengths: I64, items: I64) -> int:
    """Fill ``items`` with ``extra << 5 | symbol`` of the code-length alphabet; returns how many."""
    number, i = 0, 0
    while i < lengths.size:
        value = lengths[i]
        run = 1
        while i + run < lengths.size and lengths[i + run] == value:
            run += 1
        i += run
        if value != 0:
            items[number] = value
            number += 1
            run -= 1
        while run >= 3:
            if value != 0:
                step, symbol, base = min(run, 6), REPEAT_PREVIOUS, 3
            elif run <= 10:
                step, symbol, base = run, ZEROS, 3
            else:
                step, symbol, base = min(run, 138), MANY_ZEROS, 11
            items[number] = ((step - base) << 5) | symbol
            number += 1
            run -= step
        for _ in range(run):
            items[number] = value
            number += 1
    return number
