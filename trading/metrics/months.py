"""Returns by calendar month and year."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trading.metrics.sample import Run

__all__ = ["ReturnTable", "monthly_returns"]

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReturnTable:
    """Returns as fractions: ``months`` (y, 12), NaN where there is no candle; ``totals`` (y,)."""

    years: tuple[int, ...]
    months: F64
    totals: F64


def monthly_returns(run: Run) -> ReturnTable:
    """Last equity of a UTC month or year / last equity before it − 1; the first from the start.

    After equity has fallen to zero or below there is no return: NaN.
    """
    months = run.time_ns.astype("datetime64[ns]").astype("datetime64[M]").astype(np.int64)
    ends, found = _returns(months, run.equity)
    first, last = int(months[0]) // 12, int(months[-1]) // 12
    table = np.full((last - first + 1) * 12, np.nan)
    table[months[ends] - first * 12] = found
    totals = np.full(last - first + 1, np.nan)
    ends, found = _returns(months // 12, run.equity)
    totals[months[ends] // 12 - first] = found
    years = tuple(range(1970 + first, 1971 + last))
    return ReturnTable(years, table.reshape(-1, 12), totals)


def _returns(group: NDArray[np.int64], equity: F64) -> tuple[NDArray[np.int64], F64]:
    """The last row of every run of equal ``group``, and the return since the one before."""
    ends = np.append(np.flatnonzero(group[1:] != group[:-1]), len(group) - 1)
    values = equity[np.concatenate(([0], ends))]
    alive = values[:-1] > 0
    found = np.divide(values[1:], values[:-1], out=np.full(len(ends), np.nan), where=alive) - 1
    return ends, found
