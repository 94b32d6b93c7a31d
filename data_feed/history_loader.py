"""Asks for history and puts it into the market: at the start, and whatever was missed later."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from data_feed.errors import ConnectionLost, HistoryError, HistoryUnavailable
from data_feed.history import BookHistory, VenueHistory
from data_feed.history_progress import HistoryProgress
from data_feed.instruments import listing_of
from data_feed.protocol import BookSnapshot
from data_feed.rest import Asker, HttpRest, Rest
from data_feed.seam import Seams
from data_feed.venue_market import FedMarket
from market.aggregation import WINDOW
from market.candle_builder import Outcome
from market.columns import CandleWindow
from market.instrument import Instrument
from market.resample import resample
from market.types import Interval, Symbol, Trade

log = logging.getLogger(__name__)

PAGES = {Interval.M1: 4, Interval.M5: 2, Interval.M15: 2, Interval.H1: 3, Interval.D1: 2}
"""Pages asked for at the start; other intervals one, and more where stored candles are older."""

TRADE_PAGES = 4
"""Pages of a thousand trades asked for at the start."""

PATIENT_ROUNDS = 4
"""Rounds in which a symbol's candles wait for its trades, where these cannot be had at the moment.
"""

MOST_TRADE_PAGES = WINDOW // 1000 + 1
"""Trades further back have no place among the candles any more; candles are asked for instead."""


class Missing(NamedTuple):
    """What is missing of a symbol: trades after ``after_id``, candles after ``since_ns``.

    ``after_id`` None: the recent trades. ``since_ns`` None: no candle was there before. Without
    ``candles`` they are asked for only where the trades are not to be had.
    """

    after_id: int | None
    since_ns: int | None
    candles: bool

    def joined(self, other: "Missing") -> "Missing":
        """Both."""
        after = [each for each in (self.after_id, other.after_id) if each is not None]
        since = [each for each in (self.since_ns, other.since_ns) if each is not None]
        return Missing(
            min(after, default=None), min(since, default=None), self.candles or other.candles
        )


def known(market: FedMarket, symbol: Symbol) -> Missing:
    """Everything that will come after what ``market`` knows of ``symbol`` at this moment."""
    state = market[symbol]
    minutes = state.builder.columns(Interval.M1).snapshot(1).time_ns
    after_id = state.heard_id if state.heard_id >= 0 else None
    return Missing(after_id, int(minutes[0]) if len(minutes) else None, candles=True)


@dataclass(slots=True)
class Round:
    """What a round brought: trades and closed candles of a minute that were not there.

    Only candles after those of ``missing`` count. ``failed``: symbols to be asked for again, as the
    venue could not answer at the moment.
    """

    missing: Mapping[Symbol, Missing] = field(default_factory=dict)
    trades: int = 0
    candles: int = 0
    symbols: set[Symbol] = field(default_factory=set)
    failed: list[Symbol] = field(default_factory=list)


class HistoryLoader:
    """Asks one question at a time, ``pause_s`` apart, so that no venue's limits are met.

    Recent trades come first (they build the short intervals), candles after them, so that nothing
    is counted twice: see :mod:`data_feed.seam`. A question without a usable answer is logged,
    reported to ``failed`` and skipped. ``progress`` is told how far :meth:`load_all` is.
    """

    def __init__(
        self,
        history: VenueHistory,
        market: FedMarket,
        failed: Callable[[], None],
        pause_s: float = 0.0,
        timeout_s: float = 5.0,
        rest: Rest | None = None,
        progress: HistoryProgress | None = None,
    ) -> None:
        self._history = history
        self._market = market
        self._failed = failed
        self._rest = rest or HttpRest(history, pause_s, timeout_s)
        self._progress = progress or HistoryProgress()
        self._book_turn = asyncio.Lock()
        self._seams = Seams()
        self._rounds = 0
        self._unanswered: set[Symbol] = set()

    async def load_all(self, since: Mapping[Symbol, Missing] | None = None) -> bool:
        """Recent trades and pages of candles of all symbols; what is looked at first, first.

        ``since`` names symbols, and what is known of them from earlier: pages reach back to it.
        False when the venue could not answer everything at the moment.
        """
        since = since or {symbol: known(self._market, symbol) for symbol in self._market.symbols}
        work, intervals = Round(), self._history.intervals
        self._rounds += 1
        self._unanswered.update(since)
        for symbol in since:
            for interval in intervals:
                pages = 1 if self._history.newest_only else PAGES.get(interval, 1)
                expected = min(pages * self._history.page, self._held(symbol, interval))
                self._progress.begin(self._market[symbol].symbol, interval, expected)
        try:
            async with self._session(work, list(since)) as ask:
                await self._load_first(ask, since, work)
                for interval in intervals:
                    for symbol, each in since.items():
                        if self._waits_for_trades(symbol, work):
                            continue
                        reach = (PAGES.get(interval, 1), each.since_ns)
                        await self._load_candles(ask, symbol, interval, reach, work)
                        self._progress.end(self._market[symbol].symbol, interval)
            self._compose(since)
        finally:
            for symbol in since:
                for interval in intervals:
                    self._progress.end(self._market[symbol].symbol, interval)
        self._unanswered.difference_update(since.keys() - set(work.failed))
        return not work.failed

    async def _load_first(self, ask: Asker, since: Mapping[Symbol, Missing], work: Round) -> None:
        """What a chart shows first: recent trades and one page of candles of a minute."""
        for symbol in since:
            await self._load_trades(ask, symbol, None, TRADE_PAGES, work)
            if self._waits_for_trades(symbol, work):
                continue
            await self._load_candles(ask, symbol, Interval.M1, (1, None), work)

    def _waits_for_trades(self, symbol: Symbol, work: Round) -> bool:
        """Whether candles are better asked for in the next round, after the trades.

        Without trades from before them, the first short candles would lack their beginnings.
        """
        failed = symbol in work.failed and not self._seams.known(symbol)
        return failed and self._rounds <= PATIENT_ROUNDS

    def ready(self, symbol: Symbol) -> bool:
        """Whether a gap of ``symbol`` can be filled: not before the first page of its trades."""
        return self._seams.known(symbol) or symbol not in self._unanswered

    async def refill(self, missing: Mapping[Symbol, Missing]) -> Round:
        """What is missing: trades, then candles of every interval."""
        work = Round(missing)
        async with self._session(work, list(missing)) as ask:
            short = []
            for symbol, each in missing.items():
                pages = 1 if each.after_id is None else MOST_TRADE_PAGES
                reached = await self._load_trades(ask, symbol, each.after_id, pages, work)
                wanted = each.candles or not reached
                if wanted and not self._waits_for_trades(symbol, work):
                    short.append(symbol)
            for interval in self._history.intervals:
                for symbol in short:
                    reach = (1, missing[symbol].since_ns)
                    await self._load_candles(ask, symbol, interval, reach, work)
            self._compose(short)
        return work

    async def settle(self) -> None:
        """Ask again for minutes that were open when they were asked for and have ended since."""
        symbols, work = self._seams.unsettled(time.time_ns()), Round()
        if not symbols:
            return
        async with self._session(work, symbols) as ask:
            for symbol in symbols:
                await self._load_candles(ask, symbol, Interval.M1, (1, None), work)
            self._compose(symbols)

    async def load_book(self, symbol: Symbol) -> BookSnapshot | None:
        """The book of ``symbol``, None when the venue gave none. One is asked for at a time."""
        history = self._history
        if not isinstance(history, BookHistory):
            return None
        async with self._book_turn, self._session(Round(), [symbol]) as ask:
            try:
                return history.book(symbol, await ask(history.book_path(symbol)))
            except HistoryError as error:
                self._report(f"the book of {symbol}", error)
        return None

    async def load_instruments(self) -> dict[Symbol, Instrument] | None:
        """What the venue takes of orders, as far as it tells that; None: not at the moment."""
        listing, symbols = listing_of(self._history), self._market.symbols
        if listing is None or not symbols:
            return {}
        try:
            async with self._rest.session() as ask:
                return listing.read(symbols, await ask(listing.path(symbols)))
        except (HistoryError, ConnectionLost) as error:
            log.warning("instruments: %s; orders are held to no steps of the venue", error)
            return None if isinstance(error, HistoryUnavailable | ConnectionLost) else {}

    @asynccontextmanager
    async def _session(self, work: Round, symbols: Sequence[Symbol]) -> AsyncIterator[Asker]:
        """A venue that cannot be reached ends the whole round with one report."""
        async with self._rest.session() as ask:
            try:
                yield ask
            except ConnectionLost as error:
                self._report("everything else", error)
                work.failed = list(symbols)

    async def _load_trades(
        self, ask: Asker, symbol: Symbol, after_id: int | None, pages: int, work: Round
    ) -> bool:
        """Fill in recent trades, oldest first: a candle far behind the newest has no place.

        Whether they reach back to ``after_id``.
        """
        history = self._history
        trades: list[Trade] = []
        try:
            for _ in range(pages):
                path = history.trades_path(symbol, trades[0].trade_id if trades else None)
                page = path and history.trades(symbol, await ask(path))
                if not page:
                    break
                trades = [*page, *trades]
                if after_id is not None and trades[0].trade_id <= after_id + 1:
                    break
        except HistoryError as error:
            self._skip(f"trades of {symbol}", error, symbol, work)
        reached = bool(trades) and after_id is not None and trades[0].trade_id <= after_id + 1
        broken = not reached and after_id is not None and symbol not in work.failed
        self._fill(symbol, self._seams.trades(symbol, trades, broken=broken), work)
        return reached

    def _fill(self, symbol: Symbol, trades: Sequence[Trade], work: Round) -> None:
        before = self._minutes(symbol, work)
        for trade in trades:
            outcome = self._market.fill(trade)
            if outcome is Outcome.APPLIED or outcome is Outcome.PATCHED:
                work.trades += 1
                work.symbols.add(symbol)
        self._count(symbol, before, work)

    async def _load_candles(
        self,
        ask: Asker,
        symbol: Symbol,
        interval: Interval,
        reach: tuple[int, int | None],
        work: Round,
    ) -> None:
        """At least so many pages, and more until the candle that was known before."""
        history, (pages, since_ns) = self._history, reach
        most = 1 if history.newest_only else -(-self._held(symbol, interval) // history.page)
        end_ns = time.time_ns()
        try:
            for number in range(most):
                if number >= pages and (since_ns is None or end_ns < since_ns):
                    return
                body = await ask(history.candles_path(symbol, interval, end_ns))
                candles = history.candles(interval, body)
                if not len(candles):
                    return
                before = self._minutes(symbol, work)
                self._take(symbol, interval, candles)
                self._count(symbol, before, work)
                self._progress.came(self._market[symbol].symbol, interval, len(candles))
                end_ns = int(candles.time_ns[0]) - interval.nanoseconds
        except HistoryError as error:
            self._skip(f"{interval} candles of {symbol}", error, symbol, work)

    def _held(self, symbol: Symbol, interval: Interval) -> int:
        return self._market[symbol].builder.columns(interval).capacity

    def _take(self, symbol: Symbol, interval: Interval, candles: CandleWindow) -> None:
        state = self._market[symbol]
        if not self._seams.known(symbol):
            newest_ns = state.last_trade.time_ns if state.last_trade else time.time_ns()
            self._seams.begin(symbol, newest_ns, newest_ns)
        builder = state.builder
        self._seams.take(symbol, interval, candles, builder)
        if interval is Interval.H1 and Interval.H4 not in self._history.intervals:
            hours = builder.columns(Interval.H1).window()
            fours = resample(hours, Interval.H4, whole_only=True)
            self._seams.take(symbol, Interval.H4, fours, builder)

    def _compose(self, symbols: Iterable[Symbol]) -> None:
        for symbol in symbols:
            self._seams.compose(symbol, self._market[symbol].builder)

    def _minutes(self, symbol: Symbol, work: Round) -> set[int]:
        """Starts of the candles after the one that was known before the outage."""
        since_ns = work.missing[symbol].since_ns if symbol in work.missing else None
        if since_ns is None:
            return set()
        times = self._market[symbol].builder.columns(Interval.M1).window().time_ns
        return set(times[times > since_ns].tolist())

    def _count(self, symbol: Symbol, before: set[int], work: Round) -> None:
        closed_ns = time.time_ns() - Interval.M1.nanoseconds
        new = [each for each in self._minutes(symbol, work) - before if each <= closed_ns]
        work.candles += len(new)
        if new:
            work.symbols.add(symbol)

    def _skip(self, what: str, error: HistoryError, symbol: Symbol, work: Round) -> None:
        self._report(what, error)
        if isinstance(error, HistoryUnavailable) and symbol not in work.failed:
            work.failed.append(symbol)

    def _report(self, what: str, error: HistoryError | ConnectionLost) -> None:
        log.warning("history: %s could not be loaded: %s", what, error)
        self._failed()
