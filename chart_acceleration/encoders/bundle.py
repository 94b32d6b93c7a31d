"""Bundling: several palette indices in one byte, and the check that all of them are in the palette.

Leftmost pixel in the low bits (bitstream specification, section 4.4). A row whose width is no
multiple of the bundle is filled up with index 0.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from market.kernel import kernel

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]

PART: Final = 16 * 1024  # pixels checked and bundled while they are in the nearest cache


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
    flat = pixels.reshape(-1)
    if width & ((1 << bits) - 1) == 0:  # then rows need no ends of their own
        if bits == 1:
            return _check_and_pack_2(flat.view(np.uint16), bundled)
        largest = 0
        for first in range(0, flat.size, PART):
            source = flat[first : first + PART]
            largest = max(largest, _largest(source))
            _pack(source, bits, bundled[first >> bits : (first + source.size) >> bits])
        return largest
    for y in range(height):
        source = pixels[y]
        target = bundled[y * row_bytes : (y + 1) * row_bytes]
        _pack(source, bits, target)
        _pack_rest(source, bits, target)
    return _largest(flat)


@kernel
def _largest(source: U8) -> int:
    largest = np.uint8(0)
    for value in source:
        largest = max(largest, value)
    return int(np.int64(largest))


@kernel
def _pack(source: U8, bits: int, target: U8) -> None:
    """The bytes that are filled."""
    if bits == 0:
        _copy(source, target)
    elif bits == 1:
        _pack_2(source, target)
    elif bits == 2:
        _pack_4(source, target)
    else:
        _pack_8(source, target)


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
def _check_and_pack_2(pairs: U16, target: U8) -> int:
    """Both at once for the usual palette: a pair of pixels is one number, the left one its low byte
    (little-endian machine).
    """
    left, right = np.uint16(0), np.uint16(0)
    for x in range(pairs.size):
        pair = pairs[x]
        left = max(left, np.uint16(pair << 8))
        right = max(right, pair)
        target[x] = np.uint8(pair | (pair >> 4))
    return int(np.int64(max(left, right))) >> 8


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
    """The last byte of a row, which is not filled."""
    place = source.size - 1
    value = int(np.int64(source[place]))
    while place & ((1 << bits) - 1):
        place -= 1
        value = (value << (8 >> bits)) | int(np.int64(source[place]))
    target[target.size - 1] = np.uint8(value & 255)
