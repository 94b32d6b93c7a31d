"""The one loop that turns frames into a market: connect, subscribe, pump, watch, try again.

Live venues, the simulator and recordings run through it alike. A connection whose venue will end it
(a limited lifetime, an announced shutdown) is replaced before: the new one delivers, then the old
one is closed. A venue that keeps failing is left alone for a while, see :mod:`data_feed.breaker`.
"""

import asyncio
import logging
import time
from collections.abc import Iterator
from math import inf
from random import Random
from typing import Any, Protocol

from data_feed.backoff import full_jitter
from data_feed.books import Books
from data_feed.breaker import CircuitBreaker
from data_feed.connectors import Connector, RecordingEnded
from data_feed.errors import ConnectionLost, RecordingError
from data_feed.frame_intake import FrameIntake
from data_feed.link import Link
from data_feed.policy import LoopPolicy
from data_feed.progress import Progress
from data_feed.protocol import BookSnapshot, VenueParser
from data_feed.sequence import TradeSequence
from data_feed.status import FeedState
from data_feed.venue_market import FedMarket
from market.types import SECOND, Symbol

log = logging.getLogger(__name__)

LIFETIME = "connected for as long as the venue allows"


class LoopListener(Protocol):
    """What the loop reports, in its own thread, as it happens; the rest as for the intake."""

    def gap(self, symbol: Symbol, after_id: int) -> None:
        """See :class:`data_feed.frame_intake.IntakeListener`."""
        ...

    def book_lost(self, symbol: Symbol) -> None:
        """See :class:`data_feed.frame_intake.IntakeListener`."""
        ...

    def book_changed(self, symbol: Symbol) -> None:
        """See :class:`data_feed.frame_intake.IntakeListener`."""
        ...

    def took(self, receive_ns: int, parse_ns: int, ingest_ns: int) -> None:
        """See :class:`data_feed.frame_intake.IntakeListener`."""
        ...

    def streaming(self) -> None:
        """The first market event of a connection has been applied."""
        ...

    def lost(self, reason: str, retry_in_s: float) -> None:
        """A connection could not be made or ended; the next attempt is due in ``retry_in_s``."""
        ...


class SocketLoop:
    """Keeps one source of frames flowing into ``market`` until cancelled or the source ends.

    With ``books`` it follows order books too.
    """

    def __init__(
        self,
        parser: VenueParser,
        connector: Connector,
        market: FedMarket,
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
        self._intake = FrameIntake(
            parser, market, listener, self.progress, books, self._has_data, policy.oldest_s
        )  # fmt: skip
        self._breaker = CircuitBreaker(policy.failures, policy.open_s)
        self._delays = self._new_delays()
        self._retry = asyncio.Event()
        self._link: Link | None = None

    async def run(self) -> None:
        """Connect and pump, again and again; returns when a recording has ended."""
        while True:
            self._breaker.attempting()
            self.progress.breaker = self._breaker.state
            before, reason = self._link, ""
            try:
                await self._hold(await self._open())
            except RecordingEnded:
                self._end("")
                log.info("the recording has ended after %d trades", self.progress.trades)
                return
            except RecordingError as error:
                self._end(str(error))
                log.warning("%s", error)
                return
            except ConnectionLost as lost:
                reason = lost.reason
            opened = self._link if self._link is not before else None
            await self._wait(reason, self._pause_after(opened))

    def retry_now(self) -> None:
        """End the wait for the next attempt; call in the loop's thread."""
        self._retry.set()

    def take_book(self, snapshot: BookSnapshot) -> None:
        """Take in a book that was asked for over REST; call in the loop's thread."""
        self._intake.take_book(snapshot, time.monotonic_ns())

    # --- one connection -----------------------------------------------------------------------

    async def _open(self) -> Link:
        """The only connection, subscribed."""
        connection = await self._connector.open()
        # Ids go on over an outage, so that what was missed in it shows.
        sequence = self._link.sequence if self._link is not None else TradeSequence()
        self.progress.reconnects += self._link is not None
        self._link = link = Link(connection, self._policy, self._intake.take, sequence)
        self._intake.begin(link, time.monotonic_ns())
        return await self._subscribed(link)

    async def _subscribed(self, link: Link) -> Link:
        try:
            for text in self._parser.subscribe(self._market.symbols):
                await link.send(text)
        except BaseException:
            await link.close()
            raise
        return link

    async def _hold(self, link: Link) -> None:
        """Stay with ``link`` and with those that replace it; raises when the last one ends."""
        pump = asyncio.create_task(link.pump())
        try:
            while True:
                await self._until_leaving(link, pump)
                if pump.done():
                    return await pump
                log.info("%s: %s; connecting anew", self._parser.name, link.leaving or LIFETIME)
                link, pump = await self._hand_over(link, pump)
        finally:
            await _cancelled(pump)
            await link.close()

    async def _until_leaving(self, link: Link, pump: "asyncio.Task[None]") -> None:
        """Wait until ``link`` ends, or will be ended by its venue."""
        lifetime_s = self._parser.limits.lifetime_s
        leave = asyncio.create_task(link.leave.wait())
        try:
            await _first_of(leave, pump, within_s=None if lifetime_s == inf else lifetime_s)
        finally:
            leave.cancel()

    # --- from one connection to the next ------------------------------------------------------

    async def _hand_over(
        self, old: Link, old_pump: "asyncio.Task[None]"
    ) -> tuple[Link, "asyncio.Task[None]"]:
        """A connection that has replaced ``old``, which is closed; raises when ``old`` ends first.

        What fails is tried again for as long as ``old`` lives.
        """
        delays = self._new_delays()
        while True:
            new = await self._opened_beside(old_pump)
            if new is not None:
                pump = asyncio.create_task(new.pump())
                try:
                    taken = await self._taken_over(new, pump, old_pump)
                except BaseException:
                    await self._abandon(new, pump)
                    raise
                if taken:
                    self._link = new
                    self._intake.switch(time.monotonic_ns())
                    self.progress.handovers += 1
                    await _cancelled(old_pump)
                    await old.close()
                    return new, pump
                await self._abandon(new, pump)
            await _first_of(old_pump, within_s=next(delays))
            if old_pump.done():
                raise ConnectionLost(_reason(old_pump, old.leaving or LIFETIME))

    async def _opened_beside(self, old_pump: "asyncio.Task[None]") -> Link | None:
        """A further connection, subscribed; None when it failed or the old one ended before."""
        opening = asyncio.create_task(self._open_next())
        try:
            await _first_of(opening, old_pump)
        except BaseException:
            await _given_up(opening)
            raise
        if not opening.done():
            await _cancelled(opening)
        if opening.cancelled():
            return None
        error = opening.exception()
        if isinstance(error, ConnectionLost):
            log.warning("%s: %s; the old connection still lives", self._parser.name, error.reason)
            return None
        return opening.result()

    async def _open_next(self) -> Link:
        connection = await self._connector.open()
        link = Link(connection, self._policy, self._intake.take, TradeSequence())
        return await self._subscribed(link)

    async def _taken_over(
        self, new: Link, pump: "asyncio.Task[None]", old_pump: "asyncio.Task[None]"
    ) -> bool:
        """Whether ``new`` delivers."""
        self._intake.overlap(new)
        delivering = asyncio.create_task(new.delivering.wait())
        try:
            await _first_of(delivering, pump, old_pump, within_s=self._policy.no_data_s)
        finally:
            delivering.cancel()
        if new.data_from_ns:
            await _first_of(pump, old_pump, within_s=self._policy.overlap_s)
        if pump.done():
            log.warning("%s: %s", self._parser.name, _reason(pump, "the new connection ended"))
            return False
        return new.data_from_ns > 0

    async def _abandon(self, link: Link, pump: "asyncio.Task[None]") -> None:
        self._intake.overlap(None)
        await _cancelled(pump)
        await link.close()

    # --- how it goes --------------------------------------------------------------------------

    def _has_data(self, link: Link) -> None:
        """A connection's first market event."""
        progress = self.progress
        self._breaker.succeeded()
        progress.breaker = self._breaker.state
        progress.state = FeedState.STREAMING
        progress.reason = ""
        progress.attempt = 1
        if link is self._link:
            self._listener.streaming()

    def _pause_after(self, link: Link | None) -> float:
        """Seconds until the next attempt, after ``link`` was lost or could not be opened."""
        if link is not None and link.data_from_ns:
            lasted_ns = time.monotonic_ns() - link.data_from_ns
            if lasted_ns > self._policy.settled_s * SECOND:
                self._delays = self._new_delays()
            return next(self._delays)
        open_s = self._breaker.failed()
        self.progress.breaker = self._breaker.state
        if open_s is None:
            return next(self._delays)
        self._delays = self._new_delays()
        failures = self._breaker.failures
        log.error("%s: left alone after %d failures in a row", self._parser.name, failures)
        return open_s

    def _new_delays(self) -> Iterator[float]:
        policy = self._policy
        return full_jitter(self._random, policy.base_delay_s, policy.longest_delay_s)

    def _end(self, reason: str) -> None:
        self.progress.state = FeedState.ENDED
        self.progress.reason = reason

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


async def _first_of(*tasks: "asyncio.Task[Any]", within_s: float | None = None) -> None:
    await asyncio.wait(tasks, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)


async def _cancelled(task: "asyncio.Task[Any]") -> None:
    """End ``task`` and wait for it; its result or error has been looked at or is of no use."""
    task.cancel()
    await asyncio.wait((task,))
    if not task.cancelled():
        task.exception()


async def _given_up(opening: "asyncio.Task[Link]") -> None:
    """End ``opening``; a connection that it had just made is closed."""
    await _cancelled(opening)
    if not opening.cancelled() and opening.exception() is None:
        await opening.result().close()


def _reason(pump: "asyncio.Task[None]", otherwise: str) -> str:
    error = pump.exception() if pump.done() and not pump.cancelled() else None
    return error.reason if isinstance(error, ConnectionLost) else otherwise
