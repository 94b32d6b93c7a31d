"""Horizontal and trend lines as rectangles."""

from itertools import pairwise
from math import hypot, inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.drawings import drawing_looks, drawing_rects
from chart_acceleration.elements import Drawing, Extension, HorizontalLine, TrendLine
from chart_acceleration.palette import Role, half_shade
from chart_acceleration.scene import I32, U8
from tests.chart_acceleration.plotted import EMPTY, HEIGHT, PLOT, WIDTH, painted, parameters

pytestmark = pytest.mark.kernel

Points = tuple[float, float, float, float]  # x, value, x, value
FULL, HALF = int(Role.LINE_A), int(Role.LINE_A_HALF)
DASH = 4


def trend(*, extend: Extension = Extension.NONE, dashed: bool = False) -> TrendLine:
    return TrendLine((0, 1.0), (1, 2.0), Role.LINE_A, dashed, extend)


def drawn(
    points: Points, drawing: Drawing, thickness: float = 1.5, line: int = 1, room: int = 4000
) -> I32:
    numbers, whole = parameters()
    out = np.zeros((room, 5), dtype=np.int32)
    given_points, looks = np.array([points]), drawing_looks([drawing])
    with np.errstate(over="ignore", invalid="ignore"):
        end = drawing_rects(given_points, looks, 1, numbers, whole, thickness, line, DASH, out, 0)
    return out[:end]


def share(points: Points, x: float, y: float) -> float:
    """How far along the line the nearest place to (x, y) is: 0 at the first point, 1 at the
    second.
    """
    across, down = points[2] - points[0], points[1] - points[3]
    away_x, away_y = x - points[0], y - (40.0 - points[1] + PLOT[1])
    return (away_x * across + away_y * down) / (across * across + down * down)


def reference(points: Points, extend: Extension, dashed: bool, thickness: float) -> tuple[U8, U8]:
    """The picture by its definition, and which pixels are too near an edge to be told."""
    pixels = np.full((HEIGHT, WIDTH), EMPTY, dtype=np.uint8)
    unsure = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    across, down = points[2] - points[0], points[1] - points[3]
    low = -inf if extend is Extension.BOTH else 0.0
    high = 1.0 if extend is Extension.NONE else inf
    inner, outer = thickness / 2 - 0.25, thickness / 2 + 0.25
    for y in range(PLOT[1], PLOT[3]):
        for x in range(PLOT[0], PLOT[2]):
            along = y - PLOT[1] if abs(down) > abs(across) else x - PLOT[0]
            if dashed and along // DASH % 2:
                continue
            nearest = min(max(share(points, x, y), low), high)
            away = hypot(
                x - points[0] - nearest * across,
                y - (40.0 - points[1] + PLOT[1]) - nearest * down,
            )
            unsure[y, x] = min(abs(away - inner), abs(away - outer)) < 1e-4
            pixels[y, x] = FULL if away < inner else HALF if away < outer else EMPTY
    return pixels, unsure


x_places = st.floats(-90.0, 160.0, allow_subnormal=False)
levels = st.floats(-60.0, 100.0, allow_subnormal=False)


@st.composite
def trends(draw: st.DrawFn) -> Points:
    start, end = sorted((draw(x_places), draw(x_places)))
    return start, draw(levels), max(end, start + 1e-3), draw(levels)


@settings(deadline=None, max_examples=60)
@given(trends(), st.sampled_from(list(Extension)), st.booleans(), st.sampled_from([1.5, 3.0, 4.5]))
def test_a_pixel_is_drawn_by_its_distance(
    points: Points, extend: Extension, dashed: bool, thickness: float
) -> None:
    if abs(points[1] - points[3]) < 1e-3:
        points = (points[0], points[1], points[2], points[1] + 1.0)
    expected, unsure = reference(points, extend, dashed, thickness)
    found = painted(drawn(points, trend(extend=extend, dashed=dashed), thickness))
    assert ((found == expected) | (unsure == 1)).all()


@settings(deadline=None)
@given(trends(), st.sampled_from(list(Extension)), st.booleans(), st.integers(0, 9))
def test_no_more_than_fits(points: Points, extend: Extension, dashed: bool, room: int) -> None:
    line = trend(extend=extend, dashed=dashed)
    assert drawn(points, line, room=room).tolist() == drawn(points, line)[:room].tolist()


@settings(deadline=None)
@given(trends(), st.sampled_from(list(Extension)))
def test_neighbours_are_one_rectangle(points: Points, extend: Extension) -> None:
    for one, following in pairwise(drawn(points, trend(extend=extend)).tolist()):
        beside = one[2] == following[0] and one[1::2] == following[1::2]
        below = one[3] == following[1] and one[0:4:2] == following[0:4:2]
        assert one[4] != following[4] or not (beside or below)


@pytest.mark.parametrize("line", [1, 2, 3])
def test_a_level_is_whole_rows_from_its_own_on(line: int) -> None:
    level = HorizontalLine(20.3)
    rows = drawn((0.0, 20.3, 1.0, 20.3), level, line=line)
    assert rows.tolist() == [[3, 25, 63, 25 + line, FULL]]


def test_dashes_begin_at_the_plots_left_edge() -> None:
    rows = drawn((0.0, 20.0, 1.0, 20.0), HorizontalLine(20.0, dashed=True))
    assert [row[:3:2] for row in rows.tolist()] == [[x, x + 4] for x in range(3, 63, 8)]


@pytest.mark.parametrize("value", [1e300, -1e300, 61.0, -6.0])
def test_a_level_outside_is_not_drawn(value: float) -> None:
    assert len(drawn((0.0, value, 1.0, value), HorizontalLine(value))) == 0


@pytest.mark.parametrize("bad", [nan, inf, -inf])
@pytest.mark.parametrize("place", range(4))
def test_a_line_without_a_place_is_left_out(bad: float, place: int) -> None:
    points = [10.0, 10.0, 30.0, 30.0]
    points[place] = bad
    assert len(drawn((points[0], points[1], points[2], points[3]), trend())) == 0


@pytest.mark.parametrize("far", [1e6, 1e9])
def test_points_far_outside_give_the_same_line(far: float) -> None:
    near = drawn((0.0, 10.0, 60.0, 30.0), trend(extend=Extension.BOTH))
    slope = 20.0 / 60.0
    points = (-far * 3, 10.0 - far * 3 * slope, far * 3, 10.0 + far * 3 * slope)
    assert drawn(points, trend()).tolist() == near.tolist()


def test_two_points_in_one_pixel_column_give_an_upright_line() -> None:
    pixels = painted(drawn((30.0, 10.0, 30.0, 30.0), trend()))
    assert (pixels[16:35, 30] == FULL).all()
    both = painted(drawn((30.0, 10.0, 30.0, 30.0), trend(extend=Extension.BOTH)))
    assert (both[PLOT[1] : PLOT[3], 30] == FULL).all()


def test_two_points_in_one_place_give_a_dot() -> None:
    points = (30.0, 10.0, 30.0, 10.0)
    assert drawn(points, trend()).tolist() == [[30, 35, 31, 36, FULL]]
    assert len(drawn(points, trend(extend=Extension.BOTH))) == 0  # it has no direction


def test_looks() -> None:
    drawings: list[Drawing] = [
        HorizontalLine(1.0, Role.UP, dashed=True),
        trend(),
        trend(extend=Extension.RIGHT),
        TrendLine((0, 1.0), (1, 2.0), Role.TEXT, False, Extension.BOTH),
    ]
    assert drawing_looks(drawings).tolist() == [
        [Role.UP, Role.UP_SHADE, 1, 2],
        [Role.LINE_A, Role.LINE_A_HALF, 0, 0],
        [Role.LINE_A, Role.LINE_A_HALF, 0, 1],
        [Role.TEXT, Role.TEXT_2, 0, 2],
    ]
    assert half_shade(Role.DOWN) is Role.DOWN_SHADE
    assert half_shade(Role.LINE_E) is Role.LINE_E_HALF
