"""What happens in the market, handed to whoever wants to hear of it, through bounded queues.

One thread publishes (the feed's), each subscription is read by another. Publishing never waits and
never fails: it costs one append to a queue of fixed length for each subscriber of the kind. What a
slow subscriber does not take in time is dropped by a stated policy:

trades           the oldest are dropped; a :class:`Gap` with their number comes in their place
quotes, books    one place for each symbol: only the latest is kept
status           one place for each venue: only the latest is kept
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable
from enum import Enum
from typing import NamedTuple, TypeAlias

from data_feed.status import FeedStatus
from market.order_book import OrderBook
from market.types import Quote, Symbol, Trade

ROOM = 4096
"""Trades that a subscription holds."""


class Kind(Enum):
    """What a subscriber may hear of."""

    TRADES = "trades"
    QUOTES = "quotes"
    BOOKS = "books"
    STATUS = "status"


class Gap(NamedTuple):
    """Trades that were dropped because the subscriber did not take them in time."""

    trades: int


class BookChanged(NamedTuple):
    """The order book of ``symbol`` is another one, or became invalid. It is always the latest."""

    symbol: Symbol
    book: OrderBook


Item: TypeAlias = Trade | Quote | BookChanged | FeedStatus | Gap


class Subscription:
    """A subscriber's queue. One thread calls :meth:`take`; the hub's thread fills it.

    ``dropped`` counts the trades that were dropped before they were taken.
    """

    def __init__(
        self,
        kinds: Collection[Kind],
        symbols: Iterable[Symbol] | None,
        room: int,
        wake: Callable[[], None] | None,
    ) -> None:
        self.kinds = frozenset(kinds)
        self.dropped = 0
        self._symbols = None if symbols is None else frozenset(symbols)
        self._trades: deque[tuple[int, Trade]] = deque(maxlen=room)
        self._latest: dict[tuple[Kind, str], Item] = {}
        self._put = 0
        self._taken = 0
        self._wake = wake
        self._woken = False

    def take(self) -> list[Item]:
        """Everything that has come since the last call, trades first and in their order."""
        self._woken = False
        items: list[Item] = []
        # Both sides of a queue use single operations, each of which happens as a whole.
        while self._trades:
            number, trade = self._trades.popleft()
            missed = number - self._taken
            if missed:
                self.dropped += missed
                items.append(Gap(missed))
            items.append(trade)
            self._taken = number + 1
        while self._latest:
            items.append(self._latest.popitem()[1])
        return items

    def wants(self, symbol: Symbol) -> bool:
        """Whether it is to hear of ``symbol``."""
        return self._symbols is None or symbol in self._symbols

    def follow(self, symbols: Iterable[Symbol]) -> None:
        """Hear of these symbols from now on; of others only what has come before."""
        self._symbols = frozenset(symbols)

    def put_trade(self, trade: Trade) -> None:
        """Called by the hub."""
        self._trades.append((self._put, trade))
        self._put += 1
        self._call()

    def put_latest(self, kind: Kind, name: str, item: Item) -> None:
        """Called by the hub."""
        self._latest[kind, name] = item
        self._call()

    def _call(self) -> None:
        """Wake the subscriber once for all that comes until it takes."""
        if self._wake is not None and not self._woken:
            self._woken = True
            self._wake()


class Hub:
    """Hands out what one thread publishes. Any thread may subscribe and unsubscribe.

    ``wanted`` are the kinds that anybody wants; others need not be published.
    """

    def __init__(self) -> None:
        self.wanted: frozenset[Kind] = frozenset()
        self._subscriptions: tuple[Subscription, ...] = ()

    def subscribe(
        self,
        kinds: Collection[Kind],
        symbols: Iterable[Symbol] | None = None,
        room: int = ROOM,
        wake: Callable[[], None] | None = None,
    ) -> Subscription:
        """A queue for ``kinds``, of ``symbols`` or of all; at most ``room`` trades wait in it.

        ``wake`` is called in the publishing thread, once for all that comes until the next
        :meth:`Subscription.take`; it must neither wait nor raise, like ``call_soon_threadsafe``.
        """
        new = Subscription(kinds, symbols, room, wake)
        self._change((*self._subscriptions, new))
        return new

    def unsubscribe(self, subscription: Subscription) -> None:
        """End ``subscription``; doing it twice does nothing."""
        self._change(tuple(each for each in self._subscriptions if each is not subscription))

    def trade(self, trade: Trade) -> None:
        """Publish a trade."""
        for each in self._subscriptions:
            if Kind.TRADES in each.kinds and each.wants(trade.symbol):
                each.put_trade(trade)

    def quote(self, quote: Quote) -> None:
        """Publish a best bid and ask."""
        self._latest(Kind.QUOTES, quote.symbol, quote)

    def book(self, symbol: Symbol, book: OrderBook) -> None:
        """Publish that a book is another one."""
        self._latest(Kind.BOOKS, symbol, BookChanged(symbol, book))

    def status(self, status: FeedStatus) -> None:
        """Publish how a venue is doing."""
        for each in self._subscriptions:
            if Kind.STATUS in each.kinds:
                each.put_latest(Kind.STATUS, status.venue, status)

    def _latest(self, kind: Kind, symbol: Symbol, item: Item) -> None:
        for each in self._subscriptions:
            if kind in each.kinds and each.wants(symbol):
                each.put_latest(kind, symbol, item)

    def _change(self, subscriptions: tuple[Subscription, ...]) -> None:
        self._subscriptions = subscriptions
        self.wanted = frozenset(kind for each in subscriptions for kind in each.kinds)
