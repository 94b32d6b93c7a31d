"""Curves and dots as rectangles.

A pixel belongs to a line when its middle is near enough to it: full colour within a quarter pixel
less than half the thickness, the half shade within a quarter pixel more. These are the places
where an edge covers three quarters and one quarter of a pixel. A flat line 1.5 pixels thick is so
always one full row and one half row, wherever it lies.
"""

from math import ceil, floor, inf, isnan, sqrt

from chart_acceleration.candles import PLOT_X0, PLOT_X1, WICK, put
from chart_acceleration.polylines import FIRST, HIGH, LAST, LOW, polyline_rects, sparse_part
from chart_acceleration.rectangles import clip_rows, row_of, rows_of
from chart_acceleration.scene import F64, I32
from market.kernel import inline_kernel, kernel

EDGE = 0.25
"""Device pixels from an edge to where a pixel is a quarter or three quarters covered."""


Segment = tuple[float, float, float, float, float]  # x, row of its start, length; slope, its sine


@inline_kernel
def segment_of(x0: float, y0: float, x1: float, y1: float) -> Segment:
    """The segment between two points, x0 < x1."""
    slope = (y1 - y0) / (x1 - x0)
    return x0, y0, x1 - x0, slope, slope / sqrt(1.0 + slope * slope)


@inline_kernel
def segment_span(away: float, radius: float, segment: Segment) -> tuple[float, float]:
    """Rows within ``radius`` of a straight segment, ``away`` columns right of its start.

    Upper edge: the smallest y - sqrt(radius^2 - (s - away)^2) over the points (s, y) of the
    segment, found where its derivative is zero, or at the nearer end; the lower edge likewise.
    """
    _, y, length, slope, sine = segment
    above = min(max(away - radius * sine, 0.0), length)
    below = min(max(away + radius * sine, 0.0), length)
    square = radius * radius
    top = y + slope * above - sqrt(max(0.0, square - (above - away) * (above - away)))
    return top, y + slope * below + sqrt(max(0.0, square - (below - away) * (below - away)))


@kernel
def _stroke(
    x: I32, columns: F64, count_in: int, numbers: F64, whole: I32,
    radius: float, colour: int, out: I32, count: int,
) -> int:  # fmt: skip
    """All pixels whose middle is within ``radius`` of the curve, equal neighbours as one rectangle.

    ``near``: the first point whose way to the next one may reach the column; ``held``: the point
    where ``segment`` starts. Between two points, ``radius`` from both, only their segment counts.
    """
    rows, room, middle = rows_of(numbers, whole), out.shape[0], (whole[WICK] - 1) / 2
    near, held, start, top, end = 0, -1, 0, 0, 0
    segment, half = (0.0, 0.0, -1.0, 0.0, 0.0), 0.0
    if count_in == 0:
        return count
    first = max(int(whole[PLOT_X0]), floor(x[0] + middle - radius))
    last = min(int(whole[PLOT_X1]), ceil(x[count_in - 1] + middle + radius) + 1)
    for column in range(first, last):
        away = column - segment[0]
        if radius <= away <= segment[2] - radius:
            centre = segment[1] + segment[3] * away
            upper, lower = centre - half, centre + half
        else:
            while near + 1 < count_in and x[near + 1] + middle + radius <= column:
                near += 1
            upper, lower, i = inf, -inf, near
            while i < count_in and x[i] + middle - radius < column:
                if i > near and isnan(columns[LAST, i - 1]) and not isnan(columns[LAST, i]):
                    # a gap narrower than the line: what lies before it stays apart
                    new_top, new_end = clip_rows(upper, lower, rows)
                    upper, lower = inf, -inf
                    if new_top < new_end and count < room:
                        put(out, count, column, new_top, column + 1, new_end, colour)
                        count += 1
                away = column - (x[i] + middle)
                if abs(away) < radius and not isnan(columns[LAST, i]):
                    more = sqrt(radius * radius - away * away)
                    upper = min(upper, row_of(columns[HIGH, i], rows) - more)
                    lower = max(lower, row_of(columns[LOW, i], rows) + more)
                if i + 1 < count_in and not isnan(columns[LAST, i] + columns[FIRST, i + 1]):
                    if held != i:
                        held, y = i, row_of(columns[LAST, i], rows)
                        y_next = row_of(columns[FIRST, i + 1], rows)
                        segment = segment_of(x[i] + middle, y, x[i + 1] + middle, y_next)
                        half = radius * sqrt(1.0 + segment[3] * segment[3])
                    above, below = segment_span(away, radius, segment)
                    upper, lower = min(upper, above), max(lower, below)
                i += 1
        if count == room:
            return count
        # written in any case and kept where it ends: a branch here is guessed wrong too often
        put(out, count, start, top, column, end, colour)
        new_top, new_end = clip_rows(upper, lower, rows)
        changed = new_top != top or new_end != end
        count += int(changed and top < end)
        start = column if changed else start
        top, end = new_top, new_end
    if top < end and count < room:
        put(out, count, start, top, last, end, colour)
        count += 1
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
    outer, inner = thickness / 2 + EDGE, thickness / 2 - EDGE
    part = sparse_part(x, columns, count_in, 2 * outer)
    if part[0] < part[1] and count + 2 * (whole[PLOT_X1] - whole[PLOT_X0]) + 2 <= out.shape[0]:
        radii = (outer, inner)
        return polyline_rects(x, columns, part, numbers, whole, radii, (half, colour), out, count)
    count = _stroke(x, columns, count_in, numbers, whole, outer, half, out, count)
    return _stroke(x, columns, count_in, numbers, whole, inner, colour, out, count)


@inline_kernel
def _inset(size: int, row: int, radius: float) -> int:
    """Pixels to leave out at either end of a row of a disc ``size`` pixels across; ``size`` where
    the disc does not reach the row.
    """
    middle = (size - 1) / 2
    square = radius * radius - (middle - row) * (middle - row)
    return ceil(middle - sqrt(square)) if square > 0.0 else size


@kernel
def dot_rects(
    x: I32, columns: F64, count_in: int, numbers: F64, whole: I32,
    size: int, colour: int, half: int, out: I32, count: int,
) -> int:  # fmt: skip
    """Append a disc ``size`` device pixels across at each value, as rectangles; returns the new
    count.

    Arguments as for :func:`line_rects`. A column of several values has discs at the lowest and the
    highest.
    """
    rows, room = rows_of(numbers, whole), out.shape[0]
    for full in range(2):
        before = size
        for row in range((size + 1) // 2):
            outer = _inset(size, row, size / 2 + EDGE)
            inner = _inset(size, row, size / 2 - EDGE)
            inset = inner if full else outer
            if inset >= before or 2 * inset >= size or (not full and outer == inner):
                continue
            before = inset
            for i in range(count_in):
                left = x[i] - (size - whole[WICK]) // 2
                x0 = max(left + inset, whole[PLOT_X0])
                x1 = min(left + size - inset, whole[PLOT_X1])
                for end in (LOW, HIGH):
                    value = columns[end, i]
                    if isnan(value) or (end == HIGH and value == columns[LOW, i]):
                        continue
                    top = floor(row_of(value, rows) - (size - 1) / 2 + 0.5)
                    y0, y1 = max(top + row, rows[2]), min(top + size - row, rows[3])
                    if x0 < x1 and y0 < y1 and count < room:
                        put(out, count, x0, y0, x1, y1, colour if full else half)
                        count += 1
    return count
