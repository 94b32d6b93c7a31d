"""Tokeniser: literals and copies from directly above, directly left, or the last place that began
with the same bytes.

A token is a uint32: bits 0..8 a symbol, bits 9..13 how many bits follow the symbol's code, bits
14..31 those bits. Symbols below 280 are the green alphabet (a literal byte, or 256 + length
prefix), the 40 from 280 on are the distance alphabet. A literal is one token and its own number; a
copy is two, length and distance.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from chart_acceleration.encoders.words import LANES, equal_lanes, load_word
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

SHORTEST_COPY: Final = 3  # a shorter one costs more bits than its literals
LOOK_AFAR_BELOW: Final = 8  # a neighbour's copy of this length is taken as it is
WORTH_A_DISTANCE: Final = 9  # how much longer a copy from afar must be, to pay for its distance
SLOT_BITS: Final = 12
SLOTS: Final = 1 << SLOT_BITS
SPREAD: Final = 0x1E35A7BD1E35A7BD  # any odd number with well mixed bits


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
    top = 0
    for step in (16, 8, 4, 2, 1):
        if value >> (top + step) > 0:
            top += step
    count = top - 1
    symbol = GREEN_SYMBOLS + 2 * top + ((value >> count) & 1)
    return symbol | (count << TAIL_COUNT_SHIFT) | ((value & ((1 << count) - 1)) << TAIL_SHIFT)


@inline_kernel
def _run(data: U8, position: int, distance: int, end: int) -> int:
    """How many bytes from ``position`` on, up to ``end``, equal those ``distance`` before them."""
    ahead = position
    equal = equal_lanes(data, ahead, distance)
    while equal == LANES and ahead < end:
        ahead += LANES
        equal = equal_lanes(data, ahead, distance)
    return min(ahead + equal, end) - position


@inline_kernel
def _swap_place(data: U8, position: int, places: I32) -> int:
    """The place last noted for the eight bytes at ``position`` (0: none); it is replaced."""
    slot = ((load_word(data, position) * SPREAD) >> (64 - SLOT_BITS)) & (SLOTS - 1)
    place = places[slot]
    places[slot] = position
    return int(np.int64(place))


@kernel
def tokenise(data: U8, row_bytes: int, size: int, tokens: U32, counts: I64, places: I32) -> int:
    """Tokenise the ``size`` bytes of ``data`` that start at ``row_bytes``; returns the number of
    tokens.

    ``data`` begins with one row that is different from the first in every byte (so nothing is
    copied from outside) and ends with at least 64 readable bytes. ``tokens`` has room for ``size``
    of them; ``counts`` (320) is increased by the symbols used, ``places`` (SLOTS) is overwritten.
    A run longer than 4096 becomes several copies.
    """
    places[:] = 0
    end = row_bytes + size
    number = 0
    position = row_bytes
    while position < end:
        run, distance = _run(data, position, row_bytes, end), ABOVE
        if run < LANES and position > row_bytes:
            left = _run(data, position, 1, end)
            if left > run:
                run, distance = left, LEFT
        if run < LOOK_AFAR_BELOW and position + 8 <= end:
            place = _swap_place(data, position, places)
            if place > 0 and position - place <= MAX_DISTANCE:
                afar = _run(data, position, position - place, end)
                if afar >= run + WORTH_A_DISTANCE:
                    run, distance = afar, distance_token(position - place)
        if run < SHORTEST_COPY:
            literal = np.int64(data[position])
            tokens[number] = literal
            counts[literal] += 1
            number += 1
            position += 1
            continue
        position += run
        while run > 0:
            step = min(run, MAX_COPY)
            length = np.int64(LENGTH_TOKENS[step])
            tokens[number] = length
            tokens[number + 1] = distance
            counts[length & SYMBOL_MASK] += 1
            counts[distance & SYMBOL_MASK] += 1
            number += 2
            run -= step
    return number
