"""Round trips of a backtest, paired from its fills."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from market.types import Side
from trading.backtest_core import CHANGE, FEE, PRICE

__all__ = ["BacktestTrade", "round_trips"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BacktestTrade:
    """One round trip. ``side`` BUY is long; ``size`` is above zero, in base currency.

    A trade that is still open has ``exit_time_ns`` None and is marked at the last close:
    ``exit_price`` is that close, and ``pnl`` what the position would have brought there without an
    exit fee. ``pnl`` (quote currency) and ``return_fraction`` are after ``fees``; the return is on
    the money put in, entry fee included. ``bars`` counts the closes seen while it was open.
    """

    side: Side
    entry_time_ns: int
    exit_time_ns: int | None
    entry_price: float
    exit_price: float
    size: float
    pnl: float
    return_fraction: float
    bars: int
    fees: float

    @property
    def is_open(self) -> bool:
        """Whether the position was still open after the last candle."""
        return self.exit_time_ns is None


def round_trips(
    time_ns: I64, last_close: float, fill_bars: I64, fills: F64
) -> tuple[BacktestTrade, ...]:
    """Pairs of entry and exit out of alternating ``fills`` (m, 4), oldest first."""
    bars: list[int] = fill_bars.tolist()
    changes: list[float] = fills[:, CHANGE].tolist()
    prices: list[float] = fills[:, PRICE].tolist()
    fees: list[float] = fills[:, FEE].tolist()
    times: list[int] = time_ns[fill_bars].tolist()
    trades = []
    for entry in range(0, len(bars), 2):
        leave = entry + 1
        closed = leave < len(bars)
        size, entry_price = changes[entry], prices[entry]
        exit_price = prices[leave] if closed else last_close
        paid = fees[entry] + (fees[leave] if closed else 0.0)
        pnl = size * (exit_price - entry_price) - paid
        trades.append(
            BacktestTrade(
                side=Side.BUY if size > 0 else Side.SELL,
                entry_time_ns=times[entry],
                exit_time_ns=times[leave] if closed else None,
                entry_price=entry_price,
                exit_price=exit_price,
                size=abs(size),
                pnl=pnl,
                return_fraction=pnl / (abs(size) * entry_price + fees[entry]),
                bars=(bars[leave] if closed else len(time_ns)) - bars[entry],
                fees=paid,
            )
        )
    return tuple(trades)
