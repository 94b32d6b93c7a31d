"""Tokeniser: literals and copies from directly above or directly left.

A token is a uint32: bits 0..8 the symbol of the green alphabet (a literal byte, or 256 + length
prefix), bits 9..12 the number of bits that follow the symbol's code, bits 13..23 those bits: the
length's extra bits, then one bit for the distance (0 above, 1 left). Literals are their own token.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from chart_acceleration.encoders.words import LANES, equal_lanes
from market.kernel import inline_kernel, kernel

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I64 = NDArray[np.int64]

MAX_COPY: Final = 4096  # bitstream specification, section 5.2.2
SYMBOL_MASK: Final = 511
TAIL_COUNT_SHIFT: Final = 9
TAIL_COUNT_MASK: Final = 15
TAIL_SHIFT: Final = 13
ABOVE, LEFT = 0, 1
SHORTEST_COPY: Final = 3  # a shorter one costs more bits than its literals


def length_prefix(length: int) -> tuple[int, int, int]:
    """Prefix code (0..23), count and value of the extra bits for a copy of ``length`` (1..4096)."""
    value = length - 1
    if value < 2:
        return value, 0, 0
    top = value.bit_length() - 1
    extra_count = top - 1
    return (
        2 * top + ((value >> extra_count) & 1),
        extra_count,
        value & ((1 << extra_count) - 1),
    )


def _copy_token(length: int, direction: int) -> int:
    prefix, extra_count, extra = length_prefix(length)
    tail = extra | (direction << extra_count)
    return (256 + prefix) | ((extra_count + 1) << TAIL_COUNT_SHIFT) | (tail << TAIL_SHIFT)


# Row ABOVE and row LEFT, by length; column 0 is not used.
COPY_TOKENS: Final = np.array(
    [
        [0] + [_copy_token(length, direction) for length in range(1, MAX_COPY + 1)]
        for direction in (ABOVE, LEFT)
    ],
    dtype=np.uint32,
)


@inline_kernel
def _run(data: U8, position: int, distance: int, end: int) -> int:
    """How many bytes from ``position`` on, up to ``end``, equal those ``distance`` before them."""
    ahead = position
    equal = equal_lanes(data, ahead, distance)
    while equal == LANES and ahead < end:
        ahead += LANES
        equal = equal_lanes(data, ahead, distance)
    return min(ahead + equal, end) - position


@kernel
def tokenise(data: U8, row_bytes: int, size: int, tokens: U32, counts: I64) -> int:
    """Tokenise the ``size`` bytes of ``data`` that start at ``row_bytes``; returns the number of
    tokens.

    ``data`` begins with one row that is different from the first in every byte (so nothing is
    copied from outside) and ends with at least 64 readable bytes. ``tokens`` has room for ``size``
    of them; ``counts`` (280) is increased by the symbols used. A run longer than 4096 becomes
    several copies.
    """
    end = row_bytes + size
    literal = np.int64(data[row_bytes])
    tokens[0] = literal
    counts[literal] += 1
    number = 1
    position = row_bytes + 1
    while position < end:
        run = _run(data, position, row_bytes, end)
        direction = ABOVE
        if run < LANES:
            left = _run(data, position, 1, end)
            if left > run:
                run, direction = left, LEFT
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
            token = COPY_TOKENS[direction, step]
            tokens[number] = token
            counts[np.int64(token) & SYMBOL_MASK] += 1
            number += 1
            run -= step
    return number
