"""Averages of averages: DEMA, TEMA, TRIX, MACD, PPO."""

from math import nan

from numpy.typing import ArrayLike

from indicators.batch import line, run
from indicators.parts import F64, follow, poison, smoothing
from indicators.spec import (
    OVERLAY,
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
from market.kernel import fused_kernel, inline_kernel, lean_kernel

__all__ = ["dema", "macd", "ppo", "tema", "trix"]


@fused_kernel
def _dema(state: F64, period: int, close: F64, out: F64) -> None:
    """Two loops, as in all kernels here: the questions of the warm-up would lengthen each step. The
    guard is that of ``moving.EMA``, and so is the second loop's count.
    """
    seen, a, b = int(state[0]), state[1], state[2]
    weight, lag = smoothing(period), period - 1
    warm = min(max(2 * period - seen, 0), len(close))
    for i in range(warm):
        a = follow(a, seen + i, period, weight, close[i])
        if seen + i >= lag:
            b = follow(b, seen + i - lag, period, weight, a)
        out[0, i] = 2.0 * a - b if seen + i >= 2 * lag else nan
    close, row = close[warm:], out[0, warm:]
    for i in range(len(close)):
        a = a * (1.0 - weight) + close[i] * weight
        b = b * (1.0 - weight) + a * weight
        row[i] = 2.0 * a - b
    state[0], state[1], state[2], state[3] = seen + warm + len(close), a, b, poison(a)


@fused_kernel
def _triple(state: F64, period: int, change: bool, close: F64, out: F64) -> None:
    """TEMA, or TRIX: the change in percent of the last average."""
    seen, a, b, c = int(state[0]), state[1], state[2], state[3]
    weight, lag = smoothing(period), period - 1
    first, warm = 3 * lag + (1 if change else 0), min(max(3 * period - seen, 0), len(close))
    for i in range(warm):
        before = c
        a = follow(a, seen + i, period, weight, close[i])
        if seen + i >= lag:
            b = follow(b, seen + i - lag, period, weight, a)
        if seen + i >= 2 * lag:
            c = follow(c, seen + i - 2 * lag, period, weight, b)
        value = _percent(c, before) if change else 3.0 * (a - b) + c
        out[0, i] = value if seen + i >= first else nan
    close, row = close[warm:], out[0, warm:]
    for i in range(len(close)):
        before = c
        a = a * (1.0 - weight) + close[i] * weight
        b = b * (1.0 - weight) + a * weight
        c = c * (1.0 - weight) + b * weight
        row[i] = _percent(c, before) if change else 3.0 * (a - b) + c
    seen += warm + len(close)
    state[0], state[1], state[2], state[3], state[4] = seen, a, b, c, poison(a)


@inline_kernel
def _percent(value: float, before: float) -> float:
    return (value / before - 1.0) * 100.0 if before != 0.0 else 0.0


@lean_kernel
def _tema(state: F64, period: int, close: F64, out: F64) -> None:
    _triple(state, period, False, close, out)


@lean_kernel
def _trix(state: F64, period: int, close: F64, out: F64) -> None:
    _triple(state, period, True, close, out)


@fused_kernel
def _converge(
    state: F64, fast: int, slow: int, signal: int, percent: bool, close: F64, out: F64
) -> None:
    """In points the fast average starts late, so that both are seeded at one bar; in percent each
    starts with the first bar: as in TA-Lib.
    """
    start = 0 if percent else slow - fast
    seen, a, b, c = int(state[0]), state[1], state[2], state[3]
    fast_weight, slow_weight, weight = smoothing(fast), smoothing(slow), smoothing(signal)
    warm = min(max(slow + signal - seen, 0), len(close))
    for i in range(warm):
        if seen >= start:
            a = follow(a, seen - start, fast, fast_weight, close[i])
        b = follow(b, seen, slow, slow_weight, close[i])
        seen += 1
        out[0, i] = out[1, i] = out[2, i] = nan
        if seen >= slow:
            line = _apart(a, b, percent)
            c = follow(c, seen - slow, signal, weight, line)
            out[0, i] = line
            if seen >= slow + signal - 1:
                out[1, i], out[2, i] = c, line - c
    close, lines = close[warm:], out[0, warm:]
    signals, differences = out[1, warm:], out[2, warm:]
    for i in range(len(close)):
        a = a * (1.0 - fast_weight) + close[i] * fast_weight
        b = b * (1.0 - slow_weight) + close[i] * slow_weight
        line = _apart(a, b, percent)
        c = c * (1.0 - weight) + line * weight
        lines[i], signals[i], differences[i] = line, c, line - c
    state[0], state[1], state[2] = seen + len(close), a, b
    state[3], state[4] = c, poison(b)


@inline_kernel
def _apart(fast: float, slow: float, percent: bool) -> float:
    if percent:
        return (fast - slow) / slow * 100.0 if slow != 0.0 else 0.0
    return fast - slow


@lean_kernel
def _macd(state: F64, fast: int, slow: int, signal: int, close: F64, out: F64) -> None:
    _converge(state, fast, slow, signal, False, close, out)


@lean_kernel
def _ppo(state: F64, fast: int, slow: int, signal: int, close: F64, out: F64) -> None:
    _converge(state, fast, slow, signal, True, close, out)


DEMA = Indicator(
    "dema", "Double exponential moving average", "2 EMA − EMA of EMA: less lag", Family.TREND,
    (period(20),), (Input.CLOSE,), (Output("dema", "DEMA"),), OVERLAY,
    "Mulloy, Smoothing data with faster moving averages, TASC 1994",
    _dema, lambda n: 4, lambda n: 2 * (n - 1), guarded=True,
)  # fmt: skip
TEMA = Indicator(
    "tema", "Triple exponential moving average", "Three exponential averages against lag",
    Family.TREND,
    (period(20),), (Input.CLOSE,), (Output("tema", "TEMA", role=Line.B),), OVERLAY,
    "Mulloy, Smoothing data with faster moving averages, TASC 1994",
    _tema, lambda n: 5, lambda n: 3 * (n - 1), guarded=True,
)  # fmt: skip
TRIX = Indicator(
    "trix", "TRIX", "Change in percent of a triple exponential average", Family.MOMENTUM,
    (period(15),), (Input.CLOSE,), (Output("trix", "TRIX"),),
    Pane(overlay=False, levels=(0.0,)),
    "Hutson, Good TRIX, TASC 1983",
    _trix, lambda n: 5, lambda n: 3 * (n - 1) + 1, guarded=True,
    note="An average of zero: 0.",
)  # fmt: skip
_LENGTHS = (
    period(12, "fast", "Fast length"), period(26, "slow", "Slow length"),
    period(9, "signal", "Signal length"),
)  # fmt: skip
_LINES = (
    Output("signal", "Signal", role=Line.C),
    Output("histogram", "Histogram", Style.HISTOGRAM, Line.UP),
)
MACD = Indicator(
    "macd", "Moving average conv. divergence",
    "Difference of two exponential averages and its signal", Family.MOMENTUM,
    _LENGTHS, (Input.CLOSE,), (Output("macd", "MACD"), *_LINES), OWN,
    "Appel, The Moving Average Convergence-Divergence Trading Method, 1979",
    _macd, lambda *_: 5, lambda _fast, slow, signal: slow + signal - 2,
    guarded=True,
    rules=(Rule("fast", "slow"),),
    note="The line starts with the slow average; TA-Lib withholds it until the signal is known.",
)  # fmt: skip
PPO = Indicator(
    "ppo", "Percentage price oscillator", "MACD in percent of the slow average", Family.MOMENTUM,
    _LENGTHS, (Input.CLOSE,), (Output("ppo", "PPO"), *_LINES), OWN,
    "Appel, Technical Analysis: Power Tools for Active Investors, 2005",
    _ppo, lambda *_: 5, lambda _fast, slow, signal: slow + signal - 2,
    guarded=True,
    rules=(Rule("fast", "slow"),),
    note="A slow average of zero: 0. TA-Lib's PPO has no signal.",
)  # fmt: skip


def dema(close: ArrayLike, period: int = 20) -> F64:
    """Double exponential moving average; ``close`` and the result float64 of shape (n,)."""
    return line(DEMA, (close,), period=period)


def tema(close: ArrayLike, period: int = 20) -> F64:
    """Triple exponential moving average; ``close`` and the result float64 of shape (n,)."""
    return line(TEMA, (close,), period=period)


def trix(close: ArrayLike, period: int = 15) -> F64:
    """Change in percent of a triple exponential average; float64 of shape (n,)."""
    return line(TRIX, (close,), period=period)


def macd(close: ArrayLike, fast: int = 12, slow: int = 26, signal: int = 9) -> F64:
    """Rows: line, signal, histogram; float64 of shape (3, n)."""
    return run(MACD, (close,), fast=fast, slow=slow, signal=signal)


def ppo(close: ArrayLike, fast: int = 12, slow: int = 26, signal: int = 9) -> F64:
    """Rows: line, signal, histogram, in percent; float64 of shape (3, n)."""
    return run(PPO, (close,), fast=fast, slow=slow, signal=signal)
