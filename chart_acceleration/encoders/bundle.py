"""Bundling: several palette indices in one byte, and the check that all of them are in the palette.

Leftmost pixel in the low bits (bitstream specification, section 4.4). A row whose width is no multiple of the bundle is
filled up with index 0.
"""

import numpy as np
from numpy.typing import NDArray

from market.kernel import kernel

U8 = NDArray[np.uint8]


def bundle_bits(colours: int) -> int:
    """log2 of the pixels per byte for a palette of ``colours`` entries: 3, 2, 1 or 0."""
    if colours <= 2:
        return 3
    if colours <= 4:
        return 2
    return 1 if colours <= 16 else 0


@kernel
def bundle(pixels: U8, bits: int, bundled: U8) -> int:
    """Write ``pixels`` (h, w) into the flat ``bundled``, ``ceil(w / 2**bits)`` bytes a row; return the largest index.

    When that is outside the palette, ``bundled`` holds nothing of use.
    """
    height, width = pixels.shape
    row_bytes = (width + (1 << bits) - 1) >> bits
    largest = np.uint8(0)
    for y in range(height):
        source = pixels[y]
        target = bundled[y * row_bytes : (y + 1) * row_bytes]
        for x in range(width):
            largest = max(largest, source[x])
        if bits == 0:
            target[:] = source
        elif bits == 1:
            _bundle_2(source, target)
        else:
            _bundle_many(source, bits, target)
    return int(largest)


@kernel
def _bundle_2(source: U8, target: U8) -> None:
    pairs = source.size >> 1
    for x in range(pairs):
        target[x] = np.uint8(source[2 * x] | (source[2 * x + 1] << 4))
    if source.size & 1:
        target[pairs] = source[source.size - 1]


@kernel
def _bundle_many(source: U8, bits: int, target: U8) -> None:
    shift = 8 >> bits
    per_byte = 1 << bits
    for x in range(target.size):
        first = x << bits
        value = 0
        for i in range(min(per_byte, source.size - first)):
            value |= np.int64(source[first + i]) << (i * shift)
        target[x] = np.uint8(value & 0xFF)
