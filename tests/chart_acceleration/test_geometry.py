"""Plot, axes and candle widths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.geometry import candle_widths, geometry, slots
from chart_acceleration.scene import Rect
from chart_acceleration.spec import ChartSpec
from market.types import Interval


def spec(width: int, height: int, scale: float = 1.0, bars: int = 120) -> ChartSpec:
    return ChartSpec("A", Interval.M1, width, height, scale=scale, bars=bars)


def test_axes_are_64_and_24_css_pixels() -> None:
    assert geometry(spec(1280, 720), 50).plot == Rect(0, 0, 1216, 696)
    assert geometry(spec(2560, 1440, 2.0), 100).plot == Rect(0, 0, 2432, 1392)


def test_long_labels_widen_the_price_axis_in_steps_of_8() -> None:
    assert geometry(spec(1280, 720), 56).plot.x1 == 1280 - 72
    assert geometry(spec(1280, 720), 70).plot.x1 == 1280 - 88


def test_axes_without_room_are_left_out() -> None:
    small = geometry(spec(60, 40), 50)
    assert small.plot == Rect(0, 0, 60, 40)
    assert not small.price_axis
    assert not small.time_axis
    assert not geometry(spec(200, 200), 90).price_axis


@pytest.mark.parametrize(
    ("step", "wick", "body"),
    [(1, 1, 1), (3, 1, 1), (4, 1, 3), (5, 1, 3), (6, 1, 3), (8, 1, 5), (10, 1, 7), (20, 1, 13)],
)
def test_bodies_are_odd_and_about_70_percent(step: float, wick: int, body: int) -> None:
    assert candle_widths(step, 1, 41.0) == (wick, body)


@given(st.floats(0.05, 400.0), st.integers(1, 4))
def test_wick_and_body_share_parity_and_leave_a_gap(step: float, line: int) -> None:
    wick, body = candle_widths(step, line, 41.0 * line)
    assert (body - wick) % 2 == 0
    assert 1 <= wick <= body
    assert body == 1 or body <= step - 1


@given(
    st.integers(16, 4096),
    st.integers(2, 5000),
    st.integers(1, 5000),
    st.sampled_from([1.0, 1.5, 2.0, 3.0]),
)
def test_candles_stay_left_of_the_axis_and_do_not_touch(
    width: int, bars: int, count: int, scale: float
) -> None:
    view = spec(width, 400, scale, bars)
    place = geometry(view, 50)
    count = min(count, bars)
    grid = slots(view, place.plot, place.line, count)
    assert grid.body_left(count - 1) + grid.body <= place.plot.x1
    assert grid.wick_left(0) >= -1
    for row in range(1, min(count, 50)):
        before, here = grid.body_left(row - 1), grid.body_left(row)
        assert here == before or here >= before + grid.body


def test_whole_pixels_between_candles_where_they_nearly_fit() -> None:
    view = spec(1280, 720, bars=300)
    grid = slots(view, geometry(view, 50).plot, 1, 300)
    assert grid.step == 4.0
    assert [grid.wick_left(row) for row in (298, 299)] == [1194, 1198]


def test_few_candles_stand_at_the_right() -> None:
    view = spec(1280, 720, bars=300)
    plot = geometry(view, 50).plot
    assert slots(view, plot, 1, 3).wick_left(2) == slots(view, plot, 1, 300).wick_left(299)
