"""Rows that share a pixel column become one."""

from math import floor, inf, isnan, log, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.candles import columns
from chart_acceleration.geometry import Slots
from chart_acceleration.projection import (
    column_of,
    heikin_ashi,
    log_columns,
    project_candles,
    project_curve,
)
from chart_acceleration.scene import F64, I32, I64
from market.columns import CandleWindow
from tests.chart_acceleration.made_candles import made_candles

pytestmark = pytest.mark.kernel

prices = st.floats(0.01, 1e6)
seeds = st.integers(0, 2**32 - 1)
steps = st.floats(0.001, 12.0)
lefts = st.floats(-300.0, 300.0)


def slot_numbers(left: float, step: float) -> F64:
    """Parameters of which only LEFT and STEP matter here."""
    return np.array([nan, nan, nan, left, step])


def projected(
    rows: tuple[F64, F64, F64, F64, F64], numbers: F64, first: int = 0, room: int = 400
) -> tuple[I32, I64, F64]:
    """What project_candles writes."""
    x, row, out = np.zeros(room, np.int32), np.zeros(room, np.int64), np.zeros((5, room))
    count = project_candles(*rows, numbers, first, x, row, out)
    return x[:count], row[:count], out[:, :count]


def curve(
    values: F64, numbers: F64, first: int = 0, shift: int = 0, room: int = 400
) -> tuple[I32, F64]:
    """What project_curve writes."""
    x, out = np.zeros(room, np.int32), np.zeros((4, room))
    count = project_curve(values, numbers, first, shift, x, out)
    return x[:count], out[:, :count]


def by_column(numbers: F64, first: int, end: int, shift: int = 0) -> dict[int, list[int]]:
    """Pixel column → rows in it, the obvious way."""
    groups: dict[int, list[int]] = {}
    for i in range(first, end):
        x = floor(float(numbers[3]) + (i + shift) * float(numbers[4]) + 0.5)
        groups.setdefault(x, []).append(i)
    return groups


def random_rows(seed: int, count: int) -> tuple[F64, F64, F64, F64, F64]:
    """Numbers without any order: open and close may lie outside high and low."""
    table = np.random.default_rng(seed).normal(50.0, 20.0, (5, count))
    return table[0], table[1], table[2], table[3], np.abs(table[4])


def window(*rows: tuple[float, float, float, float, float]) -> CandleWindow:
    table = np.array(rows, dtype=np.float64).T.copy()
    return CandleWindow.from_arrays(np.arange(len(rows), dtype=np.int64), *table)


def test_candles_in_one_pixel_column_become_one() -> None:
    candles = window(
        (20, 30, 15, 25, 3), (25, 50, 20, 45, 9), (45, 46, 5, 10, 4), (10, 12, 9, 11, 1)
    )
    x, row, out = projected(columns(candles), slot_numbers(4.0, 0.3))  # columns 4, 4, 5, 5
    assert x.tolist() == [4, 5]
    assert row.tolist() == [0, 2]
    assert out.T.tolist() == [[20, 50, 15, 45, 9], [45, 46, 5, 11, 4]]


def test_with_room_every_candle_is_a_column() -> None:
    rows = columns(made_candles(9))
    x, row, out = projected(rows, slot_numbers(4.5, 10.0))
    assert x.tolist() == [5, 15, 25, 35, 45, 55, 65, 75, 85]
    assert row.tolist() == list(range(9))
    assert np.array_equal(out, np.stack(rows))


def test_high_and_low_cover_open_and_close() -> None:
    candles = window((90, 50, 40, 45, 1), (45, 50, 40, 5, 1), (45, 46, 44, 45, 1))
    _, _, out = projected(columns(candles), slot_numbers(0.0, 0.1))
    assert out[1:3, 0].tolist() == [90, 5]


@given(seed=seeds, count=st.integers(0, 300), left=lefts, step=steps, data=st.data())
def test_columns_are_groups_of_rows(
    seed: int, count: int, left: float, step: float, data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, count))
    o, h, lo, c, v = random_rows(seed, count)
    numbers = slot_numbers(left, step)
    x, row, out = projected((o, h, lo, c, v), numbers, first)
    groups = by_column(numbers, first, count)
    assert x.tolist() == list(groups)
    assert row.tolist() == [rows[0] for rows in groups.values()]
    for k, rows in enumerate(groups.values()):
        highest = np.stack([h[rows], o[rows], c[rows]]).max()
        lowest = np.stack([lo[rows], o[rows], c[rows]]).min()
        expected = [o[rows[0]], highest, lowest, c[rows[-1]], v[rows].max()]
        assert out[:, k].tolist() == expected


@given(row=st.integers(-5000, 10**8), left=st.floats(-1e8, 1e4), step=st.floats(1e-5, 100.0))
def test_the_column_of_a_row_is_that_of_the_slots(row: int, left: float, step: float) -> None:
    assert column_of(slot_numbers(left, step), row) == Slots(left, step, 1, 1).wick_left(row)


def test_candles_without_room_are_left_out() -> None:
    rows = columns(made_candles(9))
    full, short = projected(rows, slot_numbers(0.0, 1.0)), projected(rows, slot_numbers(0, 1), 0, 4)
    assert short[0].tolist() == full[0][:4].tolist()
    assert np.array_equal(short[2], full[2][:, :4])


def test_gaps_break_a_curve() -> None:
    values = np.array([nan, 3.0, 1.0, 2.0, nan, nan, nan, 5.0, nan])
    x, out = curve(values, slot_numbers(0.0, 0.34), shift=1)  # columns 0, 1 1 1, 2 2 2, 3 3
    assert x.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(
        out.T, [[nan] * 4, [3.0, 1.0, 3.0, 2.0], [nan] * 4, [5.0, 5.0, 5.0, 5.0]]
    )


@given(
    seed=seeds,
    count=st.integers(0, 300),
    gaps=st.floats(0.0, 1.0),
    left=lefts,
    step=steps,
    shift=st.integers(-40, 40),
    data=st.data(),
)
def test_a_curve_keeps_first_lowest_highest_and_last(
    seed: int, count: int, gaps: float, left: float, step: float, shift: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, count))
    random = np.random.default_rng(seed)
    values = np.where(random.random(count) < gaps, nan, random.normal(0.0, 9.0, count))
    numbers = slot_numbers(left, step)
    x, out = curve(values, numbers, first, shift)
    groups = by_column(numbers, first, count, shift)
    assert x.tolist() == list(groups)
    for k, rows in enumerate(groups.values()):
        there = [value for value in values[rows].tolist() if not isnan(value)]
        expected = [there[0], min(there), max(there), there[-1]] if there else [nan] * 4
        np.testing.assert_array_equal(out[:, k], expected)


def test_a_curve_without_room_is_left_out() -> None:
    x, out = curve(np.arange(9.0), slot_numbers(0.0, 1.0), room=4)
    assert x.tolist() == [0, 1, 2, 3]
    assert out[0].tolist() == [0.0, 1.0, 2.0, 3.0]


def test_heikin_ashi_by_hand() -> None:
    rows = columns(window((10, 14, 8, 12, 1), (12, 20, 11, 19, 1), (19, 19, 4, 6, 1)))
    out = np.zeros((4, 3))
    heikin_ashi(*rows[:4], out)
    assert out.T.tolist() == [
        [11.0, 14.0, 8.0, 11.0],
        [11.0, 20.0, 11.0, 15.5],
        [13.25, 19.0, 4.0, 12.0],
    ]


@given(seed=seeds, count=st.integers(1, 60))
def test_heikin_ashi_is_its_definition(seed: int, count: int) -> None:
    o, h, lo, c, _ = random_rows(seed, count)
    out = np.zeros((4, count))
    heikin_ashi(o, h, lo, c, out)
    opened, closed = (o[0] + c[0]) / 2, (o[0] + h[0] + lo[0] + c[0]) / 4
    for i in range(count):
        if i:
            opened, closed = (opened + closed) / 2, (o[i] + h[i] + lo[i] + c[i]) / 4
        expected = [opened, max(h[i], opened, closed), min(lo[i], opened, closed), closed]
        assert out[:, i].tolist() == expected


@given(st.lists(st.one_of(prices, st.just(nan)), min_size=1, max_size=20))
def test_logarithms_are_taken_in_place(values: list[float]) -> None:
    table = np.array([values, values])
    log_columns(table)
    expected = [log(value) if value > 0.0 else nan for value in values]
    np.testing.assert_allclose(table, [expected, expected], rtol=1e-15)


def test_what_is_not_above_zero_has_no_logarithm() -> None:
    table = np.array([[0.0, -1.0, -inf, nan, 1.0]])
    log_columns(table)
    np.testing.assert_array_equal(table, [[nan, nan, nan, nan, 0.0]])
