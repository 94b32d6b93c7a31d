"""Oscillators between fixed bounds: RSI, stochastic, stochastic RSI, Williams %R.

A flat market is neither strong nor weak: where TA-Lib gives 0, these give the middle.
"""

from math import nan

import numpy as np
from numpy.typing import ArrayLike

from indicators.batch import line, run
from indicators.extremes import range_piece
from indicators.parts import F64, slide_high, slide_low, wilder
from indicators.spec import Family, Indicator, Input, Line, Output, Pane, period
from indicators.sweeps import piece_bars, sum_piece, unknown, unknown_bars, work_rows
from indicators.windows import push_sum, ring_cells
from market.kernel import inline_kernel, kernel, lane_kernel, lean_kernel

_PIECE = 2048

__all__ = ["rsi", "stochastic", "stochastic_rsi", "williams"]


@kernel
def _strength(gain: float, loss: float) -> float:
    return 100.0 * gain / (gain + loss) if gain + loss > 0.0 else 50.0


@inline_kernel
def _place(value: float, low: float, high: float) -> float:
    return 100.0 * (value - low) / (high - low) if high > low else 50.0


@lean_kernel
def _rsi(state: F64, period: int, close: F64, out: F64) -> None:
    seen, before, gain, loss = int(state[0]), state[1], state[2], state[3]
    weight = 1.0 / period
    for i in range(len(close)):
        if seen > 0:
            change = close[i] - before
            gain = wilder(gain, seen - 1, period, weight, max(change, 0.0))
            loss = wilder(loss, seen - 1, period, weight, max(-change, 0.0))
        before = close[i]
        out[0, i] = _strength(gain, loss) if seen >= period else nan
        seen += 1
    state[0], state[1], state[2], state[3] = seen, before, gain, loss


@lean_kernel
def _stochastic(
    state: F64, period: int, smooth: int, signal: int,
    high: F64, low: F64, close: F64, out: F64,
) -> None:  # fmt: skip
    """Bars without a close are warm-up. The inputs may be rows of ``out``: each is read first."""
    seen, head_high, head_low = int(state[0]), state[1], state[2]
    highs, lows = state[3 : 3 + period], state[3 + period : 3 + 2 * period]
    middle = 3 + 2 * period + ring_cells(smooth)
    rings_k, rings_d = state[3 + 2 * period : middle], state[middle:]
    first, second, at = period - 1, period + smooth - 2, seen % period
    for i in range(len(close)):
        value, k, d = close[i], nan, nan
        if not np.isnan(value):
            head_high, top = slide_high(highs, at, head_high, high[i])
            head_low, bottom = slide_low(lows, at, head_low, low[i])
            at = at + 1 if at + 1 < period else 0
            if seen >= first:
                place = _place(value, bottom, top)
                mean = push_sum(rings_k, seen - first, smooth, place) * (1.0 / smooth)
                if seen >= second:
                    k = mean
                    mean = push_sum(rings_d, seen - second, signal, k) * (1.0 / signal)
                    d = mean if seen >= second + signal - 1 else nan
            seen += 1
        out[0, i], out[1, i] = k, d
    state[0], state[1], state[2] = seen, head_high, head_low


@kernel
def _stochastic_whole(
    period: int, smooth: int, signal: int, high: F64, low: F64, close: F64, out: F64
) -> int:
    k, d, reach, known = out[0], out[1], period - 1, period + smooth - 2
    late, piece = known + signal - 1, piece_bars(period + smooth - 1)
    k[: min(known, len(k))] = d[: min(late, len(d))] = nan
    work = work_rows(7, known, len(close))
    bad = unknown_bars(high[:known], low[:known], close[:known])
    for start in range(known, len(close), piece):
        first, end, result = start - known, start + piece, k[start : start + piece]
        bad += unknown_bars(high[start:end], low[start:end], close[start:end])
        tops, bottoms = work[4, : len(result) + smooth - 1], work[5, : len(result) + smooth - 1]
        range_piece(high[first:end], low[first:end], period, work, tops, bottoms)
        _places(close[first + reach : end], bottoms, tops)
        sum_piece(tops, smooth, 1.0 / smooth, work, result)
        later = max(start, late)
        if later < min(end, len(close)):
            sum_piece(k[later - signal + 1 : end], signal, 1.0 / signal, work, d[later:end])
    return bad


@lane_kernel
def _places(close: F64, bottoms: F64, tops: F64) -> None:
    """In place of the tops."""
    for i in range(len(tops)):
        tops[i] = _place(close[i], bottoms[i], tops[i])


@kernel
def _stochastic_rsi_whole(
    strength: int, period: int, smooth: int, signal: int, close: F64, out: F64
) -> int:
    """In pieces, so that the arrays in between stay in the nearer cache."""
    state, before = np.zeros(4), min(strength, len(close))
    _rsi(state, strength, close[:before], out)
    out[:, :before] = nan
    reach = period + smooth + signal - 3
    row, known = np.empty((1, reach + _PIECE)), 0
    for start in range(before, len(close), _PIECE):
        here = close[start : start + _PIECE]
        kept = min(known, reach)
        for i in range(kept):
            row[0, i] = row[0, known - kept + i]
        known = kept + len(here)
        fresh = np.empty((1, len(here)))
        _rsi(state, strength, here, fresh)
        row[0, kept:known] = fresh[0]
        rows, values = np.empty((2, known)), row[0, :known]
        _stochastic_whole(period, smooth, signal, values, values, values, rows)
        for i in range(len(here)):
            out[0, start + i], out[1, start + i] = rows[0, kept + i], rows[1, kept + i]
    return unknown(close)


@lean_kernel
def _stochastic_rsi(
    state: F64, strength: int, period: int, smooth: int, signal: int, close: F64, out: F64
) -> None:
    """The strength goes through the stochastic as high, low and close at once."""
    _rsi(state[:4], strength, close, out)
    row = out[0]
    _stochastic(state[4:], period, smooth, signal, row, row, row, out)


@lean_kernel
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


@kernel
def _williams_whole(period: int, high: F64, low: F64, close: F64, out: F64) -> int:
    return _williams_pieces(period, high, low, close, work_rows(6, period - 1, len(close)), out[0])


@lean_kernel
def _williams_pieces(
    period: int, high: F64, low: F64, close: F64, work: F64, row: F64
) -> int:  # fmt: skip
    reach, piece = period - 1, piece_bars(period)
    row[: min(reach, len(row))] = nan
    bad = unknown_bars(high[:reach], low[:reach], close[:reach])
    for start in range(reach, len(close), piece):
        first, end, result = start - reach, start + piece, row[start : start + piece]
        tops, bottoms = work[4, : len(result)], work[5, : len(result)]
        range_piece(high[first:end], low[first:end], period, work, tops, bottoms)
        bad += unknown_bars(high[start:end], low[start:end], close[start:end])
        _distances_from_top(close[start:end], tops, bottoms, result)
    return bad


@lane_kernel
def _distances_from_top(close: F64, tops: F64, bottoms: F64, out: F64) -> None:
    for i in range(len(out)):
        width = tops[i] - bottoms[i]
        out[i] = -100.0 * (tops[i] - close[i]) / width if width > 0.0 else -50.0


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
    _stochastic, lambda n, k, d: 3 + 2 * n + ring_cells(k) + ring_cells(d),
    lambda n, k, d: n + k + d - 3, whole=_stochastic_whole,
    note="No range: 50; TA-Lib gives 0. %K starts as soon as it is known; TA-Lib waits for %D.",
)  # fmt: skip
STOCHASTIC_RSI = Indicator(
    "stochastic_rsi", "Stochastic RSI", "Place of the RSI in its own range", Family.MOMENTUM,
    (period(14, "strength", "RSI length"), period(14, "period", "Stochastic length"),
     period(3, "smooth", "%K smoothing"), period(3, "signal", "%D length")),
    (Input.CLOSE,), _K_AND_D,
    Pane(overlay=False, low=0.0, high=100.0, levels=(20.0, 50.0, 80.0)),
    "Chande and Kroll, The New Technical Trader, 1994",
    _stochastic_rsi, lambda r, n, k, d: 7 + 2 * n + ring_cells(k) + ring_cells(d),
    lambda r, n, k, d: r + n + k + d - 3, whole=_stochastic_rsi_whole,
    note="TA-Lib's %K is not smoothed: smooth = 1. No range of the RSI: 50; TA-Lib gives 0.",
)  # fmt: skip
WILLIAMS = Indicator(
    "williams", "Williams %R", "Distance of the close from the highest high", Family.MOMENTUM,
    (period(14),), _BARS, (Output("williams", "%R"),),
    Pane(overlay=False, low=-100.0, high=0.0, levels=(-80.0, -50.0, -20.0)),
    "Williams, How I Made One Million Dollars, 1973",
    _williams, lambda n: 3 + 2 * n, lambda n: n - 1,
    note="No range: −50; TA-Lib gives 0.", whole=_williams_whole,
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
