"""Slow, obvious twins for what TA-Lib does not have, and for the parts everything is made of."""

from fractions import Fraction
from math import fsum, nan, sqrt
from statistics import pstdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.channels import donchian, regression_channel
from indicators.moving import sma, wma
from indicators.trend import aroon, ichimoku
from indicators.volatility import stdev, zscore
from indicators.volume import anchored_vwap, session_vwap
from tests.indicators.markets import HOUR, START, Columns, markets, walk

pytestmark = pytest.mark.kernel

VALUES = st.lists(
    st.one_of(st.floats(1e-9, 1e12), st.floats(-10, 10), st.sampled_from([1.0, 2.0, 3.0])),
    min_size=1, max_size=60,
)  # fmt: skip
PERIODS = st.integers(1, 14)


def windows(values: list[float], period: int) -> list[list[float]]:
    """Every full window, oldest value first."""
    return [values[end - period : end] for end in range(period, len(values) + 1)]


@given(VALUES, PERIODS)
def test_sums_are_exact_to_rounding_whatever_has_left_the_window(
    values: list[float], period: int
) -> None:
    found = sma(values, period)[period - 1 :]
    expected = [fsum(window) / period for window in windows(values, period)]
    sizes = [fsum(map(abs, window)) for window in windows(values, period)]
    assert all(
        abs(a - b) <= 1e-15 * s + 1e-300 for a, b, s in zip(found, expected, sizes, strict=True)
    )


@given(VALUES, PERIODS)
def test_weighted_sums_are_exact_to_rounding(values: list[float], period: int) -> None:
    found = wma(values, period)[period - 1 :]
    for value, window in zip(found, windows(values, period), strict=True):
        total = fsum((at + 1) * x for at, x in enumerate(window)) * 2 / (period * (period + 1))
        assert abs(value - total) <= 1e-14 * max(map(abs, window)) * period


@given(VALUES, PERIODS)
def test_deviations_keep_their_digits(values: list[float], period: int) -> None:
    """Also after 1e12 beside 1e-9: at most ``period`` times the rounding of exact arithmetic."""
    found = stdev(values, period)[period - 1 :]
    for value, window in zip(found, windows(values, period), strict=True):
        exact = [Fraction(x) for x in window]
        mean = sum(exact) / period
        expected = sqrt(sum((x - mean) ** 2 for x in exact) / period)
        assert value == pytest.approx(expected, rel=1e-12, abs=1e-300)


def test_deviation_of_huge_close_neighbours() -> None:
    """Where the mean of the squares less the square of the mean has no digit left."""
    values = [1e9 + x for x in (4.0, 7.0, 13.0, 16.0)] * 5
    assert stdev(values, 4)[-1] == pytest.approx(sqrt(22.5), rel=1e-14)
    np.testing.assert_allclose(zscore(values, 4)[-1], 6 / sqrt(22.5), rtol=1e-12)


@given(VALUES.filter(lambda v: len(v) > 2), st.integers(2, 9))
def test_zscore_equals_its_definition(values: list[float], period: int) -> None:
    found = zscore(values, period)
    for at, window in enumerate(windows(values, period), period - 1):
        spread = pstdev(window)
        # Below 1e-150 the squares of a variance leave float64.
        if spread > max(1e-150, 1e-6 * max(map(abs, window))):
            expected = (window[-1] - fsum(window) / period) / spread
            assert found[at] == pytest.approx(expected, rel=1e-9, abs=1e-9)
        if len(set(window)) == 1:
            assert found[at] == 0.0


@given(markets(), PERIODS)
def test_extremes_and_their_age(market: Columns, period: int) -> None:
    high, low = market["high"].tolist(), market["low"].tolist()
    upper, middle, lower = donchian(high, low, period)
    up, down = aroon(high, low, period)
    for end in range(period, len(high) + 1):
        top, bottom = max(high[end - period : end]), min(low[end - period : end])
        assert (upper[end - 1], lower[end - 1]) == (top, bottom)
        assert middle[end - 1] == (top + bottom) / 2
    for end in range(period + 1, len(high) + 1):
        highs, lows = high[end - period - 1 : end][::-1], low[end - period - 1 : end][::-1]
        assert up[end - 1] == pytest.approx(100 * (period - highs.index(max(highs))) / period)
        assert down[end - 1] == pytest.approx(100 * (period - lows.index(min(lows))) / period)


@given(markets(), st.integers(1, 5), st.integers(1, 8))
def test_ichimoku_is_middles_of_ranges(market: Columns, conversion: int, more: int) -> None:
    high, low, close = (market[name].tolist() for name in ("high", "low", "close"))
    base, span = conversion + more, 12
    rows = ichimoku(high, low, close, conversion, base, span)

    def middle(end: int, length: int) -> float:
        if end < length:
            return nan
        return float(max(high[end - length : end]) + min(low[end - length : end])) / 2

    for end in range(1, len(high) + 1):
        fast, slow = middle(end, conversion), middle(end, base)
        expected = [fast, slow, (fast + slow) / 2, middle(end, span), close[end - 1]]
        np.testing.assert_array_equal(rows[:, end - 1], expected)


@pytest.mark.parametrize("hour", [0, 7, 23])
def test_session_vwap_starts_anew_every_day(hour: int) -> None:
    market = walk(100, 4)
    time, volume = market["time_ns"], market["volume"]
    typical = (market["high"] + market["low"] + market["close"]) / 3
    found = session_vwap(time, market["high"], market["low"], market["close"], volume, hour)
    day = (time - hour * HOUR) // (24 * HOUR)
    assert len(set(day.tolist())) >= 5
    for at in range(100):
        today = slice(int(np.argmax(day == day[at])), at + 1)
        expected = fsum(typical[today] * volume[today]) / fsum(volume[today])
        assert found[at] == pytest.approx(expected, rel=1e-13)


def test_anchored_vwap_starts_at_its_anchor() -> None:
    market = walk(30, 4)
    time, high, low, close, volume = (
        market[name] for name in ("time_ns", "high", "low", "close", "volume")
    )
    found = anchored_vwap(time, high, low, close, volume, (START + 10 * HOUR) // 1_000_000_000)
    later = anchored_vwap(time[10:], high[10:], low[10:], close[10:], volume[10:])
    assert np.isnan(found[:10]).all()
    np.testing.assert_array_equal(found[10:], later)


@settings(max_examples=40)
@given(VALUES, st.integers(2, 9))
def test_regression_equals_least_squares(values: list[float], period: int) -> None:
    upper, middle, lower = regression_channel(values, period, 1.0)
    for at, window in enumerate(windows(values, period), period - 1):
        size = max(1e-150, *map(abs, window))
        slope, start = np.polyfit(np.arange(period), np.array(window) / size, 1)
        line = slope * np.arange(period) + start
        rest = np.sqrt(np.mean((np.array(window) / size - line) ** 2))
        assert middle[at] / size == pytest.approx(line[-1], abs=1e-9)
        assert (upper[at] - lower[at]) / (2 * size) == pytest.approx(rest, abs=1e-6)


def test_regression_of_a_straight_line_is_the_line() -> None:
    values = [5.0 + 0.25 * at for at in range(50)]
    rows = regression_channel(values, 12)
    np.testing.assert_allclose(rows[:, 11:], [values[11:]] * 3, rtol=1e-7)
