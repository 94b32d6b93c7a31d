"""The first pass over the pixels: bundled and compared with the row above, part by part."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from chart_acceleration.encoders.bundle import bundle, bundled_size
from chart_acceleration.encoders.changes import mark, mark_end
from chart_acceleration.encoders.words import LANES, WORD
from market.kernel import kernel

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
U64 = NDArray[np.uint64]

PART: Final = 16 * 1024  # pixels that stay in the nearest cache from one pass to the next


@kernel
def take(
    pixels: U8, width: int, bits: int, bundled: U8, different: U64, busy: I32
) -> tuple[int, int]:
    """Bundle the flat ``pixels`` into ``bundled``, behind a row that is unlike the first in every
    byte, with zeros behind; write the masks of :func:`chart_acceleration.encoders.changes.mark`.
    Returns the bitwise or of all indices and how many masks are not 0.
    """
    row_bytes = (width + (1 << bits) - 1) >> bits
    part = PART if width & ((1 << bits) - 1) == 0 else max(1, PART // width) * width
    every, size, masks, count = 0, 0, 0, 0
    for first in range(0, pixels.size, part):
        source = pixels[first : first + part]
        every |= bundle(source, width, bits, bundled[row_bytes + size :])
        size += bundled_size(source.size, width, bits)
        if first == 0:
            for i in range(row_bytes):
                bundled[i] = np.uint8(255 - bundled[row_bytes + i])
        count = mark(bundled, row_bytes, masks, size // LANES, different, busy, count)
        masks = size // LANES
    bundled[row_bytes + size : row_bytes + size + WORD] = 0
    return every, mark_end(bundled, row_bytes, size, different, busy, count)
