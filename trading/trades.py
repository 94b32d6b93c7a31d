"""Round trips of a backtest: one position from its first fill until it is flat, in arrays."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from market.kernel import kernel
from market.types import Side

__all__ = ["BacktestTrade", "Trades", "excursions"]

Flags = NDArray[np.bool_]
F64 = NDArray[np.float64]
I8 = NDArray[np.int8]
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


@dataclass(frozen=True, slots=True)
class Trades:
    """Round trips, oldest entry first: arrays of shape (m,); one of them is a ``BacktestTrade``.

    ``side`` is 1 long, -1 short; times are nanoseconds, of an open trade ``exit_ns`` is the last
    candle's; ``fees`` and ``slippage`` were paid for both fills, in quote currency. ``adverse``
    and ``favourable`` are the largest moves against and for the position while it was open, as
    fractions of the entry price: at most 0, at least 0 (Sweeney, Maximum Adverse Excursion, 1997).
    ``symbol`` is the symbol's index, 0 where there is one.
    """

    side: I8
    entry_ns: I64
    exit_ns: I64
    entry_price: F64
    exit_price: F64
    size: F64
    pnl: F64
    return_fraction: F64
    bars: I64
    fees: F64
    slippage: F64
    adverse: F64
    favourable: F64
    is_open: Flags
    symbol: I64

    def __len__(self) -> int:
        return len(self.side)

    def __getitem__(self, index: int) -> BacktestTrade:
        return BacktestTrade(
            side=Side.BUY if self.side[index] > 0 else Side.SELL,
            entry_time_ns=int(self.entry_ns[index]),
            exit_time_ns=None if self.is_open[index] else int(self.exit_ns[index]),
            entry_price=float(self.entry_price[index]),
            exit_price=float(self.exit_price[index]),
            size=float(self.size[index]),
            pnl=float(self.pnl[index]),
            return_fraction=float(self.return_fraction[index]),
            bars=int(self.bars[index]),
            fees=float(self.fees[index]),
        )

    def __iter__(self) -> Iterator[BacktestTrade]:
        return map(self.__getitem__, range(len(self)))

    @property
    def closed(self) -> "Trades":
        """Those that ended."""
        kept = ~self.is_open
        return Trades(*(getattr(self, field.name)[kept] for field in fields(self)))


@kernel
def excursions(
    high: F64, low: F64, side: I8, enters: I64, leaves: I64, entry: F64, exit_: F64, out: F64
) -> None:
    """Largest moves against and for every trade, into ``out`` (m, 2), as fractions of the entry.

    Candles ``enters[i]`` to before ``leaves[i]`` count whole; of the candle it left in only the
    price ``exit_[i]`` does, since the rest of it came later.
    """
    for trade in range(len(side)):
        lowest = min(entry[trade], exit_[trade])
        highest = max(entry[trade], exit_[trade])
        for bar in range(enters[trade], leaves[trade]):
            lowest = min(lowest, low[bar])
            highest = max(highest, high[bar])
        up, down = highest / entry[trade] - 1.0, lowest / entry[trade] - 1.0
        out[trade, 0] = down if side[trade] > 0 else -up
        out[trade, 1] = up if side[trade] > 0 else -down
