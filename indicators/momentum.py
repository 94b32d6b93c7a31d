"""Speed of prices: momentum, rate of change, CCI, Ultimate, Awesome."""

from math import nan

from numpy.typing import ArrayLike

from indicators.batch import line
from indicators.parts import F64, slide_sum, true_range
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
from market.kernel import kernel

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
def _cci(state: F64, period: int, high: F64, low: F64, close: F64, out: F64) -> None:
    """The mean deviation has no sliding form: one pass over the window per bar, four lanes wide."""
    seen, head = int(state[0]), state[1]
    ring, prices = state[2 : 2 + period], state[2 + period :]
    k, whole = seen % period, period - period % 4
    for i in range(len(close)):
        price = (high[i] + low[i] + close[i]) / 3.0
        prices[k] = price
        head, total = slide_sum(ring, k, head, price)
        k = k + 1 if k + 1 < period else 0
        mean = total / period
        a = b = c = d = 0.0
        for j in range(0, whole, 4):
            a += abs(prices[j] - mean)
            b += abs(prices[j + 1] - mean)
            c += abs(prices[j + 2] - mean)
            d += abs(prices[j + 3] - mean)
        for j in range(whole, period):
            a += abs(prices[j] - mean)
        spread = 0.015 * ((a + b) + (c + d)) / period
        value = (price - mean) / spread if spread > 1e-15 * abs(mean) else 0.0
        out[0, i] = value if seen + i + 1 >= period else nan
    state[0], state[1] = seen + len(close), head


@kernel
def _ultimate(
    state: F64, fast: int, middle: int, slow: int, high: F64, low: F64, close: F64, out: F64
) -> None:
    seen, before, heads, rings = int(state[0]), state[1], state[2:8], state[8:]
    a, b, c = 2 * fast, 2 * (fast + middle), 2 * (fast + middle + slow)
    for i in range(len(close)):
        value = nan
        if seen > 0:
            pressure = close[i] - min(low[i], before)
            width = true_range(high[i], low[i], before)
            last = seen - 1
            first = _share(heads[0:2], rings[:a], last % fast, pressure, width)
            second = _share(heads[2:4], rings[a:b], last % middle, pressure, width)
            third = _share(heads[4:6], rings[b:c], last % slow, pressure, width)
            if seen >= slow:
                value = 100.0 * (4.0 * first + 2.0 * second + third) / 7.0
        out[0, i] = value
        before = close[i]
        seen += 1
    state[0], state[1] = seen, before


@kernel
def _share(heads: F64, rings: F64, k: int, part: float, whole: float) -> float:
    """The windows' sum of ``part`` over that of ``whole``; 0 where that is 0."""
    half = len(rings) // 2
    heads[0], parts = slide_sum(rings[:half], k, heads[0], part)
    heads[1], total = slide_sum(rings[half:], k, heads[1], whole)
    return parts / total if total > 0.0 else 0.0


@kernel
def _awesome(state: F64, fast: int, slow: int, high: F64, low: F64, out: F64) -> None:
    seen, head_a, head_b = int(state[0]), state[1], state[2]
    ring_a, ring_b = state[3 : 3 + fast], state[3 + fast :]
    a, b = seen % fast, seen % slow
    for i in range(len(high)):
        price = (high[i] + low[i]) / 2.0
        head_a, near = slide_sum(ring_a, a, head_a, price)
        head_b, far = slide_sum(ring_b, b, head_b, price)
        a = a + 1 if a + 1 < fast else 0
        b = b + 1 if b + 1 < slow else 0
        out[0, i] = near / fast - far / slow if seen + i + 1 >= slow else nan
    state[0], state[1], state[2] = seen + len(high), head_a, head_b


_BARS = (Input.HIGH, Input.LOW, Input.CLOSE)
MOMENTUM = Indicator(
    "momentum", "Momentum", "Close minus the close n bars ago", Family.MOMENTUM,
    (period(10),), (Input.CLOSE,), (Output("momentum", "Mom"),),
    Pane(overlay=False, levels=(0.0,)),
    "close − close n bars ago",
    _momentum, lambda n: 1 + n, lambda n: n,
)  # fmt: skip
ROC = Indicator(
    "roc", "Rate of change", "Change over n bars in percent", Family.MOMENTUM,
    (period(10),), (Input.CLOSE,), (Output("roc", "ROC"),),
    Pane(overlay=False, levels=(0.0,)),
    "100 (close / close n bars ago − 1)",
    _roc, lambda n: 1 + n, lambda n: n,
    note="A close of zero n bars ago: 0.",
)  # fmt: skip
CCI = Indicator(
    "cci", "Commodity channel index", "Distance from the mean in mean deviations", Family.MOMENTUM,
    (period(20),), _BARS, (Output("cci", "CCI"),),
    Pane(overlay=False, levels=(-100.0, 0.0, 100.0)),
    "Lambert, Commodity Channel Index, Commodities 1980",
    _cci, lambda n: 2 + 2 * n, lambda n: n - 1,
    note="Equal prices, up to rounding: 0. Costs n steps per bar: a mean deviation does not slide.",
)  # fmt: skip
ULTIMATE = Indicator(
    "ultimate", "Ultimate oscillator", "Buying pressure over three lengths", Family.MOMENTUM,
    (period(7, "fast", "Fast length"), period(14, "middle", "Middle length"),
     period(28, "slow", "Slow length")),
    _BARS, (Output("ultimate", "UO"),),
    Pane(overlay=False, low=0.0, high=100.0, levels=(30.0, 50.0, 70.0)),
    "Williams, The Ultimate Oscillator, TASC 1985",
    _ultimate, lambda a, b, c: 8 + 2 * (a + b + c), lambda _a, _b, slow: slow,
    rules=(Rule("fast", "middle"), Rule("middle", "slow")),
    note="No range over a length: that length counts 0.",
)  # fmt: skip
AWESOME = Indicator(
    "awesome", "Awesome oscillator", "Difference of two means of bar middles", Family.MOMENTUM,
    (period(5, "fast", "Fast length"), period(34, "slow", "Slow length")),
    (Input.HIGH, Input.LOW), (Output("awesome", "AO", Style.HISTOGRAM, Line.UP),), OWN,
    "Williams, New Trading Dimensions, 1998",
    _awesome, lambda a, b: 3 + a + b, lambda _fast, slow: slow - 1,
    rules=(Rule("fast", "slow"),),
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
