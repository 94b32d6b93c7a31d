"""How deep and how long equity was under water, and how bad bad periods are."""

from math import sqrt

from trading.errors import NotDefined
from trading.metrics.growth import cagr
from trading.metrics.sample import Sample
from trading.metrics.sums import under_water_ns

__all__ = [
    "calmar", "conditional_value_at_risk", "longest_drawdown",
    "max_drawdown", "tail_ratio", "ulcer_index", "value_at_risk",
]  # fmt: skip


def max_drawdown(sample: Sample) -> float:
    """Lowest value of equity / highest equity so far − 1, at the closes."""
    return sample.falls[0]


def longest_drawdown(sample: Sample) -> float:
    """Longest time from a peak of equity until it is reached again, or until the last candle."""
    return float(under_water_ns(sample.run.time_ns, sample.run.equity))


def ulcer_index(sample: Sample) -> float:
    """√mean(d²). d: drawdown at each close. Martin and McCann, The Investor's Guide to Fidelity
    Funds, 1989.
    """
    return sqrt(sample.falls[1] / len(sample.run.equity))


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
    return sample.tails.low


def conditional_value_at_risk(sample: Sample) -> float:
    """Mean of the worst 5 % of the returns per period, of at least one. Rockafellar and Uryasev,
    Optimization of Conditional Value-at-Risk, 2000.
    """
    return sample.tails.worst_mean


def tail_ratio(sample: Sample) -> float:
    """|95th percentile| / |5th percentile| of the returns per period: above 1 the good tail is
    the longer one. As in empyrical.
    """
    if sample.tails.low == 0:
        raise NotDefined("the 5th percentile of the returns is 0")
    return abs(sample.tails.high) / abs(sample.tails.low)
