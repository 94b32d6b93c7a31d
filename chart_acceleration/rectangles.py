"""Appending clipped rectangles to a layout's list: what all compiled elements share."""

from math import ceil

from chart_acceleration.candles import PER_PRICE, PLOT_X0, PLOT_X1, PLOT_Y0, PLOT_Y1, TOP
from chart_acceleration.scene import F64, I32
from market.kernel import inline_kernel

FAR = 2.0**24
"""Rows and columns further out than this are as good as this far: a pixel's place in the plot does
not change, and nothing overflows.
"""


@inline_kernel
def row_of(value: float, numbers: F64, whole: I32) -> float:
    """Pixel row of a value in scale space, with its fraction: row r is the middle of that row, as
    in the candle kernel.
    """
    row: float = min(max((numbers[TOP] - value) * numbers[PER_PRICE], -FAR), FAR) + whole[PLOT_Y0]
    return row


@inline_kernel
def put_clipped(
    out: I32, count: int, whole: I32, x0: int, y0: int, x1: int, y1: int, colour: int
) -> int:
    """Append the part of a rectangle inside the plot; nothing where that is empty, or where ``out``
    is full. Returns the new count.
    """
    left, right = max(x0, whole[PLOT_X0]), min(x1, whole[PLOT_X1])
    top, end = max(y0, whole[PLOT_Y0]), min(y1, whole[PLOT_Y1])
    if left < right and top < end and count < out.shape[0]:
        out[count, 0], out[count, 1], out[count, 2], out[count, 3] = left, top, right, end
        out[count, 4] = colour
        count += 1
    return count


@inline_kernel
def put_span(
    out: I32, count: int, first: int, whole: I32, x: int, top: float, bottom: float, colour: int
) -> int:
    """Append the rows whose middle is in top <= row < bottom of pixel column ``x``, clipped.

    Widens the rectangle before, unless that lies before row ``first``, where it is the same span
    of the column before: equal neighbours become one rectangle.
    """
    y0 = max(ceil(min(max(top, -FAR), FAR)), whole[PLOT_Y0])
    y1 = min(ceil(min(max(bottom, -FAR), FAR)), whole[PLOT_Y1])
    if y0 < y1 and whole[PLOT_X0] <= x < whole[PLOT_X1]:
        last = count - 1
        if (
            last >= first
            and out[last, 2] == x
            and out[last, 1] == y0
            and out[last, 3] == y1
            and out[last, 4] == colour
        ):
            out[last, 2] = x + 1
        elif count < out.shape[0]:
            out[count, 0], out[count, 1], out[count, 2], out[count, 3] = x, y0, x + 1, y1
            out[count, 4] = colour
            count += 1
    return count
