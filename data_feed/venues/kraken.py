"""Kraken's WebSocket protocol, version 2, sans-IO.

Source: docs.kraken.com, spot-websocket-v2 and guides/websockets/book-checksum-v2. Numbers are JSON
numbers with the zeros of the pair's precision, which the checksum needs: levels are read as text.

Symbols: ``BTC/USD`` on this interface. The REST interface and the first version of this one say XBT
and XDG for BTC and DOGE; whoever asks for those is told the name to use.
"""

import json
from collections.abc import Collection, Sequence
from zlib import crc32

import msgspec
from msgspec import Raw, Struct

from data_feed.errors import SymbolNotOffered
from data_feed.protocol import (
    TICKS,
    Acknowledged,
    BookRules,
    CandleUpdate,
    Channel,
    Event,
    Heartbeat,
    Limits,
    Refused,
    malformed,
)
from data_feed.rfc3339 import parse_rfc3339
from data_feed.venues.fields import Level, Price, Size, TradeId, checked_candle
from data_feed.venues.levels import LevelReaders
from data_feed.venues.pairs import check_quote
from market.order_book import Levels
from market.types import Interval, Quote, Side, Symbol, Trade

URL = "wss://ws.kraken.com/v2"

QUOTE_CURRENCIES = (
    "USD", "EUR", "GBP", "CAD", "AUD", "CHF", "JPY", "AED", "USDT", "USDC", "USDG", "DAI", "PYUSD",
    "RLUSD", "USDQ", "USDR", "USD1", "EURC", "EURQ", "EURR", "EURT", "BTC", "ETH", "DOT", "SOL",
)  # fmt: skip

OLD_NAMES = {"XBT": "BTC", "XDG": "DOGE"}

CHECKED = 10
"""Levels of each side in a checksum, whatever the depth."""

_SIDES = {"buy": Side.BUY, "sell": Side.SELL}
_INTERVALS = {interval.seconds // 60: interval for interval in Interval if interval.seconds >= 60}


def canonical(pair: str) -> Symbol:
    """``BTC/USD`` or ``XBT/USD`` → ``BTC-USD``."""
    return Symbol("-".join(OLD_NAMES.get(name, name) for name in pair.split("/")))


def venue_symbol(symbol: Symbol) -> str:
    """``BTC-USD`` → ``BTC/USD``; raises :class:`SymbolNotOffered`."""
    current = canonical(symbol.replace("-", "/"))
    if current != symbol:
        raise SymbolNotOffered("Kraken", symbol, f"it is called {current}")
    check_quote("Kraken", symbol, QUOTE_CURRENCIES)
    return symbol.replace("-", "/")


def checksum(bids: Levels, asks: Levels, price_decimals: int, size_decimals: int) -> int:
    """CRC32 over the digits, without point, of the best ten asks and then bids."""
    levels = (*asks[:CHECKED], *bids[:CHECKED])
    return crc32("".join([f"{price}{size}" for price, size in levels]).encode())


class _Tick(Struct, gc=False):
    symbol: str
    bid: Level
    bid_qty: Level
    ask: Level
    ask_qty: Level
    timestamp: str = ""


class _Trade(Struct, gc=False):
    symbol: str
    side: str
    price: Price
    qty: Size
    trade_id: TradeId
    timestamp: str


class _Candle(Struct, gc=False):
    symbol: str
    open: Price
    high: Price
    low: Price
    close: Price
    volume: Level
    trades: TradeId
    interval_begin: str
    interval: int


class _Row(Struct, gc=False):
    price: Raw
    qty: Raw


class _Book(Struct, gc=False):
    symbol: str
    bids: list[_Row]
    asks: list[_Row]
    checksum: int
    timestamp: str = ""


class _Ticker(Struct, tag_field="channel", tag="ticker"):
    data: list[_Tick]


class _Trades(Struct, tag_field="channel", tag="trade"):
    data: list[_Trade]


class _Candles(Struct, tag_field="channel", tag="ohlc"):
    data: list[_Candle]


class _Books(Struct, tag_field="channel", tag="book"):
    type: str
    data: list[_Book]


class _Beat(Struct, tag_field="channel", tag="heartbeat"):
    pass


class _Status(Struct, tag_field="channel", tag="status"):
    pass


_Message = _Ticker | _Trades | _Candles | _Books | _Beat | _Status
_KINDS = {
    "ticker": Channel.QUOTES, "trade": Channel.TRADES, "ohlc": Channel.CANDLES,
    "book": Channel.BOOK, "heartbeat": None, "status": None,
}  # fmt: skip


class _Result(Struct):
    symbol: str = ""


class _Other(Struct):
    channel: str = ""
    method: str = ""
    success: bool | None = None
    error: str = ""
    result: _Result | None = None


class KrakenParser:
    """Kraken spot. ``book_depth`` is 10, 25, 100, 500 or 1000 levels of each side."""

    name = "Kraken"
    # About 150 connections in ten minutes and twenty messages a second are the limits others keep.
    limits = Limits(pause_s=0.05, connect_s=4.0)
    ids_rise_by_one = True

    def __init__(self, channels: Collection[Channel] = TICKS, book_depth: int = 100) -> None:
        self._channels = frozenset(channels)
        self._depth = book_depth
        self.book_rules = BookRules(book_depth, checksum, CHECKED, numbered=False)
        self._decode = msgspec.json.Decoder(_Message).decode
        self._decode_other = msgspec.json.Decoder(_Other).decode
        self._levels = LevelReaders(zeros_count=True)

    def url(self, symbols: Sequence[Symbol]) -> str:
        """One address serves all symbols."""
        return URL

    def venue_symbol(self, symbol: Symbol) -> str:
        """See :meth:`data_feed.protocol.VenueParser.venue_symbol`."""
        return venue_symbol(symbol)

    def subscribe(self, symbols: Sequence[Symbol]) -> list[str]:
        """One message per channel; each symbol is confirmed or refused by itself."""
        pairs = [venue_symbol(symbol) for symbol in symbols]
        asked: dict[Channel, dict[str, object]] = {
            Channel.TRADES: {"channel": "trade", "snapshot": True},
            Channel.QUOTES: {"channel": "ticker", "event_trigger": "bbo"},
            Channel.CANDLES: {"channel": "ohlc", "interval": 1},
            Channel.BOOK: {"channel": "book", "depth": self._depth},
        }
        return [
            _request("subscribe", {**params, "symbol": pairs})
            for channel, params in asked.items()
            if channel in self._channels
        ]

    def resubscribe_book(self, symbol: Symbol) -> list[str]:
        """See :meth:`data_feed.protocol.VenueParser.resubscribe_book`."""
        params = {"channel": "book", "depth": self._depth, "symbol": [venue_symbol(symbol)]}
        return [_request("unsubscribe", params), _request("subscribe", params)]

    def receive(self, frame: bytes | str, received_ns: int) -> Sequence[Event]:
        """See :meth:`data_feed.protocol.VenueParser.receive`."""
        try:
            return self._events(self._decode(frame))
        except msgspec.ValidationError as error:
            return self._reply_or_malformed(frame, str(error))
        except (ValueError, RecursionError) as error:
            return (malformed(str(error), frame),)

    def _events(self, message: object) -> Sequence[Event]:
        match message:
            case _Trades() if Channel.TRADES in self._channels:
                return [_trade(each) for each in message.data]
            case _Ticker() if Channel.QUOTES in self._channels:
                return [_quote(each) for each in message.data if each.bid and each.ask]
            case _Candles() if Channel.CANDLES in self._channels:
                return [_candle(each) for each in message.data if each.interval in _INTERVALS]
            case _Books() if Channel.BOOK in self._channels:
                return [self._book(message.type, each) for each in message.data]
            case _Beat():
                return (Heartbeat(0),)
            case _:
                return ()

    def _book(self, kind: str, book: _Book) -> Event:
        reader = self._levels.of(canonical(book.symbol))
        time_ns = parse_rfc3339(book.timestamp) if book.timestamp else 0
        bids, asks = _texts(book.bids), _texts(book.asks)
        if kind == "snapshot":
            return reader.snapshot(time_ns, bids, asks, checksum=book.checksum)
        if kind != "update":
            raise ValueError(f"type was {kind!r}; allowed are snapshot, update")
        return reader.delta(time_ns, bids, asks, checksum=book.checksum)

    def _reply_or_malformed(self, frame: bytes | str, reason: str) -> Sequence[Event]:
        try:
            other = self._decode_other(frame)
        except (ValueError, RecursionError):
            return (malformed(reason, frame),)
        if other.channel:
            asked = _KINDS.get(other.channel)
            unknown = other.channel not in _KINDS or (asked and asked not in self._channels)
            return () if unknown else (malformed(reason, frame),)
        if other.method == "pong":
            return (Heartbeat(0),)
        if other.error or other.success is False:
            return (Refused(other.error or "no reason given"),)
        if other.method == "subscribe" and other.result is not None:
            return (Acknowledged((canonical(other.result.symbol),)),)
        return () if other.method == "unsubscribe" else (malformed(reason, frame),)


def _request(method: str, params: dict[str, object]) -> str:
    return json.dumps({"method": method, "params": params}, separators=(",", ":"))


def _texts(rows: list[_Row]) -> list[tuple[str, str]]:
    return [(bytes(row.price).decode(), bytes(row.qty).decode()) for row in rows]


def _trade(trade: _Trade) -> Trade:
    side = _SIDES.get(trade.side)
    if side is None:
        raise ValueError(f"side was {trade.side!r}; allowed are buy, sell")
    time_ns = parse_rfc3339(trade.timestamp)
    return Trade(canonical(trade.symbol), trade.trade_id, time_ns, trade.price, trade.qty, side)


def _quote(tick: _Tick) -> Quote:
    time_ns = parse_rfc3339(tick.timestamp) if tick.timestamp else 0
    return Quote(canonical(tick.symbol), time_ns, tick.bid, tick.bid_qty, tick.ask, tick.ask_qty)


def _candle(row: _Candle) -> CandleUpdate:
    """A candle of the venue; it never says that one is closed."""
    candle = checked_candle(
        parse_rfc3339(row.interval_begin), (row.open, row.high, row.low, row.close), row.volume,
        row.trades,
    )  # fmt: skip
    return CandleUpdate(canonical(row.symbol), _INTERVALS[row.interval], candle, False)
