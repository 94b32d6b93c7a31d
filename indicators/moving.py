"""Moving averages of one stage. Those built from several averages: ``averages``."""

from math import isqrt, nan

import numpy as np
from numpy.typing import ArrayLike

from indicators.batch import line
from indicators.parts import F64, follow, slide_sum, slide_weighted
from indicators.spec import OVERLAY, Family, Indicator, Input, Line, Output, Rule, period
from market.kernel import fused_kernel, kernel

__all__ = ["ema", "hma", "kama", "sma", "vwma", "wma"]


@kernel
def _sma(state: F64, period: int, close: F64, out: F64) -> None:
    seen, head, ring = int(state[0]), state[1], state[2:]
    k = seen % period
    for i in range(len(close)):
        head, total = slide_sum(ring, k, head, close[i])
        k = k + 1 if k + 1 < period else 0
        out[0, i] = total / period if seen + i + 1 >= period else nan
    state[0], state[1] = seen + len(close), head


@fused_kernel
def _ema(state: F64, period: int, close: F64, out: F64) -> None:
    """The part ``follow`` in two loops: the branch would lengthen each step."""
    seen, average = int(state[0]), state[1]
    weight, warm = 2.0 / (period + 1), min(max(period - seen, 0), len(close))
    for i in range(warm):
        average = follow(average, seen + i, period, weight, close[i])
        out[0, i] = average if seen + i + 1 == period else nan
    for i in range(warm, len(close)):
        average += (close[i] - average) * weight
        out[0, i] = average
    state[0], state[1] = seen + len(close), average


@kernel
def _wma(state: F64, period: int, close: F64, out: F64) -> None:
    seen, head, weighted, ring = int(state[0]), state[1], state[2], state[3:]
    k = seen % period
    share = 2.0 / (period * (period + 1.0))
    for i in range(len(close)):
        head, weighted, total = slide_weighted(ring, k, head, weighted, close[i])
        k = k + 1 if k + 1 < period else 0
        out[0, i] = total * share if seen + i + 1 >= period else nan
    state[0], state[1], state[2] = seen + len(close), head, weighted


@kernel
def _hma(state: F64, period: int, close: F64, out: F64) -> None:
    short, smooth = period // 2, int(np.sqrt(period))
    seen = int(state[0])
    head_a, weighted_a, head_b, weighted_b = state[1], state[2], state[3], state[4]
    head_c, weighted_c = state[5], state[6]
    ring_a, ring_b = state[7 : 7 + short], state[7 + short : 7 + short + period]
    ring_c = state[7 + short + period :]
    k_a, k_b, k_c = seen % short, seen % period, max(seen + 1 - period, 0) % smooth
    share_a, share_b = 4.0 / (short * (short + 1.0)), 2.0 / (period * (period + 1.0))
    share_c = 2.0 / (smooth * (smooth + 1.0))
    for i in range(len(close)):
        head_a, weighted_a, a = slide_weighted(ring_a, k_a, head_a, weighted_a, close[i])
        head_b, weighted_b, b = slide_weighted(ring_b, k_b, head_b, weighted_b, close[i])
        k_a = k_a + 1 if k_a + 1 < short else 0
        k_b = k_b + 1 if k_b + 1 < period else 0
        seen += 1
        out[0, i] = nan
        if seen >= period:
            fast = a * share_a - b * share_b
            head_c, weighted_c, c = slide_weighted(ring_c, k_c, head_c, weighted_c, fast)
            k_c = k_c + 1 if k_c + 1 < smooth else 0
            if seen >= period + smooth - 1:
                out[0, i] = c * share_c
    state[0], state[1], state[2], state[3] = seen, head_a, weighted_a, head_b
    state[4], state[5], state[6] = weighted_b, head_c, weighted_c


@fused_kernel
def _kama(state: F64, period: int, fast: int, slow: int, close: F64, out: F64) -> None:
    seen, average, before, head = int(state[0]), state[1], state[2], state[3]
    ring, closes = state[4 : 4 + period], state[4 + period :]
    most, least = 2.0 / (fast + 1), 2.0 / (slow + 1)
    k = (seen + period - 1) % period
    for i in range(len(close)):
        value, path = close[i], 0.0
        old = k + 1 if k + 1 < period else 0
        if seen > 0:
            head, path = slide_sum(ring, k, head, abs(value - before))
        if seen < period:
            average = value
            out[0, i] = nan
        else:
            way = abs(value - closes[old])
            speed = way / path if path > way else 1.0
            share = speed * (most - least) + least
            average += (value - average) * share * share
            out[0, i] = average
        closes[old] = before = value
        seen, k = seen + 1, old
    state[0], state[1], state[2], state[3] = seen, average, before, head


@kernel
def _vwma(state: F64, period: int, close: F64, volume: F64, out: F64) -> None:
    seen, head, head_volume = int(state[0]), state[1], state[2]
    ring, ring_volume = state[3 : 3 + period], state[3 + period :]
    k = seen % period
    for i in range(len(close)):
        head, total = slide_sum(ring, k, head, close[i] * volume[i])
        head_volume, traded = slide_sum(ring_volume, k, head_volume, volume[i])
        k = k + 1 if k + 1 < period else 0
        value = total / traded if traded != 0.0 else close[i]
        out[0, i] = value if seen + i + 1 >= period else nan
    state[0], state[1], state[2] = seen + len(close), head, head_volume


SMA = Indicator(
    "sma", "Simple moving average", "Mean of the last n closes", Family.TREND,
    (period(20),), (Input.CLOSE,), (Output("sma", "SMA"),), OVERLAY,
    "Mean of the newest n closes",
    _sma, lambda n: 2 + n, lambda n: n - 1,
)  # fmt: skip
EMA = Indicator(
    "ema", "Exponential moving average", "Recent closes weigh more, α = 2 / (n + 1)", Family.TREND,
    (period(20),), (Input.CLOSE,), (Output("ema", "EMA", role=Line.B),), OVERLAY,
    "Hunter, The exponentially weighted moving average, 1986; seeded with the mean of n closes",
    _ema, lambda n: 2, lambda n: n - 1,
)  # fmt: skip
WMA = Indicator(
    "wma", "Weighted moving average", "Weights fall in a straight line from n to 1", Family.TREND,
    (period(20),), (Input.CLOSE,), (Output("wma", "WMA", role=Line.C),), OVERLAY,
    "Σ w·close / Σ w with w = 1 (oldest) to n",
    _wma, lambda n: 3 + n, lambda n: n - 1,
)  # fmt: skip
HMA = Indicator(
    "hma", "Hull moving average", "Low lag, weighted averages of n / 2, n and √n", Family.TREND,
    (period(20, low=2),), (Input.CLOSE,), (Output("hma", "HMA", role=Line.B),), OVERLAY,
    "Hull, How to reduce lag in a moving average, 2005: WMA(2 WMA(n / 2) − WMA(n), √n), "
    "both lengths rounded down",
    _hma, lambda n: 7 + n // 2 + n + isqrt(n), lambda n: n + isqrt(n) - 2,
)  # fmt: skip
KAMA = Indicator(
    "kama", "Kaufman adaptive moving average", "Speed follows the efficiency ratio", Family.TREND,
    (period(10), period(2, "fast", "Fast length"), period(30, "slow", "Slow length")),
    (Input.CLOSE,), (Output("kama", "KAMA", role=Line.C),), OVERLAY,
    "Kaufman, Smarter Trading, 1995",
    _kama, lambda n, _fast, _slow: 4 + 2 * n, lambda n, _fast, _slow: n,
    rules=(Rule("fast", "slow"),),
    note="No movement at all: the efficiency ratio is 1.",
)  # fmt: skip
VWMA = Indicator(
    "vwma", "Volume-weighted moving average", "Closes weighted by traded volume", Family.VOLUME,
    (period(20),), (Input.CLOSE, Input.VOLUME), (Output("vwma", "VWMA"),), OVERLAY,
    "Σ close·volume / Σ volume over n bars",
    _vwma, lambda n: 3 + 2 * n, lambda n: n - 1,
    note="No volume in n bars: the close; TA-Lib gives NaN.",
)  # fmt: skip


def sma(values: ArrayLike, period: int) -> F64:
    """Simple moving average: the mean of the newest ``period`` values.

    ``values`` is float64 of shape (n,); so is the result, NaN where fewer values have been seen.
    Raises :class:`BadParameter` and :class:`BadValues`, as every function here does.
    """
    return line(SMA, (values,), period=period)


def ema(values: ArrayLike, period: int) -> F64:
    """Exponential moving average with smoothing 2 / (period + 1), seeded with the plain mean.

    The first value, at place ``period - 1``, is the simple average of the values up to there, as in
    TA-Lib. ``values`` is float64 of shape (n,); so is the result.
    """
    return line(EMA, (values,), period=period)


def wma(values: ArrayLike, period: int) -> F64:
    """Weighted moving average, weights 1 (oldest) to ``period``. Shapes as in :func:`sma`."""
    return line(WMA, (values,), period=period)


def hma(values: ArrayLike, period: int) -> F64:
    """Hull moving average. Shapes as in :func:`sma`."""
    return line(HMA, (values,), period=period)


def kama(values: ArrayLike, period: int, fast: int = 2, slow: int = 30) -> F64:
    """Kaufman's adaptive moving average. Shapes as in :func:`sma`."""
    return line(KAMA, (values,), period=period, fast=fast, slow=slow)


def vwma(close: ArrayLike, volume: ArrayLike, period: int) -> F64:
    """Volume-weighted moving average; both inputs and the result float64 of shape (n,)."""
    return line(VWMA, (close, volume), period=period)
