"""A running feed: one thread with its own event loop, the only writer of the market."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random

from data_feed.history_progress import HistoryProgress
from data_feed.hub import Hub
from data_feed.progress import total, worst
from data_feed.source import Source
from data_feed.status import FeedMode, FeedState, FeedStatus, SymbolStatus
from data_feed.tap import Keep
from data_feed.users import InstrumentMemory, Restore, StageReport, Users
from data_feed.venue_feed import VenueFeed
from data_feed.venue_market import VenueMarket
from market.errors import UnknownSymbol
from market.instrument import Instrument
from market.market import Market
from market.order_book import OrderBook
from market.types import Symbol, plain

log = logging.getLogger(__name__)

STOP_S = 1.0
"""How long :meth:`Feed.stop` waits for the thread."""


@dataclass(frozen=True, slots=True)
class VenueSources:
    """Some of a market's symbols, and the sources that may bring them, the preferred first."""

    symbols: tuple[Symbol, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    """What is to be fed: the symbols of all venues, the first one's sources, the others."""

    sources: tuple[Source, ...]
    symbols: tuple[Symbol, ...]
    others: tuple[VenueSources, ...]


class Feed:
    """Feeds ``market`` from the first of ``sources`` that brings data; the last one is kept anyway.

    ``others`` are further venues, for symbols of their own: then ``sources`` are for the rest. Each
    venue has connections of its own, and none stops another.

    One thread, started by :meth:`start`, does everything. The other methods may be called from any
    thread.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        market: Market,
        random: Random,
        others: Sequence[VenueSources] = (),
    ) -> None:
        self._market = market
        self._random = random
        self._users = Users()
        market.listen(self.hub.trade)
        market.listen_quotes(self.hub.quote)
        self._venues = self._made(_Choice(tuple(sources), market.symbols, tuple(others)))
        self._session = 0
        self._next: _Choice | None = None
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

    def switch(
        self,
        sources: Sequence[Source],
        symbols: Sequence[Symbol],
        others: Sequence[VenueSources] = (),
    ) -> None:
        """Show ``symbols`` from the first of ``sources`` that brings data, in a market begun anew.

        ``others`` as for the constructor; ``symbols`` are those of all. Done by the feed's thread
        some time later; of several calls before that the last one counts.
        """
        with self._choosing:
            self._next = _Choice(tuple(sources), tuple(symbols), tuple(others))
        self._call(self._switching.set)

    @property
    def source(self) -> Source:
        """The source that is shown, tried at the moment, or about to be; the first venue's."""
        chosen = self._next
        return chosen.sources[0] if chosen else self._venues[0].source

    @property
    def mode(self) -> FeedMode:
        """How what is in the market now must be labelled; live only if all of it is."""
        modes = [venue.source.mode for venue in self._venues]
        return next((mode for mode in modes if mode is not FeedMode.LIVE), FeedMode.LIVE)

    @property
    def session(self) -> int:
        """Rises with every :meth:`switch`, before the market changes."""
        return self._session

    @property
    def hub(self) -> Hub:
        """Where to subscribe to trades, quotes, books and status; always the same object."""
        return self._users.hub

    @property
    def history(self) -> HistoryProgress:
        """How far the history of every ring has been loaded; always the same object."""
        return self._users.history

    def relabel(self, label: str) -> None:
        """Say in ``label`` what is being shown when all is well, until the next source opens."""
        self._venues[0].label = label

    def load_history(self) -> None:
        """Ask the venues again for what they were asked at the start, unless that is under way."""
        for venue in self._venues:
            self._call(venue.load_history)

    def retry_now(self) -> None:
        """Try to connect at once instead of waiting for the next attempt."""
        for venue in self._venues:
            self._call(venue.retry_now)

    def report_stages(self, report: StageReport) -> None:
        """Have ``report`` called, in the feed's thread, for every frame; call before the start."""
        self._users.report = report

    def record(self, keep: Keep) -> None:
        """Have ``keep`` called, in the feed's thread, with every frame; call before the start.

        Frames of a replay that was switched to are not: they are recorded already.
        """
        self._users.keep = keep

    def restore(self, restore: Restore) -> None:
        """Have a live venue's candles begin with the stored ones; call before the start.

        What is simulated or replayed begins with nothing.
        """
        self._users.restore = restore

    def remember(self, memory: InstrumentMemory) -> None:
        """Have a live venue's instruments begin as ``memory`` knows them; call before the start."""
        self._users.memory = memory

    def status(self) -> FeedStatus:
        """What the feed is doing at this moment; of several venues the one in the worst state.

        Names and counters are those of all. What is not all real is labelled as simulated.
        """
        each = self.statuses()
        if len(each) == 1:
            return each[0]
        told = each[worst([status.state for status in each])]
        modes = {status.mode for status in each}
        ages = [status.age_ms for status in each if status.age_ms is not None]
        repairs = [status.repair for status in each if status.repair is not None]
        return replace(
            told,
            mode=FeedMode.SIMULATED if FeedMode.SIMULATED in modes else told.mode,
            venue=", ".join(dict.fromkeys(status.venue for status in each)),
            age_ms=max(ages, default=None),
            detail=_all_details(each),
            counters=total([status.counters for status in each]),
            failed=any(status.failed for status in each),
            repair=max(repairs, key=lambda repair: repair.time_ns, default=None),
        )

    def statuses(self) -> tuple[FeedStatus, ...]:
        """What each venue is doing."""
        return tuple(venue.status() for venue in self._venues)

    def status_of(self, symbol: str) -> FeedStatus:
        """What the venue of ``symbol`` is doing; raises :class:`market.errors.UnknownSymbol`."""
        return self._venue(symbol).status()

    def symbol_status(self, symbol: str) -> SymbolStatus:
        """One symbol's state, age and counters; raises :class:`market.errors.UnknownSymbol`."""
        return self._venue(symbol).symbol_status(plain(Symbol(symbol)))

    def symbol_statuses(self) -> tuple[SymbolStatus, ...]:
        """Every symbol's state, age and counters, in the market's order."""
        return tuple(self.symbol_status(symbol) for symbol in self._market.symbols)

    def book(self, symbol: str) -> OrderBook | None:
        """The order book of ``symbol``; None while no source follows books."""
        venue = self._found(symbol)
        return venue.book(plain(Symbol(symbol))) if venue else None

    def instrument(self, symbol: str) -> Instrument | None:
        """What the venue of ``symbol`` takes of orders; None while it has told nothing of it."""
        venue = self._found(symbol)
        told = venue.instrument(plain(Symbol(symbol))) if venue else None
        return told and told._replace(symbol=Symbol(symbol))

    def _venue(self, symbol: str) -> VenueFeed:
        found = self._found(symbol)
        if found is None:
            raise UnknownSymbol(symbol, self._market.symbols)
        return found

    def _found(self, symbol: str) -> VenueFeed | None:
        named, venues = Symbol(symbol), self._venues
        if named not in self._market.symbols:
            return None
        if len(venues) == 1:
            return venues[0]
        name = plain(named)
        each = (venue for venue in venues if name in venue.market.symbols)
        return next((venue for venue in each if venue.market[name].symbol == named), None)

    def _made(self, choice: "_Choice", *, later: bool = False) -> list[VenueFeed]:
        """What feeds the market as ``choice`` says."""
        theirs = {symbol for venue in choice.others for symbol in venue.symbols}
        mine = [symbol for symbol in choice.symbols if symbol not in theirs]
        first = VenueMarket(self._market, mine) if choice.others else self._market
        recorded = later and choice.sources[0].mode is FeedMode.REPLAY
        made = [VenueFeed(choice.sources, first, self._random, self._users, recorded)]
        for venue in choice.others:
            part = VenueMarket(self._market, venue.symbols)
            made.append(VenueFeed(venue.sources, part, self._random, self._users))
        return made

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
            work = [asyncio.create_task(venue.run()) for venue in self._venues]
            await asyncio.wait((stopping, switching), return_when=asyncio.FIRST_COMPLETED)
            for task in (*work, switching):
                task.cancel()
            await asyncio.wait(work)

    def _begin_next(self) -> None:
        self._switching.clear()
        with self._choosing:
            chosen = self._next
            if chosen is None:
                return
            # Who reads the market must never take what comes now for what was there before.
            self._session += 1
            self._venues = self._made(chosen, later=True)
            self._next = None
        self._market.start_anew(chosen.symbols)


def _all_details(statuses: Sequence[FeedStatus]) -> str:
    """A sentence per venue, the troubled ones first."""
    calm = (FeedState.STREAMING, FeedState.SLOW)
    ordered = sorted(statuses, key=lambda status: status.state in calm)
    return " ".join(dict.fromkeys(status.detail for status in ordered))
