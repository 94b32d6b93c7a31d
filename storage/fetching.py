"""A venue's candles over its REST interface into the store, page by page, the newest first.

Every page is stored, and noted as asked for, before the next is asked: what ends in the middle goes
on there the next time. Days that are whole in the store are not asked for.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from data_feed.errors import ConnectionLost, HistoryError, HistoryUnavailable
from data_feed.history import VenueHistory
from data_feed.rest import Asker, Rest
from market.columns import CandleWindow
from market.types import INTERVALS, Interval, Symbol
from storage.candle_store import CandleStore, part_of
from storage.errors import FetchStopped
from storage.fetched import FetchedTimes, Span, united, whole_days, without

MOST_EMPTY = 50
"""Answers without a candle after which nothing older is expected."""

TRIES = 5
FIRST_PAUSE_S = 1.0


class FetchOrder(NamedTuple):
    """Which candles: those that start at ``start_ns`` or later and before ``end_ns``."""

    symbol: Symbol
    interval: Interval
    start_ns: int
    end_ns: int

    def closed(self, now_ns: int) -> "FetchOrder":
        """The same on the interval's grid and without what is not over yet."""
        step = self.interval.nanoseconds
        end_ns = min(-(-self.end_ns // step) * step, now_ns - now_ns % step)
        start_ns = self.start_ns - self.start_ns % step
        return self._replace(start_ns=start_ns, end_ns=max(start_ns, end_ns))


class FetchProgress(NamedTuple):
    """How far it is: times seen to, of how many that were missing; candles that were stored."""

    done: int
    expected: int
    stored: int


Tell = Callable[[FetchProgress], None]


class Fetcher:
    """Asks one venue. ``tell`` hears of every page, in the event loop."""

    def __init__(self, store: CandleStore, history: VenueHistory, rest: Rest, tell: Tell) -> None:
        self._store = store
        self._history = history
        self._rest = rest
        self._tell = tell

    async def fetch(self, order: FetchOrder) -> FetchProgress:
        """Store what is missing; may be cancelled at any time without harm.

        Raises :class:`FetchStopped` when the venue does not give it, :class:`WriteFailed` and
        :class:`ReadFailed`.
        """
        if order.interval not in self._history.intervals:
            allowed = ", ".join(each for each in INTERVALS if each in self._history.intervals)
            raise FetchStopped(f"the venue has no {order.interval} candles; it has {allowed}", 0)
        notes = FetchedTimes(self._store, order.symbol, order.interval)
        missing = await asyncio.to_thread(self._missing, order, notes)
        step = order.interval.nanoseconds
        progress = FetchProgress(0, sum(end - start for start, end in missing) // step, 0)
        self._tell(progress)
        async with self._rest.session() as ask:
            for start_ns, end_ns in reversed(missing):
                progress = await self._span(ask, order, notes, (start_ns, end_ns), progress)
        return progress

    def _missing(self, order: FetchOrder, notes: FetchedTimes) -> list[Span]:
        held = self._store.read(order.symbol, order.interval, order.start_ns, order.end_ns)
        known = [*notes.spans(), *whole_days(held.time_ns, order.interval)]
        return without((order.start_ns, order.end_ns), united(known))

    async def _span(
        self,
        ask: Asker,
        order: FetchOrder,
        notes: FetchedTimes,
        span: Span,
        progress: FetchProgress,
    ) -> FetchProgress:
        (start_ns, end_ns), step, empty = span, order.interval.nanoseconds, 0
        while end_ns > start_ns and empty < MOST_EMPTY:
            candles = await self._page(ask, order, end_ns - step, progress.stored)
            empty = 0 if len(candles) else empty + 1
            from_ns = max(start_ns, end_ns - self._history.page * step)
            if len(candles):
                from_ns = max(start_ns, min(from_ns, int(candles.time_ns[0])))
            first, last = np.searchsorted(candles.time_ns, (from_ns, end_ns))
            wanted = part_of(candles, slice(int(first), int(last)))
            await asyncio.to_thread(self._keep, order, notes, wanted, (from_ns, end_ns))
            progress = progress._replace(
                done=progress.done + (end_ns - from_ns) // step,
                stored=progress.stored + len(wanted),
            )
            self._tell(progress)
            if self._history.newest_only and from_ns > start_ns:
                reason = f"the venue gives its newest {self._history.page} candles only"
                raise FetchStopped(reason, progress.stored)
            end_ns = from_ns
        return progress._replace(done=progress.done + (end_ns - start_ns) // step)

    def _keep(
        self, order: FetchOrder, notes: FetchedTimes, candles: CandleWindow, span: Span
    ) -> None:
        if len(candles):
            self._store.write(order.symbol, order.interval, candles)
        notes.add(span)

    async def _page(self, ask: Asker, order: FetchOrder, end_ns: int, stored: int) -> CandleWindow:
        """The candles up to ``end_ns``; a venue that does not answer is asked again."""
        path = self._history.candles_path(order.symbol, order.interval, end_ns)
        pause_s = FIRST_PAUSE_S
        for attempt in range(TRIES):
            try:
                return self._history.candles(order.interval, await ask(path))
            except (ConnectionLost, HistoryUnavailable) as error:
                if attempt == TRIES - 1:
                    raise FetchStopped(str(error), stored) from None
            except HistoryError as error:
                raise FetchStopped(str(error), stored) from None
            await asyncio.sleep(pause_s)
            pause_s *= 2
        raise AssertionError("the last attempt returns or raises")
