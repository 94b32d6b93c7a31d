"""Speed of prices: momentum, rate of change, CCI, Ultimate, Awesome."""

from math import nan

import numpy as np
from numpy.typing import ArrayLike

from indicators.batch import line
from indicators.parts import F64, true_range
from indicators.spec import (
    OWN,
    Family,
    Indicator,
    Input,
    Line,
    Output,
    Pane,
    Rule,
    Style,
    period,
)  # fmt: skip
from indicators.sweeps import window_sums
from indicators.windows import push_sum, ring_cells
from market.kernel import inline_kernel, kernel, lane_kernel

_PIECE = 1024
_SEVENTH = 100.0 / 7.0

__all__ = ["awesome", "cci", "momentum", "roc", "ultimate"]


@kernel
def _lagged(state: F64, period: int, percent: bool, close: F64, out: F64) -> None:
    seen, closes = int(state[0]), state[1:]
    k = seen % period
    for i in range(len(close)):
        old, value = closes[k], close[i]
        change = value - old
        if percent:
            change = change / old * 100.0 if old != 0.0 else 0.0
        out[0, i] = change if seen + i >= period else nan
        closes[k] = value
        k = k + 1 if k + 1 < period else 0
    state[0] = seen + len(close)


@kernel
def _momentum(state: F64, period: int, close: F64, out: F64) -> None:
    _lagged(state, period, False, close, out)


@kernel
def _roc(state: F64, period: int, close: F64, out: F64) -> None:
    _lagged(state, period, True, close, out)


@kernel
def _momentum_whole(period: int, close: F64, out: F64) -> None:
    row, later = out[0, period:], close[period:]
    out[0, : min(period, len(close))] = nan
    for i in range(len(row)):
        row[i] = later[i] - close[i]


@lane_kernel
def _roc_whole(period: int, close: F64, out: F64) -> None:
    row, later = out[0, period:], close[period:]
    out[0, : min(period, len(close))] = nan
    for i in range(len(row)):
        row[i] = (later[i] - close[i]) / close[i] * 100.0 if close[i] != 0.0 else 0.0


@inline_kernel
def _deviate(price: float, mean: float, total: float, share: float) -> float:
    """``total``: of the deviations from the mean."""
    spread = 0.015 * total * share
    return (price - mean) / spread if spread > 1e-15 * abs(mean) else 0.0


@kernel
def _cci(state: F64, period: int, high: F64, low: F64, close: F64, out: F64) -> None:
    """The mean deviation has no sliding form: its terms all change with the mean."""
    seen, share = int(state[0]), 1.0 / period
    prices, rings = state[1 : 1 + period], state[1 + period :]
    for i in range(len(close)):
        price, at = (high[i] + low[i] + close[i]) / 3.0, seen % period
        prices[at] = price
        mean = push_sum(rings, seen, period, price) / period
        seen += 1
        total = 0.0
        for j in range(at, -1, -1):
            total += abs(prices[j] - mean)
        for j in range(period - 1, at, -1):
            total += abs(prices[j] - mean)
        out[0, i] = _deviate(price, mean, total, share) if seen >= period else nan
    state[0] = seen


@lane_kernel
def _cci_whole(period: int, high: F64, low: F64, close: F64, out: F64) -> None:
    """Bar beside bar instead of value beside value: each lane sums in the order of the stream."""
    row, prices, first = out[0], np.empty(len(close)), period - 1
    for i in range(len(close)):
        prices[i] = (high[i] + low[i] + close[i]) / 3.0
    share, means = 1.0 / period, np.empty(len(close))
    window_sums(prices, period, 1.0, means)
    for i in range(len(means)):
        means[i] /= period
    row[: min(first, len(row))] = nan
    for start in range(first, len(row), _PIECE):
        mean, result = means[start : start + _PIECE], row[start : start + _PIECE]
        total = np.zeros(len(result))
        for lag in range(period):
            _add_distances(prices[start - lag : start + _PIECE], mean, total)
        newest = prices[start : start + _PIECE]
        for i in range(len(result)):
            result[i] = _deviate(newest[i], mean[i], total[i], share)


@kernel
def _add_distances(prices: F64, means: F64, totals: F64) -> None:
    for i in range(len(totals)):
        totals[i] += abs(prices[i] - means[i])


@inline_kernel
def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else 0.0


@kernel
def _ultimate(
    state: F64, fast: int, middle: int, slow: int, high: F64, low: F64, close: F64, out: F64
) -> None:
    seen, before, a = int(state[0]), state[1], 2 + ring_cells(fast)
    b = a + ring_cells(fast)
    c = b + ring_cells(middle)
    d = c + ring_cells(middle)
    e = d + ring_cells(slow)
    fast_part, fast_whole, middle_part = state[2:a], state[a:b], state[b:c]
    middle_whole, slow_part, slow_whole = state[c:d], state[d:e], state[e:]
    for i in range(len(close)):
        value, last = nan, seen - 1
        if seen > 0:
            part = close[i] - min(low[i], before)
            width = true_range(high[i], low[i], before)
            first = _share(push_sum(fast_part, last, fast, part),
                           push_sum(fast_whole, last, fast, width))  # fmt: skip
            second = _share(push_sum(middle_part, last, middle, part),
                            push_sum(middle_whole, last, middle, width))  # fmt: skip
            third = _share(push_sum(slow_part, last, slow, part),
                           push_sum(slow_whole, last, slow, width))  # fmt: skip
            if seen >= slow:
                value = (4.0 * first + 2.0 * second + third) * _SEVENTH
        out[0, i] = value
        before = close[i]
        seen += 1
    state[0], state[1] = seen, before


@lane_kernel
def _ultimate_whole(
    fast: int, middle: int, slow: int, high: F64, low: F64, close: F64, out: F64
) -> None:
    row, count = out[0], max(len(close) - 1, 0)
    parts, widths, work = np.empty(count), np.empty(count), np.empty((2, count))
    row[: min(slow, len(row))] = nan
    for i in range(count):
        before = close[i]
        parts[i] = close[i + 1] - min(low[i + 1], before)
        widths[i] = true_range(high[i + 1], low[i + 1], before)
    result = row[slow:]
    for i in range(len(result)):
        result[i] = 0.0
    for length, weight in ((fast, 4.0), (middle, 2.0), (slow, 1.0)):
        window_sums(parts, length, 1.0, work[0])
        window_sums(widths, length, 1.0, work[1])
        part, width = work[0, slow - 1 :], work[1, slow - 1 :]
        for i in range(len(result)):
            result[i] += weight * _share(part[i], width[i])
    for i in range(len(result)):
        result[i] *= _SEVENTH


@kernel
def _awesome(state: F64, fast: int, slow: int, high: F64, low: F64, out: F64) -> None:
    seen, middle = int(state[0]), 1 + ring_cells(fast)
    near_rings, far_rings = state[1:middle], state[middle:]
    for i in range(len(high)):
        price = (high[i] + low[i]) / 2.0
        near = push_sum(near_rings, seen, fast, price) * (1.0 / fast)
        far = push_sum(far_rings, seen, slow, price) * (1.0 / slow)
        seen += 1
        out[0, i] = near - far if seen >= slow else nan
    state[0] = seen


@lane_kernel
def _awesome_whole(fast: int, slow: int, high: F64, low: F64, out: F64) -> None:
    row, prices, near = out[0], np.empty(len(high)), np.empty(len(high))
    for i in range(len(high)):
        prices[i] = (high[i] + low[i]) / 2.0
    window_sums(prices, fast, 1.0 / fast, near)
    window_sums(prices, slow, 1.0 / slow, row)
    for i in range(len(row)):
        row[i] = near[i] - row[i]


_BARS = (Input.HIGH, Input.LOW, Input.CLOSE)
MOMENTUM = Indicator(
    "momentum", "Momentum", "Close minus the close n bars ago", Family.MOMENTUM,
    (period(10),), (Input.CLOSE,), (Output("momentum", "Mom"),),
    Pane(overlay=False, levels=(0.0,)),
    "close − close n bars ago",
    _momentum, lambda n: 1 + n, lambda n: n, whole=_momentum_whole,
)  # fmt: skip
ROC = Indicator(
    "roc", "Rate of change", "Change over n bars in percent", Family.MOMENTUM,
    (period(10),), (Input.CLOSE,), (Output("roc", "ROC"),),
    Pane(overlay=False, levels=(0.0,)),
    "100 (close / close n bars ago − 1)",
    _roc, lambda n: 1 + n, lambda n: n,
    note="A close of zero n bars ago: 0.", whole=_roc_whole,
)  # fmt: skip
CCI = Indicator(
    "cci", "Commodity channel index", "Distance from the mean in mean deviations", Family.MOMENTUM,
    (period(20),), _BARS, (Output("cci", "CCI"),),
    Pane(overlay=False, levels=(-100.0, 0.0, 100.0)),
    "Lambert, Commodity Channel Index, Commodities 1980",
    _cci, lambda n: 1 + n + ring_cells(n), lambda n: n - 1,
    note="Equal prices, up to rounding: 0. Costs n steps per bar: a mean deviation does not slide.",
    whole=_cci_whole, pieces=True,
)  # fmt: skip
ULTIMATE = Indicator(
    "ultimate", "Ultimate oscillator", "Buying pressure over three lengths", Family.MOMENTUM,
    (period(7, "fast", "Fast length"), period(14, "middle", "Middle length"),
     period(28, "slow", "Slow length")),
    _BARS, (Output("ultimate", "UO"),),
    Pane(overlay=False, low=0.0, high=100.0, levels=(30.0, 50.0, 70.0)),
    "Williams, The Ultimate Oscillator, TASC 1985",
    _ultimate, lambda *lengths: 2 + 2 * sum(map(ring_cells, lengths)), lambda _a, _b, slow: slow,
    rules=(Rule("fast", "middle"), Rule("middle", "slow")),
    note="No range over a length: that length counts 0.", whole=_ultimate_whole, pieces=True,
)  # fmt: skip
AWESOME = Indicator(
    "awesome", "Awesome oscillator", "Difference of two means of bar middles", Family.MOMENTUM,
    (period(5, "fast", "Fast length"), period(34, "slow", "Slow length")),
    (Input.HIGH, Input.LOW), (Output("awesome", "AO", Style.HISTOGRAM, Line.UP),), OWN,
    "Williams, New Trading Dimensions, 1998",
    _awesome, lambda a, b: 1 + ring_cells(a) + ring_cells(b), lambda _fast, slow: slow - 1,
    rules=(Rule("fast", "slow"),), whole=_awesome_whole, pieces=True,
)  # fmt: skip


def momentum(close: ArrayLike, period: int = 10) -> F64:
    """Close minus the close ``period`` bars ago; float64 of shape (n,)."""
    return line(MOMENTUM, (close,), period=period)


def roc(close: ArrayLike, period: int = 10) -> F64:
    """Change over ``period`` bars in percent; float64 of shape (n,)."""
    return line(ROC, (close,), period=period)


def cci(high: ArrayLike, low: ArrayLike, close: ArrayLike, period: int = 20) -> F64:
    """Commodity channel index; inputs and result float64 of shape (n,)."""
    return line(CCI, (high, low, close), period=period)


def ultimate(
    high: ArrayLike, low: ArrayLike, close: ArrayLike,
    fast: int = 7, middle: int = 14, slow: int = 28,
) -> F64:  # fmt: skip
    """Ultimate oscillator, 0 to 100; inputs and result float64 of shape (n,)."""
    return line(ULTIMATE, (high, low, close), fast=fast, middle=middle, slow=slow)


def awesome(high: ArrayLike, low: ArrayLike, fast: int = 5, slow: int = 34) -> F64:
    """Awesome oscillator; inputs and result float64 of shape (n,)."""
    return line(AWESOME, (high, low), fast=fast, slow=slow)
