"""Visible rows to drawn columns: what falls into one pixel column becomes one.

A chart of many rows has several of them in one pixel column. Only the first open, the highest and
lowest price, the last close and the greatest volume of such a column can be seen. These kernels
pass once over the rows; :mod:`chart_acceleration.far_projection` gives the same from a pyramid.
"""

from math import floor, log

import numpy as np

from chart_acceleration.candles import LEFT, STEP
from chart_acceleration.scene import F64, I32, I64
from market.kernel import inline_kernel, kernel

OPEN, HIGH, LOW, CLOSE, VOLUME = range(5)
"""Rows of projected candles."""
FIRST_VALUE, LOWEST, HIGHEST, LAST_VALUE = range(4)
"""Rows of a projected curve."""


@inline_kernel
def column_of(numbers: F64, row: int) -> int:
    """Left edge of the wick of visible ``row``; the formula of Slots.wick_left. Never falls as
    ``row`` rises.
    """
    return int(floor(numbers[LEFT] + row * numbers[STEP] + 0.5))  # noqa: RUF046 - numba's is a float


@kernel
def project_candles(
    open_: F64, high: F64, low: F64, close: F64, volume: F64,
    numbers: F64, first: int, x: I32, row: I64, out: F64,
) -> int:  # fmt: skip
    """Write the columns of visible rows ``first``.. into ``x`` int32 (m,), ``row`` int64 (m,) and
    ``out`` float64 (5, m): open, high, low, close, volume; returns how many.

    ``x`` is the wick's left edge, ``row`` the column's first row, counted from visible row 0. High
    and low cover open and close too, for rows whose own do not. What does not fit is left out.
    """
    n, found, i = close.shape[0], 0, first
    while i < n and found < x.shape[0]:
        column = column_of(numbers, i)
        x[found], row[found], out[OPEN, found] = column, i, open_[i]
        highest, lowest, most = high[i], low[i], volume[i]
        while True:
            highest = max(highest, high[i], open_[i], close[i])
            lowest = min(lowest, low[i], open_[i], close[i])
            most = max(most, volume[i])
            i += 1
            if i >= n or column_of(numbers, i) != column:
                break
        out[HIGH, found], out[LOW, found] = highest, lowest
        out[CLOSE, found], out[VOLUME, found] = close[i - 1], most
        found += 1
    return found


@kernel
def project_curve(values: F64, numbers: F64, first: int, shift: int, x: I32, out: F64) -> int:
    """Write the columns of ``values[first:]`` into ``x`` int32 (m,) and ``out`` float64 (4, m):
    first, lowest, highest and last value; returns how many.

    Row i stands where candle i + ``shift`` does. NaN is skipped; a column without any value is
    kept as NaN. What does not fit is left out.
    """
    n, found, i = values.shape[0], 0, first
    while i < n and found < x.shape[0]:
        column = column_of(numbers, i + shift)
        opened, lowest, highest, closed = np.nan, np.nan, np.nan, np.nan
        while True:
            value = values[i]
            if not np.isnan(value):
                if np.isnan(opened):
                    opened, lowest, highest = value, value, value
                lowest, highest, closed = min(lowest, value), max(highest, value), value
            i += 1
            if i >= n or column_of(numbers, i + shift) != column:
                break
        x[found] = column
        out[FIRST_VALUE, found], out[LOWEST, found] = opened, lowest
        out[HIGHEST, found], out[LAST_VALUE, found] = highest, closed
        found += 1
    return found


@kernel
def heikin_ashi_rows(
    open_: F64, high: F64, low: F64, close: F64, first: int, end: int, out: F64
) -> None:
    """Rows first..end - 1 of :func:`heikin_ashi`; those before are there already."""
    for i in range(first, end):
        mean = 0.25 * (open_[i] + high[i] + low[i] + close[i])
        if i == 0:
            middle = 0.5 * (open_[i] + close[i])
        else:
            middle = 0.5 * (out[OPEN, i - 1] + out[CLOSE, i - 1])
        out[OPEN, i], out[CLOSE, i] = middle, mean
        out[HIGH, i], out[LOW, i] = max(high[i], middle, mean), min(low[i], middle, mean)


@kernel
def heikin_ashi(open_: F64, high: F64, low: F64, close: F64, out: F64) -> None:
    """Write Heikin-Ashi candles into ``out`` float64 (4, n): open, high, low, close.

    Close is the mean of the four prices, open the middle of the body before; the first open is the
    middle of the first body. Source: D. Valcu, "Using the Heikin-Ashi Technique", Technical
    Analysis of Stocks & Commodities, February 2004.
    """
    heikin_ashi_rows(open_, high, low, close, 0, close.shape[0], out)


@kernel
def log_columns(values: F64) -> None:
    """Replace ``values`` (k, m) by their natural logarithms, in place. NaN stays; what is not above
    zero has no logarithm and becomes NaN.
    """
    for k in range(values.shape[0]):
        for i in range(values.shape[1]):
            values[k, i] = log(values[k, i]) if values[k, i] > 0.0 else np.nan
