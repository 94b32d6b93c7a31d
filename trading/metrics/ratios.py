"""Return against its spread: per period, then made yearly by the convention."""

from math import log1p, sqrt

from trading.errors import NotDefined
from trading.metrics.growth import yearly
from trading.metrics.sample import Sample

__all__ = ["alpha", "beta", "omega", "sharpe", "sortino", "volatility"]


def volatility(sample: Sample) -> float:
    """std(r) × √N. r: returns per period, flat ones included; N: periods in a year; standard
    deviation of a sample (n − 1).
    """
    return sample.sums.spread * sqrt(sample.per_year)


def sharpe(sample: Sample) -> float:
    """mean(r − f) / std(r) × √N. r: returns per period, flat ones included; f: risk-free return of
    a period; N: periods in a year; standard deviation of a sample (n − 1).
    Sharpe, The Sharpe Ratio, 1994.
    """
    mean, spread = sample.sums.mean, sample.sums.spread
    if spread == 0:
        raise NotDefined("equity never changed")
    return (mean - sample.risk_free) / spread * sqrt(sample.per_year)


def sortino(sample: Sample) -> float:
    """mean(r − f) / √mean(min(r − f, 0)²) × √N. r: returns per period; f: risk-free return of a
    period, which is the target; N: periods in a year. Sortino and Price, Performance Measurement
    in a Downside Risk Framework, 1994.
    """
    excess = sample.sums.mean - sample.risk_free
    downside = sqrt(sample.sums.downside / (len(sample.values) - 1))
    if downside == 0:
        raise NotDefined("no period lost money")
    return excess / downside * sqrt(sample.per_year)


def omega(sample: Sample) -> float:
    """Σ max(r − f, 0) / Σ max(f − r, 0). r: returns per period; f: risk-free return of a period,
    which is the threshold. Keating and Shadwick, A Universal Performance Measure, 2002.
    """
    if sample.sums.losses == 0:
        raise NotDefined("no period lost money")
    return sample.sums.gains / sample.sums.losses


def beta(sample: Sample) -> float:
    """cov(r, m) / var(m). r: returns per period; m: those of buying and holding.
    Sharpe, Capital Asset Prices, 1964.
    """
    moments = sample.market_moments
    if moments.spread == 0:
        raise NotDefined("the market never moved")
    return moments.together / moments.spread


def alpha(sample: Sample) -> float:
    """(1 + mean(r − f − β (m − f)))^N − 1: what the market's moves do not explain, per year.
    r: returns per period; m: those of buying and holding; f: risk-free return of a period;
    N: periods in a year. Jensen, The Performance of Mutual Funds, 1968.
    """
    free = sample.risk_free
    each = sample.sums.mean - free - beta(sample) * (sample.market_moments.mean - free)
    if each <= -1:
        raise NotDefined("a period lost more than everything beyond the market's move")
    return yearly(log1p(each) * sample.per_year)
