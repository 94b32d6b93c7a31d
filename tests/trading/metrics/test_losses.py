"""Drawdowns against slow twins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.types import DAY
from tests.trading.metrics.runs import run
from trading.metrics.sample import Convention, Sample
from trading.metrics.sums import under_water_ns


@pytest.mark.parametrize(
    ("equity", "days"),
    [
        ([1.0], 0),
        ([1.0, 2.0, 3.0], 0),
        ([2.0, 2.0, 2.0], 0),
        ([3.0, 1.0, 3.0], 2),
        ([3.0, 1.0, 2.0, 2.0], 3),
        ([3.0, 1.0, 4.0, 3.9, 3.9, 3.9, 4.0, 1.0], 4),
        ([1.0, 2.0, 1.0], 1),
    ],
)
def test_longest_drawdown_by_hand(equity: list[float], days: int) -> None:
    values = np.asarray(equity)
    assert under_water_ns(np.arange(len(values)) * DAY, values) == days * DAY


def slow_longest(equity: list[float]) -> int:
    """Walk on from every candle until it is reached again."""
    longest = 0
    for start, peak in enumerate(equity):
        if max(equity[: start + 1]) > peak:
            continue
        end = next((i for i in range(start + 1, len(equity)) if equity[i] >= peak), None)
        last = len(equity) - 1 if end is None else end
        if last > start and min(equity[start : last + 1]) < peak:
            longest = max(longest, last - start)
    return longest


@given(st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0]), min_size=1, max_size=25))
def test_drawdowns_equal_slow_twins(equity: list[float]) -> None:
    values = np.asarray(equity)
    assert under_water_ns(np.arange(len(values)), values) == slow_longest(equity)
    slow = [value / max(equity[: i + 1]) - 1 for i, value in enumerate(equity)]
    lowest, squares = Sample(run(equity), Convention()).falls
    assert lowest == min(slow)
    assert squares == pytest.approx(sum(fall**2 for fall in slow))
