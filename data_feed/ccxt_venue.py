"""Any exchange that the ccxt library speaks to, as one more venue. The only user of that library.

ccxt owns the sockets, so its connection here is a set of tasks, one for each symbol and kind of
data, whose results become frames (see :mod:`data_feed.ccxt_parser`). It is optional: without it the
other venues work, and asking for it says what to install.
"""

import asyncio
import importlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from data_feed.ccxt_parser import (
    CcxtParser,
    book_frame,
    quote_frame,
    refused_frame,
    trades_frame,
)
from data_feed.connectors import Connection
from data_feed.errors import BadRequest, ConnectionLost, HistoryError, HistoryUnavailable
from data_feed.history_ccxt import CcxtHistory
from data_feed.policy import LoopPolicy
from data_feed.protocol import Channel
from data_feed.rest import Asker
from data_feed.source import Route
from data_feed.status import FeedMode

DEPTH = 50
"""Levels of each side of a book that are passed on, for every change is a whole book here."""

WAITING = 1000
"""Frames that wait to be read; ccxt keeps what comes meanwhile."""

_MS = 1_000_000

# ccxt tells of no heartbeat: silence is a quiet market until it has lasted long.
_POLICY = LoopPolicy(silence_s=120.0, no_data_s=120.0)


def load_ccxt() -> Any:
    """The library, which is imported only when it is asked for: that takes two seconds and 80 MB.

    Raises :class:`BadRequest` when it is not installed.
    """
    try:
        return importlib.import_module("ccxt.pro")
    except ImportError as error:
        raise BadRequest(
            f"venues of ccxt need its library ({error}): pip install -r requirements-ccxt.txt"
        ) from None


def exchange_class(name: str) -> Callable[[dict[str, Any]], Any]:
    """ccxt's class of the exchange ``name``; raises :class:`BadRequest`."""
    library = load_ccxt()
    if name not in library.exchanges:
        raise BadRequest(
            f"venue was 'ccxt:{name}'; with live data ccxt knows {', '.join(library.exchanges)}"
        )
    found: Callable[[dict[str, Any]], Any] = getattr(library, name)
    if not found({}).has.get("watchTrades"):
        raise BadRequest(f"venue was 'ccxt:{name}'; ccxt cannot watch trades there")
    return found


@dataclass(frozen=True, slots=True)
class CcxtSource:
    """The exchange that ``make`` makes, see :class:`data_feed.source.Source`."""

    make: Callable[[dict[str, Any]], Any]
    venue: str
    channels: frozenset[Channel]
    mode: FeedMode = FeedMode.LIVE

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Route]:
        """See :class:`data_feed.source.Source`."""
        rest = CcxtRest(self.make)
        parser = CcxtParser(self.channels, self.venue)
        connector = CcxtConnector(self.make, self.channels)
        history = CcxtHistory(self.make({}).timeframes or {})
        books = Channel.BOOK in self.channels
        label = f"Connected to {self.venue} through ccxt."
        yield Route(label, parser, connector, history, 0.0, _POLICY, books, rest)


def ccxt_source(name: str, channels: frozenset[Channel]) -> CcxtSource:
    """The exchange called ``name`` by ccxt; raises :class:`BadRequest`."""
    make = exchange_class(name)
    return CcxtSource(make, str(make({}).name), channels)


class CcxtConnector:
    """Opens ccxt's connections; see :class:`data_feed.connectors.Connector`."""

    def __init__(
        self, make: Callable[[dict[str, Any]], Any], channels: Collection[Channel]
    ) -> None:
        self._make = make
        self._channels = frozenset(channels)

    async def open(self) -> Connection:
        """A new exchange object with its markets loaded."""
        exchange = self._make({"enableRateLimit": True})
        try:
            await exchange.load_markets()
        except Exception as error:  # noqa: BLE001 - whatever it is, the loop tries again
            await exchange.close()
            raise ConnectionLost(f"no connection: {_words(error)}") from None
        return _CcxtConnection(exchange, self._channels)


class _CcxtConnection:
    def __init__(self, exchange: Any, channels: frozenset[Channel]) -> None:
        self._exchange = exchange
        self._channels = channels
        self._frames: asyncio.Queue[str | ConnectionLost] = asyncio.Queue(WAITING)
        self._tasks: list[asyncio.Task[None]] = []
        errors = importlib.import_module("ccxt")
        self._final = (errors.AuthenticationError, errors.NotSupported, errors.BadSymbol)
        self.arrived_ns = 0

    async def send(self, text: str) -> None:
        """``text`` is a JSON list of the symbols to watch."""
        for symbol in msgspec.json.decode(text, type=list[str]):
            if symbol not in self._exchange.markets:
                name = self._exchange.name
                await self._frames.put(refused_frame(f"{name} has no market {symbol}"))
                continue
            for watch in self._watches(symbol):
                self._tasks.append(asyncio.create_task(self._run(watch)))

    async def receive(self) -> str:
        frame = await self._frames.get()
        if isinstance(frame, ConnectionLost):
            raise frame
        self.arrived_ns = time.monotonic_ns()
        return frame

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._tasks.clear()
        await self._exchange.close()

    def _watches(self, symbol: str) -> list[Callable[[], Awaitable[str | None]]]:
        """What is awaited again and again for ``symbol``; each gives a frame."""
        exchange, has = self._exchange, self._exchange.has

        async def trades() -> str | None:
            return trades_frame(symbol, await exchange.watch_trades(symbol))

        async def quote() -> str | None:
            return quote_frame(symbol, await exchange.watch_ticker(symbol), _now_ms())

        async def book() -> str | None:
            return book_frame(symbol, await exchange.watch_order_book(symbol), DEPTH, _now_ms())

        offered = [
            (Channel.TRADES, "watchTrades", trades),
            (Channel.QUOTES, "watchTicker", quote),
            (Channel.BOOK, "watchOrderBook", book),
        ]
        return [each for channel, name, each in offered if channel in self._channels and has[name]]

    async def _run(self, watch: Callable[[], Awaitable[str | None]]) -> None:
        while True:
            try:
                frame = await watch()
            except self._final as error:  # asking again would not help, and the rest goes on
                await self._frames.put(refused_frame(_words(error)))
                return
            except Exception as error:  # noqa: BLE001 - whatever it is, the loop connects anew
                await self._frames.put(ConnectionLost(_words(error)))
                return
            if frame is not None:
                await self._frames.put(frame)


class CcxtRest:
    """Asks ccxt's REST functions, which keep the exchange's rate limit themselves."""

    def __init__(self, make: Callable[[dict[str, Any]], Any]) -> None:
        self._make = make

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Asker]:
        """See :class:`data_feed.rest.Rest`."""
        exchange = self._make({"enableRateLimit": True})

        async def ask(path: str) -> bytes:
            return await _answer(exchange, dict(parse_qsl(path)))

        try:
            yield ask
        finally:
            await exchange.close()


async def _answer(exchange: Any, asked: dict[str, str]) -> bytes:
    errors = importlib.import_module("ccxt")
    try:
        told = await (_markets if "markets" in asked else _candles)(exchange, asked)
    except errors.RateLimitExceeded as error:
        raise HistoryUnavailable(_words(error)) from None
    except errors.NetworkError as error:
        raise ConnectionLost(f"no answer: {_words(error)}") from None
    except errors.BaseError as error:
        raise HistoryError(_words(error)) from None
    return json.dumps(told).encode()


async def _candles(exchange: Any, asked: dict[str, str]) -> object:
    return await exchange.fetch_ohlcv(
        asked["symbol"], asked["timeframe"], int(asked["since"]), int(asked["limit"])
    )


async def _markets(exchange: Any, asked: dict[str, str]) -> object:
    """What orders in the markets asked for must keep to, see :mod:`data_feed.instruments`."""
    markets = await exchange.load_markets()
    return {
        "mode": exchange.precisionMode,
        "markets": {
            name: {"precision": markets[name]["precision"], "limits": markets[name]["limits"]}
            for name in asked["markets"].split(",") if name in markets
        },
    }  # fmt: skip


def _words(error: Exception) -> str:
    """ccxt puts whole answers into its errors."""
    return f"{type(error).__name__}: {error}"[:200]


def _now_ms() -> int:
    return time.time_ns() // _MS
