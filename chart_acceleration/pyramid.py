"""Lowest and highest of blocks of 8, 64, 512, ... rows: extremes of any span in few steps.

Only whole blocks are kept and asked, so a span never sees a row outside it. Of equal values the
first is kept, as one pass over the rows does: the answers are the same bit by bit, zeros' signs
included. A curve is folded like candles whose prices and volume are all its value.
"""

from dataclasses import dataclass

import numpy as np

from chart_acceleration.scene import F64, I64
from market.kernel import inline_kernel, kernel

BITS = 3
"""A block holds 2 ** BITS blocks of the level below."""
LEVELS = 10
"""Levels above the rows; a block of the highest holds a thousand million rows."""
LOW, HIGH, MOST = range(3)
"""Columns of the levels. A curve has no MOST: its last column is HIGH."""
_INSIDE = (1 << BITS) - 1


@dataclass(frozen=True, slots=True)
class Pyramid:
    """Room for the blocks over ``capacity`` rows.

    ``levels``: float64 (blocks of all levels, 2 or 3): LOW, HIGH and, of candles, MOST; NaN where a
    block has no value. ``starts``: int64 (LEVELS + 1,), where a level begins in it; level 0 are the
    rows themselves and take no room.
    """

    levels: F64
    starts: I64
    capacity: int

    @staticmethod
    def room(capacity: int, fields: int) -> "Pyramid":
        """A pyramid whose blocks are not folded yet."""
        sizes = [capacity >> (BITS * level) for level in range(1, LEVELS + 1)]
        starts = np.zeros(LEVELS + 1, np.int64)
        starts[2:] = np.cumsum(sizes)[:-1]
        return Pyramid(np.empty((sum(sizes), fields)), starts, capacity)

    def grown(self, capacity: int) -> "Pyramid":
        """The same blocks with room for ``capacity`` rows, no fewer than now."""
        larger = Pyramid.room(capacity, self.levels.shape[1])
        for level in range(1, LEVELS + 1):
            size = self.capacity >> (BITS * level)
            old, new = self.starts[level], larger.starts[level]
            larger.levels[new : new + size] = self.levels[old : old + size]
        return larger


# ``kept`` comes before ``value`` among the rows in the first two, after it in the others; the first
# of equals stays, and NaN is no value
@inline_kernel
def _lower(kept: float, value: float) -> float:
    return value if value < kept else kept


@inline_kernel
def _higher(kept: float, value: float) -> float:
    return value if value > kept else kept


@inline_kernel
def _lower_before(kept: float, value: float) -> float:
    return value if value <= kept else kept


@inline_kernel
def _higher_before(kept: float, value: float) -> float:
    return value if value >= kept else kept


@kernel
def _fold_levels(levels: F64, starts: I64, first: int, end: int) -> None:
    """Fold the whole blocks of levels 2.. that hold a row of first..end - 1."""
    for level in range(2, LEVELS + 1):
        bits = BITS * level
        for block in range(first >> bits, end >> bits):
            below, into = starts[level - 1] + (block << BITS), starts[level] + block
            for field in range(levels.shape[1]):
                kept = levels[below, field]
                for i in range(below + 1, below + _INSIDE + 1):
                    value = levels[i, field]
                    if np.isnan(kept):
                        kept = value
                    kept = _lower(kept, value) if field == LOW else _higher(kept, value)
                levels[into, field] = kept


@kernel
def fold(
    open_: F64, high: F64, low: F64, close: F64, volume: F64,
    levels: F64, starts: I64, first: int, end: int,
) -> None:  # fmt: skip
    """Fold every whole block of rows 0..end - 1 that holds a row from ``first`` on; NaN is skipped.

    High and low cover open and close.
    """
    for block in range(first >> BITS, end >> BITS):
        lowest, highest, most = np.inf, -np.inf, -np.inf
        for i in range(block << BITS, (block + 1) << BITS):
            lowest = _lower(_lower(_lower(lowest, low[i]), open_[i]), close[i])
            highest = _higher(_higher(_higher(highest, high[i]), open_[i]), close[i])
            most = _higher(most, volume[i])
        into = starts[1] + block
        filled = lowest <= highest
        levels[into, LOW] = lowest if filled else np.nan
        levels[into, levels.shape[1] - 1] = most if filled else np.nan
        levels[into, HIGH] = highest if filled else np.nan
    _fold_levels(levels, starts, first, end)


@kernel
def extremes(
    open_: F64, high: F64, low: F64, close: F64, volume: F64,
    levels: F64, starts: I64, first: int, end: int,
) -> tuple[float, float, float]:  # fmt: skip
    """Lowest and highest price and greatest volume of rows first..end - 1, NaN skipped; inf, -inf,
    -inf without a value.

    From both ends inwards: the rows beside whole blocks, then the blocks beside larger ones.
    """
    lowest, highest, most = np.inf, -np.inf, -np.inf
    last_lowest, last_highest, last_most = np.inf, -np.inf, -np.inf
    a, b, field = first, end, levels.shape[1] - 1
    while a < b and a & _INSIDE:
        lowest = _lower(_lower(_lower(lowest, low[a]), open_[a]), close[a])
        highest = _higher(_higher(_higher(highest, high[a]), open_[a]), close[a])
        most = _higher(most, volume[a])
        a += 1
    while a < b and b & _INSIDE:
        b -= 1
        last_lowest = _lower_before(_lower_before(last_lowest, close[b]), open_[b])
        last_lowest = _lower_before(last_lowest, low[b])
        last_highest = _higher_before(_higher_before(last_highest, close[b]), open_[b])
        last_highest = _higher_before(last_highest, high[b])
        last_most = _higher_before(last_most, volume[b])
    level = 1
    a, b = a >> BITS, b >> BITS
    while a < b:
        start = starts[level]
        while a < b and a & _INSIDE:
            lowest = _lower(lowest, levels[start + a, LOW])
            highest = _higher(highest, levels[start + a, HIGH])
            most = _higher(most, levels[start + a, field])
            a += 1
        while a < b and b & _INSIDE:
            b -= 1
            last_lowest = _lower_before(last_lowest, levels[start + b, LOW])
            last_highest = _higher_before(last_highest, levels[start + b, HIGH])
            last_most = _higher_before(last_most, levels[start + b, field])
        level += 1
        a, b = a >> BITS, b >> BITS
    return (
        _lower(lowest, last_lowest),
        _higher(highest, last_highest),
        _higher(most, last_most),
    )


@inline_kernel
def _empty(values: F64, levels: F64, starts: I64, i: int, level: int) -> bool:
    """Whether the block of ``level`` that begins at row ``i`` has no value."""
    if level == 0:
        return bool(np.isnan(values[i]))
    return bool(np.isnan(levels[starts[level] + (i >> (BITS * level)), LOW]))


@kernel
def first_value(values: F64, levels: F64, starts: I64, first: int, end: int) -> int:
    """The first row of first..end - 1 with a value; ``end`` without any."""
    i, level = first, 0
    while i < end:
        size = 1 << (BITS * level)
        if i & (size - 1) or i + size > end:
            level -= 1
        elif _empty(values, levels, starts, i, level):
            i += size
            level = min(level + 1, LEVELS)
        elif level == 0:
            return i
        else:
            level -= 1
    return end


@kernel
def last_value(values: F64, levels: F64, starts: I64, first: int, end: int) -> int:
    """The last row of first..end - 1 with a value; ``first - 1`` without any."""
    i, level = end, 0
    while i > first:
        size = 1 << (BITS * level)
        if i & (size - 1) or i - size < first:
            level -= 1
        elif _empty(values, levels, starts, i - size, level):
            i -= size
            level = min(level + 1, LEVELS)
        elif level == 0:
            return i - 1
        else:
            level -= 1
    return first - 1
