"""How far prices move: true range, standard deviation, z-score."""

from math import nan, sqrt

from numpy.typing import ArrayLike

from indicators.batch import line
from indicators.moment_sweeps import moment_work, piece_deviations
from indicators.parts import F64, poison, true_range, wilder
from indicators.spec import OWN, Family, Indicator, Input, Line, Output, Pane, period
from indicators.sweeps import piece_bars, unknown
from indicators.windows import push_moments, ring_cells
from market.kernel import fused_kernel, inline_kernel, kernel, lane_kernel, lean_kernel

__all__ = ["atr", "natr", "stdev", "zscore"]


@fused_kernel
def _average_range(
    state: F64, period: int, percent: bool, high: F64, low: F64, close: F64, out: F64
) -> None:
    """Once two averages are known, each follows from the one before the last: two chains beside
    each other, each of half the steps. A high or low that is not finite never leaves the averages,
    so that the guard asks the close only; counting those does not wait as adding them up would.
    """
    seen, average, last, width = int(state[0]), state[1], state[2], state[3]
    before, guard, row = state[4], state[5], out[0]
    weight, warm = 1.0 / period, min(max(period + 2 - seen, 0), len(close))
    for i in range(warm):
        guard += poison(close[i])
        if seen + i > 0:
            width = true_range(high[i], low[i], before)
            last = average
            average = wilder(average, seen + i - 1, period, weight, width)
        before = close[i]
        value = _of_price(average, before) if percent else average
        row[i] = value if seen + i >= period else nan
    # From 0 again: the compiler need not ask whether a place is counted from the end.
    high, low, close, row = high[warm:], low[warm:], close[warm:], row[warm:]
    keep = 1.0 - weight
    keep_two, weight_before = keep * keep, keep * weight
    bad = 0
    for i in range(len(close)):
        bad += not abs(close[i]) <= 1.7976931348623157e308
        newest = true_range(high[i], low[i], before)
        value = last * keep_two + (width * weight_before + newest * weight)
        last, average, width, before = average, value, newest, close[i]
        row[i] = _of_price(average, before) if percent else average
    state[0], state[1], state[2], state[3] = seen + warm + len(close), average, last, width
    state[4], state[5] = before, guard + poison(average) if bad == 0 else nan


@lane_kernel
def _of_price(average: float, price: float) -> float:
    return average / price * 100.0 if price != 0.0 else 0.0


@lean_kernel
def _atr(state: F64, period: int, high: F64, low: F64, close: F64, out: F64) -> None:
    _average_range(state, period, False, high, low, close, out)


@lean_kernel
def _natr(state: F64, period: int, high: F64, low: F64, close: F64, out: F64) -> None:
    _average_range(state, period, True, high, low, close, out)


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
    _atr, lambda n: 6, lambda n: n, guarded=True,
)  # fmt: skip
NATR = Indicator(
    "natr", "Normalised average true range", "Average true range in percent of the close",
    Family.VOLATILITY,
    (period(14),), _BARS, (Output("natr", "NATR"),), OWN,
    "Forman, Cross-market evaluations with normalized average true range, TASC 2006",
    _natr, lambda n: 6, lambda n: n, guarded=True,
    note="A close of zero: 0.",
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
