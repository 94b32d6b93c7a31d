"""Fetches history over HTTP and puts it into the market. The only importer of an HTTP client."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx

from data_feed.errors import ConnectionLost, HistoryError
from data_feed.history import BookHistory, VenueHistory
from data_feed.loopback import is_loopback
from data_feed.protocol import BookSnapshot
from market.columns import CandleWindow
from market.market import Market
from market.resample import resample
from market.types import Interval, Symbol, Trade

log = logging.getLogger(__name__)

PAGES = {Interval.M1: 4, Interval.M5: 2, Interval.M15: 2, Interval.H1: 3, Interval.D1: 2}
"""Pages asked for at the start; other intervals one."""

TRADE_PAGES = 4
"""Pages of a thousand trades asked for at the start."""

# The client reports every question as news; at the start there are a hundred.
logging.getLogger("httpx").setLevel(logging.WARNING)


class HistoryLoader:
    """Asks one question at a time, ``pause_s`` apart, so that no venue's limits are met.

    Recent trades come first (they build the short intervals), candles after them, so that nothing
    is counted twice: see :mod:`market.merging`. A question without a usable answer is logged,
    reported to ``failed`` and skipped.
    """

    def __init__(
        self,
        history: VenueHistory,
        market: Market,
        failed: Callable[[], None],
        pause_s: float = 0.0,
        timeout_s: float = 5.0,
    ) -> None:
        self._history = history
        self._market = market
        self._failed = failed
        self._pause_s = pause_s
        self._timeout_s = timeout_s
        self._book_turn = asyncio.Lock()

    async def load_all(self) -> None:
        """Recent trades and all pages of candles of all symbols; what is looked at first, first."""
        async with self._session() as client:
            for symbol in self._market.symbols:
                await self._load_trades(client, symbol, TRADE_PAGES)
                await self._load_candles(client, symbol, Interval.M1, 1)
            for interval in self._history.intervals:
                for symbol in self._market.symbols:
                    await self._load_candles(client, symbol, interval, PAGES.get(interval, 1))

    async def refill(self) -> None:
        """What was missed while the connection was lost: trades, and one page of each interval."""
        async with self._session() as client:
            for symbol in self._market.symbols:
                await self._load_trades(client, symbol)
            for interval in self._history.intervals:
                for symbol in self._market.symbols:
                    await self._load_candles(client, symbol, interval, 1)

    async def refill_trades(self, symbol: Symbol) -> None:
        """The most recent trades of ``symbol``, after a gap."""
        async with self._session() as client:
            await self._load_trades(client, symbol)

    async def load_book(self, symbol: Symbol) -> BookSnapshot | None:
        """The book of ``symbol``, None when the venue gave none. One is asked for at a time."""
        history = self._history
        if isinstance(history, BookHistory):
            async with self._book_turn, self._session() as client:
                try:
                    body = await self._get(client, history.book_path(symbol))
                    return history.book(symbol, body)
                except HistoryError as error:
                    self._report(f"the book of {symbol}", error)
        return None

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client; a venue that cannot be reached ends the whole round with one report."""
        async with httpx.AsyncClient(
            base_url=self._history.base_url,
            timeout=self._timeout_s,
            trust_env=not is_loopback(self._history.base_url),
            headers={"User-Agent": "candlecast"},
        ) as client:
            try:
                yield client
            except ConnectionLost as error:
                self._report("everything else", error)

    async def _load_trades(self, client: httpx.AsyncClient, symbol: Symbol, pages: int = 1) -> None:
        """Fill in recent trades, oldest first: a candle far behind the newest has no place."""
        history = self._history
        trades: list[Trade] = []
        try:
            for _ in range(pages):
                path = history.trades_path(symbol, trades[0].trade_id if trades else None)
                page = path and history.trades(symbol, await self._get(client, path))
                if not page:
                    break
                trades = [*page, *trades]
        except HistoryError as error:
            self._report(f"trades of {symbol}", error)
        for trade in trades:
            self._market.fill(trade)

    async def _load_candles(
        self, client: httpx.AsyncClient, symbol: Symbol, interval: Interval, pages: int
    ) -> None:
        history = self._history
        end_ns = time.time_ns()
        try:
            for _ in range(1 if history.newest_only else pages):
                body = await self._get(client, history.candles_path(symbol, interval, end_ns))
                candles = history.candles(interval, body)
                if not len(candles):
                    return
                self._take(symbol, interval, candles)
                end_ns = int(candles.time_ns[0]) - interval.nanoseconds
        except HistoryError as error:
            self._report(f"{interval} candles of {symbol}", error)

    def _take(self, symbol: Symbol, interval: Interval, candles: CandleWindow) -> None:
        builder = self._market[symbol].builder
        builder.load_history(interval, candles)
        if interval is Interval.H1 and Interval.H4 not in self._history.intervals:
            hours = builder.columns(Interval.H1).window()
            builder.load_history(Interval.H4, resample(hours, Interval.H4, whole_only=True))

    async def _get(self, client: httpx.AsyncClient, path: str) -> bytes:
        await asyncio.sleep(self._pause_s)
        try:
            answer = await client.get(path)
        except httpx.HTTPError as error:
            raise ConnectionLost(f"no answer: {str(error) or type(error).__name__}") from None
        if answer.status_code != httpx.codes.OK:
            raise HistoryError(f"status {answer.status_code}, {answer.content[:80]!r}")
        return answer.content

    def _report(self, what: str, error: HistoryError | ConnectionLost) -> None:
        log.warning("history: %s could not be loaded: %s", what, error)
        self._failed()
