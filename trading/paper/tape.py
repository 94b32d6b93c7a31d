"""What an account knows of its market: the newest price, quote and book of each symbol."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from market.instrument import Instrument
from market.types import Quote, Trade

__all__ = ["BookInput", "FeedState", "Heard", "Line", "MarketInput", "NoBook", "PassTime"]

F64 = NDArray[np.float64]


class BookInput(NamedTuple):
    """The best levels of a book: (2, n) prices and sizes, best first. They are not copied."""

    symbol: str
    bids: F64
    asks: F64


class NoBook(NamedTuple):
    """The book of a symbol is not known any more."""

    symbol: str


class Heard(NamedTuple):
    """When the venue of a symbol was last heard, heartbeats count, and when it told something of
    the symbol itself; 0: never.
    """

    symbol: str
    heard_ns: int
    own_ns: int


class PassTime(NamedTuple):
    """Nothing came, time passed."""


class FeedState(NamedTuple):
    """Why no orders are taken now (``the feed is lost``), in words; empty: they are."""

    words: str


MarketInput = Trade | Quote | BookInput | NoBook | Heard | PassTime | FeedState | Instrument
"""What a market says."""


@dataclass(slots=True)
class Line:
    """A symbol. Prices, and all steps but that of sizes, are 0 where there is none.

    ``mark`` is the last trade's price, or the middle. ``heard_ns`` is when its venue was last
    heard, ``own_ns`` when the last input of its own came, -1 before the first. ``ladder`` counts
    quotes and books, so that an engine that was not shown them knows what it has missed.
    """

    symbol: str
    step: float
    mark: float = 0.0
    traded: float = 0.0
    bid: float = 0.0
    bid_size: float = 0.0
    ask: float = 0.0
    ask_size: float = 0.0
    book: BookInput | None = None
    heard_ns: int = -1
    own_ns: int = -1
    ladder: int = 0
    price_step: float = 0.0
    least_size: float = 0.0
    least_value: float = 0.0

    def expected(self, side: int) -> float:
        """The price that an order at market would meet first; 0 before any price."""
        best = self.ask if side > 0 else self.bid
        return best or self.mark

    def take_instrument(self, told: Instrument) -> None:
        """What the venue takes of an order; a step of sizes that it does not tell stays."""
        self.step = told.size_step or self.step
        self.price_step = told.price_step
        self.least_size, self.least_value = told.least_size, told.least_value

    def take_trade(self, trade: Trade, time_ns: int) -> None:
        """A trade of the market."""
        self.mark = self.traded = trade.price
        self.heard_ns = self.own_ns = time_ns

    def take_quote(self, quote: Quote, time_ns: int) -> None:
        """The best prices are others."""
        self.bid, self.bid_size = quote.bid, quote.bid_size
        self.ask, self.ask_size = quote.ask, quote.ask_size
        self._moved(time_ns)

    def take_book(self, book: BookInput, time_ns: int) -> None:
        """The book is another one; an empty side leaves its best price."""
        self.book = book
        if book.bids.shape[1]:
            self.bid, self.bid_size = book.bids[:, 0].tolist()
        if book.asks.shape[1]:
            self.ask, self.ask_size = book.asks[:, 0].tolist()
        self._moved(time_ns)

    def lose_book(self) -> None:
        """The book is not known any more."""
        self.book = None
        self.ladder += 1

    def forget(self) -> None:
        """Prices of another source come from now on."""
        self.bid = self.bid_size = self.ask = self.ask_size = 0.0
        self.book, self.heard_ns, self.own_ns = None, -1, -1
        self.ladder += 1

    def _moved(self, time_ns: int) -> None:
        self.heard_ns = self.own_ns = time_ns
        self.ladder += 1
        if not self.traded:
            self.mark = (self.bid + self.ask) / 2 if self.bid and self.ask else self.bid or self.ask
