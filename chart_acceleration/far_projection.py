"""The columns of :mod:`chart_acceleration.projection`, from a pyramid: the same numbers, bit by
bit, at a cost that grows with the pixel columns and not with the rows.
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
from chart_acceleration.pyramid import extremes, first_value, last_value
from chart_acceleration.scene import F64, I32, I64
from market.kernel import inline_kernel, kernel


@inline_kernel
def column_end(numbers: F64, row: int, column: int, end: int) -> int:
    """The first row after ``row`` that is not in its ``column``; at most ``end``.

    The column's formula turned round, then corrected to where rounding has put the border.
    """
    turned = ceil((column + 0.5 - numbers[LEFT]) / numbers[STEP])
    after = int(min(max(turned, row + 1.0), float(end)))
    while after > row + 1 and column_of(numbers, after - 1) != column:
        after -= 1
    while after < end and column_of(numbers, after) == column:
        after += 1
    return after


@kernel
def project_candles_far(
    open_: F64, high: F64, low: F64, close: F64, volume: F64, levels: F64, starts: I64,
    start: int, end: int, numbers: F64, first: int, x: I32, row: I64, out: F64,
) -> int:  # fmt: skip
    """What project_candles writes for rows start..end - 1; ``first`` and ``row`` are counted from
    ``start``. Returns how many columns.
    """
    n, found, i = end - start, 0, first
    while i < n and found < x.shape[0]:
        column = column_of(numbers, i)
        after = column_end(numbers, i, column, n)
        lowest, highest, most = extremes(
            open_, high, low, close, volume, levels, starts, start + i, start + after
        )
        x[found], row[found] = column, i
        out[OPEN, found], out[CLOSE, found] = open_[start + i], close[start + after - 1]
        out[HIGH, found], out[LOW, found], out[VOLUME, found] = highest, lowest, most
        found += 1
        i = after
    return found


@kernel
def project_curve_far(
    values: F64, levels: F64, starts: I64, start: int, end: int,
    numbers: F64, first: int, shift: int, x: I32, out: F64,
) -> int:  # fmt: skip
    """What project_curve writes for ``values[start:end]``; ``first`` is counted from ``start``.
    Returns how many columns.
    """
    n, found, i = end - start, 0, first
    while i < n and found < x.shape[0]:
        column = column_of(numbers, i + shift)
        after = column_end(numbers, i + shift, column, n + shift) - shift
        opening = first_value(values, levels, starts, start + i, start + after)
        x[found] = column
        if opening == start + after:
            out[:, found] = np.nan
        else:
            closing = last_value(values, levels, starts, opening, start + after)
            lowest, highest, _ = extremes(
                values, values, values, values, values, levels, starts, opening, closing + 1
            )
            out[FIRST_VALUE, found], out[LOWEST, found] = values[opening], lowest
            out[HIGHEST, found], out[LAST_VALUE, found] = highest, values[closing]
        found += 1
        i = after
    return found
