"""Longer candles from shorter ones equal those built from the trades."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.candle_builder import CandleBuilder
from market.columns import CandleWindow
from market.resample import resample
from market.types import HOUR, SECOND, Interval
from tests.market.reference import rows

pytestmark = pytest.mark.kernel

START = 1_700_000_000 * SECOND


@given(st.lists(st.tuples(st.integers(0, 3 * HOUR), st.integers(1, 99)), max_size=60))
def test_hours_make_four_hours(trades: list[tuple[int, int]]) -> None:
    builder = CandleBuilder()
    time_ns = START
    for number, (step, price) in enumerate(trades):
        time_ns += step
        builder.add(number, time_ns, float(price), 0.5)
    longer = resample(builder.columns(Interval.H1).snapshot(), Interval.H4)
    assert rows(longer) == rows(builder.columns(Interval.H4).snapshot())


def test_a_first_candle_that_began_before_can_be_left_out() -> None:
    hours = CandleWindow.from_arrays(
        [3 * HOUR, 4 * HOUR, 5 * HOUR],
        [1, 2, 3],
        [4, 9, 6],
        [1, 1.5, 2],
        [2, 3, 4],
        [10, 20, 30],
        [1, 2, 3],
    )
    whole = resample(hours, Interval.H4, whole_only=True)
    assert rows(whole) == [(4 * HOUR, 2.0, 9.0, 1.5, 4.0, 50.0, 5)]
    assert len(resample(hours, Interval.H4)) == 2
    assert len(resample(hours, Interval.D1, whole_only=True)) == 0
