"""Moving averages of one stage. Those built from several averages: ``averages``."""

from math import isqrt, nan

import numpy as np
from numpy.typing import ArrayLike

from indicators.batch import line
from indicators.parts import F64, follow, poison, smoothing
from indicators.spec import OVERLAY, Family, Indicator, Input, Line, Output, Rule, period
from indicators.sweeps import piece_bars, sum_piece, unknown, weigh_piece, work_rows
from indicators.windows import push_sum, push_weighted, ring_cells
from market.kernel import fused_kernel, inline_kernel, kernel, lane_kernel, lean_kernel

__all__ = ["ema", "hma", "kama", "sma", "vwma", "wma"]


@lean_kernel
def _sma(state: F64, period: int, close: F64, out: F64) -> None:
    seen, rings, share = int(state[0]), state[1:], 1.0 / period
    for i in range(len(close)):
        mean = push_sum(rings, seen + i, period, close[i]) * share
        out[0, i] = mean if seen + i + 1 >= period else nan
    state[0] = seen + len(close)


@kernel
def _sma_whole(period: int, close: F64, out: F64) -> int:
    return _sma_pieces(period, close, work_rows(2, period - 1, len(close)), out[0])


@lean_kernel
def _sma_pieces(period: int, close: F64, work: F64, row: F64) -> int:
    reach, piece = period - 1, piece_bars(period)
    row[: min(reach, len(row))] = nan
    bad = unknown(close[:reach])
    for start in range(reach, len(close), piece):
        bad += unknown(close[start : start + piece])
        here, result = close[start - reach : start + piece], row[start : start + piece]
        sum_piece(here, period, 1.0 / period, work, result)
    return bad


@fused_kernel
def _ema(state: F64, period: int, close: F64, out: F64) -> None:
    """The part ``follow`` in two loops: the branch would lengthen each step. What is not finite
    never leaves the average: the guard needs no more than the last one.
    """
    seen, average, row, weight = int(state[0]), state[1], out[0], smoothing(period)
    keep, warm = 1.0 - weight, min(max(period - seen, 0), len(close))
    for i in range(warm):
        average = follow(average, seen + i, period, weight, close[i])
        out[0, i] = average if seen + i + 1 == period else nan
    # From 0 again: the compiler need not ask whether a place is counted from the end.
    close, row = close[warm:], row[warm:]
    for i in range(len(close)):
        average = average * keep + close[i] * weight
        row[i] = average
    state[0], state[1], state[2] = seen + warm + len(close), average, poison(average)


@inline_kernel
def _weights(period: int) -> float:
    """What the weighted sum is divided by, its reciprocal."""
    return 2.0 / (period * (period + 1.0))


@lean_kernel
def _wma(state: F64, period: int, close: F64, out: F64) -> None:
    seen, rings, share = int(state[0]), state[1:], _weights(period)
    for i in range(len(close)):
        mean = push_weighted(rings, seen + i, period, close[i]) * share
        out[0, i] = mean if seen + i + 1 >= period else nan
    state[0] = seen + len(close)


@kernel
def _wma_whole(period: int, close: F64, out: F64) -> int:
    return _wma_pieces(period, close, work_rows(4, period - 1, len(close)), out[0])


@lean_kernel
def _wma_pieces(period: int, close: F64, work: F64, row: F64) -> int:
    reach, piece = period - 1, piece_bars(period)
    row[: min(reach, len(row))] = nan
    bad = unknown(close[:reach])
    for start in range(reach, len(close), piece):
        bad += unknown(close[start : start + piece])
        here, result = close[start - reach : start + piece], row[start : start + piece]
        weigh_piece(here, period, _weights(period), work, result)
    return bad


@lean_kernel
def _hma(state: F64, period: int, close: F64, out: F64) -> None:
    short, smooth, seen = period // 2, int(np.sqrt(period)), int(state[0])
    share_a, share_b, share_c = _weights(short), _weights(period), _weights(smooth)
    a = 1 + 2 * ring_cells(short)
    b = a + 2 * ring_cells(period)
    rings_a, rings_b, rings_c = state[1:a], state[a:b], state[b:]
    for i in range(len(close)):
        near = push_weighted(rings_a, seen, short, close[i]) * share_a
        far = push_weighted(rings_b, seen, period, close[i]) * share_b
        seen += 1
        out[0, i] = nan
        if seen >= period:
            fast = 2.0 * near - far
            mean = push_weighted(rings_c, seen - period, smooth, fast) * share_c
            if seen >= period + smooth - 1:
                out[0, i] = mean
    state[0] = seen


@kernel
def _hma_whole(period: int, close: F64, out: F64) -> int:
    reach = period + int(np.sqrt(period)) - 2
    return _hma_pieces(period, close, work_rows(6, reach, len(close)), out[0])


@lean_kernel
def _hma_pieces(period: int, close: F64, work: F64, row: F64) -> int:
    short, smooth = period // 2, int(np.sqrt(period))
    reach, piece = period + smooth - 2, piece_bars(period + smooth - 1)
    row[: min(reach, len(row))] = nan
    bad = unknown(close[:reach])
    for start in range(reach, len(close), piece):
        bad += unknown(close[start : start + piece])
        here, result = close[start - reach : start + piece], row[start : start + piece]
        near, far = work[4, : len(result) + smooth - 1], work[5, : len(result) + smooth - 1]
        weigh_piece(here[period - short :], short, _weights(short), work, near)
        weigh_piece(here, period, _weights(period), work, far)
        for i in range(len(near)):
            near[i] = 2.0 * near[i] - far[i]
        weigh_piece(near, smooth, _weights(smooth), work, result)
    return bad


@lane_kernel
def _keep(way: float, path: float, most: float, least: float) -> float:
    """The share of the past: 1 less the square of the speed between the slow and the fast one."""
    speed = way / path if path > way else 1.0
    share = speed * (most - least) + least
    return 1.0 - share * share


@lane_kernel
def _two_steps(value: float, keep: float, part: float, keep_before: float) -> tuple[float, ...]:
    """What this value brings, what it and the one before it bring, what both leave of the past.

    Not fused: stream and batch would fuse different products.
    """
    newest = value * (1.0 - keep)
    return newest, part * keep + newest, keep_before * keep


@fused_kernel
def _kama(state: F64, period: int, fast: int, slow: int, close: F64, out: F64) -> None:
    """Each average follows from the one before the last, as in the average range."""
    seen, before, last, average = int(state[0]), state[1], state[2], state[3]
    keep, part = state[4], state[5]
    closes, rings = state[6 : 6 + period], state[6 + period :]
    most, least = 2.0 / (fast + 1), 2.0 / (slow + 1)
    for i in range(len(close)):
        value, path, at = close[i], 0.0, seen % period
        if seen > 0:
            path = push_sum(rings, seen - 1, period, abs(value - before))
        if seen < period:
            last = average = value
            keep, part = 1.0, 0.0
            out[0, i] = nan
        else:
            keep_before, keep = keep, _keep(abs(value - closes[at]), path, most, least)
            part, both, left = _two_steps(value, keep, part, keep_before)
            last, average = average, last * left + both
            out[0, i] = average
        closes[at] = before = value
        seen += 1
    state[0], state[1], state[2], state[3] = seen, before, last, average
    state[4], state[5] = keep, part


@kernel
def _kama_whole(period: int, fast: int, slow: int, close: F64, out: F64) -> int:
    work = work_rows(7, period, len(close))
    return _kama_pieces(period, 2.0 / (fast + 1), 2.0 / (slow + 1), close, work, out[0])


@lean_kernel
def _kama_pieces(
    period: int, most: float, least: float, close: F64, work: F64, row: F64
) -> int:  # fmt: skip
    """The last doubling of an even period is left to the loop with the divisions, which waits."""
    piece, half = piece_bars(period + 1), period if period % 2 else period // 2
    row[: min(period, len(row))] = nan
    last = average = close[period - 1] if len(close) > period else 0.0
    bad = unknown(close[:period])
    keeps, parts, none = work[4], work[5], work[6]
    keeps[0], parts[0], none[:] = 1.0, 0.0, 0.0
    for start in range(period, len(close), piece):
        here, result = close[start - period : start + piece], row[start : start + piece]
        steps, near, size = work[2, : len(here) - 1], work[3], len(result)
        bad += _steps(here, steps)
        sum_piece(steps, half, 1.0, work, near[: len(steps) - half + 1])
        newer, older = near[period - half :], near if half < period else none
        _keeps(newer, older, most, least, here[period:], here, keeps[1 : size + 1], parts[1:])
        left, both = work[0, :size], work[1, :size]
        _pairs(keeps, parts, left, both)
        last, average = _follow_pairs(last, average, left, both, result)
        keeps[0], parts[0] = keeps[size], parts[size]
    return bad


@kernel
def _steps(values: F64, out: F64) -> int:
    """How far each value is from the next; how many of them are not finite."""
    later, bad = values[1:], 0
    for i in range(len(out)):
        step = abs(later[i] - values[i])
        bad += not step <= 1.7976931348623157e308
        out[i] = step
    return bad


@lane_kernel
def _keeps(
    newer: F64, older: F64, most: float, least: float, values: F64, old: F64, keeps: F64,
    parts: F64,
) -> None:  # fmt: skip
    """``newer`` and ``older``: the path in two parts."""
    for i in range(len(keeps)):
        keep = _keep(abs(values[i] - old[i]), newer[i] + older[i], most, least)
        keeps[i] = keep
        parts[i] = values[i] * (1.0 - keep)


@kernel
def _pairs(keeps: F64, parts: F64, left: F64, both: F64) -> None:
    """``keeps`` and ``parts`` begin one bar before the rest."""
    newer, newest = keeps[1:], parts[1:]
    for i in range(len(left)):
        both[i] = parts[i] * newer[i] + newest[i]
        left[i] = keeps[i] * newer[i]


@fused_kernel
def _follow_pairs(
    last: float, average: float, left: F64, both: F64, out: F64
) -> tuple[float, float]:  # fmt: skip
    for i in range(len(out)):
        last, average = average, last * left[i] + both[i]
        out[i] = average
    return last, average


@lean_kernel
def _vwma(state: F64, period: int, close: F64, volume: F64, out: F64) -> None:
    seen, middle = int(state[0]), 1 + ring_cells(period)
    money, rings = state[1:middle], state[middle:]
    for i in range(len(close)):
        total = push_sum(money, seen, period, close[i] * volume[i])
        traded = push_sum(rings, seen, period, volume[i])
        seen += 1
        value = total / traded if traded != 0.0 else close[i]
        out[0, i] = value if seen >= period else nan
    state[0] = seen


@kernel
def _vwma_whole(period: int, close: F64, volume: F64, out: F64) -> int:
    work = work_rows(4, period - 1, len(close))
    return _vwma_pieces(period, close, volume, work, out[0])


@lean_kernel
def _vwma_pieces(period: int, close: F64, volume: F64, work: F64, row: F64) -> int:
    reach, piece, bad = period - 1, piece_bars(period), 0
    row[: min(reach, len(row))] = nan
    if len(close) < period:
        return unknown(close) + unknown(volume)
    for start in range(reach, len(close), piece):
        here, traded = close[start - reach : start + piece], volume[start - reach : start + piece]
        result = row[start : start + piece]
        money, sums = work[2, : len(here)], work[3, : len(result)]
        bad += _money(here, traded, money)
        sum_piece(traded, period, 1.0, work, sums)
        sum_piece(money, period, 1.0, work, result)
        _mean_price(sums, here[reach:], result)
    return bad


@kernel
def _money(close: F64, volume: F64, out: F64) -> int:
    """Close times volume; in how many places either, or their sum, is not finite."""
    bad = 0
    for i in range(len(out)):
        bad += not abs(close[i] + volume[i]) <= 1.7976931348623157e308
        out[i] = close[i] * volume[i]
    return bad


@lane_kernel
def _mean_price(traded: F64, close: F64, money: F64) -> None:
    """In place of the money."""
    for i in range(len(money)):
        money[i] = money[i] / traded[i] if traded[i] != 0.0 else close[i]


SMA = Indicator(
    "sma", "Simple moving average", "Mean of the last n closes", Family.TREND,
    (period(20),), (Input.CLOSE,), (Output("sma", "SMA"),), OVERLAY,
    "Mean of the newest n closes",
    _sma, lambda n: 1 + ring_cells(n), lambda n: n - 1, whole=_sma_whole,
)  # fmt: skip
EMA = Indicator(
    "ema", "Exponential moving average", "Recent closes weigh more, α = 2 / (n + 1)", Family.TREND,
    (period(20),), (Input.CLOSE,), (Output("ema", "EMA", role=Line.B),), OVERLAY,
    "Hunter, The exponentially weighted moving average, 1986; seeded with the mean of n closes",
    _ema, lambda n: 3, lambda n: n - 1, guarded=True,
)  # fmt: skip
WMA = Indicator(
    "wma", "Weighted moving average", "Weights fall in a straight line from n to 1", Family.TREND,
    (period(20),), (Input.CLOSE,), (Output("wma", "WMA", role=Line.C),), OVERLAY,
    "Σ w·close / Σ w with w = 1 (oldest) to n",
    _wma, lambda n: 1 + 2 * ring_cells(n), lambda n: n - 1, whole=_wma_whole,
)  # fmt: skip
HMA = Indicator(
    "hma", "Hull moving average", "Low lag, weighted averages of n / 2, n and √n", Family.TREND,
    (period(20, low=2),), (Input.CLOSE,), (Output("hma", "HMA", role=Line.B),), OVERLAY,
    "Hull, How to reduce lag in a moving average, 2005: WMA(2 WMA(n / 2) − WMA(n), √n), "
    "both lengths rounded down",
    _hma, lambda n: 1 + 2 * sum(map(ring_cells, (n // 2, n, isqrt(n)))),
    lambda n: n + isqrt(n) - 2, whole=_hma_whole,
)  # fmt: skip
KAMA = Indicator(
    "kama", "Kaufman adaptive moving average", "Speed follows the efficiency ratio", Family.TREND,
    (period(10), period(2, "fast", "Fast length"), period(30, "slow", "Slow length")),
    (Input.CLOSE,), (Output("kama", "KAMA", role=Line.C),), OVERLAY,
    "Kaufman, Smarter Trading, 1995",
    _kama, lambda n, _fast, _slow: 6 + n + ring_cells(n), lambda n, _fast, _slow: n,
    rules=(Rule("fast", "slow"),),
    note="No movement at all: the efficiency ratio is 1.", whole=_kama_whole,
)  # fmt: skip
VWMA = Indicator(
    "vwma", "Volume-weighted moving average", "Closes weighted by traded volume", Family.VOLUME,
    (period(20),), (Input.CLOSE, Input.VOLUME), (Output("vwma", "VWMA"),), OVERLAY,
    "Σ close·volume / Σ volume over n bars",
    _vwma, lambda n: 1 + 2 * ring_cells(n), lambda n: n - 1,
    note="No volume in n bars: the close; TA-Lib gives NaN.", whole=_vwma_whole,
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
