"""Columns from a pyramid are those of one pass over the rows, bit by bit."""

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.candles import scan
from chart_acceleration.far_projection import column_end
from chart_acceleration.far_rows import FarCandles, FarCurve
from chart_acceleration.geometry import Slots
from chart_acceleration.projection import project_candles, project_curve
from chart_acceleration.scene import F64, I32, I64
from tests.chart_acceleration.made_rows import gappy_values, same_bits, spans, tied_columns

pytestmark = pytest.mark.kernel

seeds = st.integers(0, 2**32 - 1)
lengths = st.one_of(st.integers(0, 90), st.integers(500, 2500))
lefts = st.floats(-300.0, 300.0)
steps = st.one_of(st.floats(0.0005, 0.1), st.floats(0.1, 12.0))
rooms = st.sampled_from([2600, 2600, 2600, 7])


def candle_work(room: int) -> tuple[I32, I64, F64]:
    return np.zeros(room, np.int32), np.zeros(room, np.int64), np.zeros((5, room))


def curve_work(room: int) -> tuple[I32, I64, F64]:
    return np.zeros(room, np.int32), np.zeros(room, np.int64), np.zeros((4, room))


@given(seeds, lengths, lefts, steps, rooms, st.data())
def test_candles(
    seed: int, count: int, left: float, step: float, room: int, data: st.DataObject
) -> None:
    start, end = data.draw(spans(count), "span")
    first = data.draw(st.integers(0, end - start), "first")
    columns, numbers = tied_columns(seed, count), np.array([0.0, 0.0, 0.0, left, step])
    near, far = candle_work(room), candle_work(room)
    o, h, low, c, v = (column[start:end] for column in columns)
    expected = project_candles(o, h, low, c, v, numbers, first, *near)
    found = FarCandles(columns, count).project(start, end, numbers, first, far)
    assert found == expected
    assert near[0].tolist() == far[0].tolist()
    assert near[1].tolist() == far[1].tolist()
    assert same_bits(near[2], far[2])


@given(seeds, lengths, lefts, steps, rooms, st.integers(-50, 50), st.data())
def test_curves(
    seed: int, count: int, left: float, step: float, room: int, shift: int, data: st.DataObject
) -> None:
    start, end = data.draw(spans(count), "span")
    first = data.draw(st.integers(0, end - start), "first")
    values, numbers = gappy_values(seed, count), np.array([0.0, 0.0, 0.0, left, step])
    near, far = curve_work(room), curve_work(room)
    expected = project_curve(values[start:end], numbers, first, shift, near[0], near[2])
    found = FarCurve(values, count).project(start, end, numbers, first, shift, far)
    assert found == expected
    assert near[0].tolist() == far[0].tolist()
    assert same_bits(near[2], far[2])


@given(seeds, lengths, st.data())
def test_extents_are_those_of_a_scan(seed: int, count: int, data: st.DataObject) -> None:
    first, end = data.draw(spans(count))
    columns, expected = tied_columns(seed, count), np.zeros(3)
    o, h, low, c, v = (column[first:end] for column in columns)
    assert scan(o, h, low, c, v, expected) == -1
    found = FarCandles(columns, count).extent(first, end)
    assert same_bits(np.array(found), expected)


@given(seeds, lengths, st.data())
def test_extents_of_a_curve_skip_gaps(seed: int, count: int, data: st.DataObject) -> None:
    first, end = data.draw(spans(count))
    values = gappy_values(seed, count)
    there = [value for value in values[first:end].tolist() if not isnan(value)]
    found = FarCurve(values, count).extent(first, end)
    if there:  # Python's min and max keep the first of equals too
        assert same_bits(np.array(found), np.array([min(there), max(there)]))
    else:
        assert all(map(isnan, found))


@given(
    row=st.integers(0, 10**8),
    left=st.floats(-1e8, 1e4),
    step=st.floats(1e-5, 100.0),
)
def test_a_column_ends_where_the_formula_says(row: int, left: float, step: float) -> None:
    slots = Slots(left, step, 1, 1)
    column = slots.wick_left(row)
    after = column_end(np.array([0.0, 0.0, 0.0, left, step]), column)
    assert slots.wick_left(after - 1) == column < slots.wick_left(after)


@given(
    row=st.integers(0, 10**8),
    after=st.integers(1, 10**5),
    column=st.integers(0, 4096),
    step=st.integers(1, 2**40),
)
def test_borders_that_only_rounding_decides(row: int, after: int, column: int, step: int) -> None:
    """A left edge that puts a row on the border of two columns, but for its last bits."""
    width = step / 3e10
    slots = Slots(column - 0.5 - (row + after) * width, width, 1, 1)
    numbers, first = np.array([0.0, 0.0, 0.0, slots.left, width]), slots.wick_left(row)
    end = column_end(numbers, first)
    assert slots.wick_left(end - 1) == first < slots.wick_left(end)


@pytest.mark.parametrize(
    ("bars", "width", "row"),
    [(9252, 2070, 8992), (5080, 2250, 4316), (14564, 649, 9917), (69982, 385, 9421)],
)
def test_borders_that_the_turned_formula_misses(bars: int, width: int, row: int) -> None:
    """Dividing rounds the border down by a row: it must be found one row later."""
    step = width / bars
    slots = Slots(width - 1 - (bars - 1) * step, step, 1, 1)
    column = slots.wick_left(row)
    end = column_end(np.array([0.0, 0.0, 0.0, slots.left, step]), column)
    assert slots.wick_left(end - 1) == column < slots.wick_left(end)
