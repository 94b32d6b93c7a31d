"""Bands around the price: Bollinger, Keltner, Donchian, linear regression."""

from math import nan

import numpy as np
from numpy.typing import ArrayLike

from indicators.batch import run
from indicators.extremes import range_piece
from indicators.line_sweeps import line_end, line_work, piece_lines
from indicators.moment_sweeps import moment_work, piece_deviations
from indicators.parts import (
    F64,
    follow,
    slide_high,
    slide_low,
    smoothing,
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
from indicators.sweeps import piece_bars, unknown, work_rows
from indicators.windows import push_moments, ring_cells
from market.kernel import kernel, lean_kernel

__all__ = ["bollinger", "donchian", "keltner", "regression_channel"]


@lean_kernel
def _bollinger(state: F64, period: int, width: float, close: F64, out: F64) -> None:
    seen, rings, share = int(state[0]), state[1:], 1.0 / period
    for i in range(len(close)):
        total, squares, _ = push_moments(rings, seen, period, close[i])
        seen += 1
        middle = close[i] + total * share if seen >= period else nan
        half = width * np.sqrt(squares * share)
        out[0, i], out[1, i], out[2, i] = middle + half, middle, middle - half
    state[0] = seen


@kernel
def _bollinger_whole(period: int, width: float, close: F64, out: F64) -> int:
    return _bollinger_pieces(period, width, close, moment_work(period, len(close)), out)


@lean_kernel
def _bollinger_pieces(period: int, width: float, close: F64, work: F64, out: F64) -> int:
    reach, piece, share = period - 1, piece_bars(period), 1.0 / period
    out[:, : min(reach, len(close))] = nan
    bad = unknown(close[:reach])
    for start in range(reach, len(close), piece):
        bad += unknown(close[start : start + piece])
        upper, middle = out[0, start : start + piece], out[1, start : start + piece]
        lower, last = out[2, start : start + piece], close[start : start + piece]
        row = piece_deviations(close[start - reach : start + piece], period, work, upper)
        total = work[row]
        for i in range(len(last)):
            mean, half = last[i] + total[i] * share, width * upper[i]
            upper[i], middle[i], lower[i] = mean + half, mean, mean - half
    return bad


@lean_kernel
def _keltner(
    state: F64, period: int, range_period: int, width: float,
    high: F64, low: F64, close: F64, out: F64,
) -> None:  # fmt: skip
    seen, middle, reach, before = int(state[0]), state[1], state[2], state[3]
    weight, range_weight = smoothing(period), 1.0 / range_period
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


@lean_kernel
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
def _donchian_whole(period: int, high: F64, low: F64, out: F64) -> int:
    return _donchian_pieces(period, high, low, work_rows(4, period - 1, len(high)), out)


@lean_kernel
def _donchian_pieces(period: int, high: F64, low: F64, work: F64, out: F64) -> int:
    reach, piece = period - 1, piece_bars(period)
    out[:, : min(reach, len(high))] = nan
    bad = unknown(high[:reach]) + unknown(low[:reach])
    for start in range(reach, len(high), piece):
        top, middle = out[0, start : start + piece], out[1, start : start + piece]
        bottom = out[2, start : start + piece]
        highs, lows = high[start - reach : start + piece], low[start - reach : start + piece]
        range_piece(highs, lows, period, work, top, bottom)
        bad += unknown(high[start : start + piece]) + unknown(low[start : start + piece])
        for i in range(len(middle)):
            middle[i] = (top[i] + bottom[i]) / 2.0
    return bad


@lean_kernel
def _regression(state: F64, period: int, width: float, close: F64, out: F64) -> None:
    seen, rings = int(state[0]), state[1:]
    for i in range(len(close)):
        total, squares, slant = push_moments(rings, seen, period, close[i])
        end, spread = line_end(total, squares, slant, period)
        seen += 1
        middle, reach = close[i] + end if seen >= period else nan, width * spread
        out[0, i], out[1, i], out[2, i] = middle + reach, middle, middle - reach
    state[0] = seen


@kernel
def _regression_whole(period: int, width: float, close: F64, out: F64) -> int:
    return _regression_pieces(period, width, close, line_work(period, len(close)), out)


@lean_kernel
def _regression_pieces(period: int, width: float, close: F64, work: F64, out: F64) -> int:
    first, piece = period - 1, piece_bars(period)
    out[:, : min(first, len(close))] = nan
    bad = unknown(close[:first])
    for start in range(first, len(close), piece):
        bad += unknown(close[start : start + piece])
        upper, middle = out[0, start : start + piece], out[1, start : start + piece]
        lower, here = out[2, start : start + piece], close[start - first : start + piece]
        piece_lines(here, period, width, work, upper, middle, lower)
    return bad


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
    _bollinger, lambda n, _: 1 + 4 * ring_cells(n), lambda n, _: n - 1, whole=_bollinger_whole,
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
    _donchian, lambda n: 3 + 2 * n, lambda n: n - 1, whole=_donchian_whole,
)  # fmt: skip
REGRESSION = Indicator(
    "regression", "Linear regression channel", "Line of least squares, k deviations around it",
    Family.TREND,
    (period(100, low=2), factor(2.0, "width", "Standard deviations")), (Input.CLOSE,),
    _edges(Line.B, "LR"), OVERLAY,
    "End of the least-squares line through n closes; population deviation of its residuals",
    _regression, lambda n, _: 1 + 4 * ring_cells(n), lambda n, _: n - 1, whole=_regression_whole,
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
