"""Everything of a VP8L file that does not depend on the pixels: container, palette, fixed codes.

The codes are fixed so that a row's bits depend on that row and the one above only, and no launch
has to wait for a histogram. Sources: bitstream specification, sections 3, 4.4 and 6.2;
docs/vp8l.md.
"""

import heapq
from collections.abc import Sequence
from functools import lru_cache
from struct import pack
from typing import Final

import numpy as np

from chart_acceleration.scene import I32

GREEN_SYMBOLS: Final = 256 + 24  # literal bytes, then prefixes of copy lengths
_REPEAT, _ZEROS, _MANY_ZEROS = 16, 17, 18
_ORDER: Final = (17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
_COLOUR_INDEXING: Final = 3
_OPAQUE: Final = 255

GENERAL_LENGTHS: Final = (9,) * 256 + (5,) * 8 + (6,) * 16
"""For palettes of any size: all bytes alike, half of the code space for copies."""


class Bits:
    """A stream of bits, the first one lowest."""

    def __init__(self) -> None:
        self.value = 0
        self.count = 0

    def put(self, value: int, count: int) -> None:
        """Append the low ``count`` bits of ``value``."""
        self.value |= value << self.count
        self.count += count

    def words(self) -> I32:
        """The bits in 32-bit words, filled up with zeros."""
        size = -(-self.count // 32) * 4
        return np.frombuffer(self.value.to_bytes(size, "little"), dtype=np.int32)


def codes(lengths: Sequence[int]) -> list[tuple[int, int]]:
    """(code, length) per symbol: canonical, bit-reversed for a stream whose first bit is lowest
    (RFC 1951, 3.2.2). Length 0: the symbol has no code.
    """
    table = [(0, 0)] * len(lengths)
    code = before = 0
    for length, symbol in sorted((n, s) for s, n in enumerate(lengths) if n):
        code <<= length - before
        table[symbol] = (int(f"{code:0{length}b}"[::-1], 2), length)
        code, before = code + 1, length
    return table


def packed_codes(lengths: Sequence[int]) -> I32:
    """The kernels' table: length << 16 | code."""
    return np.array([length << 16 | code for code, length in codes(lengths)], dtype=np.int32)


@lru_cache(maxsize=64)
def head(palette: bytes, lengths: tuple[int, ...]) -> Bits:
    """The stream from behind its size up to the first token. ``palette``: RGB, 3 bytes a colour;
    ``lengths``: of the green code of the picture.
    """
    out = Bits()
    out.put(1, 1)
    out.put(_COLOUR_INDEXING, 2)
    out.put(len(palette) // 3 - 1, 8)
    _put_colours(out, palette)
    out.put(0, 3)  # no further transform, no colour cache, no meta prefix codes
    _put_code(out, lengths)
    for _ in range(3):  # red, blue, alpha
        _put_one(out, 0)
    _put_two(out, 0, 1)  # distances: above, left
    return out


def file(stream: memoryview, width: int, height: int) -> bytes:
    """The WebP file around the bits of ``stream``."""
    size = 5 + len(stream)
    padding = b"\0" * (size & 1)
    first = pack(
        "<4sI4s4sIBI",
        b"RIFF",
        12 + size + len(padding),
        b"WEBP",
        b"VP8L",
        size,
        0x2F,
        (width - 1) | (height - 1) << 14,
    )
    return b"".join((first, stream, padding))


def _put_colours(out: Bits, palette: bytes) -> None:
    """The palette as a picture of one row: differences, as plain bytes."""
    out.put(0, 1)  # no colour cache
    for symbols in (GREEN_SYMBOLS, 256, 256):
        _put_code(out, (8,) * 256 + (0,) * (symbols - 256))
    if len(palette) == 3:
        _put_one(out, _OPAQUE)
    else:  # opaque once, then no difference
        _put_two(out, 0, _OPAQUE)
    _put_one(out, 0)
    before = (0, 0, 0)
    for i in range(0, len(palette), 3):
        colour = (palette[i + 1], palette[i], palette[i + 2])
        for value, old in zip(colour, before, strict=True):
            out.put(int(f"{(value - old) & 255:08b}"[::-1], 2), 8)
        if len(palette) > 3:
            out.put(int(i == 0), 1)
        before = colour


def _put_one(out: Bits, symbol: int) -> None:
    """A simple code of one symbol: its uses take no bits."""
    out.put(0b101, 3)
    out.put(symbol, 8)


def _put_two(out: Bits, first: int, second: int) -> None:
    """A simple code of two symbols of one bit each."""
    out.put(0b111, 3)
    out.put(first, 8)
    out.put(second, 8)


def _put_code(out: Bits, lengths: tuple[int, ...]) -> None:
    """A normal code: its lengths, run-length coded, with a code of their own."""
    items = _runs(lengths)
    own = _huffman([symbol for symbol, _, _ in items])
    table = codes(own)
    out.put(0, 1)
    sent = max(4, max(i for i, symbol in enumerate(_ORDER) if own[symbol]) + 1)
    out.put(sent - 4, 4)
    for symbol in _ORDER[:sent]:
        out.put(own[symbol], 3)
    out.put(0, 1)  # lengths of the whole alphabet follow
    for symbol, extra, count in items:
        out.put(*table[symbol])
        out.put(extra, count)


def _runs(lengths: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """(symbol, extra, extra bits) of the code-length alphabet."""
    items: list[tuple[int, int, int]] = []
    at = 0
    while at < len(lengths):
        value, run = lengths[at], 1
        while at + run < len(lengths) and lengths[at + run] == value:
            run += 1
        if value == 0 and run >= 11:
            run = min(run, 138)
            items.append((_MANY_ZEROS, run - 11, 7))
        elif value == 0 and run >= 3:
            items.append((_ZEROS, run - 3, 3))
        elif at > 0 and value == lengths[at - 1] and run >= 3:
            run = min(run, 6)
            items.append((_REPEAT, run - 3, 2))
        else:
            run = 1
            items.append((value, 0, 0))
        at += run
    return items


def _huffman(symbols: list[int]) -> list[int]:
    """Lengths (0..7) of a code for ``symbols`` out of 19; two different ones at least."""
    lengths = [0] * 19
    heap: list[tuple[int, int, tuple[int, ...]]] = [
        (symbols.count(symbol), symbol, (symbol,)) for symbol in sorted(set(symbols))
    ]
    while len(heap) > 1:
        first, second = heapq.heappop(heap), heapq.heappop(heap)
        for symbol in first[2] + second[2]:
            lengths[symbol] += 1
        heapq.heappush(heap, (first[0] + second[0], first[1], first[2] + second[2]))
    if max(lengths) > 7:
        raise ValueError(f"code lengths were {lengths}; allowed are 0..7")
    return lengths
