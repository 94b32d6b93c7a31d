"""Moving averages.

Both return an array as long as their input, NaN where fewer than ``period`` values have been seen.
NaN at the start of the input counts as warm-up of whatever came before, so averages can be chained.
A value only ever depends on values at or before its own place.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicators.errors import BadPeriod, BadValues
from market.kernel import kernel

__all__ = ["ema", "sma"]

F64 = NDArray[np.float64]


def sma(values: ArrayLike, period: int) -> F64:
    """Simple moving average: the mean of the newest ``period`` values.

    ``values`` is float64 of shape (n,); so is the result. The running sum is compensated (Neumaier,
    "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974), so that it does
    not drift however long the series is. Raises :class:`BadPeriod` and :class:`BadValues`.
    """
    series, start = _checked(values, period)
    averages = np.full(series.shape, np.nan)
    _running_mean(series, start, period, averages)
    return averages


def ema(values: ArrayLike, period: int) -> F64:
    """Exponential moving average with smoothing 2 / (period + 1).

    The first value, at place ``period - 1``, is the simple average of the values up to there, as in
    TA-Lib; then ``ema += (value - ema) * 2 / (period + 1)``. ``values`` is float64 of shape (n,);
    so is the result. Raises :class:`BadPeriod` and :class:`BadValues`.
    """
    series, start = _checked(values, period)
    averages = np.full(series.shape, np.nan)
    _smooth(series, start, period, averages)
    return averages


def _checked(values: ArrayLike, period: int) -> tuple[F64, int]:
    if isinstance(period, bool) or not isinstance(period, int) or period < 1:
        raise BadPeriod(period)
    series = np.ascontiguousarray(values, np.float64)
    if series.ndim != 1:
        raise BadValues(f"values had shape {series.shape}; allowed is (n,)")
    known = ~np.isnan(series)
    start = int(np.argmax(known)) if known.any() else len(series)
    finite = np.isfinite(series[start:])
    if not finite.all():
        at = start + int(np.argmin(finite))
        raise BadValues(
            f"value {at} was {series[at]}; after warm-up only finite numbers are allowed"
        )
    return series, start


@kernel
def _running_mean(values: F64, start: int, period: int, averages: F64) -> None:
    """Write the mean of the newest ``period`` values to ``averages[i]`` from the first full i."""
    total = 0.0
    lost = 0.0
    for i in range(start, len(values)):
        for sign in (1, -1):
            if sign < 0 and i - period < start:
                continue
            term = values[i] if sign > 0 else -values[i - period]
            new = total + term
            lost += (total - new) + term if abs(total) >= abs(term) else (term - new) + total
            total = new
        if i - start + 1 >= period:
            averages[i] = (total + lost) / period


@kernel
def _smooth(values: F64, start: int, period: int, averages: F64) -> None:
    """Seed with the mean of the first ``period`` values, then follow every new value."""
    first = start + period - 1
    if first >= len(values):
        return
    average = 0.0
    for i in range(start, first + 1):
        average += (values[i] - average) / (i - start + 1)
    averages[first] = average
    weight = 2.0 / (period + 1)
    for i in range(first + 1, len(values)):
        average += (values[i] - average) * weight
        averages[i] = average
