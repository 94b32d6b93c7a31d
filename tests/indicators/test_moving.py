"""The compiled averages against slow twins."""

from math import fsum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config
from numpy.typing import ArrayLike

from indicators.errors import BadParameter, BadValues, IndicatorError
from indicators.moving import ema, sma

pytestmark = pytest.mark.kernel

PRICES = st.lists(st.floats(1e-6, 1e9), max_size=80)
PERIODS = st.integers(1, 30)


def slow_sma(values: list[float], period: int) -> list[float]:
    """Every window summed exactly."""
    full = range(period, len(values) + 1)
    return [np.nan] * min(period - 1, len(values)) + [
        fsum(values[end - period : end]) / period for end in full
    ]


def slow_ema(values: list[float], period: int) -> list[float]:
    """By definition: seed with the mean, then weigh the new value by 2 / (period + 1)."""
    out = [np.nan] * len(values)
    if len(values) >= period:
        weight = 2 / (period + 1)
        out[period - 1] = fsum(values[:period]) / period
        for i in range(period, len(values)):
            out[i] = values[i] * weight + out[i - 1] * (1 - weight)
    return out


@given(PRICES, PERIODS)
@settings(deadline=None, max_examples=60)
def test_sma_equals_slow_twin(values: list[float], period: int) -> None:
    np.testing.assert_allclose(sma(values, period), slow_sma(values, period), rtol=1e-12)


@given(PRICES, PERIODS)
@settings(deadline=None, max_examples=60)
def test_ema_equals_slow_twin(values: list[float], period: int) -> None:
    rounding = 1e-14 * max(values, default=0.0)
    np.testing.assert_allclose(
        ema(values, period), slow_ema(values, period), rtol=1e-12, atol=rounding
    )


def test_sma_by_hand() -> None:
    np.testing.assert_array_equal(sma([1.0, 2.0, 3.0, 6.0], 3), [np.nan, np.nan, 2.0, 11 / 3])


def test_ema_by_hand() -> None:
    np.testing.assert_array_equal(ema([1.0, 2.0, 3.0, 6.0], 3), [np.nan, np.nan, 2.0, 4.0])


def test_period_one_is_the_series_itself() -> None:
    values = [3.0, 0.1, 7.7]
    np.testing.assert_array_equal(sma(values, 1), values)
    np.testing.assert_allclose(ema(values, 1), values, rtol=1e-14)


def test_sma_forgets_a_value_that_dwarfs_the_rest() -> None:
    values = [1.0, 1e17, 1.0, 2.0, 3.0]
    np.testing.assert_array_equal(sma(values, 2)[3:], [1.5, 2.5])


def test_shorter_than_the_period_is_all_nan() -> None:
    assert np.isnan(sma([1.0, 2.0], 3)).all()
    assert np.isnan(ema([1.0, 2.0], 3)).all()
    assert sma([], 3).shape == ema([], 3).shape == (0,)


def test_leading_nan_is_warm_up_so_averages_chain() -> None:
    inner = sma([1.0, 2.0, 3.0, 4.0, 5.0], 2)
    np.testing.assert_array_equal(sma(inner, 2), [np.nan, np.nan, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(ema(inner, 2)[:3], [np.nan, np.nan, 2.0])


@pytest.mark.parametrize("period", [0, -1, 2.5, True, "3", None])
@pytest.mark.parametrize("average", [sma, ema])
def test_bad_periods_are_named(average: object, period: object) -> None:
    assert callable(average)
    with pytest.raises(BadParameter, match="allowed is a whole number from 1") as caught:
        average([1.0, 2.0], period)
    assert repr(period) in str(caught.value)
    assert isinstance(caught.value, IndicatorError)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([[1.0, 2.0]], r"shape \(1, 2\)"),
        ([1.0, np.nan, 2.0], "close 1 was nan"),
        ([np.nan, 1.0, np.inf], "close 2 was inf"),
    ],
)
def test_bad_values_are_named(values: ArrayLike, words: str) -> None:
    for average in (sma, ema):
        with pytest.raises(BadValues, match=words):
            average(values, 2)


@given(st.lists(st.floats(0.01, 1e6), min_size=5, max_size=60), st.integers(1, 10), st.data())
@settings(deadline=None, max_examples=40)
def test_later_values_never_change_earlier_averages(
    values: list[float], period: int, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(values)))
    for average in (sma, ema):
        np.testing.assert_array_equal(average(values[:cut], period), average(values, period)[:cut])


def test_ema_of_a_flat_series_is_exactly_flat() -> None:
    assert set(ema([0.1] * 50, 7)[6:].tolist()) == {0.1}


@pytest.mark.skipif(bool(vars(config)["DISABLE_JIT"]), reason="plain Python fuses no products")
@given(st.floats(1e-9, 1e12), PERIODS)
def test_ema_of_equal_values_is_that_value(value: float, period: int) -> None:
    assert set(ema([value] * 120, period)[period - 1 :].tolist()) == {value}
