"""Trades of one symbol as columns."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from market.columns import F64, I64
from market.types import Trade

NAMES = ("time", "price", "size", "side", "trade_id")


class TradeColumns(NamedTuple):
    """``n`` trades: the taker's ``side`` is 1 for a buy and -1 for a sell; all else as in a Trade.

    ``time`` int64 (n,) ns; ``price`` and ``size`` float64 (n,); ``side`` and ``trade_id`` int64.
    """

    time: I64
    price: F64
    size: F64
    side: I64
    trade_id: I64

    @property
    def number(self) -> int:
        """How many."""
        return len(self.time)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.intp] | slice) -> "TradeColumns":
        """Some of them."""
        return TradeColumns(
            self.time[chosen],
            self.price[chosen],
            self.size[chosen],
            self.side[chosen],
            self.trade_id[chosen],
        )


def from_trades(trades: Sequence[Trade]) -> TradeColumns:
    """Columns in the order of ``trades``."""
    return TradeColumns(
        np.array([trade.time_ns for trade in trades], np.int64),
        np.array([trade.price for trade in trades], np.float64),
        np.array([trade.size for trade in trades], np.float64),
        np.array([int(trade.side) for trade in trades], np.int64),
        np.array([trade.trade_id for trade in trades], np.int64),
    )


def joined(parts: Iterable[TradeColumns]) -> TradeColumns:
    """All trades of ``parts`` by id, each once: of several with one id the first."""
    found = list(parts) or [from_trades([])]
    every = TradeColumns(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
    _, first = np.unique(every.trade_id, return_index=True)
    return every.rows(first)
