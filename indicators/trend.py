"""Trend followers: Ichimoku, parabolic SAR, SuperTrend, ADX, Aroon."""

from math import nan

from numpy.typing import ArrayLike

from indicators.batch import line, run
from indicators.parts import (
    F64,
    poison,
    slide_high,
    slide_high_place,
    slide_low,
    true_range,
    wilder,
)
from indicators.spec import (
    OVERLAY,
    Family,
    Indicator,
    Input,
    Line,
    Output,
    Pane,
    Parameter,
    Rule,
    Style,
    factor,
    period,
)  # fmt: skip
from market.kernel import fused_kernel, lean_kernel

__all__ = ["adx", "aroon", "ichimoku", "parabolic_sar", "supertrend"]


@lean_kernel
def _middle(heads: F64, rings: F64, period: int, seen: int, high: float, low: float) -> float:
    """Middle of the range of ``period`` bars, NaN while warming up."""
    k = seen % period
    heads[0], top = slide_high(rings[:period], k, heads[0], high)
    heads[1], bottom = slide_low(rings[period : 2 * period], k, heads[1], low)
    return (top + bottom) / 2.0 if seen + 1 >= period else nan


@lean_kernel
def _ichimoku(
    state: F64, conversion: int, base: int, span: int, displacement: int,
    high: F64, low: F64, close: F64, out: F64,
) -> None:  # fmt: skip
    heads, rings = state[1:7], state[7:]
    a, b = 2 * conversion, 2 * (conversion + base)
    for i in range(len(close)):
        seen = int(state[0]) + i
        fast = _middle(heads[0:2], rings[:a], conversion, seen, high[i], low[i])
        slow = _middle(heads[2:4], rings[a:b], base, seen, high[i], low[i])
        out[0, i], out[1, i], out[2, i] = fast, slow, (fast + slow) / 2.0
        out[3, i] = _middle(heads[4:6], rings[b:], span, seen, high[i], low[i])
        out[4, i] = close[i]
    state[0] += len(close)


@fused_kernel
def _parabolic_sar(state: F64, step: float, most: float, high: F64, low: F64, out: F64) -> None:
    """Works on mirrored prices while short, so that both sides are one rule."""
    seen, side, stop, extreme, speed = int(state[0]), state[1], state[2], state[3], state[4]
    last_high, last_low, guard = state[5], state[6], state[7]
    for i in range(len(high)):
        top, bottom = high[i], low[i]
        guard += poison(top + bottom)
        if seen == 1:
            fall, rise = last_low - bottom, top - last_high
            side = -1.0 if fall > 0.0 and fall > rise else 1.0
            extreme, stop = (top, last_low) if side > 0.0 else (-bottom, -last_high)
            last_high, last_low, speed = top, bottom, min(step, most)
        value = nan
        if seen > 0:
            near, far = (bottom, top) if side > 0.0 else (-top, -bottom)
            nearest = min(last_low, bottom) if side > 0.0 else -max(last_high, top)
            farthest = max(last_high, top) if side > 0.0 else -min(last_low, bottom)
            if near <= stop:
                turn = max(extreme, farthest)
                value, side, extreme, speed = turn * side, -side, -near, min(step, most)
                stop = min(-turn + speed * (extreme + turn), -farthest)
            else:
                value = stop * side
                if far > extreme:
                    extreme, speed = far, min(speed + step, most)
                stop = min(stop + speed * (extreme - stop), nearest)
        last_high, last_low = top, bottom
        out[0, i] = value
        seen += 1
    state[0], state[1], state[2], state[3], state[4] = seen, side, stop, extreme, speed
    state[5], state[6], state[7] = last_high, last_low, guard


@lean_kernel
def _supertrend(
    state: F64, period: int, width: float, high: F64, low: F64, close: F64, out: F64
) -> None:
    seen, average, before = int(state[0]), state[1], state[2]
    upper, lower, side = state[3], state[4], state[5]
    weight = 1.0 / period
    for i in range(len(close)):
        if seen > 0:
            span = true_range(high[i], low[i], before)
            average = wilder(average, seen - 1, period, weight, span)
        out[0, i] = out[1, i] = nan
        if seen >= period:
            middle = (high[i] + low[i]) / 2.0
            top, bottom = middle + width * average, middle - width * average
            if side == 0.0:
                upper, lower = top, bottom
                side = 1.0
            else:
                upper = top if top < upper or before > upper else upper
                lower = bottom if bottom > lower or before < lower else lower
            if side > 0.0 and close[i] < lower:
                side = -1.0
            elif side < 0.0 and close[i] > upper:
                side = 1.0
            if side > 0.0:
                out[0, i] = lower
            else:
                out[1, i] = upper
        before = close[i]
        seen += 1
    state[0], state[1], state[2] = seen, average, before
    state[3], state[4], state[5] = upper, lower, side


@lean_kernel
def _adx(state: F64, period: int, high: F64, low: F64, close: F64, out: F64) -> None:
    seen, last_high, last_low, before = int(state[0]), state[1], state[2], state[3]
    plus, minus, width, average = state[4], state[5], state[6], state[7]
    keep, weight = 1.0 - 1.0 / period, 1.0 / period
    for i in range(len(close)):
        out[0, i] = out[1, i] = out[2, i] = nan
        if seen > 0:
            rise, fall = high[i] - last_high, last_low - low[i]
            decay = keep if seen >= period else 1.0
            plus = plus * decay + (rise if rise > 0.0 and rise > fall else 0.0)
            minus = minus * decay + (fall if fall > 0.0 and fall > rise else 0.0)
            width = width * decay + true_range(high[i], low[i], before)
            if seen >= period:
                out[1, i] = 100.0 * plus / width if width > 0.0 else 0.0
                out[2, i] = 100.0 * minus / width if width > 0.0 else 0.0
                known = plus + minus > 0.0 and width > 0.0
                index = 100.0 * abs(plus - minus) / (plus + minus) if known else 0.0
                if seen < 2 * period:
                    average += index * weight
                elif known:
                    average += (index - average) * weight
                if seen >= 2 * period - 1:
                    out[0, i] = average
        last_high, last_low, before = high[i], low[i], close[i]
        seen += 1
    state[0], state[1], state[2], state[3] = seen, last_high, last_low, before
    state[4], state[5], state[6], state[7] = plus, minus, width, average


@lean_kernel
def _aroon(state: F64, period: int, high: F64, low: F64, out: F64) -> None:
    """Places are counted from the newest bar's block on, so that they stay small and exact."""
    n, seen = period + 1, int(state[0])
    top, bottom = (state[1], state[2]), (state[3], state[4])
    highs, high_places = state[5 : 5 + n], state[5 + n : 5 + 2 * n]
    lows, low_places = state[5 + 2 * n : 5 + 3 * n], state[5 + 3 * n :]
    k = seen % n
    for i in range(len(high)):
        now = float(seen)
        top, highest = slide_high_place(highs, high_places, k, top, high[i], now)
        bottom, lowest = slide_high_place(lows, low_places, k, bottom, -low[i], now)
        k = k + 1 if k + 1 < n else 0
        up, down = 100.0 * (period - (now - highest)), 100.0 * (period - (now - lowest))
        out[0, i] = up / period if seen >= period else nan
        out[1, i] = down / period if seen >= period else nan
        seen += 1
    state[0], state[1], state[2] = seen, top[0], top[1]
    state[3], state[4] = bottom[0], bottom[1]


_BARS = (Input.HIGH, Input.LOW, Input.CLOSE)
ICHIMOKU = Indicator(
    "ichimoku", "Ichimoku cloud", "Middles of three ranges, two drawn ahead", Family.TREND,
    (period(9, "conversion", "Conversion length"), period(26, "base", "Base length"),
     period(52, "span", "Span B length"), period(26, "displacement", "Displacement")),
    _BARS,
    (Output("conversion", "Conversion"), Output("base", "Base", role=Line.C),
     Output("span_a", "Span A", Style.CLOUD, Line.UP, lambda *p: p[3] - 1),
     Output("span_b", "Span B", Style.CLOUD, Line.DOWN, lambda *p: p[3] - 1),
     Output("lagging", "Lagging", Style.LINE, Line.B, lambda *p: 1 - p[3])),
    OVERLAY,
    "Hosoda, Ichimoku Kinko Hyo, 1969. Values stand at the bar they are known at; the chart "
    "shifts them by displacement − 1 bars, as today counts as the first",
    _ichimoku, lambda a, b, c, _: 7 + 2 * (a + b + c), lambda _a, b, c, _d: max(b, c) - 1,
    rules=(Rule("conversion", "base"),),
)  # fmt: skip
PARABOLIC_SAR = Indicator(
    "parabolic_sar", "Parabolic SAR", "A stop that closes in on the price", Family.TREND,
    (Parameter("step", "Step", 0.02, 0.001, 1.0, 0.01, whole=False),
     Parameter("most", "Maximum", 0.2, 0.001, 1.0, 0.01, whole=False)),
    (Input.HIGH, Input.LOW), (Output("sar", "SAR", Style.DOTS),), OVERLAY,
    "Wilder, New Concepts in Technical Trading Systems, 1978; the first side is that of the "
    "larger directional movement",
    _parabolic_sar, lambda *_: 8, lambda *_: 1, guarded=True,
)  # fmt: skip
SUPERTREND = Indicator(
    "supertrend", "SuperTrend", "A trailing stop k average true ranges away", Family.TREND,
    (period(10), factor(3.0, "width", "True ranges")), _BARS,
    (Output("up", "SuperTrend up", role=Line.UP),
     Output("down", "SuperTrend down", role=Line.DOWN)),
    OVERLAY,
    "Seban, Tout le monde mérite d'être riche, 2008",
    _supertrend, lambda *_: 6, lambda n, _: n,
    note="One output per side, NaN while the other one holds; TA-Lib: one line and a direction.",
)  # fmt: skip
ADX = Indicator(
    "adx", "Average directional index", "Strength of the trend, and its two sides", Family.TREND,
    (period(14, low=2),), _BARS,
    (Output("adx", "ADX"), Output("plus", "+DI", role=Line.UP),
     Output("minus", "−DI", role=Line.DOWN)),
    Pane(overlay=False, low=0.0, high=100.0, levels=(25.0,)),
    "Wilder, New Concepts in Technical Trading Systems, 1978",
    _adx, lambda n: 8, lambda n: 2 * n - 1,
    note="No range: both sides 0; no movement: the average stays. The sides start before the ADX.",
)  # fmt: skip
AROON = Indicator(
    "aroon", "Aroon", "How long ago the highest high and lowest low were", Family.TREND,
    (period(25),), (Input.HIGH, Input.LOW),
    (Output("up", "Aroon up", role=Line.UP), Output("down", "Aroon down", role=Line.DOWN)),
    Pane(overlay=False, low=0.0, high=100.0, levels=(30.0, 50.0, 70.0)),
    "Chande, A time price oscillator, TASC 1995; over n + 1 bars, of equals the newest",
    _aroon, lambda n: 5 + 4 * (n + 1), lambda n: n,
)  # fmt: skip


def ichimoku(
    high: ArrayLike, low: ArrayLike, close: ArrayLike,
    conversion: int = 9, base: int = 26, span: int = 52, displacement: int = 26,
) -> F64:  # fmt: skip
    """Rows: conversion, base, span A, span B, lagging, none of them shifted; shape (5, n)."""
    lengths = {"conversion": conversion, "base": base, "span": span}
    return run(ICHIMOKU, (high, low, close), **lengths, displacement=displacement)


def parabolic_sar(high: ArrayLike, low: ArrayLike, step: float = 0.02, most: float = 0.2) -> F64:
    """Stop and reverse; inputs and result float64 of shape (n,)."""
    return line(PARABOLIC_SAR, (high, low), step=step, most=most)


def supertrend(
    high: ArrayLike, low: ArrayLike, close: ArrayLike, period: int = 10, width: float = 3.0
) -> F64:
    """Rows: the stop below a rising market, the one above a falling one, else NaN; (2, n)."""
    return run(SUPERTREND, (high, low, close), period=period, width=width)


def adx(high: ArrayLike, low: ArrayLike, close: ArrayLike, period: int = 14) -> F64:
    """Rows: ADX, +DI, −DI; float64 of shape (3, n)."""
    return run(ADX, (high, low, close), period=period)


def aroon(high: ArrayLike, low: ArrayLike, period: int = 25) -> F64:
    """Rows: up, down; float64 of shape (2, n)."""
    return run(AROON, (high, low), period=period)
