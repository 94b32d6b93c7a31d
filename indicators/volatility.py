"""How far prices move: true range, standard deviation, z-score."""

from math import nan

from numpy.typing import ArrayLike

from indicators.batch import line
from indicators.parts import F64, deviation, slide_moments, true_range, wilder
from indicators.spec import OWN, Family, Indicator, Input, Line, Output, Pane, period
from market.kernel import kernel

__all__ = ["atr", "natr", "stdev", "zscore"]


@kernel
def _average_range(
    state: F64, period: int, percent: bool, high: F64, low: F64, close: F64, out: F64
) -> None:
    seen, average, before = int(state[0]), state[1], state[2]
    weight = 1.0 / period
    for i in range(len(close)):
        if seen > 0:
            width = true_range(high[i], low[i], before)
            average = wilder(average, seen - 1, period, weight, width)
        before = close[i]
        value = average
        if percent:
            value = average / before * 100.0 if before != 0.0 else 0.0
        out[0, i] = value if seen >= period else nan
        seen += 1
    state[0], state[1], state[2] = seen, average, before


@kernel
def _atr(state: F64, period: int, high: F64, low: F64, close: F64, out: F64) -> None:
    _average_range(state, period, False, high, low, close, out)


@kernel
def _natr(state: F64, period: int, high: F64, low: F64, close: F64, out: F64) -> None:
    _average_range(state, period, True, high, low, close, out)


@kernel
def _stdev(state: F64, period: int, close: F64, out: F64) -> None:
    seen, moments = int(state[0]), (state[1], state[2], state[3], state[4])
    first, second = state[5 : 5 + period], state[5 + period :]
    k = seen % period
    for i in range(len(close)):
        moments, total, squares = slide_moments(first, second, k, moments, close[i])
        k = k + 1 if k + 1 < period else 0
        out[0, i] = deviation(total, squares, period) if seen + i + 1 >= period else nan
    state[0], state[1], state[2], state[3], state[4] = (seen + len(close), *moments)


@kernel
def _zscore(state: F64, period: int, close: F64, out: F64) -> None:
    seen, moments = int(state[0]), (state[1], state[2], state[3], state[4])
    first, second = state[5 : 5 + period], state[5 + period :]
    k = seen % period
    for i in range(len(close)):
        moments, total, squares = slide_moments(first, second, k, moments, close[i])
        k = k + 1 if k + 1 < period else 0
        spread = deviation(total, squares, period)
        anchor = moments[0]
        away = (close[i] - anchor) - total / period
        value = away / spread if spread > 0.0 else 0.0
        out[0, i] = value if seen + i + 1 >= period else nan
    state[0], state[1], state[2], state[3], state[4] = (seen + len(close), *moments)


_BARS = (Input.HIGH, Input.LOW, Input.CLOSE)
ATR = Indicator(
    "atr", "Average true range", "Mean range of a bar, gaps included", Family.VOLATILITY,
    (period(14),), _BARS, (Output("atr", "ATR"),), OWN,
    "Wilder, New Concepts in Technical Trading Systems, 1978",
    _atr, lambda n: 3, lambda n: n,
)  # fmt: skip
NATR = Indicator(
    "natr", "Normalised average true range", "Average true range in percent of the close",
    Family.VOLATILITY,
    (period(14),), _BARS, (Output("natr", "NATR"),), OWN,
    "Forman, Cross-market evaluations with normalized average true range, TASC 2006",
    _natr, lambda n: 3, lambda n: n,
    note="A close of zero: 0.",
)  # fmt: skip
STDEV = Indicator(
    "stdev", "Standard deviation", "Spread of the last n closes around their mean",
    Family.VOLATILITY,
    (period(20),), (Input.CLOSE,), (Output("stdev", "StDev"),), OWN,
    "Population form, divided by n",
    _stdev, lambda n: 5 + 2 * n, lambda n: n - 1,
)  # fmt: skip
ZSCORE = Indicator(
    "zscore", "Z-score", "Standard deviations between the close and its mean", Family.VOLATILITY,
    (period(20),), (Input.CLOSE,), (Output("zscore", "Z", role=Line.B),),
    Pane(overlay=False, levels=(-2.0, 0.0, 2.0)),
    "(close − mean) / standard deviation, both over n bars",
    _zscore, lambda n: 5 + 2 * n, lambda n: n - 1,
    note="Equal closes: 0.",
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
