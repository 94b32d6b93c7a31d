"""The palette as VP8L sends it: a one-row picture of per-channel differences.

Source: bitstream specification, section 4.4.
"""

import numpy as np
from numpy.typing import NDArray

from chart_acceleration.encoders.bits import put
from chart_acceleration.encoders.huffman import LENGTH_BITS, LENGTH_MASK, MAX_LENGTH
from chart_acceleration.encoders.prefix_codes import (
    CHANNEL_SYMBOLS,
    put_one_symbol,
    put_prefix_code,
    put_two_symbols,
)
from chart_acceleration.encoders.runs import GREEN_SYMBOLS
from market.kernel import kernel

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I64 = NDArray[np.int64]
OPAQUE = 255


@kernel
def put_colour_table(
    state: I64, words: U32, palette: U8, counts: I64, lengths: I64, tables: I64, scratch: I64
) -> None:
    """Write the picture that holds ``palette`` (n, 3), opaque: five prefix codes, then n colours.

    ``counts`` and ``lengths`` (280) are overwritten, ``tables`` is (3, 280): codes of green, red
    and blue.
    """
    put(state, words, 0, 1)  # no colour cache
    colours = palette.shape[0]
    for place in range(3):  # green, red, blue: the order of the codes in the stream
        channel = (1, 0, 2)[place]
        counts[:] = 0
        before = 0
        for i in range(colours):
            value = int(np.int64(palette[i, channel]))
            counts[(value - before) & 255] += 1
            before = value
        symbols = GREEN_SYMBOLS if place == 0 else CHANNEL_SYMBOLS
        put_prefix_code(
            state,
            words,
            counts[:symbols],
            MAX_LENGTH,
            lengths[:symbols],
            tables[place, :symbols],
            scratch,
        )
    if colours == 1:
        put_one_symbol(state, words, OPAQUE)
    else:  # alpha: opaque once, then no difference
        put_two_symbols(state, words, 0, OPAQUE)
    put_one_symbol(state, words, 0)  # distances: no copies
    for i in range(colours):
        for place in range(3):
            channel = (1, 0, 2)[place]
            before = int(np.int64(palette[i - 1, channel])) if i > 0 else 0
            value = int(np.int64(palette[i, channel]))
            entry = int(tables[place, (value - before) & 255])
            put(state, words, entry >> LENGTH_BITS, entry & LENGTH_MASK)
        if colours > 1:
            put(state, words, 1 if i == 0 else 0, 1)
