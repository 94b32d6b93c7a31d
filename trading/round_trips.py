"""Pairs the alternating fills of a signal's backtest into round trips."""

import numpy as np
from numpy.typing import NDArray

from market.columns import CandleWindow
from trading.backtest_core import CHANGE, FEE, PRICE
from trading.trades import Trades, excursions

__all__ = ["round_trips"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


def round_trips(candles: CandleWindow, fill_bars: I64, fills: F64) -> Trades:
    """Entries and exits out of ``fills`` (k, 4), made at the opens of ``fill_bars`` (k,).

    They alternate: in, out, in ... The last one may be an entry, which is still open.
    """
    enters, entries = fill_bars[0::2], fills[0::2]
    leaves, exits = fill_bars[1::2], fills[1::2]
    size = np.abs(entries[:, CHANGE])
    side = np.sign(entries[:, CHANGE]).astype(np.int8)
    slipped = size * np.abs(entries[:, PRICE] - candles.open[enters])
    exit_price = np.full(len(size), candles.close[-1])
    exit_price[: len(exits)] = exits[:, PRICE]
    exit_bars = np.full(len(size), len(candles))
    exit_bars[: len(exits)] = leaves
    fees = entries[:, FEE].copy()
    fees[: len(exits)] += exits[:, FEE]
    slipped[: len(exits)] += size[: len(exits)] * np.abs(exits[:, PRICE] - candles.open[leaves])
    pnl = side * size * (exit_price - entries[:, PRICE]) - fees
    moves = np.empty((len(size), 2))
    excursions(
        candles.high, candles.low, side, enters, exit_bars, entries[:, PRICE].copy(), exit_price,
        moves,
    )  # fmt: skip
    return Trades(
        side=side,
        entry_ns=candles.time_ns[enters],
        exit_ns=candles.time_ns[np.minimum(exit_bars, len(candles) - 1)],
        entry_price=entries[:, PRICE],
        exit_price=exit_price,
        size=size,
        pnl=pnl,
        return_fraction=pnl / (size * entries[:, PRICE] + entries[:, FEE]),
        bars=exit_bars - enters,
        fees=fees,
        slippage=slipped,
        adverse=moves[:, 0],
        favourable=moves[:, 1],
        is_open=np.arange(len(size)) >= len(exits),
    )
