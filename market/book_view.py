"""What a reader of an order book gets: consistent copies of its best levels.

Prices are integer ticks, sizes integer lots, see :mod:`market.order_book`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BookView:
    """A consistent copy of the best levels, best first.

    ``bid_ticks``, ``ask_ticks`` int64 and ``bid_lots``, ``ask_lots`` int64 are exact; ``bids`` and
    ``asks`` float64 (2, n) are the same prices and sizes in quote and base currency. ``version``
    rises with every change. ``valid`` is False while the book is not known to be what the venue
    has.
    """

    bid_ticks: I64
    bid_lots: I64
    ask_ticks: I64
    ask_lots: I64
    price_decimals: int
    size_decimals: int
    version: int
    valid: bool

    @property
    def bids(self) -> F64:
        """See the class."""
        return self._units(self.bid_ticks, self.bid_lots)

    @property
    def asks(self) -> F64:
        """See the class."""
        return self._units(self.ask_ticks, self.ask_lots)

    @property
    def crossed(self) -> bool:
        """Whether the best bid is at or above the best ask, which no matching engine leaves."""
        return bool(
            len(self.bid_ticks) and len(self.ask_ticks) and self.bid_ticks[0] >= self.ask_ticks[0]
        )

    @property
    def spread(self) -> float | None:
        """Best ask minus best bid in quote currency; None while a side is empty."""
        if not (len(self.bid_ticks) and len(self.ask_ticks)):
            return None
        return int(self.ask_ticks[0] - self.bid_ticks[0]) / 10.0**self.price_decimals

    @property
    def cumulative_bids(self) -> F64:
        """Size offered at each bid or better, float64 (n,), in base currency."""
        return np.cumsum(self.bids[1])

    @property
    def cumulative_asks(self) -> F64:
        """Size offered at each ask or better, float64 (n,), in base currency."""
        return np.cumsum(self.asks[1])

    def imbalance(self, levels: int) -> float:
        """(bids - asks) / (bids + asks) by size in the best ``levels``: -1 to 1, empty book 0.

        Source: Cont, Kukanov, Stoikov, "The price impact of order book events", J. Financial
        Econometrics 12 (2014).
        """
        bids, asks = (float(lots[:levels].sum(dtype=np.float64)) for lots in self._lots())
        return (bids - asks) / (bids + asks) if bids + asks else 0.0

    def _lots(self) -> tuple[I64, I64]:
        return self.bid_lots, self.ask_lots

    def _units(self, ticks: I64, lots: I64) -> F64:
        # A division rounds correctly, a product with 0.1 would not: 3 ticks of 0.1 are 0.3.
        return np.stack([ticks / 10.0**self.price_decimals, lots / 10.0**self.size_decimals])


@dataclass(frozen=True, slots=True)
class BookGroups:
    """Levels put together in steps, best first, see :mod:`market.book_groups`.

    ``bids`` and ``asks``: float64 (3, n), price in quote currency, size and running total in base
    currency. ``best_bid`` and ``best_ask`` are prices of the book itself, None without one. The
    rest as in :class:`BookView`.
    """

    bids: F64
    asks: F64
    best_bid: float | None
    best_ask: float | None
    price_decimals: int
    size_decimals: int
    version: int
    valid: bool

    @property
    def imbalance(self) -> float:
        """As :meth:`BookView.imbalance`, of all the groups."""
        bids, asks = (float(side[2, -1]) if side.size else 0.0 for side in (self.bids, self.asks))
        return (bids - asks) / (bids + asks) if bids + asks else 0.0
