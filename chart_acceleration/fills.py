"""Areas under and between curves, and bars from zero, as rectangles."""

from math import ceil, floor, isnan

import numpy as np

from chart_acceleration.candles import BODY, PLOT_X0, PLOT_X1, WICK, put
from chart_acceleration.polylines import FIRST, HIGH, LAST, LOW
from chart_acceleration.rectangles import clip_rows, row_of, rows_of
from chart_acceleration.scene import F64, I32
from market.kernel import kernel

RISING_ABOVE, FALLING_ABOVE, RISING_BELOW, FALLING_BELOW = range(4)
"""Fields of a histogram's look."""


@kernel
def _fill(
    x: I32, edge: F64, other: F64, to_ground: bool, count_in: int, numbers: F64, whole: I32,
    above: int, below: int, out: I32, count: int,
) -> int:  # fmt: skip
    """Pixels between two edges, or between one and the plot's end, equal neighbours as one
    rectangle.

    ``near``: the last point at or left of the column; ``held``: the point for which the rows and
    slopes of both edges stand.
    """
    rows, room, middle = rows_of(numbers, whole), out.shape[0], (whole[WICK] - 1) / 2
    ground = float(rows[3])
    near, held, start, top, end, shade = 0, -1, 0, 0, 0, 0
    y, y_other, slope, slope_other = np.nan, np.nan, 0.0, 0.0
    if count_in == 0:
        return count
    first = max(int(whole[PLOT_X0]), floor(x[0] + middle))
    last = min(int(whole[PLOT_X1]), ceil(x[count_in - 1] + middle) + 1)
    for column in range(first, last):
        while near + 1 < count_in and x[near + 1] + middle <= column:
            near += 1
        upper, lower, colour = 0.0, 0.0, 0
        away = column - (x[near] + middle)
        if away >= 0.0 and held != near:
            held, y, y_other = near, row_of(edge[LAST, near], rows), ground
            slope, slope_other = np.nan, 0.0
            if not to_ground:
                y_other = row_of(other[LAST, near], rows)
            if near + 1 < count_in:
                length = x[near + 1] - x[near]
                slope = (row_of(edge[FIRST, near + 1], rows) - y) / length
                if not to_ground:
                    slope_other = (row_of(other[FIRST, near + 1], rows) - y_other) / length
        if away == 0.0 and not isnan(edge[LAST, near] + other[LAST, near]):
            upper, lower = row_of(edge[HIGH, near], rows), row_of(edge[LOW, near], rows)
            colour = above if y <= y_other else below
            if to_ground:
                lower = ground
            else:
                upper = min(upper, row_of(other[HIGH, near], rows))
                lower = max(lower, row_of(other[LOW, near], rows))
        elif away > 0.0:
            one, two = y + slope * away, y_other + slope_other * away
            if not isnan(one + two):
                colour = above if one <= two else below
                upper, lower = min(one, two), max(one, two)
        new_top, new_end = clip_rows(upper, lower, rows)
        if new_top != top or new_end != end or colour != shade:
            if top < end and count < room:
                put(out, count, start, top, column, end, shade)
                count += 1
            start, top, end, shade = column, new_top, new_end, colour
    if top < end and count < room:
        put(out, count, start, top, last, end, shade)
        count += 1
    return count


@kernel
def fill_rects(
    x: I32, columns_a: F64, columns_b: F64, count_in: int, numbers: F64, whole: I32,
    colour_above: int, colour_below: int, out: I32, count: int,
) -> int:  # fmt: skip
    """Append the area between two curves of equal ``x`` as rectangles; returns the new count.

    Where the first lies on top it has ``colour_above``, elsewhere ``colour_below``. A column of
    several values is filled from the highest to the lowest of both. The other arguments as for
    :func:`chart_acceleration.curves.line_rects`.
    """
    return _fill(
        x, columns_a, columns_b, False, count_in, numbers, whole,
        colour_above, colour_below, out, count,
    )  # fmt: skip


@kernel
def area_rects(
    x: I32, columns: F64, count_in: int, numbers: F64, whole: I32,
    colour: int, out: I32, count: int,
) -> int:  # fmt: skip
    """Append the area from a curve down to the plot's end as rectangles; returns the new count.

    Arguments as for :func:`chart_acceleration.curves.line_rects`.
    """
    return _fill(x, columns, columns, True, count_in, numbers, whole, colour, colour, out, count)


@kernel
def histogram_rects(
    x: I32, columns: F64, count_in: int, numbers: F64, whole: I32, look: I32, out: I32, count: int
) -> int:
    """Append a bar from the row of zero to each value, both rows included; returns the new count.

    ``look``: int32 (4,), colours of bars rising above, falling above, rising below and falling
    below zero; a bar rises when it is not less than the column before it. A column of several
    values shows the one furthest from zero. The other arguments as for
    :func:`chart_acceleration.curves.line_rects`; bars are as wide as candle bodies.
    """
    rows, room, begin = rows_of(numbers, whole), out.shape[0], count
    zero = floor(row_of(0.0, rows) + 0.5)
    for i in range(count_in):
        last = columns[LAST, i]
        if isnan(last):
            continue
        before = columns[LAST, i - 1] if i > 0 else np.nan
        if isnan(before):
            before = columns[FIRST, i]
        value = columns[HIGH, i] if columns[HIGH, i] >= -columns[LOW, i] else columns[LOW, i]
        colour = look[(0 if value >= 0.0 else 2) + (0 if last >= before else 1)]
        row = floor(row_of(value, rows) + 0.5)
        y0, y1 = max(min(zero, row), rows[2]), min(max(zero, row) + 1, rows[3])
        left = x[i] - (whole[BODY] - whole[WICK]) // 2
        x0, x1 = max(left, whole[PLOT_X0]), min(left + whole[BODY], whole[PLOT_X1])
        if x0 >= x1 or y0 >= y1:
            continue
        k = count - 1
        touches = k >= begin and out[k, 2] == x0 and out[k, 4] == colour
        if touches and out[k, 1] == y0 and out[k, 3] == y1:
            out[k, 2] = x1
        elif count < room:
            put(out, count, x0, y0, x1, y1, colour)
            count += 1
    return count
