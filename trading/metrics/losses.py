"""How deep and how long equity was under water, and how bad bad periods are."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from trading.errors import NotDefined
from trading.metrics.growth import cagr
from trading.metrics.sample import Sample

__all__ = [
    "calmar", "conditional_value_at_risk", "longest_drawdown", "longest_drawdown_ns",
    "max_drawdown", "tail_ratio", "ulcer_index", "value_at_risk",
]  # fmt: skip

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

TAIL = 0.05


def max_drawdown(sample: Sample) -> float:
    """Lowest value of equity / highest equity so far − 1, at the closes."""
    return float(sample.drawdowns.min())


def longest_drawdown(sample: Sample) -> float:
    """Longest time from a peak of equity until it is reached again, or until the last candle."""
    return float(longest_drawdown_ns(sample.run.time_ns, sample.run.equity))


def ulcer_index(sample: Sample) -> float:
    """√mean(d²). d: drawdown at each close. Martin and McCann, The Investor's Guide to Fidelity
    Funds, 1989.
    """
    falls = sample.drawdowns
    return sqrt(float(falls @ falls) / len(falls))


def calmar(sample: Sample) -> float:
    """CAGR / −max drawdown, over the whole time. Young, Calmar Ratio: A Smoother Tool, 1991."""
    growth, worst = cagr(sample), max_drawdown(sample)
    if worst == 0:
        raise NotDefined("there was no drawdown")
    return growth / -worst


def value_at_risk(sample: Sample) -> float:
    """The return per period that 5 % of all periods fall short of: the 5th percentile of the
    returns that were, linear between two of them. J.P. Morgan, RiskMetrics, 1996 (historical).
    """
    return float(np.quantile(sample.returns, TAIL))


def conditional_value_at_risk(sample: Sample) -> float:
    """Mean of the worst 5 % of the returns per period, of at least one. Rockafellar and Uryasev,
    Optimization of Conditional Value-at-Risk, 2000.
    """
    count = int((len(sample.returns) - 1) * TAIL) + 1
    return float(np.partition(sample.returns, count - 1)[:count].mean())


def tail_ratio(sample: Sample) -> float:
    """|95th percentile| / |5th percentile| of the returns per period: above 1 the good tail is
    the longer one. As in empyrical.
    """
    low, high = np.abs(np.quantile(sample.returns, [TAIL, 1 - TAIL]))
    if low == 0:
        raise NotDefined("the 5th percentile of the returns is 0")
    return float(high / low)


def longest_drawdown_ns(time_ns: I64, equity: F64) -> int:
    """Longest time from a peak to the first candle that is as high again, or to the last candle."""
    peaks = np.flatnonzero(equity >= np.maximum.accumulate(equity))
    ends = np.append(peaks[1:], len(equity) - 1)
    under_water = (ends > peaks + 1) | (equity[ends] < equity[peaks])
    if not under_water.any():
        return 0
    return int((time_ns[ends] - time_ns[peaks])[under_water].max())
