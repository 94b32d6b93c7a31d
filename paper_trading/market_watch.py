"""What the accounts hear of the market: only of what matters to one of them, and at once."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from time import monotonic_ns
from typing import NamedTuple, Protocol

from data_feed.hub import BookChanged, Hub, Item, Kind, Subscription
from data_feed.status import FeedMode, FeedState, FeedStatus, SymbolStatus
from market.errors import ColumnsBusy, UnknownSymbol
from market.instrument import Instrument
from market.market import Market
from market.order_book import OrderBook
from market.types import Symbol
from trading.paper.tape import BookInput, Heard, MarketInput, NoBook

__all__ = ["STREAMING", "MarketWatch", "Scene", "WatchedFeed", "as_input", "book_input"]

STREAMING = (FeedState.STREAMING, FeedState.SLOW)
"""States in which there is a price of now."""

DEPTH = 64
"""Levels of each side of a book that an engine is shown."""

ROOM = 65_536
"""Trades that may wait: what 5,000 a second bring while an old journal is read for 13 s."""


class WatchedFeed(Protocol):
    """What is needed of a feed."""

    @property
    def hub(self) -> Hub:
        """Where to subscribe."""
        ...

    @property
    def mode(self) -> FeedMode:
        """Where what is in the market now comes from."""
        ...

    @property
    def session(self) -> int:
        """Rises with every switch, before the market changes."""
        ...

    def status(self) -> FeedStatus:
        """How things stand."""
        ...

    def statuses(self) -> tuple[FeedStatus, ...]:
        """How things stand with each venue."""
        ...

    def symbol_status(self, symbol: str) -> SymbolStatus:
        """How things stand with a symbol; raises ``UnknownSymbol``."""
        ...

    def book(self, symbol: str) -> OrderBook | None:
        """The order book of ``symbol``; None while none is followed."""
        ...

    def instrument(self, symbol: str) -> Instrument | None:
        """What the venue takes of orders; None while it has told nothing of it."""
        ...


class Scene(NamedTuple):
    """Which market is shown: prices of different scenes have nothing to do with each other."""

    session: int
    mode: FeedMode


@dataclass(slots=True)
class _Followed:
    subscription: Subscription
    symbols: frozenset[str]


class MarketWatch:
    """Subscribes to what is followed; ``wake`` is called, in the feed's thread, when more came.

    All methods are for the runner's thread.
    """

    def __init__(self, feed: WatchedFeed, market: Market, wake: Callable[[], None]) -> None:
        self.feed = feed
        self.market = market
        self._wake = wake
        self._trades: _Followed | None = None
        self._books: _Followed | None = None

    @property
    def scene(self) -> Scene:
        """What is shown now."""
        return Scene(self.feed.session, self.feed.mode)

    def follow(self, symbols: frozenset[str], books: frozenset[str]) -> None:
        """Hear of the trades and quotes of ``symbols``, of the books of ``books``, of no others."""
        kinds = (Kind.TRADES, Kind.QUOTES)
        self._trades = self._followed(self._trades, kinds, symbols)
        self._books = self._followed(self._books, (Kind.BOOKS,), books)

    def take(self) -> list[Item]:
        """What has come since the last call: trades in their order, then newest quotes, books."""
        followed = (self._trades, self._books)
        return [item for each in followed if each for item in each.subscription.take()]

    def now(self, symbol: str) -> list[MarketInput]:
        """The newest trade, quote and book of ``symbol``, and when it was last heard of.

        Raises :class:`UnknownSymbol`.
        """
        state = self.market[symbol]
        shown: list[MarketInput] = []
        if state.last_trade is not None:
            shown.append(state.last_trade)
        if state.quote is not None:
            shown.append(state.quote)
        book = self.feed.book(symbol)
        shown.append(book_input(state.symbol, book) if book is not None else NoBook(state.symbol))
        return shown

    def newest_ns(self) -> int:
        """When the newest trade of all symbols was made, by the market's time; 0 before any."""
        trades = (self.market[symbol].last_trade for symbol in self.market.symbols)
        return max((trade.time_ns for trade in trades if trade is not None), default=0)

    def heard(self, symbol: str, now_ns: int) -> Heard:
        """When the venue, and when ``symbol``, was last heard, on the clock that says ``now_ns``.

        Raises :class:`UnknownSymbol`.
        """
        received = self.market[symbol].received_ns
        age = monotonic_ns() - received if received else now_ns
        own_ns = max(now_ns - age, 0)
        venue_ms = self.feed.symbol_status(symbol).heard_ms
        venue_ns = 0 if venue_ms is None else now_ns - int(venue_ms * 1e6)
        return Heard(Symbol(symbol), max(own_ns, venue_ns), own_ns)

    def trouble(self, symbol: str) -> str:
        """Why there is no price of now for ``symbol``; empty while there is one."""
        try:
            status = self.feed.symbol_status(symbol)
        except UnknownSymbol as error:
            return str(error)
        if status.state in STREAMING:
            return ""
        return _no_price(status.venue, status.state)

    def trouble_of_all(self) -> str:
        """Why there is no price of now for anything; empty while some venue has prices."""
        status = self.feed.status()
        if any(each.state in STREAMING for each in self.feed.statuses()):
            return ""
        return _no_price(status.venue, status.state)

    def close(self) -> None:
        """Hear of nothing any more."""
        self.follow(frozenset(), frozenset())

    def _followed(
        self, known: _Followed | None, kinds: Collection[Kind], symbols: frozenset[str]
    ) -> _Followed | None:
        if known is None and not symbols:
            return None
        if known is None:
            named = [Symbol(symbol) for symbol in symbols]
            made = self.feed.hub.subscribe(kinds, named, ROOM, self._wake)
            return _Followed(made, symbols)
        if not symbols:
            self.feed.hub.unsubscribe(known.subscription)
            return None
        if symbols != known.symbols:
            known.subscription.follow(Symbol(symbol) for symbol in symbols)
            known.symbols = symbols
        return known


def _no_price(venue: str, state: FeedState) -> str:
    stands = "has ended" if state is FeedState.ENDED else f"is {state.value}"
    return f"{venue} {stands}, so there is no price of now."


def book_input(symbol: Symbol, book: OrderBook) -> BookInput | NoBook:
    """The best levels of ``book`` as an engine takes them."""
    try:
        view = book.view(DEPTH)
    except ColumnsBusy:
        return NoBook(symbol)
    if not view.valid or view.crossed:
        return NoBook(symbol)
    return BookInput(symbol, view.bids, view.asks)


def as_input(item: BookChanged) -> BookInput | NoBook:
    """A change of a book as an engine takes it."""
    return book_input(item.symbol, item.book)
