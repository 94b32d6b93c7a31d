"""Bundling: several palette indices in one byte, and what shows that all are in the palette.

Leftmost pixel in the low bits (bitstream specification, section 4.4). A row whose width is no
multiple of the bundle is filled up with index 0.
"""

from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import config, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from chart_acceleration.encoders.words import address_of
from market.kernel import kernel

U8 = NDArray[np.uint8]

BLOCK: Final = 1024  # pixels of a palette of 16 that are bundled at once
FEW: Final = 64  # in rows that need ends
_LANES: Final = 32  # pairs of pixels in a vector


def bundle_bits(colours: int) -> int:
    """log2 of the pixels per byte for a palette of ``colours`` entries: 3, 2, 1 or 0."""
    if colours <= 2:
        return 3
    if colours <= 4:
        return 2
    return 1 if colours <= 16 else 0


@kernel
def bundled_size(pixels: int, width: int, bits: int) -> int:
    """Bytes of so many pixels in rows of ``width``; see :func:`bundle`."""
    if width & ((1 << bits) - 1) == 0:
        return pixels >> bits
    return pixels // width * ((width >> bits) + 1)


@kernel
def bundle(pixels: U8, width: int, bits: int, bundled: U8) -> int:
    """Bundle ``pixels``, rows of ``width`` one after the other, into ``bundled``, both flat; return
    the bitwise or of all indices, which none of them is above.

    A row takes ``ceil(width / 2**bits)`` bytes; where it fills them, ``pixels`` may be any multiple
    of ``2**bits``. When an index is outside the palette, ``bundled`` holds nothing of use.
    """
    if width & ((1 << bits) - 1) == 0:  # then rows need no ends of their own
        if bits == 1:
            return _pack_2_blocks(pixels, bundled)
        _pack(pixels, bits, bundled)
    elif bits == 1:
        _pack_2_rows(pixels, width, bundled)
    else:
        row_bytes = (width >> bits) + 1
        for y in range(pixels.size // width):
            source = pixels[y * width : (y + 1) * width]
            target = bundled[y * row_bytes : (y + 1) * row_bytes]
            _pack(source, bits, target)
            _pack_rest(source, bits, target)
    return _every_bit(pixels, 0)


@kernel
def _every_bit(source: U8, first: int) -> int:
    found = np.uint8(0)
    for x in range(first, source.size):
        found |= source[x]
    return int(np.int64(found))


@kernel
def largest(pixels: U8) -> int:
    """The largest index."""
    found = np.uint8(0)
    for value in pixels.reshape(-1):
        found = max(found, value)
    return int(np.int64(found))


@kernel
def _pack(source: U8, bits: int, target: U8) -> None:
    """The bytes that are filled."""
    if bits == 0:
        _copy(source, target)
    elif bits == 1:
        _pack_2(source, 0, target)
    elif bits == 2:
        _pack_4(source, target)
    else:
        _pack_8(source, target)


def _packer(pixels: int) -> Callable[[Any, int, Any, int], int]:
    """A function that bundles ``pixels`` (a multiple of 64) of a palette of 16 at once.

    Written in LLVM's terms because numba's loop takes vectors of half the width, and needs a third
    more time for it: 19 us instead of 13 for 1280 x 720 pixels.
    """

    def plain(source: Any, first: int, target: Any, place: int) -> int:
        part = source[first : first + pixels]
        target[place : place + pixels // 2] = part[::2] | (part[1::2] << 4)
        return int(np.bitwise_or.reduce(part))

    @intrinsic
    def compiled(_context: Any, source: Any, first: Any, target: Any, place: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kinds, offset = signature.args, ir.IntType(64)
            start = address_of(context, builder, kinds[0], *arguments[:2])
            out = address_of(context, builder, kinds[2], *arguments[2:])
            pairs, packed = (ir.VectorType(ir.IntType(size), _LANES) for size in (16, 8))
            every, four = ir.Constant(pairs, [0] * _LANES), ir.Constant(pairs, [4] * _LANES)
            for at in range(0, pixels // 2, _LANES):
                here = builder.gep(start, [offset(2 * at)])
                pair = builder.load(builder.bitcast(here, pairs.as_pointer()), align=1)
                every = builder.or_(every, pair)
                # little-endian machine: the left pixel of a pair is its low byte
                both = builder.trunc(builder.or_(pair, builder.lshr(pair, four)), packed)
                there = builder.gep(out, [offset(at)])
                builder.store(both, builder.bitcast(there, packed.as_pointer()), align=1)
            return _joined(builder, every)

        return types.int64(source, types.int64, target, types.int64), generate

    chosen = plain if vars(config)["DISABLE_JIT"] else compiled
    return cast("Callable[[Any, int, Any, int], int]", chosen)


def _joined(builder: Any, every: Any) -> Any:
    """The bitwise or of all bytes of a vector of pairs, as a number."""
    whole = builder.bitcast(every, ir.VectorType(ir.IntType(64), _LANES // 4))
    kind = ir.FunctionType(ir.IntType(64), [whole.type])
    name = f"llvm.vector.reduce.or.v{_LANES // 4}i64"
    reduce = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
    bits = builder.call(reduce, [whole])
    for shift in (32, 16, 8):
        bits = builder.or_(bits, builder.lshr(bits, bits.type(shift)))
    return builder.and_(bits, bits.type(255))


# Bundle the pixels of ``source`` from ``first`` on, two to a byte, into ``target`` from ``place``
# on, and return their bitwise or. No bounds are checked.
_pack_block = _packer(BLOCK)
_pack_few = _packer(FEW)


@kernel
def _pack_2_blocks(source: U8, target: U8) -> int:
    every, whole = 0, source.size // BLOCK * BLOCK
    for first in range(0, whole, BLOCK):
        every |= _pack_block(source, first, target, first >> 1)
    _pack_2(source, whole, target)
    return every | _every_bit(source, whole)


@kernel
def _pack_2_rows(source: U8, width: int, target: U8) -> None:
    """Rows of odd width: the last byte of each has one pixel. A row writes into the next one's
    place, and reads on there; only the last one, which has none, is taken pixel by pixel.
    """
    half, first, place = width >> 1, 0, 0
    while first + width + FEW <= source.size:
        for x in range(0, width, FEW):
            _pack_few(source, first + x, target, place + (x >> 1))
        target[place + half] = source[first + width - 1]
        first, place = first + width, place + half + 1
    while first < source.size:
        for x in range(half):
            target[place + x] = np.uint8(source[first + 2 * x] | (source[first + 2 * x + 1] << 4))
        target[place + half] = source[first + width - 1]
        first, place = first + width, place + half + 1


# One loop per bundle, with the shifts written out: the compiler turns each into vector code.


@kernel
def _copy(source: U8, target: U8) -> None:
    for x in range(source.size):
        target[x] = source[x]


@kernel
def _pack_2(source: U8, first: int, target: U8) -> None:
    """From pixel ``first`` on, which is the left one of a byte."""
    for x in range(first >> 1, source.size >> 1):
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
    """The last byte of a row, which is not filled."""
    place = source.size - 1
    value = int(np.int64(source[place]))
    while place & ((1 << bits) - 1):
        place -= 1
        value = (value << (8 >> bits)) | int(np.int64(source[place]))
    target[target.size - 1] = np.uint8(value & 255)
