"""Bundling: several palette indices in one byte, and the check that all of them are in the palette.

Leftmost pixel in the low bits (bitstream specification, section 4.4). A row whose width is no
multiple of the bundle is filled up with index 0.
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
    """Bundle ``pixels`` (h, w) into the flat ``bundled``; return the largest index in it.

    A row takes ``ceil(w / 2**bits)`` bytes. When an index is outside the palette, ``bundled`` holds
    nothing of use.
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
            _copy(source, target)
        elif bits == 1:
            _pack_2(source, target)
        elif bits == 2:
            _pack_4(source, target)
        else:
            _pack_8(source, target)
        _pack_rest(source, bits, target)
    return int(largest)


# One loop per bundle, with the shifts written out: the compiler turns each into vector code.


@kernel
def _copy(source: U8, target: U8) -> None:
    for x in range(source.size):
        target[x] = source[x]


@kernel
def _pack_2(source: U8, target: U8) -> None:
    for x in range(source.size >> 1):
        target[x] = np.uint8(source[2 * x] | (source[2 * x + 1] << 4))


@kernel
def _pack_4(source: U8, target: U8) -> None:
    for x in range(source.size >> 2):
        low = source[4 * x] | (source[4 * x + 1] << 2)
        target[x] = np.uint8(low | (source[4 * x + 2] << 4) | (source[4 * x + 3] << 6))


@kernel
def _pack_8(source: U8, target: U8) -> None:
    for x in range(source.size >> 3):
        s = 8 * x
        low = source[s] | (source[s + 1] << 1) | (source[s + 2] << 2) | (source[s + 3] << 3)
        high = source[s + 4] | (source[s + 5] << 1) | (source[s + 6] << 2) | (source[s + 7] << 3)
        target[x] = np.uint8(low | (high << 4))


@kernel
def _pack_rest(source: U8, bits: int, target: U8) -> None:
    """The last byte of a row that is not filled."""
    first = (source.size >> bits) << bits
    if first < source.size:
        value = 0
        for i in range(first, source.size):
            value |= int(np.int64(source[i])) << ((i - first) * (8 >> bits))
        target[target.size - 1] = np.uint8(value & 255)
