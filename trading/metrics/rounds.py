"""Figures of the round trips; a trade that is still open counts only where it says so."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from trading.errors import NotDefined
from trading.metrics.sample import Sample

__all__ = [
    "adverse_excursion", "expectancy", "exposure", "favourable_excursion", "fees_paid", "kelly",
    "loss_streak", "mean_bars", "open_trades", "payoff", "profit_factor", "slippage_paid", "sqn",
    "trades", "turnover", "win_rate", "win_streak",
]  # fmt: skip

Flags = NDArray[np.bool_]


def trades(sample: Sample) -> float:
    """Round trips, a still open one included."""
    return float(len(sample.run.trades))


def open_trades(sample: Sample) -> float:
    """Positions still open after the last candle."""
    return float(sample.run.trades.is_open.sum())


def win_rate(sample: Sample) -> float:
    """Closed trades with a profit after fees / closed trades."""
    return float((sample.closed.pnl > 0).mean())


def profit_factor(sample: Sample) -> float:
    """Sum of profits / −sum of losses, closed trades after fees."""
    pnl = sample.closed.pnl
    losses = -float(pnl[pnl < 0].sum())
    if losses == 0:
        raise NotDefined("no closed trade lost money")
    return float(pnl[pnl > 0].sum()) / losses


def expectancy(sample: Sample) -> float:
    """Mean return of the closed trades, after fees."""
    return float(sample.closed.return_fraction.mean())


def payoff(sample: Sample) -> float:
    """Mean return of the winning trades / −mean return of the losing ones, after fees."""
    found = sample.closed.return_fraction
    won, lost = found[found > 0], found[found < 0]
    if not len(won):
        raise NotDefined("no closed trade made money")
    if not len(lost):
        raise NotDefined("no closed trade lost money")
    return float(won.mean() / -lost.mean())


def kelly(sample: Sample) -> float:
    """w − (1 − w) / payoff. w: share of winning trades among those that won or lost: the fraction
    of the capital that would have grown it fastest. Kelly, A New Interpretation of Information
    Rate, 1956.
    """
    ratio = payoff(sample)
    found = sample.closed.return_fraction
    won = float((found > 0).sum() / (found != 0).sum())
    return won - (1 - won) / ratio


def sqn(sample: Sample) -> float:
    """√n × mean(p) / std(p). n: closed trades, p: their profits after fees; standard deviation of a
    sample (n − 1). System Quality Number: Tharp, The Definitive Guide to Position Sizing, 2008.
    """
    pnl = sample.closed.pnl
    if len(pnl) < 2:
        raise NotDefined("fewer than two trades were closed")
    spread = float(pnl.std(ddof=1))
    if spread == 0:
        raise NotDefined("every closed trade brought the same")
    return sqrt(len(pnl)) * float(pnl.mean()) / spread


def win_streak(sample: Sample) -> float:
    """Most closed trades in a row, by exit, with a profit after fees."""
    return float(_longest_run(_by_exit(sample) > 0))


def loss_streak(sample: Sample) -> float:
    """Most closed trades in a row, by exit, without a profit after fees."""
    return float(_longest_run(_by_exit(sample) <= 0))


def adverse_excursion(sample: Sample) -> float:
    """Mean over closed trades of the largest move against the position, as a fraction of the entry
    price (MAE). Sweeney, Maximum Adverse Excursion, 1997.
    """
    return float(sample.closed.adverse.mean())


def favourable_excursion(sample: Sample) -> float:
    """Mean over closed trades of the largest move for the position, as a fraction of the entry
    price (MFE). Sweeney, Maximum Adverse Excursion, 1997.
    """
    return float(sample.closed.favourable.mean())


def mean_bars(sample: Sample) -> float:
    """Mean candles that a closed trade was held for."""
    return float(sample.closed.bars.mean())


def exposure(sample: Sample) -> float:
    """Candles that closed with a position / candles."""
    return int(np.count_nonzero(sample.run.held)) / len(sample.run.held)


def turnover(sample: Sample) -> float:
    """Value of all fills / 2 / mean equity / years: how often a year the capital was turned over.
    Years are elapsed time of 365 days each.
    """
    if sample.years == 0:
        raise NotDefined("no time went by")
    return sample.run.traded / 2 / float(sample.run.equity.mean()) / sample.years


def fees_paid(sample: Sample) -> float:
    """Sum of all fees, in quote currency."""
    return float(sample.run.trades.fees.sum())


def slippage_paid(sample: Sample) -> float:
    """What fills cost beyond the price before slippage, summed, in quote currency; it is in the
    prices and so in every other figure.
    """
    return float(sample.run.trades.slippage.sum())


def _by_exit(sample: Sample) -> NDArray[np.float64]:
    found = sample.closed
    return found.pnl[np.argsort(found.exit_ns, kind="stable")]


def _longest_run(flags: Flags) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))
