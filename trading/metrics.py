"""Figures of a backtest: functions of equity and trades, nothing else.

Conventions, the same for every figure: returns are fractions (0.1 is 10 %), net of fees and
slippage; per-candle returns are taken of equity at the closes, all candles included, flat ones too;
standard deviations are of the population; the risk-free rate is 0; a year has 365 days, because
these markets never close. A figure that is undefined is None and ``Metrics.undefined`` says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import expm1, log, sqrt
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from market.types import DAY
from trading.trades import BacktestTrade

__all__ = ["FORMULAS", "Metrics", "drawdowns", "longest_drawdown_ns", "measure"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

YEAR = 365 * DAY
SHORTEST_FOR_CAGR = 30 * DAY
_LARGEST_LOG_GROWTH = 100.0

FORMULAS: Mapping[str, str] = MappingProxyType(
    {
        "total_return": "last equity / start capital − 1, after fees and slippage; "
        "an open position counts at the last close",
        "buy_and_hold_return": "last close / first close − 1, without costs",
        "cagr": "(last equity / start capital)^(1 / years) − 1; a year has 365 days; "
        "from 30 days upwards",
        "volatility": "std(r) × √N; r: returns of equity per candle, flat ones included; "
        "N: candles in 365 days; std of the population",
        "sharpe": "mean(r) / std(r) × √N; r: returns of equity per candle, flat ones included; "
        "N: candles in 365 days; std of the population; risk-free rate 0 %. "
        "Sharpe, The Sharpe Ratio, 1994",
        "sortino": "mean(r) / √mean(min(r, 0)²) × √N; N: candles in 365 days; target return 0 %. "
        "Sortino and Price, 1994",
        "calmar": "CAGR / −max drawdown, over the full period. Young, 1991",
        "max_drawdown": "lowest value of equity / highest equity so far − 1, at the closes",
        "max_drawdown_duration_ns": "longest time from a peak of equity until it is reached "
        "again, or until the last candle",
        "win_rate": "closed trades with a profit after fees / closed trades",
        "profit_factor": "sum of profits / −sum of losses, closed trades after fees",
        "expectancy": "mean return of the closed trades, after fees",
        "exposure": "candles that closed with a position / candles",
        "trades": "round trips, a still open one included",
        "open_trades": "positions still open after the last candle",
        "fees_paid": "sum of all fees, in quote currency; slippage is in the prices",
    }
)
"""Field of :class:`Metrics` → what was computed, by which convention."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """See :data:`FORMULAS`. ``undefined`` gives the reason for every field that is None."""

    total_return: float
    buy_and_hold_return: float
    cagr: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown: float
    max_drawdown_duration_ns: int
    win_rate: float | None
    profit_factor: float | None
    expectancy: float | None
    exposure: float
    trades: int
    open_trades: int
    fees_paid: float
    undefined: Mapping[str, str]


def measure(
    time_ns: I64, equity: F64, closes: F64, interval_ns: int, trades: Sequence[BacktestTrade]
) -> Metrics:
    """All figures. Arrays of shape (n,), n >= 1; equity and closes above zero and finite.

    ``equity[0]`` is the start capital: nothing is traded before the second candle.
    """
    why: dict[str, str] = {}
    returns = np.diff(equity) / equity[:-1]
    per_year = YEAR / interval_ns
    worst = float(drawdowns(equity).min())
    cagr = _cagr(equity, int(time_ns[-1] - time_ns[0]), why)
    closed = [trade for trade in trades if not trade.is_open]
    return Metrics(
        total_return=float(equity[-1] / equity[0] - 1),
        buy_and_hold_return=float(closes[-1] / closes[0] - 1),
        cagr=cagr,
        volatility=_volatility(returns, per_year, why),
        sharpe=_sharpe(returns, per_year, why),
        sortino=_sortino(returns, per_year, why),
        calmar=_calmar(cagr, worst, why),
        max_drawdown=worst,
        max_drawdown_duration_ns=longest_drawdown_ns(time_ns, equity),
        win_rate=_win_rate(closed, why),
        profit_factor=_profit_factor(closed, why),
        expectancy=_expectancy(closed, why),
        exposure=sum(trade.bars for trade in trades) / len(equity),
        trades=len(trades),
        open_trades=len(trades) - len(closed),
        fees_paid=float(sum(trade.fees for trade in trades)),
        undefined=MappingProxyType(why),
    )


def drawdowns(equity: F64) -> F64:
    """Equity over its highest value so far, minus 1: shape (n,), 0 at a peak, else negative."""
    result: F64 = equity / np.maximum.accumulate(equity) - 1
    return result


def longest_drawdown_ns(time_ns: I64, equity: F64) -> int:
    """Longest time from a peak to the first candle that is as high again, or to the last candle."""
    peaks = np.flatnonzero(equity >= np.maximum.accumulate(equity))
    ends = np.append(peaks[1:], len(equity) - 1)
    under_water = (ends > peaks + 1) | (equity[ends] < equity[peaks])
    if not under_water.any():
        return 0
    return int((time_ns[ends] - time_ns[peaks])[under_water].max())


def _cagr(equity: F64, elapsed_ns: int, why: dict[str, str]) -> float | None:
    if elapsed_ns < SHORTEST_FOR_CAGR:
        why["cagr"] = f"{elapsed_ns / DAY:.1f} days of candles; a yearly rate needs 30"
        return None
    growth = log(equity[-1] / equity[0]) * YEAR / elapsed_ns
    if growth > _LARGEST_LOG_GROWTH:
        why["cagr"] = "the growth extrapolated to a year is too large to write"
        return None
    return expm1(growth)


def _volatility(returns: F64, per_year: float, why: dict[str, str]) -> float | None:
    if len(returns) < 2:
        why["volatility"] = "fewer than two returns"
        return None
    return float(returns.std() * sqrt(per_year))


def _sharpe(returns: F64, per_year: float, why: dict[str, str]) -> float | None:
    if len(returns) < 2:
        why["sharpe"] = "fewer than two returns"
        return None
    deviation = float(returns.std())
    if deviation == 0:
        why["sharpe"] = "equity never changed"
        return None
    return float(returns.mean()) / deviation * sqrt(per_year)


def _sortino(returns: F64, per_year: float, why: dict[str, str]) -> float | None:
    downside = sqrt(float(np.mean(np.minimum(returns, 0.0) ** 2))) if len(returns) else 0.0
    if downside == 0:
        why["sortino"] = "no candle lost money"
        return None
    return float(returns.mean()) / downside * sqrt(per_year)


def _calmar(cagr: float | None, worst: float, why: dict[str, str]) -> float | None:
    if cagr is None:
        why["calmar"] = why["cagr"]
        return None
    if worst == 0:
        why["calmar"] = "there was no drawdown"
        return None
    return cagr / -worst


def _win_rate(closed: Sequence[BacktestTrade], why: dict[str, str]) -> float | None:
    if not closed:
        why["win_rate"] = "no trade was closed"
        return None
    return sum(trade.pnl > 0 for trade in closed) / len(closed)


def _profit_factor(closed: Sequence[BacktestTrade], why: dict[str, str]) -> float | None:
    losses = -sum(trade.pnl for trade in closed if trade.pnl < 0)
    if losses == 0:
        why["profit_factor"] = "no closed trade lost money" if closed else "no trade was closed"
        return None
    return sum(trade.pnl for trade in closed if trade.pnl > 0) / losses


def _expectancy(closed: Sequence[BacktestTrade], why: dict[str, str]) -> float | None:
    if not closed:
        why["expectancy"] = "no trade was closed"
        return None
    return sum(trade.return_fraction for trade in closed) / len(closed)
