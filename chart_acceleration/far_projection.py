"""The columns of :mod:`chart_acceleration.projection`, from a pyramid: the same numbers, bit by
bit, at a cost that grows with the pixel columns and not with the rows.

First all borders between columns are found, then the blocks between borders folded, then the rows
beside them. Knowing the borders, memory is asked for long before it is read. Each step is one loop
without calls: numba counts references to the arrays of a call, which costs more than a column.
"""

from math import ceil

import numpy as np

from chart_acceleration.candles import LEFT, STEP
from chart_acceleration.projection import (
    CLOSE,
    FIRST_VALUE,
    HIGH,
    HIGHEST,
    LAST_VALUE,
    LOW,
    LOWEST,
    OPEN,
    VOLUME,
    column_of,
)
from chart_acceleration.pyramid import (
    AHEAD,
    INSIDE,
    extremes_between,
    first_value,
    higher,
    last_value,
    lower,
)
from chart_acceleration.scene import F64, I32, I64
from market.kernel import inline_kernel, kernel
from market.prefetch import prefetch


@inline_kernel
def column_end(numbers: F64, column: int) -> int:
    """The first row right of ``column``.

    The column's formula turned round, then corrected to where rounding has put the border.
    """
    after = int(ceil((column + 0.5 - numbers[LEFT]) / numbers[STEP]))  # noqa: RUF046 - a float
    while column_of(numbers, after - 1) > column:
        after -= 1
    while column_of(numbers, after) <= column:
        after += 1
    return after


@kernel
def borders(numbers: F64, first: int, end: int, shift: int, x: I32, row: I64) -> tuple[int, int]:
    """Write the column of each run of rows first..end - 1 that share one into ``x``, the run's
    first row into ``row``; returns how many, and where the last one ends.

    Row i stands where visible row i + ``shift`` does. What does not fit is left out.
    """
    found, i = 0, first
    dense = numbers[STEP] < 0.5  # every column has a row, so the next one need not be computed
    column = column_of(numbers, i + shift)
    while i < end and found < x.shape[0]:
        x[found], row[found] = column, i
        found += 1
        i = column_end(numbers, column) - shift
        column = column + 1 if dense else column_of(numbers, i + shift)
    return found, min(i, end)


@kernel
def fold_candles(
    open_: F64, high: F64, low: F64, close: F64, volume: F64, levels: F64, starts: I64,
    start: int, row: I64, found: int, end: int, out: F64,
) -> None:  # fmt: skip
    """Fold ``found`` spans of rows, as :func:`extremes_between` takes them, into the columns of
    ``out``.
    """
    extremes_between(levels, starts, start, row, found, end, out[LOW], out[HIGH], out[VOLUME])
    for k in range(found):
        if k + AHEAD < found:
            block = (start + row[k + AHEAD]) & ~INSIDE
            for beside in range(0, INSIDE + 1, INSIDE):
                prefetch(open_, block + beside)
                prefetch(high, block + beside)
                prefetch(low, block + beside)
                prefetch(close, block + beside)
                prefetch(volume, block + beside)
        i, last = start + row[k], start + (row[k + 1] if k + 1 < found else end)
        out[OPEN, k], out[CLOSE, k] = open_[i], close[last - 1]
        skipped, after = (i | INSIDE) + 1, last & ~INSIDE
        if skipped > after:
            skipped = -1
        lowest, highest, most = np.inf, -np.inf, -np.inf
        while i < last:
            lowest = lower(lowest, lower(lower(low[i], open_[i]), close[i]))
            highest = higher(highest, higher(higher(high[i], open_[i]), close[i]))
            most = higher(most, volume[i])
            i += 1
            if i == skipped:
                lowest, highest = lower(lowest, out[LOW, k]), higher(highest, out[HIGH, k])
                most = higher(most, out[VOLUME, k])
                i = after
        out[LOW, k], out[HIGH, k], out[VOLUME, k] = lowest, highest, most


@kernel
def fold_curve(
    values: F64, levels: F64, starts: I64,
    start: int, row: I64, found: int, end: int, out: F64,
) -> None:  # fmt: skip
    """Fold ``found`` spans of values, as :func:`extremes_between` takes them, into the columns of
    ``out``.
    """
    lows, highs = out[LOWEST], out[HIGHEST]
    extremes_between(levels, starts, start, row, found, end, lows, highs, highs)
    for k in range(found):
        if k + AHEAD < found:
            block = (start + row[k + AHEAD]) & ~INSIDE
            prefetch(values, block)
            prefetch(values, block + INSIDE)
        i, last = start + row[k], start + (row[k + 1] if k + 1 < found else end)
        out[FIRST_VALUE, k], out[LAST_VALUE, k] = values[i], values[last - 1]
        skipped, after = (i | INSIDE) + 1, last & ~INSIDE
        if skipped > after:
            skipped = -1
        lowest, highest = np.inf, -np.inf
        while i < last:
            lowest, highest = lower(lowest, values[i]), higher(highest, values[i])
            i += 1
            if i == skipped:
                lowest, highest = lower(lowest, lows[k]), higher(highest, highs[k])
                i = after
        filled = lowest <= highest
        lows[k], highs[k] = lowest if filled else np.nan, highest if filled else np.nan


@kernel
def find_ends(
    values: F64, levels: F64, starts: I64,
    start: int, row: I64, found: int, end: int, out: F64,
) -> None:  # fmt: skip
    """Skip the gaps at the ends of folded spans of values."""
    for k in range(found):
        if not np.isnan(out[LOWEST, k]):
            first, last = start + row[k], start + (row[k + 1] if k + 1 < found else end)
            if np.isnan(out[FIRST_VALUE, k]):
                i = first_value(values, levels, starts, first, last)
                out[FIRST_VALUE, k] = values[i]
            if np.isnan(out[LAST_VALUE, k]):
                i = last_value(values, levels, starts, first, last)
                out[LAST_VALUE, k] = values[i]


@kernel
def project_candles_far(
    open_: F64, high: F64, low: F64, close: F64, volume: F64, levels: F64, starts: I64,
    start: int, end: int, numbers: F64, first: int, x: I32, row: I64, out: F64,
) -> int:  # fmt: skip
    """What project_candles writes for rows start..end - 1; ``first`` and ``row`` are counted from
    ``start``. Returns how many columns.
    """
    found, after = borders(numbers, first, end - start, 0, x, row)
    fold_candles(open_, high, low, close, volume, levels, starts, start, row, found, after, out)
    return found


@kernel
def project_curve_far(
    values: F64, levels: F64, starts: I64, start: int, end: int,
    numbers: F64, first: int, shift: int, x: I32, row: I64, out: F64,
) -> int:  # fmt: skip
    """What project_curve writes for ``values[start:end]``; ``first`` and ``row`` are counted from
    ``start``. Returns how many columns.
    """
    found, after = borders(numbers, first, end - start, shift, x, row)
    fold_curve(values, levels, starts, start, row, found, after, out)
    find_ends(values, levels, starts, start, row, found, after, out)
    return found
