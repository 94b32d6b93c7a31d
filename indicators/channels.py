"""Bands around the price: Bollinger, Keltner, Donchian, linear regression."""

from math import nan

import numpy as np
from numpy.typing import ArrayLike

from indicators.batch import run
from indicators.parts import (
    F64,
    deviation,
    follow,
    slide_high,
    slide_low,
    slide_moments,
    true_range,
    wilder,
)  # fmt: skip
from indicators.spec import (
    OVERLAY,
    Family,
    Indicator,
    Input,
    Line,
    Output,
    Style,
    factor,
    period,
)  # fmt: skip
from market.kernel import kernel

__all__ = ["bollinger", "donchian", "keltner", "regression_channel"]


@kernel
def _bollinger(state: F64, period: int, width: float, close: F64, out: F64) -> None:
    seen, moments = int(state[0]), (state[1], state[2], state[3], state[4])
    first, second = state[5 : 5 + period], state[5 + period :]
    k = seen % period
    for i in range(len(close)):
        moments, total, squares = slide_moments(first, second, k, moments, close[i])
        k = k + 1 if k + 1 < period else 0
        middle, half = moments[0] + total / period, width * deviation(total, squares, period)
        if seen + i + 1 < period:
            middle = nan
        out[0, i], out[1, i], out[2, i] = middle + half, middle, middle - half
    state[0], state[1], state[2], state[3], state[4] = (seen + len(close), *moments)


@kernel
def _keltner(
    state: F64, period: int, range_period: int, width: float,
    high: F64, low: F64, close: F64, out: F64,
) -> None:  # fmt: skip
    seen, middle, reach, before = int(state[0]), state[1], state[2], state[3]
    weight, range_weight = 2.0 / (period + 1), 1.0 / range_period
    for i in range(len(close)):
        price = (high[i] + low[i] + close[i]) / 3.0
        middle = follow(middle, seen, period, weight, price)
        if seen > 0:
            span = true_range(high[i], low[i], before)
            reach = wilder(reach, seen - 1, range_period, range_weight, span)
        before = close[i]
        out[0, i] = middle + width * reach if seen >= max(range_period, period - 1) else nan
        out[1, i] = middle if seen >= period - 1 else nan
        out[2, i] = middle - width * reach if seen >= max(range_period, period - 1) else nan
        seen += 1
    state[0], state[1], state[2], state[3] = seen, middle, reach, before


@kernel
def _donchian(state: F64, period: int, high: F64, low: F64, out: F64) -> None:
    seen, head_high, head_low = int(state[0]), state[1], state[2]
    highs, lows = state[3 : 3 + period], state[3 + period :]
    k = seen % period
    for i in range(len(high)):
        head_high, top = slide_high(highs, k, head_high, high[i])
        head_low, bottom = slide_low(lows, k, head_low, low[i])
        k = k + 1 if k + 1 < period else 0
        if seen + i + 1 < period:
            top = bottom = nan
        out[0, i], out[1, i], out[2, i] = top, (top + bottom) / 2.0, bottom
    state[0], state[1], state[2] = seen + len(high), head_high, head_low


@kernel
def _regression(state: F64, period: int, width: float, close: F64, out: F64) -> None:
    """Adds to the moments the sum of deviations times place: ``ring`` and ``slant`` hold it."""
    seen, slant, moments = int(state[0]), state[1], (state[2], state[3], state[4], state[5])
    first, second, ring = (
        state[6 : 6 + period],
        state[6 + period : 6 + 2 * period],
        state[6 + 2 * period :],
    )
    last, half = period - 1, (period - 1) / 2.0
    spread = period * (period * period - 1.0) / 12.0
    k = seen % period
    for i in range(len(close)):
        before = moments[3]
        moments, total, squares = slide_moments(first, second, k, moments, close[i])
        anchor, plain = moments[0], moments[1]
        slant = slant + k * (close[i] - anchor) if k > 0 else 0.0
        product, old = slant, last - k
        if k < last:
            tail = ring[k + 1] + (before - anchor) * (old * (old - 1.0) / 2.0)
            product = tail + (slant + old * plain)
        else:
            ring[last] = 0.0
            for j in range(last - 1, 0, -1):
                ring[j] = ring[j + 1] + first[j + 1]
        k = k + 1 if k < last else 0
        slope = (product - half * total) / spread
        rest = squares - total * total / period - slope * slope * spread
        reach = width * np.sqrt(max(rest, 0.0) / period)
        middle = anchor + total / period + slope * half if seen + i + 1 >= period else nan
        out[0, i], out[1, i], out[2, i] = middle + reach, middle, middle - reach
    state[0], state[1] = seen + len(close), slant
    state[2], state[3], state[4], state[5] = moments


def _edges(role: Line, label: str) -> tuple[Output, Output, Output]:
    return (
        Output("upper", f"{label} upper", Style.BAND, role),
        Output("middle", f"{label} middle", Style.LINE, role),
        Output("lower", f"{label} lower", Style.BAND, role),
    )


BOLLINGER = Indicator(
    "bollinger", "Bollinger bands", "Mean of n closes, k standard deviations around it",
    Family.VOLATILITY,
    (period(20), factor(2.0, "width", "Standard deviations")), (Input.CLOSE,),
    _edges(Line.A, "BB"), OVERLAY,
    "Bollinger, Bollinger on Bollinger Bands, 2001; population standard deviation",
    _bollinger, lambda n, _: 5 + 2 * n, lambda n, _: n - 1,
)  # fmt: skip
KELTNER = Indicator(
    "keltner", "Keltner channels", "Average typical price, k average true ranges around it",
    Family.VOLATILITY,
    (period(20), period(10, "range_period", "Range length"), factor(2.0, "width", "True ranges")),
    (Input.HIGH, Input.LOW, Input.CLOSE), _edges(Line.B, "KC"), OVERLAY,
    "Keltner, How to Make Money in Commodities, 1960, with Raschke's exponential average and "
    "Wilder's range",
    _keltner, lambda *_: 4, lambda n, ranges, _: max(n - 1, ranges),
    note="The range is that of atr; TA-Lib's starts later, so that early values differ: they meet.",
)  # fmt: skip
DONCHIAN = Indicator(
    "donchian", "Donchian channels", "Highest high and lowest low of n bars", Family.VOLATILITY,
    (period(20),), (Input.HIGH, Input.LOW), _edges(Line.C, "DC"), OVERLAY,
    "Donchian, High finance in copper, Financial Analysts Journal 1960",
    _donchian, lambda n: 3 + 2 * n, lambda n: n - 1,
)  # fmt: skip
REGRESSION = Indicator(
    "regression", "Linear regression channel", "Line of least squares, k deviations around it",
    Family.TREND,
    (period(100, low=2), factor(2.0, "width", "Standard deviations")), (Input.CLOSE,),
    _edges(Line.B, "LR"), OVERLAY,
    "End of the least-squares line through n closes; population deviation of its residuals",
    _regression, lambda n, _: 6 + 3 * n, lambda n, _: n - 1,
)  # fmt: skip


def bollinger(close: ArrayLike, period: int = 20, width: float = 2.0) -> F64:
    """Rows: upper, middle, lower; float64 of shape (3, n)."""
    return run(BOLLINGER, (close,), period=period, width=width)


def keltner(
    high: ArrayLike, low: ArrayLike, close: ArrayLike,
    period: int = 20, range_period: int = 10, width: float = 2.0,
) -> F64:  # fmt: skip
    """Rows: upper, middle, lower; float64 of shape (3, n)."""
    columns = (high, low, close)
    return run(KELTNER, columns, period=period, range_period=range_period, width=width)


def donchian(high: ArrayLike, low: ArrayLike, period: int = 20) -> F64:
    """Rows: upper, middle, lower; float64 of shape (3, n)."""
    return run(DONCHIAN, (high, low), period=period)


def regression_channel(close: ArrayLike, period: int = 100, width: float = 2.0) -> F64:
    """Rows: upper, middle, lower; float64 of shape (3, n)."""
    return run(REGRESSION, (close,), period=period, width=width)
