"""One opened source at work: its connections, and the questions for history they give rise to."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from random import Random
from typing import Any

from data_feed.history_loader import HistoryLoader, Missing
from data_feed.progress import Progress
from data_feed.repairs import LONGEST_PAUSE_S, Repairs
from data_feed.shard import Shard
from data_feed.source import Route
from data_feed.status import Repair
from data_feed.users import Users
from data_feed.venue_market import FedMarket, Part
from market.instrument import Instrument
from market.order_book import OrderBook
from market.types import Symbol

log = logging.getLogger(__name__)

TRIAL_S = 3.0
"""How long a source that is not the last may take until its first market event."""

SETTLE_S = 20.0
"""Between two looks at whether candles that were open at the start are to be asked for again."""


async def _settle(history: HistoryLoader) -> None:
    while True:
        await asyncio.sleep(SETTLE_S)
        await history.settle()


class VenueRun:
    """As many connections as the venue's limits ask for, at work from the start to :meth:`close`.

    ``changed`` is called when a connection brings data, is lost, or something was repaired,
    ``told`` when the venue has told its instruments.
    ``quiet``: a connection that fails is not told, for it is a trial.
    """

    def __init__(
        self,
        route: Route,
        market: FedMarket,
        random: Random,
        users: Users,
        changed: Callable[[], None],
        told: Callable[[Mapping[Symbol, Instrument]], Awaitable[None]],
        *,
        quiet: bool,
    ) -> None:
        self.route = route
        self.failure = f"no data within {TRIAL_S:g} s"
        self.repair: Repair | None = None
        self._changed = changed
        self._told = told
        self._quiet = quiet
        self._first_data = asyncio.Event()
        self._lost = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loading: set[Shard] = set()
        most = route.parser.limits.symbols
        starts = range(0, len(market.symbols), most) or (0,)
        parts = [Part(market, market.symbols[first : first + most]) for first in starts]
        self._shards = [Shard(route, part, random, users, self) for part in parts]
        self._history: HistoryLoader | None = None
        self._repairs: Repairs | None = None
        if route.history is not None:
            self._history = HistoryLoader(
                route.history, market, self._history_failed, route.pause_s, rest=route.rest,
                progress=users.history,
            )  # fmt: skip
            self._repairs = Repairs(self._history, route.policy.repair_s, self._repaired)
            self._start(self._repairs.run())
            self._start(_settle(self._history))
        for shard in self._shards:
            shard.remember()
        self._work = [asyncio.create_task(shard.loop.run()) for shard in self._shards]

    # --- from any thread ----------------------------------------------------------------------

    @property
    def progresses(self) -> tuple[Progress, ...]:
        """What each connection's loop is doing."""
        return tuple(shard.loop.progress for shard in self._shards)

    def book(self, symbol: str) -> OrderBook | None:
        """The order book of ``symbol``; None where none is followed."""
        books = (shard.books.book(symbol) for shard in self._shards if shard.books)
        return next((book for book in books if book is not None), None)

    def heard_ns(self, symbol: Symbol) -> int:
        """When the newest frame came over the connection of ``symbol``, monotonic; 0 before one."""
        shards = (shard for shard in self._shards if symbol in shard.market.symbols)
        return max((shard.loop.progress.heard_ns for shard in shards), default=0)

    # --- in the feed's thread -----------------------------------------------------------------

    def retry_now(self) -> None:
        """End every wait for a next attempt."""
        for shard in self._shards:
            shard.loop.retry_now()

    async def brings_data(self, within_s: float) -> bool:
        """Whether a market event comes within ``within_s`` seconds, on the first attempt."""
        waits = [asyncio.create_task(event.wait()) for event in (self._first_data, self._lost)]
        await asyncio.wait(
            (*waits, *self._work), timeout=within_s, return_when=asyncio.FIRST_COMPLETED
        )
        for wait in waits:
            wait.cancel()
        self._quiet = False
        return self._first_data.is_set()

    async def finished(self) -> None:
        """Wait for the end of the source; most have none."""
        # Not gathered, for then whoever is cancelled here would cancel them, and :meth:`close` a
        # second time, while they close their connections.
        done, _ = await asyncio.wait(self._work, return_when=asyncio.FIRST_EXCEPTION)
        for each in done:
            each.result()

    async def close(self) -> None:
        """Stop everything."""
        tasks = (*self._tasks, *self._work)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    def first_data(self, shard: Shard) -> None:
        """See :class:`data_feed.shard.ShardListener`."""
        history = self._history
        if history is not None and not self._first_data.is_set():
            self._start(self._until_had(lambda: self._load_instruments(history)))
        self._first_data.set()
        self._load_history(shard)

    def streaming(self) -> None:
        """See :class:`data_feed.shard.ShardListener`."""
        self._changed()

    def lost(self, reason: str, retry_in_s: float) -> None:
        """See :class:`data_feed.shard.ShardListener`."""
        self.failure = reason
        self._lost.set()
        self._changed()
        if not self._quiet:
            name = self.route.parser.name
            log.warning("%s: %s; next try in %.1f s", name, reason, retry_in_s)

    def missing(self, symbol: Symbol, missing: Missing, reconnected: bool) -> None:
        """See :class:`data_feed.shard.ShardListener`."""
        if self._repairs is None:
            return
        if reconnected:
            self._repairs.reconnected()
        self._repairs.add(symbol, missing)

    def book_lost(self, shard: Shard, symbol: Symbol) -> None:
        """See :class:`data_feed.shard.ShardListener`."""
        if self._history is not None:
            self._start(self._load_book(self._history, shard, symbol))

    def load_history(self) -> None:
        """Ask for everything again that is asked for at the start, unless that is under way."""
        for shard in self._shards:
            self._load_history(shard)

    def _load_history(self, shard: Shard) -> None:
        if self._history is not None and shard not in self._loading:
            self._start(self._load_all(self._history, shard))

    async def _load_all(self, history: HistoryLoader, shard: Shard) -> None:
        self._loading.add(shard)
        try:
            await self._until_had(lambda: history.load_all(shard.known))
        finally:
            self._loading.discard(shard)

    async def _until_had(self, ask: Callable[[], Awaitable[bool]]) -> None:
        pause_s = self.route.policy.repair_s
        while not await ask():
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _load_instruments(self, history: HistoryLoader) -> bool:
        """False when the venue could not answer at the moment."""
        found = await history.load_instruments()
        if found:
            await self._told(found)
        return found is not None

    async def _load_book(self, history: HistoryLoader, shard: Shard, symbol: Symbol) -> None:
        snapshot = await history.load_book(symbol)
        if snapshot is not None:
            shard.loop.take_book(snapshot)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._history_ended)

    def _history_ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("history failed and is incomplete", exc_info=task.exception())
            self._history_failed()

    def _history_failed(self) -> None:
        self._shards[0].loop.progress.history_failures += 1

    def _repaired(self, repair: Repair) -> None:
        self.repair = repair
        self._changed()
        self._shards[0].loop.progress.repairs += 1
        for shard in self._shards:
            for symbol in set(repair.symbols) & set(shard.market.symbols):
                shard.loop.progress.of(symbol).repairs += 1
