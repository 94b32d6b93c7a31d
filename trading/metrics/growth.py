"""How much the money grew."""

from math import expm1, log

from market.types import DAY
from trading.errors import NotDefined
from trading.metrics.sample import YEAR, Sample

__all__ = [
    "LARGEST_LOG_GROWTH", "SHORTEST_FOR_CAGR", "buy_and_hold_return", "cagr", "total_return",
    "yearly",
]  # fmt: skip

SHORTEST_FOR_CAGR = 30 * DAY
LARGEST_LOG_GROWTH = 100.0


def total_return(sample: Sample) -> float:
    """Last equity / start capital − 1, after fees and slippage; an open position counts at the
    last close.
    """
    return float(sample.run.equity[-1] / sample.run.equity[0] - 1)


def buy_and_hold_return(sample: Sample) -> float:
    """Last close / first close − 1, without costs."""
    return float(sample.run.market[-1] / sample.run.market[0] - 1)


def cagr(sample: Sample) -> float:
    """(Last equity / start capital)^(1 / years) − 1: compound annual growth rate. Years are elapsed
    time of 365 days each, whatever the convention; from 30 days upwards.
    """
    if sample.years * YEAR < SHORTEST_FOR_CAGR:
        days = sample.years * 365
        raise NotDefined(f"{days:.1f} days of candles; a yearly rate needs 30")
    first, last = sample.run.equity[[0, -1]]
    if last <= 0:
        raise NotDefined("equity fell to zero or below")
    return yearly(log(last / first) / sample.years)


def yearly(log_growth: float) -> float:
    """The growth whose logarithm is ``log_growth`` a year; :class:`NotDefined` beyond all words."""
    if log_growth > LARGEST_LOG_GROWTH:
        raise NotDefined("the growth extrapolated to a year is too large to write")
    return expm1(log_growth)
