"""How far prices move: true range, standard deviation, z-score."""

from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike

from indicators.batch import line
from indicators.moment_sweeps import moment_work, piece_deviations
from indicators.parts import F64, true_range, wilder
from indicators.spec import OWN, Family, Indicator, Input, Line, Output, Pane, period
from indicators.sweeps import piece_bars, unknown, unknown_bars
from indicators.windows import push_moments, ring_cells
from market.kernel import fused_kernel, inline_kernel, kernel, lane_kernel, lean_kernel

__all__ = ["atr", "natr", "stdev", "zscore"]

_RANGE_CELLS = 5
_STRIP = 64


@fused_kernel
def _average_range(
    state: F64, period: int, percent: bool, high: F64, low: F64, close: F64, out: F64
) -> None:
    """Once two averages are known, each follows from the one before the last: two chains beside
    each other, each of half the steps.
    """
    seen, average, last, width = int(state[0]), state[1], state[2], state[3]
    before, row = state[4], out[0]
    weight, warm = 1.0 / period, min(max(period + 2 - seen, 0), len(close))
    for i in range(warm):
        if seen + i > 0:
            width = true_range(high[i], low[i], before)
            last = average
            average = wilder(average, seen + i - 1, period, weight, width)
        before = close[i]
        value = _of_price(average, before) if percent else average
        row[i] = value if seen + i >= period else nan
    keep = 1.0 - weight
    keep_two, weight_before = keep * keep, keep * weight
    for i in range(warm, len(close)):
        newest = true_range(high[i], low[i], before)
        value = _two_bars(last, width, newest, keep_two, weight_before, weight)
        last, average, width, before = average, value, newest, close[i]
        row[i] = _of_price(average, before) if percent else average
    state[0], state[1], state[2], state[3] = seen + len(close), average, last, width
    state[4] = before


@inline_kernel
def _two_bars(
    last: float, width: float, newest: float, keep_two: float, weight_before: float, weight: float
) -> float:
    """The average after two more ranges."""
    return last * keep_two + (width * weight_before + newest * weight)


@lane_kernel
def _of_price(average: float, price: float) -> float:
    return average / price * 100.0 if price != 0.0 else 0.0


@lean_kernel
def _atr(state: F64, period: int, high: F64, low: F64, close: F64, out: F64) -> None:
    _average_range(state, period, False, high, low, close, out)


@lean_kernel
def _natr(state: F64, period: int, high: F64, low: F64, close: F64, out: F64) -> None:
    _average_range(state, period, True, high, low, close, out)


@kernel
def _atr_whole(period: int, high: F64, low: F64, close: F64, out: F64) -> int:
    return _range_strips(np.zeros(_RANGE_CELLS), period, False, high, low, close, out)


@kernel
def _natr_whole(period: int, high: F64, low: F64, close: F64, out: F64) -> int:
    return _range_strips(np.zeros(_RANGE_CELLS), period, True, high, low, close, out)


@lean_kernel
def _range_strips(
    state: F64, period: int, percent: bool, high: F64, low: F64, close: F64, out: F64
) -> int:
    """From bar to bar only the averages, in strips short enough for the divisions of one to go on
    beside the averages of the next.
    """
    warm, weight, row = min(period + 2, len(close)), 1.0 / period, out[0]
    bad = unknown_bars(high[:warm], low[:warm], close[:warm])
    _average_range(state, period, percent, high[:warm], low[:warm], close[:warm], out[:, :warm])
    average, last, width = state[1], state[2], state[3]
    for start in range(warm, len(close), _STRIP):
        end = min(start + _STRIP, len(close))
        part, prices, before = row[start:end], close[start:end], close[start - 1 : end - 1]
        bad += _ranges(high[start:end], low[start:end], before, prices, part)
        average, last, width = _averages(average, last, width, weight, part)
        if percent:
            _of_prices(part, prices)
    return bad


@lane_kernel
def _ranges(high: F64, low: F64, before: F64, close: F64, out: F64) -> int:
    """True ranges; in how many bars something is not finite."""
    bad = 0
    for i in range(len(out)):
        bad += not abs(high[i] + low[i] + close[i]) <= 1.7976931348623157e308
        out[i] = true_range(high[i], low[i], before[i])
    return bad


@fused_kernel
def _averages(
    average: float, last: float, width: float, weight: float, ranges: F64
) -> tuple[float, float, float]:
    """In place of the ranges."""
    keep = 1.0 - weight
    keep_two, weight_before = keep * keep, keep * weight
    for i in range(len(ranges)):
        newest = ranges[i]
        value = _two_bars(last, width, newest, keep_two, weight_before, weight)
        last, average, width = average, value, newest
        ranges[i] = value
    return average, last, width


@lane_kernel
def _of_prices(averages: F64, prices: F64) -> None:
    """In place of the averages."""
    for i in range(len(averages)):
        averages[i] = _of_price(averages[i], prices[i])


@lean_kernel
def _stdev(state: F64, period: int, close: F64, out: F64) -> None:
    seen, rings, share = int(state[0]), state[1:], 1.0 / period
    for i in range(len(close)):
        _, squares, _ = push_moments(rings, seen, period, close[i])
        seen += 1
        out[0, i] = sqrt(squares * share) if seen >= period else nan
    state[0] = seen


@kernel
def _stdev_whole(period: int, close: F64, out: F64) -> int:
    return _stdev_pieces(period, close, moment_work(period, len(close)), out[0])


@lean_kernel
def _stdev_pieces(period: int, close: F64, work: F64, row: F64) -> int:
    reach, piece = period - 1, piece_bars(period)
    row[: min(reach, len(row))] = nan
    bad = unknown(close[:reach])
    for start in range(reach, len(close), piece):
        bad += unknown(close[start : start + piece])
        here, result = close[start - reach : start + piece], row[start : start + piece]
        piece_deviations(here, period, work, result)
    return bad


@inline_kernel
def _away(total: float, spread: float, share: float) -> float:
    """The newest value less the mean, in deviations."""
    return -(total * share) / spread if spread > 0.0 else 0.0


@lean_kernel
def _zscore(state: F64, period: int, close: F64, out: F64) -> None:
    seen, rings, share = int(state[0]), state[1:], 1.0 / period
    for i in range(len(close)):
        total, squares, _ = push_moments(rings, seen, period, close[i])
        seen += 1
        out[0, i] = _away(total, sqrt(squares * share), share) if seen >= period else nan
    state[0] = seen


@kernel
def _zscore_whole(period: int, close: F64, out: F64) -> int:
    return _zscore_pieces(period, close, moment_work(period, len(close)), out[0])


@lean_kernel
def _zscore_pieces(period: int, close: F64, work: F64, row: F64) -> int:
    reach, piece = period - 1, piece_bars(period)
    row[: min(reach, len(close))] = nan
    bad = unknown(close[:reach])
    for start in range(reach, len(close), piece):
        bad += unknown(close[start : start + piece])
        here, result = close[start - reach : start + piece], row[start : start + piece]
        total = work[piece_deviations(here, period, work, result)]
        _aways(total, 1.0 / period, result)
    return bad


@lane_kernel
def _aways(total: F64, share: float, spread: F64) -> None:
    """In place of the deviations."""
    for i in range(len(spread)):
        spread[i] = _away(total[i], spread[i], share)


_BARS = (Input.HIGH, Input.LOW, Input.CLOSE)
ATR = Indicator(
    "atr", "Average true range", "Mean range of a bar, gaps included", Family.VOLATILITY,
    (period(14),), _BARS, (Output("atr", "ATR"),), OWN,
    "Wilder, New Concepts in Technical Trading Systems, 1978",
    _atr, lambda n: _RANGE_CELLS, lambda n: n, whole=_atr_whole,
)  # fmt: skip
NATR = Indicator(
    "natr", "Normalised average true range", "Average true range in percent of the close",
    Family.VOLATILITY,
    (period(14),), _BARS, (Output("natr", "NATR"),), OWN,
    "Forman, Cross-market evaluations with normalized average true range, TASC 2006",
    _natr, lambda n: _RANGE_CELLS, lambda n: n,
    note="A close of zero: 0.", whole=_natr_whole,
)  # fmt: skip
STDEV = Indicator(
    "stdev", "Standard deviation", "Spread of the last n closes around their mean",
    Family.VOLATILITY,
    (period(20),), (Input.CLOSE,), (Output("stdev", "StDev"),), OWN,
    "Population form, divided by n",
    _stdev, lambda n: 1 + 4 * ring_cells(n), lambda n: n - 1, whole=_stdev_whole,
)  # fmt: skip
ZSCORE = Indicator(
    "zscore", "Z-score", "Standard deviations between the close and its mean", Family.VOLATILITY,
    (period(20),), (Input.CLOSE,), (Output("zscore", "Z", role=Line.B),),
    Pane(overlay=False, levels=(-2.0, 0.0, 2.0)),
    "(close − mean) / standard deviation, both over n bars",
    _zscore, lambda n: 1 + 4 * ring_cells(n), lambda n: n - 1,
    note="Equal closes: 0.", whole=_zscore_whole,
)  # fmt: skip


def atr(high: ArrayLike, low: ArrayLike, close: ArrayLike, period: int = 14) -> F64:
    """Wilder's average true range; inputs and result float64 of shape (n,)."""
    return line(ATR, (high, low, close), period=period)


def natr(high: ArrayLike, low: ArrayLike, close: ArrayLike, period: int = 14) -> F64:
    """Average true range in percent of the close; inputs and result float64 of shape (n,)."""
    return line(NATR, (high, low, close), period=period)


def stdev(close: ArrayLike, period: int = 20) -> F64:
    """Population standard deviation of the newest ``period`` values; float64 of shape (n,)."""
    return line(STDEV, (close,), period=period)


def zscore(close: ArrayLike, period: int = 20) -> F64:
    """Distance from the mean in standard deviations; float64 of shape (n,)."""
    return line(ZSCORE, (close,), period=period)
