"""A running feed: one thread with its own event loop, the only writer of the market."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Protocol

from data_feed.books import Books
from data_feed.connectors import Connector
from data_feed.history import VenueHistory
from data_feed.history_loader import HistoryLoader
from data_feed.protocol import VenueParser
from data_feed.socket_loop import LoopPolicy, Progress, SocketLoop
from data_feed.status import FeedMode, FeedState, FeedStatus
from data_feed.tap import Keep, TappedConnector
from market.columns import CandleWindow
from market.market import Market
from market.order_book import OrderBook
from market.types import INTERVALS, Interval, Symbol

log = logging.getLogger(__name__)

StageReport = Callable[[str, int], None]
"""Takes a stage's name, ``receive``, ``parse`` or ``ingest``, and its nanoseconds."""

Restore = Callable[[Symbol, Interval], CandleWindow]
"""The candles known from earlier; called in a thread of its own."""

TRIAL_S = 3.0
"""How long a source that is not the last may take until its first market event."""

STOP_S = 1.0
"""How long :meth:`Feed.stop` waits for the thread."""


@dataclass(frozen=True, slots=True)
class Route:
    """An opened source: where frames come from, who reads them, and where history is asked for.

    ``label`` says in a sentence what is being shown when all is well. ``pause_s`` is kept between
    questions to ``history``. ``follow_books`` keeps order books, if the parser reads them.
    """

    label: str
    parser: VenueParser
    connector: Connector
    history: VenueHistory | None
    pause_s: float
    policy: LoopPolicy
    follow_books: bool = False


class Source(Protocol):
    """Something that can be opened inside the feed's loop."""

    @property
    def mode(self) -> FeedMode:
        """How its data must be labelled."""
        ...

    @property
    def venue(self) -> str:
        """Its name for people."""
        ...

    def open(self) -> AbstractAsyncContextManager[Route]:
        """Start what it needs; leaving the context stops it."""
        ...


class Feed:
    """Feeds ``market`` from the first of ``sources`` that brings data; the last one is kept anyway.

    One thread, started by :meth:`start`, does everything. The other methods may be called from any
    thread.
    """

    def __init__(self, sources: Sequence[Source], market: Market, random: Random) -> None:
        self._sources = tuple(sources)
        self._market = market
        self._random = random
        self._source = self._sources[0]
        self._progress = Progress()
        self._label = ""
        self._failed = False
        self._report: StageReport = _ignore
        self._keep: Keep | None = None
        self._restore: Restore | None = None
        self._current: _Run | None = None
        self._session = 0
        self._next: tuple[tuple[Source, ...], Sequence[Symbol]] | None = None
        self._choosing = threading.Lock()
        self._switching = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; data arrives some time later. Starting twice does nothing."""
        if self._thread is not None:
            return
        self._loop = loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._main, args=(loop,), name="feed", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, within a second. Stopping twice, or before the start, does nothing."""
        if self._thread is not None:
            self._call(self._stopping.set)
            self._thread.join(STOP_S)

    def switch(self, sources: Sequence[Source], symbols: Sequence[Symbol]) -> None:
        """Show ``symbols`` from the first of ``sources`` that brings data, in a market begun anew.

        Done by the feed's thread some time later; of several calls before that the last one counts.
        """
        with self._choosing:
            self._next = tuple(sources), symbols
        self._call(self._switching.set)

    @property
    def source(self) -> Source:
        """The source that is shown, tried at the moment, or about to be."""
        chosen = self._next
        return chosen[0][0] if chosen else self._source

    @property
    def session(self) -> int:
        """Rises with every :meth:`switch`, before the market changes."""
        return self._session

    def relabel(self, label: str) -> None:
        """Say in ``label`` what is being shown when all is well, until the next source opens."""
        self._label = label

    def retry_now(self) -> None:
        """Try to connect at once instead of waiting for the next attempt."""
        run = self._current
        if run is not None:
            self._call(run.loop.retry_now)

    def report_stages(self, report: StageReport) -> None:
        """Have ``report`` called, in the feed's thread, for every frame; call before the start."""
        self._report = report

    def record(self, keep: Keep) -> None:
        """Have ``keep`` called, in the feed's thread, with every frame; call before the start.

        Frames of a replay that was switched to are not: they are recorded already.
        """
        self._keep = keep

    def restore(self, restore: Restore) -> None:
        """Have a live venue's candles begin with the stored ones; call before the start.

        What is simulated or replayed begins with nothing.
        """
        self._restore = restore

    def status(self) -> FeedStatus:
        """What the feed is doing at this moment."""
        progress = self._progress
        newest_ns, retry_at_s = progress.newest_ns, progress.retry_at_s
        status = FeedStatus(
            mode=self._source.mode,
            venue=self._source.venue,
            state=progress.state,
            age_ms=(time.monotonic_ns() - newest_ns) / 1e6 if newest_ns else None,
            retry_in_s=max(0.0, retry_at_s - time.monotonic()) if retry_at_s else None,
            attempt=progress.attempt,
            detail="",
            counters=progress.counters(),
            failed=self._failed,
        )
        run = self._current
        slow_s = run.route.policy.slow_s if run else float("inf")
        if (
            status.state is FeedState.STREAMING
            and status.age_ms is not None
            and status.age_ms > slow_s * 1e3
        ):
            status = replace(status, state=FeedState.SLOW)
        return replace(status, detail=describe(status, progress.reason, self._label))

    def book(self, symbol: str) -> OrderBook | None:
        """The order book of ``symbol``; None while no source follows books."""
        run = self._current
        return run.books.book(symbol) if run and run.books else None

    def _call(self, action: Callable[[], None]) -> None:
        """Have ``action`` called in the feed's thread, unless that has ended."""
        loop = self._loop
        if loop is None:
            return
        # The loop may close between any test and the call; then there is nothing left to do.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(action)

    def _main(self, loop: asyncio.AbstractEventLoop) -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(self._run())

    async def _run(self) -> None:
        """Work until told to stop, each time anew when told to switch."""
        stopping = asyncio.create_task(self._stopping.wait())
        while not self._stopping.is_set():
            self._begin_next()
            switching = asyncio.create_task(self._switching.wait())
            work = asyncio.create_task(self._try_sources())
            await asyncio.wait((work, stopping, switching), return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                self._tell_failure(work)
                await asyncio.wait((stopping, switching), return_when=asyncio.FIRST_COMPLETED)
            for task in (work, switching):
                task.cancel()
            await asyncio.wait((work,))

    def _tell_failure(self, work: asyncio.Task[None]) -> None:
        """Log and show a failure of the work itself, so that it is not lost."""
        if work.exception() is not None:
            self._failed = True
            self._progress.state = FeedState.ENDED
            self._progress.reason = f"the feed failed: {work.exception()}"
            log.error("the feed failed and stands still", exc_info=work.exception())

    def _begin_next(self) -> None:
        self._switching.clear()
        with self._choosing:
            chosen = self._next
            if chosen is None:
                return
            self._sources, symbols = chosen
            # Who reads the market must never take what comes now for what was there before.
            self._session += 1
            self._source, self._progress, self._failed = self._sources[0], Progress(), False
            self._next = None
        self._market.start_anew(symbols)

    async def _try_sources(self) -> None:
        for source in self._sources[:-1]:
            if await self._run_source(source, trial=True):
                return
        await self._run_source(self._sources[-1], trial=False)

    async def _run_source(self, source: Source, *, trial: bool) -> bool:
        """Whether ``source`` ran to its end; False when its trial failed."""
        self._source = source
        self._progress = Progress()
        if not trial:
            await self._take_stored(source)
        async with source.open() as opened:
            route = self._tapped(opened, source.venue)
            run = _Run(route, self._market, self._random, self._report, quiet=trial)
            self._progress, self._label, self._current = run.loop.progress, route.label, run
            try:
                if trial and not await run.brings_data(TRIAL_S):
                    log.info("%s: %s; trying the next source", source.venue, run.failure)
                    return False
                if trial:
                    await self._take_stored(source)
                await run.finished()
            finally:
                await run.close()
        return True

    def _tapped(self, route: Route, name: str) -> Route:
        chosen_later = self._session > 0
        if self._keep is None or (chosen_later and self._source.mode is FeedMode.REPLAY):
            return route
        return replace(route, connector=TappedConnector(route.connector, name, self._keep))

    async def _take_stored(self, source: Source) -> None:
        """Put what is known from earlier into the market, if ``source`` goes on from there."""
        if self._restore is None or source.mode is not FeedMode.LIVE:
            return
        for symbol in self._market.symbols:
            for interval in INTERVALS:
                stored = await asyncio.to_thread(self._restore, symbol, interval)
                self._market[symbol].builder.load_history(interval, stored)


class _Run:
    """One opened source at work: the loop and the history questions it gives rise to."""

    def __init__(
        self, route: Route, market: Market, random: Random, report: StageReport, *, quiet: bool
    ) -> None:
        self.route = route
        self._report = report
        self.failure = f"no data within {TRIAL_S:g} s"
        self._quiet = quiet
        self._first_data = asyncio.Event()
        self._lost = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._asking: set[Symbol] = set()
        rules = route.parser.book_rules
        self.books = Books(market.symbols, rules) if route.follow_books else None
        self.loop = SocketLoop(
            route.parser, route.connector, market, self, route.policy, random, self.books
        )
        self._history = (
            HistoryLoader(route.history, market, self._history_failed, route.pause_s)
            if route.history
            else None
        )
        self._work = asyncio.create_task(self.loop.run())

    async def brings_data(self, within_s: float) -> bool:
        """Whether a market event comes within ``within_s`` seconds, on the first attempt."""
        waits = [asyncio.create_task(event.wait()) for event in (self._first_data, self._lost)]
        await asyncio.wait(
            (*waits, self._work), timeout=within_s, return_when=asyncio.FIRST_COMPLETED
        )
        for wait in waits:
            wait.cancel()
        self._quiet = False
        return self._first_data.is_set()

    async def finished(self) -> None:
        """Wait for the end of the source; most have none."""
        await self._work

    async def close(self) -> None:
        """Stop everything."""
        tasks = (*self._tasks, self._work)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    def streaming(self) -> None:
        """See :class:`data_feed.socket_loop.LoopListener`."""
        first = not self._first_data.is_set()
        self._first_data.set()
        log.info("%s", self.route.label)
        if self._history is not None:
            self._start(self._history.load_all() if first else self._history.refill())

    def lost(self, reason: str, retry_in_s: float) -> None:
        """See :class:`data_feed.socket_loop.LoopListener`."""
        self.failure = reason
        self._lost.set()
        if not self._quiet:
            name = self.route.parser.name
            log.warning("%s: %s; next try in %.1f s", name, reason, retry_in_s)

    def gap(self, symbol: Symbol) -> None:
        """See :class:`data_feed.socket_loop.LoopListener`."""
        if self._history is not None and symbol not in self._asking:
            self._asking.add(symbol)
            self._start(self._fill_gap(self._history, symbol))

    def book_lost(self, symbol: Symbol) -> None:
        """See :class:`data_feed.socket_loop.LoopListener`."""
        if self._history is not None:
            self._start(self._load_book(self._history, symbol))

    def took(self, receive_ns: int, parse_ns: int, ingest_ns: int) -> None:
        """See :class:`data_feed.socket_loop.LoopListener`."""
        self._report("receive", receive_ns)
        self._report("parse", parse_ns)
        self._report("ingest", ingest_ns)

    async def _load_book(self, history: HistoryLoader, symbol: Symbol) -> None:
        snapshot = await history.load_book(symbol)
        if snapshot is not None:
            self.loop.take_book(snapshot)

    async def _fill_gap(self, history: HistoryLoader, symbol: Symbol) -> None:
        try:
            await history.refill_trades(symbol)
        finally:
            self._asking.discard(symbol)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._history_ended)

    def _history_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("history failed and is incomplete", exc_info=task.exception())
            self._history_failed()

    def _history_failed(self) -> None:
        self.loop.progress.history_failures += 1


def _ignore(stage: str, nanoseconds: int) -> None:
    """What reports go to while nobody asked for them."""


def describe(status: FeedStatus, reason: str, label: str) -> str:
    """One sentence for a person about ``status``."""
    match status.state:
        case FeedState.CONNECTING:
            return reason or f"Connecting to {status.venue}."
        case FeedState.STREAMING:
            return label
        case FeedState.SLOW:
            return f"No trade or quote from {status.venue} for {(status.age_ms or 0) / 1e3:.0f} s."
        case FeedState.ENDED:
            return reason or f"The recording has ended after {status.counters.trades:,} trades."
        case FeedState.LOST:
            when = "now" if not status.retry_in_s else f"in {status.retry_in_s:.0f} s"
            return f"{status.venue}: {reason}. Next try {when}."
