"""Where a picture differs from itself one row up: the first two passes over its bytes.

A byte is *kept* if it is one of three or more in a row that equal those above; the others are
*changes*. Both passes work on masks of 64 bytes, without a branch on what is in them: a branch
there is guessed wrong at every other edge of a candle. They take 15 us of a 1280 x 720 chart.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from chart_acceleration.encoders.masks import lowest, ones, without_lowest
from chart_acceleration.encoders.words import LANES, different_lanes
from market.kernel import kernel

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
U64 = NDArray[np.uint64]

SHORTEST_COPY: Final = 3  # a shorter one costs more bits than its literals
ALL: Final = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
NONE: Final = np.uint64(0)
ONE, TWO, TOP, SECOND = np.uint64(1), np.uint64(2), np.uint64(63), np.uint64(62)
USUAL: Final = 4  # edges of changes in a mask that are written without asking how many there are


@kernel
def mark(
    data: U8, row_bytes: int, first: int, end: int, different: U64, busy: I32, count: int
) -> int:
    """Compare masks ``first``..``end`` - 1 of the picture in ``data`` with what is a row above.

    Mask i is of the 64 bytes from ``row_bytes`` + 64 * i on; it goes to ``different[i]``, and where
    it is not 0, i is appended to ``busy`` behind ``count``. Returns the new count.
    """
    for i in range(first, end):
        mask = different_lanes(data, row_bytes + LANES * i, row_bytes)
        different[i] = mask
        busy[count] = i
        count += int(mask != NONE)
    return count


@kernel
def mark_end(data: U8, row_bytes: int, size: int, different: U64, busy: I32, count: int) -> int:
    """The last mask, of the bytes behind the whole ones, and one more; what lies behind the picture
    differs. Returns as :func:`mark`.
    """
    i = size // LANES
    behind = ALL << np.uint64(size - LANES * i)
    different[i] = different_lanes(data, row_bytes + LANES * i, row_bytes) | behind
    different[i + 1] = ALL
    busy[count] = i
    return count + 1


@kernel
def find_edges(different: U64, busy: I32, count: int, first: int, edges: I32) -> int:
    """Write where the changes begin and end, by turns, into ``edges``; returns how many.

    ``busy``: the ``count`` masks that are not 0. The first bit of mask 0 is of place ``first``. The
    changes behind the picture begin and do not end. ``edges`` has room for ``USUAL`` more.
    """
    found, previous, before, inside = 0, -2, NONE, NONE
    for k in range(count):
        i = int(np.int64(busy[k]))
        beside = previous == i - 1
        edges[found] = first + LANES * (previous + 1)  # of a change that ended with its mask
        found += int(np.int64(inside)) & int(not beside)
        inside = inside if beside else NONE
        before = before if beside else NONE
        mask, after = different[i], different[i + 1]
        left, left_but_one = mask << ONE | before >> TOP, mask << TWO | before >> SECOND
        right, right_but_one = mask >> ONE | after << TOP, mask >> TWO | after << SECOND
        # equal bytes are a change where fewer than SHORTEST_COPY stand between two others
        changes = mask | (left & (right | right_but_one)) | (left_but_one & right)
        turns = changes ^ (changes << ONE | inside)
        number = ones(turns)
        place = first + LANES * i
        for at in range(USUAL):
            edges[found + at] = place + lowest(turns)
            turns = without_lowest(turns)
        for at in range(USUAL, number):
            edges[found + at] = place + lowest(turns)
            turns = without_lowest(turns)
        found += number
        previous, before, inside = i, mask, changes >> TOP
    return found
