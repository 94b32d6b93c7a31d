"""Triangles beside candles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.chart_data import MarkerKind
from chart_acceleration.markers import MARKER_COLOURS, marker_rects
from chart_acceleration.palette import Role
from chart_acceleration.scene import I32
from tests.chart_acceleration.plotted import EMPTY, painted, parameters

pytestmark = pytest.mark.kernel

ENTRY, WON, LOST, BUY, SELL = MarkerKind
Marker = tuple[int, int, MarkerKind]  # x, row, kind


def drawn(*markers: Marker, size: int = 7, wick: int = 1, room: int = 4000) -> I32:
    _, whole = parameters(widths=(wick, wick + 4))
    x, y, kind = np.array(markers, dtype=np.int32).reshape(-1, 3).T.copy()
    out = np.zeros((room, 5), dtype=np.int32)
    return out[: marker_rects(x, y, kind, len(markers), whole, size, MARKER_COLOURS, out, 0)]


def shape(rects: I32) -> list[str]:
    pixels = painted(rects)
    rows, columns = np.nonzero(pixels != EMPTY)
    part = pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return ["".join("." if value == EMPTY else "#" for value in row) for row in part]


def test_shapes() -> None:
    down = ["#######", "#######", ".#####.", "..###..", "..###..", "...#..."]
    assert shape(drawn((30, 25, WON))) == down
    assert shape(drawn((30, 25, ENTRY))) == down[::-1]
    assert shape(drawn((30, 25, WON), size=3, wick=2)) == ["####", ".##.", ".##."]


def test_entries_stand_below_and_exits_above() -> None:
    assert shape(drawn((30, 25, BUY))) == shape(drawn((30, 25, ENTRY)))
    rows = np.nonzero(painted(drawn((30, 25, ENTRY))) != EMPTY)[0]
    assert (rows.min(), rows.max()) == (29, 34)
    for kind in (WON, LOST, SELL):
        rows = np.nonzero(painted(drawn((30, 25, kind))) != EMPTY)[0]
        assert (rows.min(), rows.max()) == (15, 20)


def test_the_tip_is_in_the_wicks_columns() -> None:
    for wick, size in ((1, 7), (2, 14), (3, 21)):
        last = drawn((30, 30, WON), wick=wick, size=size)[-1]
        assert last[0] + last[2] == 30 + 30 + wick


def test_colours_by_kind() -> None:
    for kind, role in zip(
        MarkerKind, (Role.TEXT, Role.UP, Role.DOWN, Role.LINE_A, Role.LINE_B), strict=True
    ):
        assert {row[4] for row in drawn((30, 25, kind)).tolist()} == {role}


def test_several_of_one_candle_are_stacked_by_side() -> None:
    pixels = painted(drawn((30, 30, WON), (30, 30, BUY), (30, 30, LOST), size=5))
    columns = pixels[:, 30].tolist()
    assert [row for row in range(50) if columns[row] == Role.UP] == [23, 24, 25, 26]
    assert [row for row in range(50) if columns[row] == Role.DOWN] == [17, 18, 19, 20]
    assert [row for row in range(50) if columns[row] == Role.LINE_A] == [33, 34, 35, 36]
    apart = painted(drawn((30, 30, WON), (40, 30, LOST), size=5))
    assert [row for row in range(50) if apart[row, 40] == Role.DOWN] == [23, 24, 25, 26]


markers = st.lists(
    st.tuples(st.integers(-20, 90), st.integers(-20, 70), st.sampled_from(list(MarkerKind))),
    max_size=12,
).map(sorted)


@settings(deadline=None)
@given(markers, st.integers(1, 15), st.integers(1, 3), st.integers(0, 20))
def test_markers_stay_inside_and_no_more_than_fit(
    given_markers: list[Marker], size: int, wick: int, room: int
) -> None:
    everything = drawn(*given_markers, size=size, wick=wick)
    painted(everything)  # checks that all lies in the plot
    some = drawn(*given_markers, size=size, wick=wick, room=room)
    assert some.tolist() == everything[:room].tolist()


@settings(deadline=None)
@given(st.integers(1, 21), st.integers(1, 3))
def test_a_triangle_by_its_definition(size: int, wick: int) -> None:
    """A row is as wide as the triangle at its middle, to the nearest pixels."""
    width = size + (size - wick) % 2
    height = max(1, int(width * 0.866 + 0.5))
    rows = shape(drawn((30, 40, WON), size=size, wick=wick))
    assert len(rows) == height
    for number, row in enumerate(rows):
        inset = int((number + 0.5) * width / (2 * height))
        assert row == "." * inset + "#" * (width - 2 * inset) + "." * inset
