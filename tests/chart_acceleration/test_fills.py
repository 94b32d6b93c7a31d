"""Areas between curves and bars from zero as rectangles."""

from itertools import pairwise
from math import ceil, floor, isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.fills import area_rects, fill_rects, histogram_rects
from chart_acceleration.scene import F64, I32, U8
from tests.chart_acceleration.plotted import (
    EMPTY,
    HEIGHT,
    PLOT,
    WIDTH,
    as_columns,
    curves,
    painted,
    parameters,
    places,
)

pytestmark = pytest.mark.kernel

ABOVE, BELOW = 1, 2
Edge = tuple[float, float, float]  # rows of the highest and lowest value, and of the line there
FIRST, LOW, HIGH, LAST = range(4)


def fill(x: I32, edge: F64, other: F64, wick: int = 1, room: int = 4000, count: int = 0) -> I32:
    numbers, whole = parameters(widths=(wick, wick + 4))
    out = np.full((room, 5), -7, dtype=np.int32)
    with np.errstate(over="ignore", invalid="ignore"):
        end = fill_rects(x, edge, other, len(x), numbers, whole, ABOVE, BELOW, out, count)
    assert (out[:count] == -7).all()
    return out[count:end]


def area(x: I32, edge: F64, wick: int = 1, room: int = 4000) -> I32:
    numbers, whole = parameters(widths=(wick, wick + 4))
    out = np.zeros((room, 5), dtype=np.int32)
    with np.errstate(over="ignore", invalid="ignore"):
        end = area_rects(x, edge, len(x), numbers, whole, ABOVE, out, 0)
    return out[:end]


def row_of(value: float) -> float:
    return min(max(40.0 - value, -(2.0**24)), 2.0**24) + PLOT[1]


def edge_at(x: I32, columns: F64, wick: int, column: int) -> Edge | None:
    """The rows of a curve in a pixel column."""
    for i, left in enumerate(x.tolist()):
        at = left + (wick - 1) / 2
        if at == column:
            here = (row_of(columns[HIGH, i]), row_of(columns[LOW, i]), row_of(columns[LAST, i]))
            return None if isnan(columns[LAST, i]) else here
        if i + 1 < len(x) and at < column < x[i + 1] + (wick - 1) / 2:
            start, end = row_of(columns[LAST, i]), row_of(columns[FIRST, i + 1])
            row = start + (end - start) / (int(x[i + 1]) - left) * (column - at)
            return None if isnan(columns[LAST, i] + columns[FIRST, i + 1]) else (row, row, row)
    return None


def between(edges: list[Edge | None], others: list[Edge | None]) -> U8:
    pixels = np.full((HEIGHT, WIDTH), EMPTY, dtype=np.uint8)
    for column in range(PLOT[0], PLOT[2]):
        edge, other = edges[column], others[column]
        if edge is None or other is None:
            continue
        top, end = ceil(min(edge[0], other[0])), ceil(max(edge[1], other[1]))
        first, last = max(top, PLOT[1]), max(min(end, PLOT[3]), PLOT[1])
        pixels[first:last, column] = ABOVE if edge[2] <= other[2] else BELOW
    return pixels


@settings(deadline=None, max_examples=60)
@given(curves(), curves(), st.integers(1, 3))
def test_what_lies_between_two_edges_is_filled(
    one: tuple[I32, F64], two: tuple[I32, F64], wick: int
) -> None:
    count = min(len(one[0]), len(two[0]))
    x, edge, other = one[0][:count], one[1][:, :count].copy(), two[1][:, :count].copy()
    rows = [
        [edge_at(x, columns, wick, column) for column in range(WIDTH)] for columns in (edge, other)
    ]
    assert (painted(fill(x, edge, other, wick)) == between(*rows)).all()


@settings(deadline=None, max_examples=60)
@given(curves(), st.integers(1, 3))
def test_an_area_reaches_from_the_curve_to_the_plots_end(curve: tuple[I32, F64], wick: int) -> None:
    ground: list[Edge | None] = [(PLOT[3], PLOT[3], PLOT[3])] * WIDTH
    edge = [edge_at(*curve, wick, column) for column in range(WIDTH)]
    pixels = between(edge, ground)
    assert (painted(area(*curve, wick)) == np.where(pixels == EMPTY, EMPTY, ABOVE)).all()


@settings(deadline=None)
@given(curves(), st.floats(0.0, 40.0), st.integers(0, 20))
def test_no_more_than_fits(curve: tuple[I32, F64], level: float, room: int) -> None:
    other = as_columns([level] * len(curve[0]))
    everything = fill(*curve, other)
    some = fill(*curve, other, room=room, count=min(room, 2))
    assert some.tolist() == everything[: room - min(room, 2)].tolist()
    assert area(*curve, room=room).tolist() == area(*curve)[:room].tolist()
    everything = histogram(*curve, widths=(1, 1))
    assert histogram(*curve, widths=(1, 1), room=room).tolist() == everything[:room].tolist()


def test_a_flat_band_is_one_rectangle() -> None:
    x = places(6.0, 12)
    rows = fill(x, as_columns([30.0] * 12), as_columns([10.0] * 12))
    assert rows.tolist() == [[3, 15, 63, 35, ABOVE]]


def test_the_colour_changes_where_the_edges_cross() -> None:
    x = places(40.0, 2, 10.0)
    pixels = painted(fill(x, as_columns([30.0, 10.0]), as_columns([10.0, 30.0])))
    assert (pixels[:, 10:30] != BELOW).all()
    assert (pixels[:, 31:51] != ABOVE).all()
    assert (pixels[:, 10:30] == ABOVE).any(axis=0).all()


def test_equal_spans_of_two_colours_stay_two_rectangles() -> None:
    rows = fill(places(1.0, 2, 30.0), as_columns([30.0, 10.0]), as_columns([10.0, 30.0]))
    assert rows.tolist() == [[30, 15, 31, 35, ABOVE], [31, 15, 32, 35, BELOW]]


# colours of a histogram in the order of its look
LOOK = np.array([11, 12, 13, 14], dtype=np.int32)


def histogram(
    x: I32, columns: F64, top: float = 20.0, widths: tuple[int, int] = (1, 5), room: int = 4000
) -> I32:
    numbers, whole = parameters(top=top, widths=widths)
    out = np.zeros((room, 5), dtype=np.int32)
    with np.errstate(over="ignore"):
        end = histogram_rects(x, columns, len(x), numbers, whole, LOOK, out, 0)
    return out[:end]


def test_bars_from_zero_in_four_colours() -> None:
    rows = histogram(places(10.0, 5, 10.0), as_columns([5.0, 3.0, -4.0, -2.0, 0.0]))
    assert rows.tolist() == [
        [8, 20, 13, 26, 11],
        [18, 22, 23, 26, 12],
        [28, 25, 33, 30, 14],
        [38, 25, 43, 28, 13],
        [48, 25, 53, 26, 11],
    ]


def test_a_column_of_several_values_shows_the_furthest() -> None:
    rows = histogram(places(10.0, 2, 10.0), as_columns([(1, -8, 3, 2), (2, -3, 9, -1)]))
    assert [row[1:] for row in rows.tolist()] == [[25, 13, 34, 13], [16, 23, 26, 12]]


def test_zero_outside_the_plot_leaves_what_is_inside() -> None:
    rows = histogram(places(10.0, 2, 10.0), as_columns([15.0, 4.0]), top=-5.0)
    assert len(rows) == 0
    rows = histogram(places(10.0, 2, 10.0), as_columns([65.0, 1e300]), top=70.0)
    assert [row[1:4:2] for row in rows.tolist()] == [[10, 45], [5, 45]]


@settings(deadline=None)
@given(curves(), st.sampled_from([(1, 1), (1, 5), (2, 4), (3, 9)]))
def test_bars_by_their_definition(curve: tuple[I32, F64], widths: tuple[int, int]) -> None:
    x, columns = curve
    pixels = np.full((HEIGHT, WIDTH), EMPTY, dtype=np.uint8)
    for i, left in enumerate(x.tolist()):
        first, low, high, last = columns[:, i].tolist()
        if isnan(last):
            continue
        before = columns[LAST, i - 1] if i and not isnan(columns[LAST, i - 1]) else first
        value = high if abs(high) >= abs(low) and high >= 0 else low
        colour = LOOK[2 * (value < 0) + (last < before)]
        row = floor(min(max(20.0 - value, -(2.0**24)), 2.0**24) + 0.5) + PLOT[1]
        y0, y1 = max(min(row, 25), PLOT[1]), max(max(row, 25) + 1, PLOT[1])
        x0 = left - (widths[1] - widths[0]) // 2
        x0, x1 = max(x0, PLOT[0]), max(min(x0 + widths[1], PLOT[2]), 0)
        pixels[y0 : min(y1, PLOT[3]), x0:x1] = colour
    assert (painted(histogram(*curve, widths=widths)) == pixels).all()


@settings(deadline=None)
@given(curves())
def test_neighbours_of_one_colour_are_one_rectangle(curve: tuple[I32, F64]) -> None:
    flat = as_columns([nan if isnan(value) else 8.0 for value in curve[1][LAST]])
    for rows in (
        fill(*curve, as_columns([0.0] * len(curve[0]))),
        area(*curve),
        histogram(curve[0], flat, widths=(1, 1)),
    ):
        for one, following in pairwise(rows.tolist()):
            assert one[2] != following[0] or one[1::2] + one[4:] != following[1::2] + following[4:]
