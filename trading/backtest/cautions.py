"""Sentences on what weakens a result."""

import numpy as np
from numpy.typing import NDArray

from market.columns import F64
from market.types import DAY, HOUR, MINUTE, SECOND
from trading.backtest.candle_checks import Steps
from trading.backtest.setup import Fill, Setup
from trading.engine.records import Cause
from trading.trades import Trades

__all__ = ["FEW_TRADES", "cautions"]

FEW_TRADES = 30
_UNITS = ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes"), (SECOND, "seconds"))


def cautions(
    trades: Trades, fills: NDArray[np.void], equity: F64, setup: Setup, steps: Steps, warm_up: int
) -> tuple[str, ...]:
    """What to keep in mind about a run with these ``trades``, ``fills`` and ``equity`` (n,)."""
    return (
        *_of_trades(trades),
        *_of_account(fills, equity),
        *_of_costs(setup),
        *_of_candles(steps, warm_up, len(equity)),
    )


def _of_trades(trades: Trades) -> list[str]:
    found = []
    pnl = trades.pnl[~trades.is_open]
    if len(pnl) < FEW_TRADES:
        found.append(f"Closed trades: {len(pnl)}. Below {FEW_TRADES} the figures may be chance.")
    if len(pnl) > 1 and pnl.sum() > 0 >= pnl.sum() - pnl.max():
        found.append("All profit comes from one trade: without it the closed trades made none.")
    if len(pnl) < len(trades):
        found.append("The last position is still open and counts at the last close.")
    return found


def _of_account(fills: NDArray[np.void], equity: F64) -> list[str]:
    found = []
    forced = int((fills["cause"] == Cause.LIQUIDATION).sum())
    if forced:
        times = "time" if forced == 1 else "times"
        found.append(f"Liquidated: {forced} {times}. The margin was used up, everything closed.")
    if equity.min() <= 0:
        found.append("Equity fell to zero or below: real trading would have ended there.")
    return found


def _of_costs(setup: Setup) -> list[str]:
    found = []
    fees, slippage = setup.policies.fees, setup.policies.slippage.fraction
    if fees.maker == fees.taker == 0:
        what = "No fees" if slippage else "No fees and no slippage"
        found.append(f"{what}: real trading costs more.")
    if setup.fill is Fill.CLOSE:
        found.append("Fills are at the close that they were decided at: no real order is as fast.")
    return found


def _of_candles(steps: Steps, warm_up: int, count: int) -> list[str]:
    found = []
    if steps.gaps:
        longest = _span_words(steps.longest_ns - steps.interval_ns)
        found.append(f"Gaps: {steps.gaps}, longest {longest}. Missing candles are not filled.")
    if warm_up * 2 > count:
        found.append(f"{warm_up} of {count} candles only warm up the strategy.")
    return found


def _span_words(span_ns: int) -> str:
    unit, word = next((pair for pair in _UNITS if span_ns >= pair[0]), _UNITS[-1])
    return f"{span_ns / unit:.3g} {word}"
