"""One venue's share of a feed: the sources that may bring it, and how they are doing."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from data_feed.hub import Kind
from data_feed.progress import Progress, total, worst
from data_feed.source import Route, Source
from data_feed.status import (
    BreakerState,
    FeedMode,
    FeedState,
    FeedStatus,
    SymbolCounters,
    SymbolStatus,
)
from data_feed.tap import TappedConnector
from data_feed.users import Users
from data_feed.venue_market import FedMarket
from data_feed.venue_run import TRIAL_S, VenueRun
from market.instrument import Instrument
from market.order_book import OrderBook
from market.types import INTERVALS, Symbol

log = logging.getLogger(__name__)


class VenueFeed:
    """Feeds ``market`` from the first of ``sources`` that brings data; the last one is kept anyway.

    :meth:`run` is the work, in the feed's thread; the other methods may be called from any.
    ``recorded``: frames are a replay's, so nobody keeps them again. ``label`` says what is shown
    when all is well.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        market: FedMarket,
        random: Random,
        users: Users,
        recorded: bool = False,
    ) -> None:
        self.market = market
        self.label = ""
        self._recorded = recorded
        self._sources = tuple(sources)
        self._random = random
        self._users = users
        self._source = self._sources[0]
        self._run: VenueRun | None = None
        self._instruments: Mapping[Symbol, Instrument] = {}
        self._failure = ""

    # --- the work -----------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled or the source ends; a failure is logged and shown, not lost."""
        try:
            await self._try_sources()
        except Exception as error:
            self._failure = f"the feed failed: {error}"
            log.exception("the feed failed and stands still")

    async def _try_sources(self) -> None:
        for source in self._sources[:-1]:
            if await self._run_source(source, trial=True):
                return
        await self._run_source(self._sources[-1], trial=False)

    async def _run_source(self, source: Source, *, trial: bool) -> bool:
        """Whether ``source`` ran to its end; False when its trial failed."""
        self._source, self._run, self._instruments = source, None, {}
        if not trial:
            await self._take_stored(source)
        async with source.open() as opened:
            route = self._tapped(opened, source.venue)
            run = VenueRun(
                route,
                self.market,
                self._random,
                self._users,
                self._changed,
                self._take_instruments,
                quiet=trial,
            )
            self._run, self.label = run, route.label
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
        keep = self._users.keep
        if keep is None or self._recorded:
            return route
        return replace(route, connector=TappedConnector(route.connector, name, keep))

    async def _take_stored(self, source: Source) -> None:
        """Put what is known from earlier into the market, if ``source`` goes on from there."""
        if source.mode is not FeedMode.LIVE:
            return
        await self._recall()
        restore = self._users.restore
        if restore is None:
            return
        for symbol in self.market.symbols:
            state = self.market[symbol]
            for interval in INTERVALS:
                stored = await asyncio.to_thread(restore, state.symbol, interval)
                state.builder.load_history(interval, stored, closed=True)

    async def _recall(self) -> None:
        """Have what the venue took of orders when it was last asked, until it tells it again."""
        if self._users.memory is not None:
            named = {self.market[symbol].symbol: symbol for symbol in self.market.symbols}
            known = await asyncio.to_thread(self._users.memory.recall, tuple(named))
            recalled = {named[each.symbol]: each for each in known}
            self._instruments = {**recalled, **self._instruments}

    async def _take_instruments(self, told: Mapping[Symbol, Instrument]) -> None:
        self._instruments = {**self._instruments, **told}
        memory = self._users.memory
        if memory is not None and self._source.mode is FeedMode.LIVE:
            named = [
                each._replace(symbol=self.market[each.symbol].symbol) for each in told.values()
            ]
            await asyncio.to_thread(memory.remember, named)

    def _changed(self) -> None:
        hub = self._users.hub
        if Kind.STATUS in hub.wanted:
            hub.status(self.status())

    # --- from any thread ----------------------------------------------------------------------

    @property
    def source(self) -> Source:
        """The source that is shown, or tried at the moment."""
        return self._source

    def load_history(self) -> None:
        """Ask for all history again; call in the feed's thread."""
        if self._run is not None:
            self._run.load_history()

    def retry_now(self) -> None:
        """End every wait for a next attempt; call in the feed's thread."""
        if self._run is not None:
            self._run.retry_now()

    def book(self, symbol: str) -> OrderBook | None:
        """The order book of ``symbol``, by its plain name."""
        return self._run.book(symbol) if self._run else None

    def instrument(self, symbol: Symbol) -> Instrument | None:
        """What the venue takes of orders for ``symbol``, by its plain name; None if it told not."""
        return self._instruments.get(symbol)

    def status(self) -> FeedStatus:
        """What this venue is doing at this moment."""
        run = self._run
        progresses = run.progresses if run else (Progress(),)
        told = progresses[worst([each.state for each in progresses])]
        newest_ns, retry_at_s = max(each.newest_ns for each in progresses), told.retry_at_s
        status = FeedStatus(
            mode=self._source.mode,
            venue=self._source.venue,
            state=told.state,
            age_ms=_age_ms(newest_ns),
            retry_in_s=max(0.0, retry_at_s - time.monotonic()) if retry_at_s else None,
            attempt=told.attempt,
            detail="",
            counters=total([each.counters() for each in progresses]),
            breaker=told.breaker,
            repair=run.repair if run else None,
        )
        reason = told.reason
        if self._failure:
            status = replace(status, state=FeedState.ENDED, failed=True)
            reason = self._failure
        status = replace(status, state=self._slow(status.state, status.age_ms))
        return replace(status, detail=describe(status, reason, self.label))

    def symbol_status(self, symbol: Symbol) -> SymbolStatus:
        """One symbol, by its plain name, at this moment."""
        state, run = self.market[symbol], self._run
        venue = self.status()
        age_ms = _age_ms(state.received_ns)
        counters = SymbolCounters()
        for progress in run.progresses if run else ():
            counters = progress.symbols.get(symbol, counters)
        streaming = FeedState.STREAMING if venue.state is FeedState.SLOW else venue.state
        return SymbolStatus(
            symbol=state.symbol,
            venue=venue.venue,
            mode=venue.mode,
            state=self._slow(streaming, age_ms),
            age_ms=age_ms,
            last_trade_id=state.heard_id if state.heard_id >= 0 else None,
            counters=replace(counters),
            heard_ms=_age_ms(run.heard_ns(symbol)) if run else None,
        )

    def _slow(self, state: FeedState, age_ms: float | None) -> FeedState:
        slow_s = self._run.route.policy.slow_s if self._run else float("inf")
        if state is FeedState.STREAMING and age_ms is not None and age_ms > slow_s * 1e3:
            return FeedState.SLOW
        return state


def _age_ms(newest_ns: int) -> float | None:
    return (time.monotonic_ns() - newest_ns) / 1e6 if newest_ns else None


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
            if status.breaker is BreakerState.OPEN:
                failed = f"{status.attempt - 1} attempts in a row failed"
                return f"{status.venue}: {reason}. {failed}; it is left alone. Next try {when}."
            return f"{status.venue}: {reason}. Next try {when}."
