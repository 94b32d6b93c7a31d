"""Curves and dots as rectangles.

A pixel belongs to a line when its middle is near enough to it: full colour within a quarter pixel
less than half the thickness, the half shade within a quarter pixel more. These are the places
where an edge covers three quarters and one quarter of a pixel. A flat line 1.5 pixels thick is so
always one full row and one half row, wherever it lies.
"""

from math import ceil, floor, inf, isnan, sqrt

from chart_acceleration.candles import PLOT_X0, PLOT_X1, WICK
from chart_acceleration.rectangles import put_span, row_of
from chart_acceleration.scene import F64, I32
from market.kernel import inline_kernel, kernel

FIRST, LOW, HIGH, LAST = range(4)
EDGE = 0.25
"""Device pixels from an edge to where a pixel is a quarter or three quarters covered."""


@inline_kernel
def _segment_span(
    x: float, radius: float, x0: float, y0: float, x1: float, y1: float
) -> tuple[float, float]:
    """Rows within ``radius`` of a straight segment in column ``x``, which it must reach.

    Upper edge: the smallest y - sqrt(radius^2 - (s - x)^2) over the points (s, y) of the segment,
    found where its derivative is zero, or at the nearer end; the lower edge likewise.
    """
    slope = (y1 - y0) / (x1 - x0)
    away = radius * slope / sqrt(1.0 + slope * slope)
    above = min(max(x - away, x0), x1)
    below = min(max(x + away, x0), x1)
    square = radius * radius
    top = y0 + slope * (above - x0) - sqrt(max(0.0, square - (above - x) * (above - x)))
    bottom = y0 + slope * (below - x0) + sqrt(max(0.0, square - (below - x) * (below - x)))
    return top, bottom


@inline_kernel
def _reach(
    column: int,
    near: int,
    radius: float,
    x: I32,
    columns: F64,
    count_in: int,
    numbers: F64,
    whole: I32,
) -> tuple[float, float]:
    """Rows within ``radius`` of the curve in a pixel column, looking from point ``near`` on."""
    top, bottom = inf, -inf
    middle = (whole[WICK] - 1) / 2
    i = near
    while i < count_in and x[i] + middle - radius <= column:
        at = x[i] + middle
        square = radius * radius - (column - at) * (column - at)
        if square >= 0.0 and not isnan(columns[LAST, i]):
            more = sqrt(square)
            top = min(top, row_of(columns[HIGH, i], numbers, whole) - more)
            bottom = max(bottom, row_of(columns[LOW, i], numbers, whole) + more)
        if i + 1 < count_in and not isnan(columns[LAST, i] + columns[FIRST, i + 1]):
            y0 = row_of(columns[LAST, i], numbers, whole)
            y1 = row_of(columns[FIRST, i + 1], numbers, whole)
            upper, lower = _segment_span(column, radius, at, y0, x[i + 1] + middle, y1)
            top, bottom = min(top, upper), max(bottom, lower)
        i += 1
    return top, bottom


@kernel
def _stroke(
    x: I32, columns: F64, count_in: int, numbers: F64, whole: I32,
    radius: float, colour: int, out: I32, count: int,
) -> int:  # fmt: skip
    """All pixels whose middle is within ``radius`` of the curve.

    Between two points, further than ``radius`` from both, only one segment counts.
    """
    begin, middle, near = count, (whole[WICK] - 1) / 2, 0
    column = int(whole[PLOT_X0])
    for i in range(count_in):
        at = x[i] + middle
        following = x[i + 1] + middle if i + 1 < count_in else inf
        column = max(column, ceil(at - radius))
        end = min(
            int(whole[PLOT_X1]), ceil(at + radius) if radius > 0.5 else floor(at + radius) + 1
        )
        while column < end:
            while x[near + 1] + middle + radius < column and near < i:
                near += 1
            top, bottom = _reach(column, near, radius, x, columns, count_in, numbers, whole)
            count = put_span(out, count, begin, whole, column, top, bottom, colour)
            column += 1
        if i + 1 == count_in or isnan(columns[LAST, i] + columns[FIRST, i + 1]):
            continue
        y = row_of(columns[LAST, i], numbers, whole)
        slope = (row_of(columns[FIRST, i + 1], numbers, whole) - y) / (following - at)
        half = radius * sqrt(1.0 + slope * slope)
        end = min(int(whole[PLOT_X1]), ceil(following - radius))
        while column < end:
            centre = y + slope * (column - at)
            count = put_span(out, count, begin, whole, column, centre - half, centre + half, colour)
            column += 1
    return count


@kernel
def line_rects(
    x: I32, columns: F64, count_in: int, numbers: F64, whole: I32,
    thickness: float, colour: int, half: int, out: I32, count: int,
) -> int:  # fmt: skip
    """Append the curve through ``columns`` as rectangles, from row ``count`` of ``out`` on; returns
    the new count.

    ``x``: int32 (n,), left edges of the wicks, rising; the curve goes through their middles.
    ``columns``: float64 (4, n), first, lowest, highest and last value of each column in scale
    space, the first ``count_in`` are used; NaN breaks the curve, a value without neighbours is a
    round dot. ``numbers``, ``whole``: see :mod:`chart_acceleration.candles`. ``thickness`` in
    device pixels; ``colour`` of the line, ``half`` of its edges. All halves come before all full
    pixels. Clipped to the plot; what does not fit into ``out`` is left out.

    The pixels of a column depend on the columns within ``thickness / 2 + 0.25`` pixels of it, and
    on the value beyond on either side: a part of the curve is the same as in the whole one if it
    begins that much earlier.
    """
    count = _stroke(x, columns, count_in, numbers, whole, thickness / 2 + EDGE, half, out, count)
    return _stroke(x, columns, count_in, numbers, whole, thickness / 2 - EDGE, colour, out, count)
