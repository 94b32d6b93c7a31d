"""What becomes of a frame: events into the market, changes into books, everything else counted.

While a connection is being replaced two of them bring the same data. Trades of both are applied,
their ids tell them apart; quotes are taken from the newer one as soon as it delivers; book changes
of the newer one are held until it has taken over.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf
from typing import Protocol

from data_feed.books import Books
from data_feed.errors import SymbolNotOffered
from data_feed.link import Link
from data_feed.plausible import TradeTimes
from data_feed.progress import Progress
from data_feed.protocol import (
    BookDelta,
    BookSnapshot,
    Closing,
    Event,
    Heartbeat,
    Malformed,
    Refused,
    VenueParser,
    malformed,
)
from data_feed.venue_market import FedMarket
from market.candle_builder import Outcome
from market.types import SECOND, Quote, Symbol, Trade

log = logging.getLogger(__name__)

MALFORMED_LOGGED = 20
"""Malformed frames that are logged one by one; after them only the counter tells."""

MOST_HELD = 50_000
"""Book changes held while a connection takes over; without the oldest its books start anew."""

SEARCHED = 4096
"""Bytes of a malformed frame that are searched for a symbol."""

TELL_ALL_NS = 1_000_000
"""Frames farther apart than this are all told of …"""
TELL_ONE_OF = 16
"""… and of others that come as a flood every sixteenth."""

_APPLIED = Outcome.APPLIED


class IntakeListener(Protocol):
    """What is reported as it happens, in the feed's thread."""

    def gap(self, symbol: Symbol, after_id: int) -> None:
        """Trades of ``symbol`` were missed, the first of them after ``after_id``."""
        ...

    def book_lost(self, symbol: Symbol) -> None:
        """The book of ``symbol`` is to be asked for over REST."""
        ...

    def book_changed(self, symbol: Symbol) -> None:
        """The book of ``symbol`` is another one."""
        ...

    def took(self, receive_ns: int, parse_ns: int, ingest_ns: int) -> None:
        """How long a frame with market events waited to be read, was parsed, was applied.

        Of a flood only some frames are told of.
        """
        ...


class FrameIntake:
    """Takes the frames of a loop's links. ``first_data`` hears of a link's first market event.

    A first trade that is older than ``oldest_s`` seconds is not believed.
    """

    def __init__(
        self,
        parser: VenueParser,
        market: FedMarket,
        listener: IntakeListener,
        progress: Progress,
        books: Books | None,
        first_data: Callable[[Link], None],
        oldest_s: float = inf,
    ) -> None:
        self._parser = parser
        self._market = market
        self._listener = listener
        self._progress = progress
        self._books = books
        self._first_data = first_data
        self._times = TradeTimes(oldest_s * SECOND)
        self._link: Link | None = None
        self._next: Link | None = None
        self._told_ns = 0
        self._held: deque[BookSnapshot | BookDelta] = deque(maxlen=MOST_HELD)
        self._names = _names(parser, market.symbols)

    def begin(self, link: Link, now_ns: int) -> None:
        """Only ``link``, connected just now, brings data."""
        self._link, self._next = link, None
        self._held.clear()
        if self._books is not None:
            self._books.connected(now_ns)

    def overlap(self, successor: Link | None) -> None:
        """``successor`` brings the same data too, until :meth:`switch`; None: it does no longer."""
        self._next = successor
        self._held.clear()
        if self._link is not None:
            self._link.superseded = False

    def switch(self, now_ns: int) -> None:
        """From now on the successor is the only one."""
        old, new = self._link, self._next
        assert old is not None
        assert new is not None
        self._link, self._next = new, None
        for symbol, after_id in new.sequence.follow(old.sequence).items():
            self._missed(symbol, after_id)
        if self._books is not None:
            # Where books start from REST both connections count alike, so the book goes on.
            if not self._parser.book_rules.rest:
                self._books.connected(now_ns)
            for event in self._held:
                self.take_book(event, now_ns)
        self._held.clear()

    def take(self, link: Link, frame: bytes | str, arrived_ns: int) -> None:
        """Apply one frame of ``link`` that arrived at monotonic ``arrived_ns``."""
        progress = self._progress
        progress.frames += 1
        progress.heard_ns = arrived_ns
        started_ns = time.monotonic_ns()
        events = self._parser.receive(frame, arrived_ns)
        parsed_ns = time.monotonic_ns()
        for event in events:
            if isinstance(event, Trade):
                refusal = self._times.refusal(event, time.time_ns())
                if refusal:
                    self._take_malformed(malformed(refusal, frame), arrived_ns, frame)
                    continue
                self._count(link, event, self._market.apply(event, arrived_ns))
            elif isinstance(event, Quote):
                if not link.superseded:
                    self._market.apply(event, arrived_ns)
            else:
                self._take_other(link, event, arrived_ns, frame)
                continue
            progress.newest_ns = link.newest_ns = arrived_ns
            if not link.data_from_ns:
                self._begin_data(link, arrived_ns)
        if progress.newest_ns == arrived_ns:
            applied_ns = time.monotonic_ns()
            # To tell costs more than to parse and to apply.
            if applied_ns - self._told_ns < TELL_ALL_NS and progress.frames % TELL_ONE_OF:
                return
            self._told_ns = applied_ns
            self._listener.took(
                started_ns - arrived_ns, parsed_ns - started_ns, applied_ns - parsed_ns
            )

    def take_book(self, event: BookSnapshot | BookDelta, now_ns: int) -> None:
        """Apply a change of a book, or a book that was asked for over REST."""
        if self._books is None:
            return
        if self._books.take(event, now_ns):
            self._ask_for_book(event.symbol)
        self._listener.book_changed(event.symbol)

    def _begin_data(self, link: Link, arrived_ns: int) -> None:
        link.data_from_ns = arrived_ns
        if link is self._next and self._link is not None:
            self._link.superseded = True
        self._first_data(link)
        link.delivering.set()

    def _count(self, link: Link, trade: Trade, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        progress = self._progress
        # Of two connections that bring the same, order and repetitions say nothing.
        if outcome is _APPLIED or (self._next and outcome is Outcome.PATCHED):
            progress.trades += 1
        elif self._next is None:
            progress.trades += 1
            symbol = progress.of(trade.symbol)
            if outcome is Outcome.DUPLICATE:
                progress.duplicates += 1
                symbol.duplicates += 1
            else:
                progress.out_of_order += 1
                symbol.out_of_order += 1
        missed = link.sequence.missed(trade.symbol, trade.trade_id)
        if missed:
            self._missed(trade.symbol, trade.trade_id - missed - 1)

    def _missed(self, symbol: Symbol, after_id: int) -> None:
        if self._parser.ids_rise_by_one:
            self._progress.gaps += 1
            self._progress.of(symbol).gaps += 1
            self._listener.gap(symbol, after_id)

    def _ask_for_book(self, symbol: Symbol) -> None:
        requests = self._parser.resubscribe_book(symbol)
        if not requests:
            self._listener.book_lost(symbol)
        elif self._link is not None:
            self._link.outbox += requests

    def _take_other(self, link: Link, event: Event, arrived_ns: int, frame: bytes | str) -> None:
        progress = self._progress
        match event:
            case BookSnapshot() | BookDelta():
                if link is self._link:
                    self.take_book(event, arrived_ns)
                else:
                    self._held.append(event)
            case Malformed():
                self._take_malformed(event, arrived_ns, frame)
            case Heartbeat(_, symbol, last_id):
                self._take_heartbeat(link, symbol, last_id, arrived_ns)
            case Refused(reason):
                progress.refused += 1
                progress.reason = f"{self._parser.name} refused: {reason}"
                log.warning("%s", progress.reason)
            case Closing(reason):
                link.leaving = reason
                link.leave.set()

    def _take_heartbeat(
        self, link: Link, symbol: Symbol | None, last_id: int | None, arrived_ns: int
    ) -> None:
        """In a quiet market nothing else shows what is missing."""
        if symbol is not None and last_id is not None:
            after_id = link.sequence.behind(symbol, last_id)
            if after_id is not None:
                self._missed(symbol, after_id)
        for lost in self._books.overdue(arrived_ns) if self._books is not None else ():
            self._ask_for_book(lost)

    def _take_malformed(self, event: Malformed, arrived_ns: int, frame: bytes | str) -> None:
        progress = self._progress
        progress.malformed += 1
        for symbol in self._named_in(frame):
            progress.of(symbol).malformed += 1
        for symbol in self._books.doubt(arrived_ns) if self._books is not None else ():
            self._ask_for_book(symbol)
        if progress.malformed <= MALFORMED_LOGGED:
            reason, head = event
            log.warning("%s: malformed frame, %s: %r", self._parser.name, reason, head)

    def _named_in(self, frame: bytes | str) -> list[Symbol]:
        """The symbol that a frame names, if it names exactly one."""
        head = frame[:SEARCHED]
        text = head if isinstance(head, str) else head.decode("utf-8", "replace")
        found = [symbol for name, symbol in self._names.items() if name in text]
        return found if len(found) == 1 else []


def _names(parser: VenueParser, symbols: Sequence[Symbol]) -> dict[str, Symbol]:
    """Symbols by their names as JSON text; a simulated one need not be offered by the venue."""
    names = {}
    for symbol in symbols:
        with suppress(SymbolNotOffered):
            names[f'"{parser.venue_symbol(symbol)}"'] = symbol
    return names
