"""Lowest and highest of blocks of 8, 64, 512, ... rows: extremes of any span in few steps.

Of a block is also kept what lies before and after it among the eight that make one of the level
above, so that a span reads one block per level at each end. Only whole blocks are kept and asked,
so a span never sees a row outside it. Of equal values the first is kept, as one pass over the rows
does: the answers are the same bit by bit, zeros' signs included. A curve is folded like candles
whose prices and volume are all its value.
"""

from dataclasses import dataclass

import numpy as np

from chart_acceleration.scene import F64, I64
from market.kernel import inline_kernel, kernel
from market.prefetch import prefetch

BITS = 3
"""A block holds 2 ** BITS blocks of the level below."""
LEVELS = 10
"""Levels above the rows; a block of the highest holds a thousand million rows."""
LOW, HIGH, MOST = range(3)
"""Columns of the levels. A curve has no MOST: its last column is HIGH."""
WHOLE, BEFORE, AFTER = range(3)
"""Of a block: itself, and what lies before and after it in its group, the blocks that make one of
the level above.
"""
AHEAD = 64
"""So many spans before it is folded, the memory at a span's border is asked for."""
ASKED_LEVELS = 3
"""The lowest ones; those above are small enough to stay near."""
INSIDE = (1 << BITS) - 1
"""The bits of a row or block that say where in its group it is."""


@dataclass(frozen=True, slots=True)
class Pyramid:
    """Room for the blocks over ``capacity`` rows.

    ``levels``: float64 (blocks of all levels, 3, 2 or 3): WHOLE, BEFORE and AFTER with LOW, HIGH
    and, of candles, MOST; inf, -inf, -inf where there is no value. ``starts``: int64 (LEVELS + 1,),
    where a level begins in it; level 0 are the rows themselves and take no room. A level of n whole
    blocks has n WHOLE, n + 1 BEFORE, and AFTER for every group that is whole.
    """

    levels: F64
    starts: I64
    capacity: int

    @staticmethod
    def room(capacity: int, fields: int) -> "Pyramid":
        """A pyramid whose blocks are not folded yet."""
        sizes = [(capacity >> (BITS * level)) + 1 for level in range(1, LEVELS + 1)]
        starts = np.zeros(LEVELS + 1, np.int64)
        starts[2:] = np.cumsum(sizes)[:-1]
        return Pyramid(np.empty((sum(sizes), 3, fields)), starts, capacity)

    def grown(self, capacity: int) -> "Pyramid":
        """The same blocks with room for ``capacity`` rows, no fewer than now."""
        larger = Pyramid.room(capacity, self.levels.shape[2])
        for level in range(1, LEVELS + 1):
            size = (self.capacity >> (BITS * level)) + 1
            old, new = self.starts[level], larger.starts[level]
            larger.levels[new : new + size] = self.levels[old : old + size]
        return larger


# ``kept`` comes before ``value`` among the rows in the first two, after it in the others; the first
# of equals stays, and NaN is no value
@inline_kernel
def lower(kept: float, value: float) -> float:
    return value if value < kept else kept


@inline_kernel
def higher(kept: float, value: float) -> float:
    return value if value > kept else kept


@inline_kernel
def _lower_before(kept: float, value: float) -> float:
    return value if value <= kept else kept


@inline_kernel
def _higher_before(kept: float, value: float) -> float:
    return value if value >= kept else kept


@inline_kernel
def _fold(field: int, kept: float, value: float) -> float:
    """Of a field, ``value`` after ``kept``."""
    return lower(kept, value) if field == LOW else higher(kept, value)


@kernel
def _fold_groups(levels: F64, start: int, first: int, end: int) -> None:
    """Fold what lies beside the blocks of the level that begins at ``start``, of which blocks
    first..end - 1 are new.
    """
    for block in range(first, end + 1):
        at = start + block
        for field in range(levels.shape[2]):
            kept = np.inf if field == LOW else -np.inf
            if block & INSIDE:
                kept = _fold(field, levels[at - 1, BEFORE, field], levels[at - 1, WHOLE, field])
            levels[at, BEFORE, field] = kept
            if block & INSIDE == INSIDE and block < end:
                kept = np.inf if field == LOW else -np.inf
                for i in range(at, at - INSIDE - 1, -1):
                    levels[i, AFTER, field] = kept
                    value = levels[i, WHOLE, field]
                    kept = (
                        _lower_before(kept, value) if field == LOW else _higher_before(kept, value)
                    )


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
            lowest = lower(lower(lower(lowest, low[i]), open_[i]), close[i])
            highest = higher(higher(higher(highest, high[i]), open_[i]), close[i])
            most = higher(most, volume[i])
        into = starts[1] + block
        levels[into, WHOLE, LOW] = lowest
        levels[into, WHOLE, levels.shape[2] - 1] = most
        levels[into, WHOLE, HIGH] = highest
    _fold_groups(levels, starts[1], first >> BITS, end >> BITS)
    for level in range(2, LEVELS + 1):
        bits = BITS * level
        for block in range(first >> bits, end >> bits):
            last, into = starts[level - 1] + (block << BITS) + INSIDE, starts[level] + block
            for field in range(levels.shape[2]):
                kept = _fold(field, levels[last, BEFORE, field], levels[last, WHOLE, field])
                levels[into, WHOLE, field] = kept
        _fold_groups(levels, starts[level], first >> bits, end >> bits)


@kernel
def extremes_between(
    levels: F64, starts: I64, start: int, row: I64, found: int, end: int,
    lowest: F64, highest: F64, most: F64,
) -> None:  # fmt: skip
    """Write lowest and highest price and greatest volume of the blocks of rows inside ``found``
    spans; inf, -inf, -inf where there is none. All rows are counted from ``start``; span k begins
    at ``row[k]`` and ends where the next begins, the last at ``end``.

    The blocks with a border in them are left to the caller.
    """
    field = levels.shape[2] - 1
    for k in range(found):
        if k + AHEAD < found:
            for level in range(1, ASKED_LEVELS + 1):
                block = starts[level] + ((start + row[k + AHEAD]) >> (BITS * level))
                prefetch(levels, (3 * block + BEFORE) * (field + 1))
                prefetch(levels, (3 * block + AFTER) * (field + 1) + field)
        a = (start + row[k]) >> BITS
        b = (start + (row[k + 1] if k + 1 < found else end)) >> BITS
        low, high, volume = np.inf, -np.inf, -np.inf
        last_low, last_high, last_volume = np.inf, -np.inf, -np.inf
        level = 1
        while a >> BITS != b >> BITS:
            i, j = starts[level] + a, starts[level] + b
            low = lower(low, levels[i, AFTER, LOW])
            high = higher(high, levels[i, AFTER, HIGH])
            volume = higher(volume, levels[i, AFTER, field])
            last_low = _lower_before(last_low, levels[j, BEFORE, LOW])
            last_high = _higher_before(last_high, levels[j, BEFORE, HIGH])
            last_volume = _higher_before(last_volume, levels[j, BEFORE, field])
            level += 1
            a, b = a >> BITS, b >> BITS
        for i in range(starts[level] + a + 1, starts[level] + b):
            low = lower(low, levels[i, WHOLE, LOW])
            high = higher(high, levels[i, WHOLE, HIGH])
            volume = higher(volume, levels[i, WHOLE, field])
        most[k] = higher(volume, last_volume)
        lowest[k], highest[k] = lower(low, last_low), higher(high, last_high)


@inline_kernel
def _empty(values: F64, levels: F64, starts: I64, i: int, level: int) -> bool:
    """Whether the block of ``level`` that begins at row ``i`` has no value."""
    if level == 0:
        return bool(np.isnan(values[i]))
    block = starts[level] + (i >> (BITS * level))
    return bool(levels[block, WHOLE, LOW] > levels[block, WHOLE, HIGH])


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
