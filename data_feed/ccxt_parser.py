"""ccxt's unified structures as frames: JSON that one side writes and the other reads.

As frames they are recorded and replayed like those of any venue. Source of the structures:
docs.ccxt.com, trade, ticker and order book structure. The taker's side may be missing there; then
a trade above the one before counts as bought, below it as sold (Lee and Ready's tick test, 1991).

ccxt's trade ids are texts of any form. A trade gets the number of its arrival; the texts of the
newest ones are remembered, so that none counts twice.
"""

import json
from collections import deque
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from data_feed.protocol import TICKS, BookRules, Channel, Event, Limits, Refused, malformed
from data_feed.venues.fields import Level, Milliseconds, Price, Size
from data_feed.venues.levels import LevelReaders
from market.types import Quote, Side, Symbol, Trade

REMEMBERED = 8192
"""Trade ids remembered by symbol."""


class _Trade(Struct):
    key: str
    ms: Milliseconds
    price: Price
    size: Size
    side: str = ""


class _Trades(Struct, tag_field="ccxt", tag="trades"):
    symbol: str
    trades: list[_Trade]


class _Quote(Struct, tag_field="ccxt", tag="quote"):
    symbol: str
    ms: Milliseconds
    bid: Price
    ask: Price
    bid_size: Level = 0.0
    ask_size: Level = 0.0


class _Book(Struct, tag_field="ccxt", tag="book"):
    symbol: str
    ms: Milliseconds
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class _Refused(Struct, tag_field="ccxt", tag="refused"):
    reason: str


_Message = _Trades | _Quote | _Book | _Refused


def unified(symbol: str) -> str:
    """``BTC/USD``, as ccxt writes ``BTC-USD``."""
    return symbol.replace("-", "/")


class CcxtParser:
    """Reads the frames of ``data_feed.ccxt_venue``; ``name`` is the exchange's."""

    limits = Limits()
    book_rules = BookRules(numbered=False)
    ids_rise_by_one = False

    def __init__(self, channels: Collection[Channel] = TICKS, name: str = "ccxt") -> None:
        self.name = name
        self._channels = frozenset(channels)
        self._decode = msgspec.json.Decoder(_Message, strict=False).decode
        self._levels = LevelReaders()
        self._seen: dict[str, _Seen] = {}

    def url(self, symbols: Sequence[Symbol]) -> str:
        """None of our own: ccxt knows its addresses."""
        return ""

    def venue_symbol(self, symbol: Symbol) -> str:
        """See :meth:`data_feed.protocol.VenueParser.venue_symbol`."""
        return unified(symbol)

    def subscribe(self, symbols: Sequence[Symbol]) -> list[str]:
        """The symbols to watch, for the connection over ccxt."""
        return [json.dumps([unified(symbol) for symbol in symbols])]

    def resubscribe_book(self, symbol: Symbol) -> list[str]:
        """None: every frame is a whole book."""
        return []

    def receive(self, frame: bytes | str, received_ns: int) -> Sequence[Event]:
        """See :meth:`data_feed.protocol.VenueParser.receive`."""
        try:
            return self._events(self._decode(frame))
        except (ValueError, RecursionError) as error:
            return (malformed(str(error), frame),)

    def _events(self, message: _Message) -> Sequence[Event]:
        if isinstance(message, _Refused):
            return (Refused(message.reason),)
        symbol = Symbol(message.symbol.replace("/", "-"))
        if isinstance(message, _Trades):
            seen = self._seen.setdefault(symbol, _Seen())
            return [seen.trade(symbol, each) for each in message.trades if seen.is_new(each.key)]
        time_ns = message.ms * 1_000_000
        if isinstance(message, _Book):
            reader = self._levels.of(symbol)
            return (reader.snapshot(time_ns, message.bids, message.asks),)
        quote = (message.bid, message.bid_size, message.ask, message.ask_size)
        return (Quote(symbol, time_ns, *quote),)


class _Seen:
    """The trades of one symbol so far."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._order: deque[str] = deque()
        self._number = 0
        self._price = 0.0
        self._side = Side.BUY

    def is_new(self, key: str) -> bool:
        if key in self._keys:
            return False
        if len(self._order) == REMEMBERED:
            self._keys.discard(self._order.popleft())
        self._keys.add(key)
        self._order.append(key)
        return True

    def trade(self, symbol: Symbol, row: _Trade) -> Trade:
        self._number += 1
        if row.side in {"buy", "sell"}:
            self._side = Side.BUY if row.side == "buy" else Side.SELL
        elif row.price != self._price:
            self._side = Side.BUY if row.price > self._price else Side.SELL
        self._price = row.price
        time_ns = row.ms * 1_000_000
        return Trade(symbol, self._number, time_ns, row.price, row.size, self._side)


def trades_frame(symbol: str, trades: Sequence[dict[str, Any]]) -> str:
    """ccxt's trade structures as a frame."""
    rows = [
        {
            "key": str(each.get("id") or (each["timestamp"], each["price"], each["amount"])),
            "ms": each["timestamp"],
            "price": each["price"],
            "size": each["amount"],
            "side": each.get("side") or "",
        }
        for each in trades
    ]
    return json.dumps({"ccxt": "trades", "symbol": symbol, "trades": rows})


def quote_frame(symbol: str, ticker: dict[str, Any], now_ms: int) -> str | None:
    """ccxt's ticker structure as a frame; None when it has no best bid and ask."""
    if not (ticker.get("bid") and ticker.get("ask")):
        return None
    return json.dumps({
        "ccxt": "quote", "symbol": symbol, "ms": ticker.get("timestamp") or now_ms,
        "bid": ticker["bid"], "ask": ticker["ask"],
        "bid_size": ticker.get("bidVolume") or 0.0, "ask_size": ticker.get("askVolume") or 0.0,
    })  # fmt: skip


def book_frame(symbol: str, book: dict[str, Any], depth: int, now_ms: int) -> str:
    """The best ``depth`` levels of ccxt's order book structure as a frame."""
    return json.dumps({
        "ccxt": "book", "symbol": symbol, "ms": book.get("timestamp") or now_ms,
        "bids": _levels(book["bids"][:depth]), "asks": _levels(book["asks"][:depth]),
    })  # fmt: skip


def refused_frame(reason: str) -> str:
    """What could not be watched."""
    return json.dumps({"ccxt": "refused", "reason": reason})


def _levels(rows: Sequence[Sequence[float]]) -> list[tuple[str, str]]:
    return [(repr(row[0]), repr(row[1])) for row in rows]
