"""What the compiled elements share: values to rows, spans of pixel columns to rectangles.

The helpers that vanish into loops take numbers, and arrays only without branching: numba counts the
references of an array handed to an inlined function with branches, atomically, ten times the cost
of the work itself.
"""

from math import ceil

from chart_acceleration.candles import PER_PRICE, PLOT_Y0, PLOT_Y1, TOP
from chart_acceleration.scene import F64, I32
from market.kernel import inline_kernel

FAR = 2.0**24
"""Rows and columns further out than this are as good as this far: no pixel of the plot changes,
and nothing overflows.
"""

Rows = tuple[float, float, int, int]  # value at the top, rows per unit, first row, end of the plot


@inline_kernel
def rows_of(numbers: F64, whole: I32) -> Rows:
    """The scale of a plot for :func:`row_of` and :func:`clip_rows`."""
    return numbers[TOP], numbers[PER_PRICE], int(whole[PLOT_Y0]), int(whole[PLOT_Y1])


@inline_kernel
def row_of(value: float, rows: Rows) -> float:
    """Pixel row of a value in scale space, with its fraction: row r is the middle of that row, as
    in the candle kernel.
    """
    return min(max((rows[0] - value) * rows[1], -FAR), FAR) + rows[2]


@inline_kernel
def clip_rows(top: float, bottom: float, rows: Rows) -> tuple[int, int]:
    """First and end of the plot's rows whose middle is in top <= row < bottom."""
    first = max(ceil(min(max(top, -FAR), FAR)), rows[2])
    end = min(ceil(min(max(bottom, -FAR), FAR)), rows[3])
    return first, end
