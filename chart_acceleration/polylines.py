"""A curve whose points are far apart, as rectangles: the usual line over candles, both of its
shades in one pass.

Near a point count only the point and the straight pieces before and after it, elsewhere only one
piece. :mod:`chart_acceleration.curves` draws the same pixels of any curve, in twice the time.
"""

from math import ceil, floor, inf, isnan, sqrt

from chart_acceleration.candles import PLOT_X0, PLOT_X1, WICK, put
from chart_acceleration.rectangles import clip_rows, row_of, rows_of
from chart_acceleration.scene import F64, I32
from market.kernel import inline_kernel, kernel, lane_kernel

FIRST, LOW, HIGH, LAST = range(4)

Piece = tuple[float, float, float]  # slope, its sine, sqrt(1 + slope^2); of no piece 0, 0, -inf
Span = tuple[int, int, int]  # first column of a rectangle, its first row and end


@kernel
def sparse_part(x: I32, columns: F64, count_in: int, gap: float) -> tuple[int, int]:
    """First and end of the columns with values, if each has one value, none between them is missing
    and they are ``gap`` pixels apart; else 0, -1.
    """
    first, end = 0, count_in
    while first < end and isnan(columns[LAST, first]):
        first += 1
    while end > first and isnan(columns[LAST, end - 1]):
        end -= 1
    sparse = True
    for i in range(first, end):
        value = columns[LAST, i]
        sparse &= columns[FIRST, i] == value
        sparse &= columns[LOW, i] == value
        sparse &= columns[HIGH, i] == value
    for i in range(first + 1, end):
        sparse &= x[i] - x[i - 1] >= gap
    return (first, end) if sparse else (0, -1)


@inline_kernel
def _around(
    away: float, radius: float, y: float, before: Piece, after: Piece
) -> tuple[float, float]:
    """Rows within ``radius`` of a point on row ``y``, ``away`` columns left of here, and of the
    pieces that end and begin there.

    The nearest point of a straight line lies radius * sine away from here, along the columns.
    """
    square = radius * radius - away * away
    cap = sqrt(square) if square > 0.0 else -inf
    upper, lower = y - cap, y + cap
    slope, sine, root = before
    centre, half, turn = y + slope * away, radius * root, radius * sine
    upper = min(upper, centre - half) if away < turn else upper
    lower = max(lower, centre + half) if away < -turn else lower
    slope, sine, root = after
    centre, half, turn = y + slope * away, radius * root, radius * sine
    upper = min(upper, centre - half) if away > turn else upper
    lower = max(lower, centre + half) if away > -turn else lower
    return upper, lower


@inline_kernel
def _after(span: Span, column: int, rows: tuple[int, int]) -> tuple[Span, int]:
    """The span that goes on or begins in ``column``, and how many rectangles end before it."""
    start, top, end = span
    changed = rows[0] != top or rows[1] != end
    return (column if changed else start, rows[0], rows[1]), int(changed and top < end)


@lane_kernel
def polyline_rects(
    x: I32, columns: F64, part: tuple[int, int], numbers: F64, whole: I32,
    radii: tuple[float, float], colours: tuple[int, int], out: I32, count: int,
) -> int:  # fmt: skip
    """Append the columns ``part`` (first, end) of a curve, as :func:`sparse_part` found them;
    returns the new count.

    ``radii``, ``colours``: of its edges, and of what is within. ``out`` has room for two rectangles
    a column and two more. Arguments else as for :func:`chart_acceleration.curves.line_rects`.
    """
    rows, middle, (outer, inner) = rows_of(numbers, whole), (whole[WICK] - 1) / 2, radii
    start = max(int(whole[PLOT_X0]), floor(x[part[0]] + middle - outer))
    stop = min(int(whole[PLOT_X1]), ceil(x[part[1] - 1] + middle + outer) + 1)
    # what is within comes behind all edges: it is written further down, then moved up
    within = beyond = count + max(0, stop - start) + 1
    edge, core = (start, 0, 0), (start, 0, 0)
    point, at, y, length, slope, sine, root = part[0] - 1, 0.0, 0.0, -inf, 0.0, 0.0, -inf
    before = (slope, sine, root)
    for column in range(start, stop):
        away = column - at
        while away > length - outer:
            point, before = point + 1, (slope, sine, root)
            at, y = x[point] + middle, row_of(columns[LAST, point], rows)
            away, length, slope, sine, root = column - at, inf, 0.0, 0.0, -inf
            if point + 1 < part[1]:
                length = float(x[point + 1] - x[point])
                slope = (row_of(columns[LAST, point + 1], rows) - y) / length
                root = sqrt(1.0 + slope * slope)
                sine = slope / root
        if away >= outer:
            centre = y + slope * away
            upper, lower = centre - outer * root, centre + outer * root
            upper_core, lower_core = centre - inner * root, centre + inner * root
        else:
            upper, lower = _around(away, outer, y, before, (slope, sine, root))
            upper_core, lower_core = _around(away, inner, y, before, (slope, sine, root))
        # written in any case and kept where it ends: a branch here is guessed wrong too often
        put(out, count, edge[0], edge[1], column, edge[2], colours[0])
        edge, more = _after(edge, column, clip_rows(upper, lower, rows))
        count += more
        put(out, beyond, core[0], core[1], column, core[2], colours[1])
        core, more = _after(core, column, clip_rows(upper_core, lower_core, rows))
        beyond += more
    put(out, count, edge[0], edge[1], stop, edge[2], colours[0])
    put(out, beyond, core[0], core[1], stop, core[2], colours[1])
    count += int(edge[1] < edge[2])
    beyond += int(core[1] < core[2])
    for i in range(within, beyond):
        put(out, count, out[i, 0], out[i, 1], out[i, 2], out[i, 3], colours[1])
        count += 1
    return count
