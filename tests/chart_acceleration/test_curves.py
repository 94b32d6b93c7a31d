"""Curves and dots as rectangles."""

from itertools import pairwise
from math import hypot, isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.curves import dot_rects, line_rects
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

FULL, HALF = 1, 2
Point = tuple[float, float]


def line(
    x: I32, columns: F64, thickness: float = 1.5, wick: int = 1, room: int = 4000, count: int = 0
) -> I32:
    numbers, whole = parameters(widths=(wick, wick + 4))
    out = np.full((room, 5), -7, dtype=np.int32)
    with np.errstate(over="ignore"):
        end = line_rects(x, columns, len(x), numbers, whole, thickness, FULL, HALF, out, count)
    assert (out[:count] == -7).all()
    return out[count:end]


def distance(x: float, y: float, start: Point, end: Point) -> float:
    """From a point to a segment."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    share = ((x - start[0]) * dx + (y - start[1]) * dy) / length if length > 0.0 else 0.0
    share = min(max(share, 0.0), 1.0)
    return hypot(x - start[0] - share * dx, y - start[1] - share * dy)


def strokes(x: I32, columns: F64, wick: int) -> list[tuple[Point, Point]]:
    """All straight pieces of a curve, in pixels."""
    at = [(left + (wick - 1) / 2) for left in x.tolist()]
    y = np.clip(40.0 - columns, -(2.0**24), 2.0**24) + PLOT[1]
    first, low, high, last = y.tolist()
    pieces = [((at[i], low[i]), (at[i], high[i])) for i in range(len(at)) if not isnan(low[i])]
    for i in range(len(at) - 1):
        if not isnan(last[i] + first[i + 1]):
            pieces.append(((at[i], last[i]), (at[i + 1], first[i + 1])))
    return pieces


def reference(x: I32, columns: F64, thickness: float, wick: int) -> tuple[U8, U8]:
    """The picture by its definition, and which pixels are too near an edge to be told."""
    pixels = np.full((HEIGHT, WIDTH), EMPTY, dtype=np.uint8)
    unsure = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    pieces = strokes(x, columns, wick)
    for row in range(PLOT[1], PLOT[3]):
        for column in range(PLOT[0], PLOT[2]):
            gaps = [distance(column, row, *piece) for piece in pieces]
            away = min(gaps, default=1e9)
            inner, outer = thickness / 2 - 0.25, thickness / 2 + 0.25
            unsure[row, column] = min(abs(away - inner), abs(away - outer)) < 1e-4
            pixels[row, column] = FULL if away < inner else HALF if away < outer else EMPTY
    return pixels, unsure


@settings(deadline=None, max_examples=25)
@given(curves(), st.sampled_from([1.0, 1.5, 3.0, 4.5]), st.integers(1, 3))
def test_a_pixel_is_drawn_by_its_distance(
    curve: tuple[I32, F64], thickness: float, wick: int
) -> None:
    expected, unsure = reference(*curve, thickness, wick)
    found = painted(line(*curve, thickness, wick))
    assert ((found == expected) | (unsure == 1)).all()


@settings(deadline=None)
@given(curves(), st.integers(0, 30))
def test_no_more_than_fits(curve: tuple[I32, F64], room: int) -> None:
    everything = line(*curve)
    some = line(*curve, room=room, count=min(room, 3))
    assert some.tolist() == everything[: len(some)].tolist()
    assert len(some) == min(len(everything), room - min(room, 3))


@settings(deadline=None)
@given(curves(), st.sampled_from([1.5, 3.0]))
def test_neighbours_of_one_colour_are_one_rectangle(
    curve: tuple[I32, F64], thickness: float
) -> None:
    rows = line(curve[0], np.nan_to_num(curve[1], nan=20.0), thickness).tolist()
    for one, following in pairwise(rows):
        touching = one[2] == following[0] and one[4] == following[4]
        assert not (touching and one[1] == following[1] and one[3] == following[3])


@settings(deadline=None)
@given(curves(), st.integers(0, 20), st.sampled_from([1.5, 4.5]))
def test_a_later_part_is_the_same_alone(
    curve: tuple[I32, F64], skipped: int, thickness: float
) -> None:
    x, columns = curve
    skipped = min(skipped, len(x))
    part = painted(line(x[skipped:], columns[:, skipped:].copy(), thickness))
    if skipped < len(x):
        same = max(0, int(x[skipped]) + 3)  # half the thickness and a quarter pixel further right
        assert (part[:, same:] == painted(line(x, columns, thickness))[:, same:]).all()


@pytest.mark.parametrize("value", [20.0, 20.1, 20.25, 20.5, 20.75, 20.999])
def test_a_flat_line_is_one_full_and_one_half_row_everywhere(value: float) -> None:
    pixels = painted(line(places(6.0, 12), as_columns([value] * 12)))
    for column in pixels[:, PLOT[0] : PLOT[2]].T:
        assert sorted(column[column != EMPTY].tolist()) == [FULL, HALF]
    assert len(line(places(6.0, 12), as_columns([value] * 12))) == 2


def test_nothing_joins_the_ends_of_a_narrow_gap() -> None:
    pixels = painted(line(places(1.0, 3, 30.0), as_columns([30.0, nan, 10.0]), thickness=4.5))
    assert (pixels[15, 29:32] == FULL).all()
    assert (pixels[35, 31:34] == FULL).all()
    assert (pixels[20:30] == EMPTY).all()


def test_a_steep_line_is_as_thick_as_a_flat_one() -> None:
    pixels = painted(line(places(8.0, 2, 20.0), as_columns([-200.0, 240.0])))
    for row in pixels[PLOT[1] : PLOT[3]]:
        assert 1 <= (row == FULL).sum() <= 2
        assert 1 <= (row != EMPTY).sum() <= 3


@pytest.mark.parametrize(("thickness", "wick"), [(1.5, 1), (3.0, 2), (4.5, 3)])
def test_a_value_without_neighbours_is_a_dot(thickness: float, wick: int) -> None:
    pixels = painted(line(places(9.0, 3, 20.0), as_columns([nan, 20.2, nan]), thickness, wick))
    rows, columns = np.nonzero(pixels == FULL)
    assert rows.size > 0
    assert np.ptp(rows) + 1 <= thickness
    assert np.ptp(columns) + 1 <= thickness


def test_no_points_no_line() -> None:
    assert len(line(places(1.0, 0), as_columns([]))) == 0
    assert len(line(places(5.0, 3), as_columns([nan] * 3))) == 0


def dots(x: I32, columns: F64, size: int, wick: int = 1, room: int = 4000) -> I32:
    numbers, whole = parameters(widths=(wick, wick + 4))
    out = np.zeros((room, 5), dtype=np.int32)
    with np.errstate(over="ignore"):
        end = dot_rects(x, columns, len(x), numbers, whole, size, FULL, HALF, out, 0)
    return out[:end]


def disc(size: int) -> list[str]:
    x = places(1.0, 1, 30.0)
    pixels = painted(dots(x, as_columns([20.0]), size, wick=1 if size % 2 else 2))
    rows, columns = np.nonzero(pixels != EMPTY)
    part = pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return ["".join({FULL: "#", HALF: "+", EMPTY: "."}[value] for value in row) for row in part]


def test_shapes_of_dots() -> None:
    assert disc(1) == ["#"]
    assert disc(2) == ["##", "##"]
    assert disc(3) == ["+#+", "###", "+#+"]
    assert disc(4) == ["+##+", "####", "####", "+##+"]
    assert disc(5) == [".###.", "#####", "#####", "#####", ".###."]
    assert disc(6) == [".+##+.", "+####+", "######", "######", "+####+", ".+##+."]


@settings(deadline=None, max_examples=25)
@given(curves(), st.integers(1, 7), st.integers(1, 3))
def test_discs_stand_at_the_lowest_and_highest_value(
    curve: tuple[I32, F64], size: int, wick: int
) -> None:
    x, columns = curve
    pixels = np.full((HEIGHT, WIDTH), EMPTY, dtype=np.uint8)
    for colour, radius in ((HALF, size / 2 + 0.25), (FULL, size / 2 - 0.25)):
        for left, value in [(x[i], columns[k, i]) for i in range(len(x)) for k in (1, 2)]:
            if isnan(value) or abs(value) > 1e6:
                continue
            top = PLOT[1] + np.floor(40.0 - value - (size - 1) / 2 + 0.5)
            centre = left - (size - wick) // 2 + (size - 1) / 2, top + (size - 1) / 2
            for row in range(PLOT[1], PLOT[3]):
                for column in range(PLOT[0], PLOT[2]):
                    if hypot(column - centre[0], row - centre[1]) < radius:
                        pixels[row, column] = colour
    assert (painted(dots(x, columns, size, wick)) == pixels).all()


@settings(deadline=None)
@given(curves(), st.integers(0, 20))
def test_no_more_dots_than_fit(curve: tuple[I32, F64], room: int) -> None:
    everything = dots(*curve, 3)
    assert dots(*curve, 3, room=room).tolist() == everything[:room].tolist()
