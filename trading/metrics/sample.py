"""What figures are computed from, and by which convention."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import isfinite
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from market.types import DAY
from trading.errors import BadConvention, NotDefined
from trading.metrics.sums import (
    co_moments,
    drawdown_sums,
    return_sums,
)
from trading.metrics.tails import Tails, tails_of
from trading.trades import Trades

__all__ = [
    "YEAR", "Convention", "Moments", "Period", "Run", "Sample", "Sums", "day_ends",
    "periods_per_year",
]  # fmt: skip

Flags = NDArray[np.bool_]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

YEAR = 365 * DAY
"""Of elapsed time, whatever the convention says of periods: these markets never close."""


class Period(StrEnum):
    """What a return is taken over: each candle, or each UTC day (the last candle of it)."""

    CANDLE = "candle"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Convention:
    """How yearly figures are made: returns per ``period``, ``days_per_year`` of them in a year.

    365 counts every day, as these markets trade; 252 is the convention of stock markets. The
    ``risk_free`` rate is yearly and simple, 0.04 is 4 %. Raises :class:`BadConvention` for days
    outside 1 to 366 or a rate outside -1 to 1.
    """

    period: Period = Period.CANDLE
    days_per_year: int = 365
    risk_free: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.days_per_year <= 366:
            raise BadConvention(f"days in a year were {self.days_per_year}; allowed is 1 to 366")
        if not (isfinite(self.risk_free) and -1 <= self.risk_free <= 1):
            raise BadConvention(f"risk-free rate was {self.risk_free}; allowed is -1 to 1")


@dataclass(frozen=True, slots=True)
class Run:
    """A finished backtest. Arrays of shape (n,), n >= 1, one value per candle.

    ``time_ns`` candle starts, ``interval_ns`` apart where none is missing; ``equity`` in quote
    currency at the closes, ``equity[0]`` is the start capital; ``market`` is what buying and
    holding would be worth; ``held`` whether there was a position at the close; ``traded`` the value
    of all fills in quote currency.
    """

    time_ns: I64
    interval_ns: int
    equity: F64
    market: F64
    held: Flags
    trades: Trades
    traded: float


class Sums(NamedTuple):
    """See :func:`trading.metrics.sums.return_sums`."""

    mean: float
    spread: float
    downside: float
    gains: float
    losses: float


class Moments(NamedTuple):
    """See :func:`trading.metrics.sums.co_moments`."""

    mean: float
    together: float
    spread: float


class Sample:
    """A run seen by one convention: what the figures share is computed once, when first asked."""

    def __init__(self, run: Run, convention: Convention) -> None:
        self.run = run
        self.convention = convention

    @cached_property
    def per_year(self) -> float:
        """Periods in a year."""
        return periods_per_year(self.convention, self.run.interval_ns)

    @cached_property
    def risk_free(self) -> float:
        """The risk-free return of one period."""
        return self.convention.risk_free / self.per_year

    @cached_property
    def values(self) -> F64:
        """Equity at the ends of the periods; for two returns at least, else NotDefined."""
        found = self._ends_of(self.run.equity)
        if len(found) < 3:
            raise NotDefined("there are fewer than two returns")
        return found

    @cached_property
    def sums(self) -> Sums:
        """Of the returns of equity."""
        return Sums(*return_sums(self.values, self.risk_free))

    @cached_property
    def market_moments(self) -> Moments:
        """Of the returns of buying and holding, over the same periods, and of equity with them."""
        return Moments(*co_moments(self.values, self._ends_of(self.run.market)))

    @cached_property
    def falls(self) -> tuple[float, float]:
        """Lowest drawdown and the sum of squared ones: equity over its highest so far, minus 1."""
        return drawdown_sums(self.run.equity)

    @cached_property
    def tails(self) -> Tails:
        """Percentiles of the returns."""
        return tails_of(self.values)

    @cached_property
    def closed(self) -> Trades:
        """Trades that ended; at least one, else :class:`NotDefined`."""
        found = self.run.trades.closed
        if not len(found):
            raise NotDefined("no trade was closed")
        return found

    @cached_property
    def years(self) -> float:
        """Elapsed time from the first close to the last, in years of 365 days."""
        return float(self.run.time_ns[-1] - self.run.time_ns[0]) / YEAR

    def _ends_of(self, values: F64) -> F64:
        if self.convention.period is Period.DAY:
            values = values[day_ends(self.run.time_ns)]
        if np.fmin.reduce(values) <= 0:  # NaN left out
            raise NotDefined("equity fell to zero or below")
        return values


def periods_per_year(convention: Convention, interval_ns: int) -> float:
    """How many periods a year has by this convention, for candles of this length."""
    days = convention.days_per_year
    return float(days) if convention.period is Period.DAY else days * DAY / interval_ns


def day_ends(time_ns: I64) -> I64:
    """The places of the start, then of the last candle of every UTC day."""
    days = time_ns // DAY
    last = np.flatnonzero(days[1:] != days[:-1])
    return np.concatenate(([0], last, [len(days) - 1]))
