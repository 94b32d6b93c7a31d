"""Imports of a venue's history while the program runs: started, watched and cancelled by number."""

import asyncio
import logging
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from data_feed.errors import BadRequest
from data_feed.open_feed import VENUES
from data_feed.rest import HttpRest
from market.errors import MarketError
from market.types import DAY, Interval, Symbol
from server.errors import RequestError
from server.settings import Settings
from server.views import ImportView
from storage.candle_store import CandleStore
from storage.errors import StorageError
from storage.fetching import Fetcher, FetchOrder, FetchProgress
from storage.times import from_text

log = logging.getLogger(__name__)

TIMEOUT_S = 15.0
MOST_REMEMBERED = 20
FOREVER_S = 3600.0
STOP_S = 5.0


class ImportOrder(BaseModel):
    """Which candles to ask which venue for; days are in UTC and the last one is included."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    venue: str = Field(max_length=20)
    symbol: str = Field(max_length=33, description="Like BTC-USD")
    interval: str = Field("1m", max_length=3)
    start: date = Field(alias="from", description="First day, like 2026-11-01")
    end: date = Field(alias="to", description="Last day")


@dataclass(slots=True)
class _Import:
    view: ImportView
    thread: threading.Thread | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)


class HistoryImports:
    """One import at a time, in a thread of its own. All methods may be called from any thread."""

    def __init__(self, settings: Settings) -> None:
        self._store = settings.store
        self._imports: dict[int, _Import] = {}
        self._lock = threading.Lock()

    @property
    def venues(self) -> tuple[str, ...]:
        """The venues that can be asked."""
        return tuple(VENUES)

    def start(self, order: ImportOrder) -> ImportView:
        """Begin; raises :class:`RequestError` for what cannot be had, and while one is running."""
        fetch = self._checked(order)
        assert self._store is not None
        with self._lock:
            running = [each.view for each in self._imports.values() if each.view.state == "running"]
            if running:
                raise RequestError(
                    f"import {running[0].id} of {running[0].symbol} is running; "
                    "cancel it, or start this one when it has ended"
                )
            number = max(self._imports, default=0) + 1
            view = ImportView(
                number, order.venue, fetch.symbol, fetch.interval, "running", 0, 0, 0, ""
            )
            made = self._imports[number] = _Import(view)
            for old in list(self._imports)[:-MOST_REMEMBERED]:
                del self._imports[old]
        store = CandleStore(self._store, order.venue)
        arguments = (made, store, order.venue, fetch)
        made.thread = threading.Thread(target=_run, args=arguments, name="import", daemon=True)
        made.thread.start()
        return view

    def all(self) -> list[ImportView]:
        """The last ones, newest first."""
        return [each.view for each in reversed(self._known())]

    def view(self, number: int) -> ImportView:
        """One of them; raises :class:`RequestError`."""
        return self._found(number).view

    def cancel(self, number: int) -> ImportView:
        """End it as soon as the page at hand is stored; what is stored stays."""
        found = self._found(number)
        found.cancelled.set()
        return found.view

    def close(self) -> None:
        """Cancel what is running and wait for it, within :data:`STOP_S` seconds."""
        for each in self._known():
            each.cancelled.set()
            if each.thread is not None:
                each.thread.join(STOP_S)

    def _known(self) -> list[_Import]:
        with self._lock:
            return list(self._imports.values())

    def _found(self, number: int) -> _Import:
        found = self._imports.get(number)
        if found is None:
            raise RequestError(f"import was {number}; allowed are the ids that /api/imports lists")
        return found

    def _checked(self, order: ImportOrder) -> FetchOrder:
        if self._store is None:
            raise RequestError("nothing is stored: the program was started with --store off")
        venue = VENUES.get(order.venue)
        if venue is None:
            raise RequestError(f"venue was {order.venue!r}; allowed are {', '.join(VENUES)}")
        if order.start > order.end:
            raise RequestError(f"from was {order.start}, after to ({order.end})")
        symbol = Symbol(order.symbol.strip().upper())
        try:
            interval = Interval.parse(order.interval)
            venue.parser(()).venue_symbol(symbol)
            CandleStore(self._store, order.venue).read(symbol, interval, 0, 1)
        except (BadRequest, MarketError, StorageError) as error:
            raise RequestError(str(error)) from None
        if interval not in venue.history().intervals:
            allowed = ", ".join(venue.history().intervals)
            raise RequestError(f"interval was {interval}; {order.venue} has {allowed}")
        start_ns, end_ns = (from_text(each.isoformat()) for each in (order.start, order.end))
        fetch = FetchOrder(symbol, interval, start_ns, end_ns + DAY).closed(time.time_ns())
        if fetch.start_ns >= fetch.end_ns:
            raise RequestError(f"from was {order.start}; no candle of that time is closed yet")
        return fetch


def _run(made: _Import, store: CandleStore, venue: str, order: FetchOrder) -> None:
    """Work, and leave a view that says how it ended."""
    try:
        done = asyncio.run(_fetch(made, store, venue, order))
    except asyncio.CancelledError:
        _tell(made, "cancelled", "")
    except StorageError as error:
        log.warning("import of %s: %s", order.symbol, error)
        _tell(made, "failed", str(error))
    except Exception as error:
        log.exception("import of %s failed", order.symbol)
        _tell(made, "failed", f"a defect of ours: {error!r}")
    else:
        _progress(made, done)
        _tell(made, "done", "")


async def _fetch(made: _Import, store: CandleStore, name: str, order: FetchOrder) -> FetchProgress:
    venue = VENUES[name]
    history = venue.history()
    rest = HttpRest(history, venue.pause_s, TIMEOUT_S)
    work = asyncio.create_task(
        Fetcher(store, history, rest, lambda told: _progress(made, told)).fetch(order)
    )
    told = asyncio.create_task(asyncio.to_thread(_wait, made, work))
    try:
        await asyncio.wait((work, told), return_when=asyncio.FIRST_COMPLETED)
        work.cancel()
        return await work
    finally:
        made.cancelled.set()  # lets the waiting thread go
        await told


def _wait(made: _Import, work: "asyncio.Task[FetchProgress]") -> None:
    while not work.done() and not made.cancelled.wait(FOREVER_S):
        continue


def _progress(made: _Import, told: FetchProgress) -> None:
    made.view = replace(made.view, done=told.done, expected=told.expected, stored=told.stored)


def _tell(made: _Import, state: str, detail: str) -> None:
    made.view = replace(made.view, state=state, detail=detail)
