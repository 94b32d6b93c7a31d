"""The one loop that turns frames into a market: connect, subscribe, pump, watch, try again.

Live venues, the simulator and recordings run through it alike. With the connections, which note
when a frame arrived, it is the only reader of clocks in the way of a tick.
"""

import asyncio
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Protocol

from data_feed.backoff import full_jitter
from data_feed.books import Books
from data_feed.connectors import Connection, Connector, RecordingEnded
from data_feed.errors import ConnectionLost, RecordingError
from data_feed.protocol import (
    BookDelta,
    BookSnapshot,
    Closing,
    Event,
    Malformed,
    Refused,
    VenueParser,
)
from data_feed.sequence import TradeSequence
from data_feed.status import FeedCounters, FeedState
from market.candle_builder import Outcome
from market.market import Market
from market.types import SECOND, Quote, Symbol, Trade

log = logging.getLogger(__name__)

MALFORMED_LOGGED = 20
"""Malformed frames that are logged one by one; after them only the counter tells."""


@dataclass(frozen=True, slots=True)
class LoopPolicy:
    """Patience of the loop, in seconds.

    A connection is given up when no frame comes for ``silence_s`` or frames but no market event for
    ``no_data_s``; ``slow_s`` without a market event is reported as slow. The delays between
    attempts start again from the shortest once a connection has brought data for ``settled_s``.
    """

    silence_s: float = 15.0
    no_data_s: float = 90.0
    slow_s: float = 5.0
    settled_s: float = 10.0
    base_delay_s: float = 0.5
    longest_delay_s: float = 30.0


@dataclass(slots=True)
class Progress:
    """What the loop is doing, written by its thread and read by others field by field."""

    state: FeedState = FeedState.CONNECTING
    reason: str = ""
    attempt: int = 1
    retry_at_s: float | None = None
    newest_ns: int = 0
    frames: int = 0
    trades: int = 0
    duplicates: int = 0
    out_of_order: int = 0
    malformed: int = 0
    refused: int = 0
    reconnects: int = 0
    gaps: int = 0
    history_failures: int = 0

    def counters(self) -> FeedCounters:
        """The counters at this moment."""
        return FeedCounters(
            self.frames, self.trades, self.duplicates, self.out_of_order, self.malformed,
            self.refused, self.reconnects, self.gaps, self.history_failures,
        )  # fmt: skip


class LoopListener(Protocol):
    """What the loop reports, in its own thread, as it happens."""

    def streaming(self) -> None:
        """The first market event of a connection has been applied."""
        ...

    def lost(self, reason: str, retry_in_s: float) -> None:
        """A connection could not be made or ended; the next attempt is due in ``retry_in_s``."""
        ...

    def gap(self, symbol: Symbol) -> None:
        """Trades of ``symbol`` were missed."""
        ...

    def book_lost(self, symbol: Symbol) -> None:
        """The book of ``symbol`` is to be asked for over REST, for :meth:`SocketLoop.take_book`."""
        ...

    def took(self, receive_ns: int, parse_ns: int, ingest_ns: int) -> None:
        """How long a frame with market events waited to be read, was parsed, was applied."""
        ...


class SocketLoop:
    """Keeps one source of frames flowing into ``market`` until cancelled or the source ends.

    With ``books`` it follows order books too.
    """

    def __init__(
        self,
        parser: VenueParser,
        connector: Connector,
        market: Market,
        listener: LoopListener,
        policy: LoopPolicy,
        random: Random,
        books: Books | None = None,
    ) -> None:
        self.progress = Progress()
        self._parser = parser
        self._connector = connector
        self._market = market
        self._listener = listener
        self._policy = policy
        self._random = random
        self._books = books
        self._outbox: list[str] = []
        self._sequence = TradeSequence()
        self._retry = asyncio.Event()
        self._connected_before = False
        self._data_from_ns = 0

    async def run(self) -> None:
        """Connect and pump, again and again; returns when a recording has ended."""
        delays = self._delays()
        while True:
            try:
                await self._one_connection()
            except RecordingEnded:
                self._end("")
                log.info("the recording has ended after %d trades", self.progress.trades)
                return
            except RecordingError as error:
                self._end(str(error))
                log.warning("%s", error)
                return
            except ConnectionLost as lost:
                if self._settled():
                    delays = self._delays()
                await self._wait(lost.reason, next(delays))

    def _end(self, reason: str) -> None:
        self.progress.state = FeedState.ENDED
        self.progress.reason = reason

    def retry_now(self) -> None:
        """End the wait for the next attempt; call in the loop's thread."""
        self._retry.set()

    def take_book(self, snapshot: BookSnapshot) -> None:
        """Take in a book that was asked for over REST; call in the loop's thread."""
        self._take_book(snapshot, time.monotonic_ns())

    async def _one_connection(self) -> None:
        self._data_from_ns = 0
        connection = await self._connector.open()
        self._outbox.clear()
        if self._books is not None:
            self._books.connected(time.monotonic_ns())
        try:
            self.progress.reconnects += self._connected_before
            self._connected_before = True
            for text in self._parser.subscribe(self._market.symbols):
                await connection.send(text)
            await self._pump(connection)
        finally:
            await connection.close()

    async def _pump(self, connection: Connection) -> None:
        """Take frames until the connection ends or the watchdog bites."""
        try:
            async with asyncio.timeout(None) as limit:
                watchdog = asyncio.create_task(self._watch(limit))
                try:
                    while True:
                        frame = await connection.receive()
                        self._take(frame, connection.arrived_ns)
                        while self._outbox:
                            await connection.send(self._outbox.pop(0))
                finally:
                    watchdog.cancel()
        except TimeoutError:
            raise ConnectionLost(self.progress.reason) from None

    async def _watch(self, limit: asyncio.Timeout) -> None:
        """End the connection through ``limit`` when it has fallen silent."""
        policy, progress = self._policy, self.progress
        opened_ns = frames_ns = time.monotonic_ns()
        seen = progress.frames
        while True:
            await asyncio.sleep(min(policy.silence_s, policy.no_data_s) / 5)
            now_ns = time.monotonic_ns()
            if progress.frames != seen:
                seen, frames_ns = progress.frames, now_ns
            if now_ns - frames_ns > policy.silence_s * SECOND:
                progress.reason = f"no message for {policy.silence_s:g} s"
            elif now_ns - max(opened_ns, progress.newest_ns) > policy.no_data_s * SECOND:
                progress.reason = f"messages, but no trade or quote for {policy.no_data_s:g} s"
            else:
                continue
            limit.reschedule(asyncio.get_running_loop().time())
            return

    def _take(self, frame: bytes | str, arrived_ns: int) -> None:
        """Apply one frame that arrived at monotonic ``arrived_ns``."""
        self.progress.frames += 1
        started_ns = time.monotonic_ns()
        events = self._parser.receive(frame, arrived_ns)
        parsed_ns = time.monotonic_ns()
        for event in events:
            if isinstance(event, Trade):
                self._count(event, self._market.apply(event, arrived_ns))
            elif isinstance(event, Quote):
                self._market.apply(event, arrived_ns)
            else:
                self._take_other(event, arrived_ns)
                continue
            self.progress.newest_ns = arrived_ns
            if not self._data_from_ns:
                self._has_data(arrived_ns)
        if self.progress.newest_ns == arrived_ns:
            applied_ns = time.monotonic_ns()
            self._listener.took(
                started_ns - arrived_ns, parsed_ns - started_ns, applied_ns - parsed_ns
            )

    def _has_data(self, arrived_ns: int) -> None:
        """The connection's first market event."""
        progress = self.progress
        self._data_from_ns = arrived_ns
        progress.state = FeedState.STREAMING
        progress.reason = ""
        progress.attempt = 1
        self._listener.streaming()

    def _count(self, trade: Trade, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        progress = self.progress
        progress.trades += 1
        if outcome is Outcome.DUPLICATE:
            progress.duplicates += 1
        elif outcome is not Outcome.APPLIED:
            progress.out_of_order += 1
        missed = self._sequence.missed(trade.symbol, trade.trade_id)
        if missed and self._parser.ids_rise_by_one:
            progress.gaps += 1
            self._listener.gap(trade.symbol)

    def _take_book(self, event: BookSnapshot | BookDelta, now_ns: int) -> None:
        if self._books is not None and self._books.take(event, now_ns):
            self._ask_for_book(event.symbol)

    def _ask_for_book(self, symbol: Symbol) -> None:
        requests = self._parser.resubscribe_book(symbol)
        self._outbox += requests
        if not requests:
            self._listener.book_lost(symbol)

    def _take_other(self, event: Event, arrived_ns: int) -> None:
        progress = self.progress
        match event:
            case BookSnapshot() | BookDelta():
                self._take_book(event, arrived_ns)
            case Malformed(reason, head):
                progress.malformed += 1
                for symbol in self._books.doubt(arrived_ns) if self._books is not None else ():
                    self._ask_for_book(symbol)
                if progress.malformed <= MALFORMED_LOGGED:
                    log.warning("%s: malformed frame, %s: %r", self._parser.name, reason, head)
            case Refused(reason):
                progress.refused += 1
                progress.reason = f"{self._parser.name} refused: {reason}"
                log.warning("%s", progress.reason)
            case Closing(reason):
                raise ConnectionLost(reason)

    def _delays(self) -> Iterator[float]:
        policy = self._policy
        return full_jitter(self._random, policy.base_delay_s, policy.longest_delay_s)

    def _settled(self) -> bool:
        lasted_ns = time.monotonic_ns() - self._data_from_ns
        return self._data_from_ns > 0 and lasted_ns > self._policy.settled_s * SECOND

    async def _wait(self, reason: str, delay_s: float) -> None:
        progress = self.progress
        progress.state = FeedState.LOST
        progress.reason = reason
        progress.attempt += 1
        progress.retry_at_s = time.monotonic() + delay_s
        self._listener.lost(reason, delay_s)
        self._retry.clear()
        try:
            await asyncio.wait_for(self._retry.wait(), delay_s)
        except TimeoutError:
            return
        finally:
            progress.retry_at_s = None
