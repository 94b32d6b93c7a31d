"""Tokeniser: literals and copies from directly above, directly left, or the last place that began
with the same bytes.

What is kept from above (:mod:`chart_acceleration.encoders.changes`) is copied from there. Of what
changes only long stretches are looked at byte by byte; most are the two or three bytes of a
candle's edge, and become literals at one stroke.

A token is a uint32: bits 0..8 a symbol, bits 9..13 how many bits follow the symbol's code, bits
14..31 those bits. Symbols below 280 are the green alphabet (a literal byte, or 256 + length
prefix), the 40 from 280 on are the distance alphabet. A literal is one token and its own number; a
copy is two, length and distance.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from chart_acceleration.encoders.masks import highest
from chart_acceleration.encoders.words import LANES, equal_lanes, load_word, put_word
from market.kernel import inline_kernel, kernel

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

GREEN_SYMBOLS: Final = 256 + 24  # literals, then length prefixes; no colour cache
DISTANCE_SYMBOLS: Final = 40
SYMBOLS: Final = GREEN_SYMBOLS + DISTANCE_SYMBOLS
MAX_COPY: Final = 4096  # bitstream specification, section 5.2.2
MAX_DISTANCE: Final = (1 << 20) - 120  # what the 40 distance prefixes reach
NEIGHBOURS: Final = 120  # distance codes 1..120 are neighbours in two dimensions
SYMBOL_MASK: Final = 511
TAIL_COUNT_SHIFT: Final = 9
TAIL_COUNT_MASK: Final = 31
TAIL_SHIFT: Final = 14
ABOVE: Final = GREEN_SYMBOLS  # distance code 1, which is distance prefix 0
LEFT: Final = GREEN_SYMBOLS + 1  # distance code 2, prefix 1

LONG_CHANGE: Final = 5  # bytes from which on copies from left and afar are looked for
THREE_BYTES: Final = 0xFFFFFF
SLOT_BITS: Final = 12
SLOTS: Final = 1 << SLOT_BITS
SPREAD: Final = 0x1E35A7BD1E35A7BD  # any odd number with well mixed bits
SPARE_TOKENS: Final = 8  # written behind the last one: literals come eight at a time


def _length_token(length: int) -> int:
    """Prefix code (0..23) and extra bits of a copy's length (1..4096)."""
    value = length - 1
    if value < 2:
        return 256 + value
    top = value.bit_length() - 1
    count = top - 1
    prefix = 2 * top + ((value >> count) & 1)
    return (
        (256 + prefix) | (count << TAIL_COUNT_SHIFT) | ((value & ((1 << count) - 1)) << TAIL_SHIFT)
    )


# By length; entry 0 is not used.
LENGTH_TOKENS: Final = np.array([0] + [_length_token(n) for n in range(1, MAX_COPY + 1)], np.uint32)


@kernel
def distance_token(distance: int) -> int:
    """Prefix code and extra bits of a distance (1..MAX_DISTANCE) in scan order."""
    value = distance + NEIGHBOURS - 1
    top = highest(value)
    count = top - 1
    symbol = GREEN_SYMBOLS + 2 * top + ((value >> count) & 1)
    return symbol | (count << TAIL_COUNT_SHIFT) | ((value & ((1 << count) - 1)) << TAIL_SHIFT)


@kernel
def _run(data: U8, position: int, distance: int, end: int) -> int:
    """How many bytes from ``position`` on, up to ``end``, equal those ``distance`` before them."""
    ahead = position
    equal = equal_lanes(data, ahead, distance)
    while equal == LANES and ahead < end:
        ahead += LANES
        equal = equal_lanes(data, ahead, distance)
    return min(ahead + equal, end) - position


@kernel
def _put_copy(tokens: U32, number: int, length: int, distance: int) -> int:
    """Append copies of ``length`` bytes in all (0: none), the ``distance`` token behind each;
    returns the new number of tokens. Two more are overwritten.
    """
    while length > MAX_COPY:
        tokens[number], tokens[number + 1] = LENGTH_TOKENS[MAX_COPY], distance
        number += 2
        length -= MAX_COPY
    tokens[number], tokens[number + 1] = LENGTH_TOKENS[length], distance
    return number + 2 * int(length > 0)


@inline_kernel
def _swap_place(word: int, position: int, places: I32) -> int:
    """The place last noted for these eight bytes (0: none); it is replaced."""
    slot = ((word * SPREAD) >> (64 - SLOT_BITS)) & (SLOTS - 1)
    place = places[slot]
    places[slot] = position
    return int(np.int64(place))


@kernel
def tokenise(data: U8, row_bytes: int, size: int, edges: I32, tokens: U32, places: I32) -> int:
    """Tokenise the ``size`` bytes of ``data`` that start at ``row_bytes``; returns the number of
    tokens.

    ``data`` begins with one row that is different from the first in every byte (so nothing is
    copied from outside) and ends with at least 64 readable bytes, the first eight of them 0.
    ``edges``: where the changes begin and end, by turns; the last one ends behind the picture.
    ``tokens`` has room for ``size`` + ``SPARE_TOKENS`` of them; ``places`` (SLOTS) is overwritten.
    A run longer than 4096 becomes several copies.
    """
    places[:] = 0
    end = row_bytes + size
    tokens[0] = data[row_bytes]
    number, at, edge = 1, row_bytes + 1, 0
    while at < end:
        while edges[edge + 1] <= at:
            edge += 2
        start = max(at, int(np.int64(edges[edge])))
        number = _put_copy(tokens, number, start - at, ABOVE)
        at, stop = start, min(end, int(np.int64(edges[edge + 1])))
        while stop - at >= LONG_CHANGE:
            word, before = load_word(data, at), load_word(data, at - 1)
            place = _swap_place(word, at, places)
            if word == before:
                distance, token = 1, LEFT
            elif place > 0 and load_word(data, place) == word and at - place <= MAX_DISTANCE:
                distance, token = at - place, distance_token(at - place)
            elif (word ^ before) & THREE_BYTES == 0:
                distance, token = 1, LEFT
            else:
                tokens[number] = data[at]
                number += 1
                at += 1
                continue
            run = _run(data, at, distance, end)
            number = _put_copy(tokens, number, run, token)
            at += run
        if at < stop:
            put_word(data, at, tokens, number)
            number += stop - at
            at = stop
    return number


@kernel
def count_symbols(tokens: U32, counts: I64) -> None:
    """Add the symbols of ``tokens`` to ``counts`` (320)."""
    for token in tokens:
        counts[token & np.uint32(SYMBOL_MASK)] += 1
