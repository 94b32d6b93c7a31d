"""Oscillators between fixed bounds: RSI, stochastic, stochastic RSI, Williams %R.

A flat market is neither strong nor weak: where TA-Lib gives 0, these give the middle.
"""

from math import nan

import numpy as np
from numpy.typing import ArrayLike

from indicators.batch import line, run
from indicators.parts import F64, follow, slide_high, slide_low, slide_sum
from indicators.spec import Family, Indicator, Input, Line, Output, Pane, period
from market.kernel import kernel

__all__ = ["rsi", "stochastic", "stochastic_rsi", "williams"]


@kernel
def _strength(gain: float, loss: float) -> float:
    return 100.0 * gain / (gain + loss) if gain + loss > 0.0 else 50.0


@kernel
def _place(value: float, low: float, high: float) -> float:
    return 100.0 * (value - low) / (high - low) if high > low else 50.0


@kernel
def _rsi(state: F64, period: int, close: F64, out: F64) -> None:
    seen, before, gain, loss = int(state[0]), state[1], state[2], state[3]
    weight = 1.0 / period
    for i in range(len(close)):
        if seen > 0:
            change = close[i] - before
            gain = follow(gain, seen - 1, period, weight, max(change, 0.0))
            loss = follow(loss, seen - 1, period, weight, max(-change, 0.0))
        before = close[i]
        out[0, i] = _strength(gain, loss) if seen >= period else nan
        seen += 1
    state[0], state[1], state[2], state[3] = seen, before, gain, loss


@kernel
def _smoothed(
    state: F64, period: int, smooth: int, signal: int, high: float, low: float, close: float
) -> tuple[float, float]:
    """%K and %D of one more bar."""
    seen, heads, rings = int(state[0]), state[1:5], state[5:]
    a, b, c = period, 2 * period, 2 * period + smooth
    heads[0], top = slide_high(rings[:a], seen % period, heads[0], high)
    heads[1], bottom = slide_low(rings[a:b], seen % period, heads[1], low)
    state[0] = seen + 1
    slow = mean = nan
    seen += 1 - period
    if seen >= 0:
        raw = _place(close, bottom, top)
        heads[2], total = slide_sum(rings[b:c], seen % smooth, heads[2], raw)
        seen += 1 - smooth
        if seen >= 0:
            slow = total / smooth
            heads[3], total = slide_sum(rings[c:], seen % signal, heads[3], slow)
            if seen + 1 >= signal:
                mean = total / signal
    return slow, mean


@kernel
def _stochastic(
    state: F64, period: int, smooth: int, signal: int,
    high: F64, low: F64, close: F64, out: F64,
) -> None:  # fmt: skip
    for i in range(len(close)):
        out[0, i], out[1, i] = _smoothed(state, period, smooth, signal, high[i], low[i], close[i])


@kernel
def _stochastic_rsi(
    state: F64, strength: int, period: int, smooth: int, signal: int, close: F64, out: F64
) -> None:
    """The strength goes through the stochastic as high, low and close at once."""
    _rsi(state[:4], strength, close, out)
    for i in range(len(close)):
        index = out[0, i]
        out[0, i] = out[1, i] = nan
        if not np.isnan(index):
            out[0, i], out[1, i] = _smoothed(state[4:], period, smooth, signal, index, index, index)


@kernel
def _williams(state: F64, period: int, high: F64, low: F64, close: F64, out: F64) -> None:
    seen, head_high, head_low = int(state[0]), state[1], state[2]
    highs, lows = state[3 : 3 + period], state[3 + period :]
    at = seen % period
    for i in range(len(close)):
        head_high, top = slide_high(highs, at, head_high, high[i])
        head_low, bottom = slide_low(lows, at, head_low, low[i])
        at = at + 1 if at + 1 < period else 0
        value = -100.0 * (top - close[i]) / (top - bottom) if top > bottom else -50.0
        out[0, i] = value if seen + i + 1 >= period else nan
    state[0], state[1], state[2] = seen + len(close), head_high, head_low


_BARS = (Input.HIGH, Input.LOW, Input.CLOSE)
_K_AND_D = (Output("k", "%K"), Output("d", "%D", role=Line.C))
RSI = Indicator(
    "rsi", "Relative strength index", "Share of gains in all movement", Family.MOMENTUM,
    (period(14),), (Input.CLOSE,), (Output("rsi", "RSI", role=Line.B),),
    Pane(overlay=False, low=0.0, high=100.0, levels=(30.0, 50.0, 70.0)),
    "Wilder, New Concepts in Technical Trading Systems, 1978",
    _rsi, lambda n: 4, lambda n: n,
    note="No movement at all: 50; TA-Lib gives 0.",
)  # fmt: skip
STOCHASTIC = Indicator(
    "stochastic", "Stochastic", "Place of the close in the range of n bars", Family.MOMENTUM,
    (period(14), period(3, "smooth", "%K smoothing"), period(3, "signal", "%D length")),
    _BARS, _K_AND_D, Pane(overlay=False, low=0.0, high=100.0, levels=(20.0, 50.0, 80.0)),
    "Lane, Lane's stochastics, TASC 1984; both smoothings are plain means",
    _stochastic, lambda n, k, d: 5 + 2 * n + k + d, lambda n, k, d: n + k + d - 3,
    note="No range: 50; TA-Lib gives 0. %K starts as soon as it is known; TA-Lib waits for %D.",
)  # fmt: skip
STOCHASTIC_RSI = Indicator(
    "stochastic_rsi", "Stochastic RSI", "Place of the RSI in its own range", Family.MOMENTUM,
    (period(14, "strength", "RSI length"), period(14, "period", "Stochastic length"),
     period(3, "smooth", "%K smoothing"), period(3, "signal", "%D length")),
    (Input.CLOSE,), _K_AND_D,
    Pane(overlay=False, low=0.0, high=100.0, levels=(20.0, 50.0, 80.0)),
    "Chande and Kroll, The New Technical Trader, 1994",
    _stochastic_rsi, lambda r, n, k, d: 9 + 2 * n + k + d, lambda r, n, k, d: r + n + k + d - 3,
    note="TA-Lib's %K is not smoothed: smooth = 1. No range of the RSI: 50; TA-Lib gives 0.",
)  # fmt: skip
WILLIAMS = Indicator(
    "williams", "Williams %R", "Distance of the close from the highest high", Family.MOMENTUM,
    (period(14),), _BARS, (Output("williams", "%R"),),
    Pane(overlay=False, low=-100.0, high=0.0, levels=(-80.0, -50.0, -20.0)),
    "Williams, How I Made One Million Dollars, 1973",
    _williams, lambda n: 3 + 2 * n, lambda n: n - 1,
    note="No range: −50; TA-Lib gives 0.",
)  # fmt: skip


def rsi(close: ArrayLike, period: int = 14) -> F64:
    """Wilder's relative strength index, 0 to 100; float64 of shape (n,)."""
    return line(RSI, (close,), period=period)


def stochastic(
    high: ArrayLike, low: ArrayLike, close: ArrayLike,
    period: int = 14, smooth: int = 3, signal: int = 3,
) -> F64:  # fmt: skip
    """Rows: %K, %D; float64 of shape (2, n)."""
    return run(STOCHASTIC, (high, low, close), period=period, smooth=smooth, signal=signal)


def stochastic_rsi(
    close: ArrayLike, strength: int = 14, period: int = 14, smooth: int = 3, signal: int = 3
) -> F64:
    """Rows: %K, %D of the RSI over ``strength`` bars; float64 of shape (2, n)."""
    return run(
        STOCHASTIC_RSI, (close,), strength=strength, period=period, smooth=smooth, signal=signal
    )


def williams(high: ArrayLike, low: ArrayLike, close: ArrayLike, period: int = 14) -> F64:
    """Williams' %R, −100 to 0; inputs and result float64 of shape (n,)."""
    return line(WILLIAMS, (high, low, close), period=period)
