"""One connection's share of a venue: a loop, its books, and what it reports."""

import logging
from random import Random
from typing import Protocol

from data_feed.books import Books
from data_feed.history_loader import Missing, known
from data_feed.hub import Kind
from data_feed.socket_loop import SocketLoop
from data_feed.source import Route
from data_feed.users import Users
from data_feed.venue_market import FedMarket
from market.types import Symbol

log = logging.getLogger(__name__)


class ShardListener(Protocol):
    """What a venue hears of its shards."""

    def first_data(self, shard: "Shard") -> None:
        """Market data has come for the first time."""
        ...

    def streaming(self) -> None:
        """Market data comes over a new connection."""
        ...

    def lost(self, reason: str, retry_in_s: float) -> None:
        """A connection could not be made or ended."""
        ...

    def missing(self, symbol: Symbol, missing: Missing, reconnected: bool) -> None:
        """Something was missed and is to be loaded."""
        ...

    def book_lost(self, shard: "Shard", symbol: Symbol) -> None:
        """The book of ``symbol`` is to be asked for over REST."""
        ...


class Shard:
    """The symbols of ``market`` over one connection at a time.

    It is the listener of its loop, see :class:`data_feed.socket_loop.LoopListener`.
    """

    def __init__(
        self,
        route: Route,
        market: FedMarket,
        random: Random,
        users: Users,
        listener: ShardListener,
    ) -> None:
        parser = route.parser
        self.market = market
        self.known: dict[Symbol, Missing] = {}
        self.books = Books(market.symbols, parser.book_rules) if route.follow_books else None
        self.loop = SocketLoop(
            parser, route.connector, market, self, route.policy, random, self.books
        )
        self._label = route.label
        self._users = users
        self._listener = listener
        self._had_data = False

    def remember(self) -> None:
        """Note what is known now: everything after it may be missed."""
        self.known = {symbol: known(self.market, symbol) for symbol in self.market.symbols}

    def streaming(self) -> None:
        """See :class:`data_feed.socket_loop.LoopListener`."""
        log.info("%s", self._label)
        self._listener.streaming()
        if not self._had_data:
            self._had_data = True
            self._listener.first_data(self)
            return
        for symbol, missing in self.known.items():
            self._listener.missing(symbol, missing, reconnected=True)

    def lost(self, reason: str, retry_in_s: float) -> None:
        """See :class:`data_feed.socket_loop.LoopListener`."""
        self.remember()
        self._listener.lost(reason, retry_in_s)

    def gap(self, symbol: Symbol, after_id: int) -> None:
        """See :class:`data_feed.frame_intake.IntakeListener`."""
        since_ns = known(self.market, symbol).since_ns
        self._listener.missing(symbol, Missing(after_id, since_ns, False), reconnected=False)

    def book_lost(self, symbol: Symbol) -> None:
        """See :class:`data_feed.frame_intake.IntakeListener`."""
        self._listener.book_lost(self, symbol)

    def book_changed(self, symbol: Symbol) -> None:
        """See :class:`data_feed.frame_intake.IntakeListener`."""
        if Kind.BOOKS in self._users.hub.wanted and self.books is not None:
            book = self.books.book(symbol)
            if book is not None:
                self._users.hub.book(self.market[symbol].symbol, book)

    def took(self, receive_ns: int, parse_ns: int, ingest_ns: int) -> None:
        """See :class:`data_feed.frame_intake.IntakeListener`."""
        self._users.report("receive", receive_ns)
        self._users.report("parse", parse_ns)
        self._users.report("ingest", ingest_ns)
