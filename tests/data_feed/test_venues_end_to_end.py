"""Each venue from the socket to the market, over loopback servers that speak its protocol.

No real venue can be reached from a test: the frames are those of the recordings and documents.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Any
from zlib import crc32

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from data_feed.books import Books
from data_feed.connectors import WebSocketConnector
from data_feed.feed import Feed
from data_feed.history import BinanceHistory, CoinbaseHistory, VenueHistory
from data_feed.history_bybit import BybitHistory
from data_feed.history_kraken import KrakenHistory
from data_feed.history_loader import HistoryLoader
from data_feed.history_okx import OkxHistory
from data_feed.policy import LoopPolicy
from data_feed.protocol import TICKS, Channel, Limits, VenueParser
from data_feed.socket_loop import SocketLoop
from data_feed.source import Route
from data_feed.status import FeedMode, FeedState
from data_feed.venues.binance import BinanceParser
from data_feed.venues.bybit import BybitParser
from data_feed.venues.coinbase import CoinbaseParser
from data_feed.venues.kraken import KrakenParser
from data_feed.venues.okx import OkxParser
from market.instrument import Instrument
from market.market import Market
from market.order_book import OrderBook
from market.types import Interval, Symbol
from tests.data_feed.test_history_loader import Answer, answering
from tests.data_feed.test_socket_loop import Listener, until
from tests.data_feed.venue_server import hangs_up, sends, serving, stays_silent

BOOKS = TICKS | {Channel.BOOK}
USD, USDT = Symbol("BTC-USD"), Symbol("BTC-USDT")
TIME = "2023-11-14T22:13:20.5Z"
MS = 1_700_000_000_500


@dataclass
class Script:
    """What a venue says after being asked for market data, and to later requests."""

    opening: list[Any]
    after_request: list[Any]


def kraken_book(kind: str, bids: list[tuple[str, str]], top: str) -> str:
    """Numbers as the venue writes them; ``top`` is the text whose checksum is sent."""
    rows = ",".join(f'{{"price":{price},"qty":{size}}}' for price, size in bids)
    asks = '{"price":101.0,"qty":2.00}' if kind == "snapshot" else ""
    return (
        f'{{"channel":"book","type":"{kind}","data":[{{"symbol":"BTC/USD","bids":[{rows}],'
        f'"asks":[{asks}],"checksum":{crc32(top.encode())},"timestamp":"{TIME}"}}]}}'
    )


KRAKEN = Script(
    [
        {"channel": "status", "type": "update", "data": [{"system": "online"}]},
        {"method": "subscribe", "success": True, "result": {"channel": "book",
                                                            "symbol": "BTC/USD"}},
        {"channel": "heartbeat"},
        {"channel": "trade", "type": "snapshot", "data": [
            {"symbol": "BTC/USD", "side": "buy", "price": 100.5, "qty": 2, "ord_type": "market",
             "trade_id": 7, "timestamp": TIME}]},
        {"channel": "ticker", "type": "snapshot", "data": [
            {"symbol": "BTC/USD", "bid": 100.0, "bid_qty": 1, "ask": 101.0, "ask_qty": 2}]},
        kraken_book("snapshot", [("100.0", "1.00")], "10102001000100"),
        # The checksum is that of another book: a frame was lost.
        kraken_book("update", [("99.0", "5.00")], "something else"),
    ],
    [kraken_book("snapshot", [("100.0", "3.00")], "10102001000300")],
)  # fmt: skip

BYBIT = Script(
    [
        {"success": True, "ret_msg": "subscribe", "req_id": "1", "op": "subscribe"},
        {"topic": "publicTrade.BTCUSDT", "ts": MS, "type": "snapshot", "data": [
            {"i": "7", "T": MS, "p": "100.5", "v": "2", "S": "Buy", "s": "BTCUSDT"}]},
        {"topic": "orderbook.1.BTCUSDT", "ts": MS, "type": "snapshot", "data": {
            "s": "BTCUSDT", "b": [["100.0", "1"]], "a": [["101.0", "2"]], "u": 5}},
        {"topic": "orderbook.200.BTCUSDT", "ts": MS, "type": "snapshot", "data": {
            "s": "BTCUSDT", "b": [["100.0", "1"]], "a": [["101.0", "2"]], "u": 5}},
        {"topic": "orderbook.200.BTCUSDT", "ts": MS, "type": "delta", "data": {
            "s": "BTCUSDT", "b": [["99.0", "5"]], "a": [], "u": 7}},
    ],
    [{"topic": "orderbook.200.BTCUSDT", "ts": MS, "type": "snapshot", "data": {
        "s": "BTCUSDT", "b": [["100.0", "3"]], "a": [["101.0", "2"]], "u": 8}}],
)  # fmt: skip

OKX_BOOK = {"arg": {"channel": "books", "instId": "BTC-USDT"}}
OKX = Script(
    [
        {"event": "subscribe", "arg": {"channel": "trades", "instId": "BTC-USDT"}, "connId": "a"},
        {"arg": {"channel": "trades", "instId": "BTC-USDT"}, "data": [
            {"instId": "BTC-USDT", "tradeId": "7", "px": "100.5", "sz": "2", "side": "buy",
             "ts": str(MS)}]},
        {"arg": {"channel": "tickers", "instId": "BTC-USDT"}, "data": [
            {"instId": "BTC-USDT", "bidPx": "100", "bidSz": "1", "askPx": "101", "askSz": "2",
             "ts": str(MS)}]},
        {**OKX_BOOK, "action": "snapshot", "data": [
            {"asks": [["101", "2", "0", "1"]], "bids": [["100", "1", "0", "1"]], "ts": str(MS),
             "checksum": 0, "seqId": 5, "prevSeqId": -1}]},
        {**OKX_BOOK, "action": "update", "data": [
            {"asks": [], "bids": [["99", "5", "0", "1"]], "ts": str(MS), "checksum": 0, "seqId": 9,
             "prevSeqId": 7}]},
    ],
    [],
)  # fmt: skip

BINANCE = Script(
    [
        {"result": None, "id": 1},
        {"stream": "btcusdt@trade", "data": {
            "e": "trade", "s": "BTCUSDT", "t": 7, "p": "100.5", "q": "2", "T": MS, "m": False}},
        {"stream": "btcusdt@bookTicker", "data": {
            "s": "BTCUSDT", "b": "100", "B": "1", "a": "101", "A": "2"}},
        {"stream": "btcusdt@depth@100ms", "data": {
            "e": "depthUpdate", "E": MS, "s": "BTCUSDT", "U": 6, "u": 9, "b": [["99", "5"]],
            "a": []}},
    ],
    [],
)  # fmt: skip

COINBASE = Script(
    [
        {"type": "subscriptions", "channels": [{"name": "level2_batch", "product_ids": [USD]}]},
        {"type": "last_match", "trade_id": 7, "side": "sell", "size": "2", "price": "100.5",
         "product_id": USD, "time": TIME},
        {"type": "ticker", "product_id": USD, "best_bid": "100", "best_bid_size": "1",
         "best_ask": "101", "best_ask_size": "2", "time": TIME},
        {"type": "snapshot", "product_id": USD, "bids": [["100", "1"]], "asks": [["101", "2"]]},
        {"type": "l2update", "product_id": USD, "changes": [["buy", "nonsense", "1"]]},
    ],
    [{"type": "snapshot", "product_id": USD, "bids": [["100", "3"]], "asks": [["101", "2"]]}],
)  # fmt: skip


INSTRUMENTS: dict[str, object] = {
    "/0/public/AssetPairs": {"error": [], "result": {"XXBTZUSD": {
        "altname": "XBTUSD", "tick_size": "0.1", "lot_decimals": 3}}},
    "/v5/market/instruments-info?category=spot": {"retCode": 0, "result": {"list": [
        {"symbol": "BTCUSDT", "priceFilter": {"tickSize": "0.1"},
         "lotSizeFilter": {"basePrecision": "0.001"}}]}},
    "/api/v5/public/instruments?instType=SPOT": {"code": "0", "data": [
        {"instId": "BTC-USDT", "tickSz": "0.1", "lotSz": "0.001"}]},
    "/api/v3/exchangeInfo?symbols=%5B%22BTCUSDT%22%5D": {"symbols": [
        {"symbol": "BTCUSDT", "filters": [
            {"filterType": "PRICE_FILTER", "tickSize": "0.1"},
            {"filterType": "LOT_SIZE", "stepSize": "0.001"}]}]},
    "/products": [{"id": "BTC-USD", "quote_increment": "0.1", "base_increment": "0.001"}],
}  # fmt: skip


def rest(target: str) -> tuple[int, object]:
    """Steps, one candle, no trades, and a book, in the words of whichever venue is asked."""
    if target in INSTRUMENTS:
        return 200, INSTRUMENTS[target]
    if "depth" in target:
        return 200, {"lastUpdateId": 7, "bids": [["100", "3"]], "asks": [["101", "2"]]}
    if "/market/books" in target:
        book = {"bids": [["100", "3", "0", "1"]], "asks": [["101", "2", "0", "1"]], "seqId": 8}
        return 200, {"code": "0", "data": [book]}
    trades = "rades" in target or "recent-trade" in target
    candle = ["1600000020000", "5", "9", "1", "6", "0.5", "3", "3", "1"]
    if target.startswith("/0/"):
        rows: list[Any] = [] if trades else [[1600000020, *candle[1:6], "0.5", 4]]
        return 200, {"error": [], "result": {"XXBTZUSD": rows, "last": 1}}
    if target.startswith("/v5/"):
        return 200, {"retCode": 0, "result": {"list": [] if trades else [candle[:7]]}}
    if target.startswith("/api/v5/"):
        return 200, {"code": "0", "data": [] if trades else [candle]}
    if target.startswith("/api/v3/"):
        return 200, [] if trades else [[1600000020000, *candle[1:6], 1, "1", 4, "1", "1", "0"]]
    return 200, [] if trades else [[1600000020, 1, 9, 5, 6, 0.5]]


@dataclass
class LoopbackVenue:
    """A server that says ``script``; ``requests`` is what it was asked."""

    script: Script
    requests: list[str]
    url: str = ""

    async def converse(self, connection: ServerConnection) -> None:
        try:
            self.requests.append(str(await connection.recv()))
            await self._say(connection, self.script.opening)
            async for request in connection:
                self.requests.append(str(request))
                # A book that is asked for anew is unsubscribed first.
                if "unsubscribe" in self.requests[-2]:
                    await self._say(connection, self.script.after_request)
        except ConnectionClosed:
            return

    async def _say(self, connection: ServerConnection, messages: list[Any]) -> None:
        for message in messages:
            await connection.send(message if isinstance(message, str) else json.dumps(message))


@asynccontextmanager
async def loopback(script: Script) -> AsyncIterator[LoopbackVenue]:
    venue = LoopbackVenue(script, [])
    async with serve(venue.converse, "127.0.0.1", 0, compression=None, close_timeout=0.1) as server:
        host, port = next(iter(server.sockets)).getsockname()[:2]
        venue.url = f"ws://{host}:{port}"
        yield venue


@dataclass
class LoopbackSource:
    """As the program's own source for a venue, at other addresses."""

    parser: VenueParser
    socket_url: str
    history: VenueHistory | None
    mode: FeedMode = FeedMode.LIVE
    venue: str = "Loopback"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Route]:
        connector = WebSocketConnector(self.socket_url, limits=self.parser.limits)
        # A kernel may be compiled for the first time while the venue waits: that is not slow.
        policy = LoopPolicy(slow_s=60.0)
        yield Route("Connected.", self.parser, connector, self.history, 0.0, policy, True)


CASES: list[tuple[Callable[[Any], VenueParser], Callable[[str], VenueHistory], Script, Symbol]] = [
    (KrakenParser, KrakenHistory, KRAKEN, USD), (BybitParser, BybitHistory, BYBIT, USDT),
    (OkxParser, OkxHistory, OKX, USDT), (BinanceParser, BinanceHistory, BINANCE, USDT),
    (CoinbaseParser, CoinbaseHistory, COINBASE, USD),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "history", "script", "symbol"), CASES, ids=["kraken", "bybit", "okx", "binance", "cb"]
)
async def test_a_venue_fills_the_market_and_its_lost_book_comes_back(
    make: Callable[[Any], VenueParser],
    history: Callable[[str], VenueHistory],
    script: Script,
    symbol: Symbol,
) -> None:
    parser, market = make(BOOKS), Market([symbol], capacity=50)
    async with loopback(script) as venue, answering(rest) as answers:
        feed = Feed([LoopbackSource(parser, venue.url, history(answers.url))], market, Random(1))
        feed.start()
        try:
            builder, last_asked = market[symbol].builder, history("").intervals[-1]
            await until(lambda: is_new(feed.book(symbol)))
            await until(lambda: len(builder.columns(last_asked)) == 2)
            await until(lambda: feed.instrument(symbol) is not None)
            status, steps = feed.status(), feed.instrument(symbol)
        finally:
            await asyncio.to_thread(feed.stop)
    assert status.state is FeedState.STREAMING
    assert status.counters.refused == status.counters.history_failures == 0
    assert status.counters.malformed == (1 if script is COINBASE else 0)
    trade, quote = market[symbol].last_trade, market[symbol].quote
    assert trade is not None
    assert (trade.trade_id, trade.price, trade.size) == (7, 100.5, 2.0)
    assert trade.time_ns == MS * 10**6
    assert quote is not None
    assert (quote.bid, quote.bid_size, quote.ask, quote.ask_size) == (100.0, 1.0, 101.0, 2.0)
    [old, new] = builder.columns(Interval.D1).snapshot().close.tolist()
    assert (old, new) == (6.0, 100.5)
    assert steps == Instrument(symbol, 0.1, 0.001, 0.0, 0.0)


def is_new(book: OrderBook | None) -> bool:
    """Whether it is the second snapshot, with a best bid of size 3."""
    return book is not None and book.valid and book.view(1).bids[1].tolist() == [3.0]


async def test_what_waited_for_the_book_from_rest_is_in_it() -> None:
    market = Market([USDT], capacity=50)
    async with loopback(BINANCE) as venue, answering(rest) as answers:
        source = LoopbackSource(BinanceParser(BOOKS), venue.url, BinanceHistory(answers.url))
        feed = Feed([source], market, Random(1))
        feed.start()
        await until(lambda: is_new(feed.book(USDT)))
        book = feed.book(USDT)
        await asyncio.to_thread(feed.stop)
    assert book is not None
    assert book.view().bids.tolist() == [[100.0, 99.0], [3.0, 5.0]]


def refusing(target: str) -> tuple[int, object]:
    return (418, {"code": -1003}) if "depth" in target else rest(target)


async def test_a_book_that_rest_refuses_is_counted_and_the_feed_goes_on() -> None:
    market = Market([USDT], capacity=50)
    answer: Answer = refusing
    async with loopback(BINANCE) as venue, answering(answer) as answers:
        source = LoopbackSource(BinanceParser(BOOKS), venue.url, BinanceHistory(answers.url))
        feed = Feed([source], market, Random(1))
        feed.start()
        await until(lambda: feed.status().counters.history_failures == 1)
        book, state = feed.book(USDT), feed.status().state
        await asyncio.to_thread(feed.stop)
    assert book is not None
    assert not book.valid
    assert state is FeedState.STREAMING


async def test_a_book_of_a_connection_that_ended_is_not_believed() -> None:
    frames = [json.dumps(message) for message in COINBASE.opening[:4]]
    market, parser = Market([USD], capacity=10), CoinbaseParser(BOOKS)
    books = Books([USD], parser.book_rules)
    async with serving(sends(*frames, then=hangs_up), stays_silent) as venue:
        loop = SocketLoop(
            parser, WebSocketConnector(venue.url), market, Listener(),
            LoopPolicy(base_delay_s=0.01, longest_delay_s=0.01), Random(1), books,
        )  # fmt: skip
        task = asyncio.create_task(loop.run())
        await until(lambda: len(venue.requests) == 2)
        book = books.book(USD)
        assert book is not None
        assert (book.valid, book.view(1).bids.tolist()) == (False, [[100.0], [1.0]])
        task.cancel()
        await asyncio.wait([task])


async def test_kraken_is_not_asked_for_pages_that_it_has_not() -> None:
    market = Market([USD], capacity=50)
    async with answering(rest) as answers:
        loader = HistoryLoader(KrakenHistory(answers.url), market, lambda: None)
        await loader.load_all()
        assert len([each for each in answers.asked if each.endswith("interval=1")]) == 2


async def test_the_venues_own_ping_is_sent_and_messages_are_paced() -> None:
    async with loopback(OKX) as venue:
        limits = Limits("ping", keep_alive_s=0.02, pause_s=0.05)
        connection = await WebSocketConnector(venue.url, limits=limits).open()
        began = asyncio.get_running_loop().time()
        for number in range(3):
            await connection.send(str(number))
        took = asyncio.get_running_loop().time() - began
        await until(lambda: venue.requests.count("ping") >= 2)
        await connection.close()
    assert took >= 0.09
    assert [each for each in venue.requests if each != "ping"] == ["0", "1", "2"]


def heard_two(feed: Feed) -> bool:
    return feed.status().counters.trades == 2


async def test_holes_in_ids_are_gaps_only_where_ids_rise_by_one() -> None:
    def trades(script: Script) -> Script:
        first = script.opening[1]
        second = json.loads(json.dumps(first).replace('"7"', '"9"'))
        return replace(script, opening=[first, second])

    cases: list[tuple[VenueParser, Script, int]] = [
        (BybitParser(), trades(BYBIT), 0), (OkxParser(), trades(OKX), 1),
    ]  # fmt: skip
    for parser, script, gaps in cases:
        market = Market([USDT], capacity=10)
        async with loopback(script) as venue:
            source = LoopbackSource(parser, venue.url, None)
            feed = Feed([source], market, Random(1))
            feed.start()
            await until(partial(heard_two, feed))
            found = feed.status().counters.gaps
            await asyncio.to_thread(feed.stop)
        assert found == gaps
