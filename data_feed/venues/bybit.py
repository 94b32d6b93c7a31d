"""Bybit's WebSocket protocol, version 5, spot market, sans-IO.

Source: github.com/bybit-exchange/docs, docs/v5/websocket/public. Tickers of the spot market have no
bid and ask, so quotes are read from the book of one level. Trade ids of one symbol rise, but by
more than one now and then.

Symbols: ``BTCUSDT`` becomes ``BTC-USDT`` by the longest known quote currency at its end.
"""

import json
from collections.abc import Collection, Sequence

import msgspec
from msgspec import Raw, Struct

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
from data_feed.venues.fields import (
    Level,
    Milliseconds,
    Price,
    Sequenced,
    Size,
    TradeId,
    checked_candle,
)
from data_feed.venues.levels import LevelReaders
from data_feed.venues.pairs import check_quote, splitter
from market.types import Interval, Quote, Side, Symbol, Trade

URL = "wss://stream.bybit.com/v5/public/spot"

QUOTE_CURRENCIES = (
    "USDT", "USDC", "EUR", "GBP", "BRL", "PLN", "TRY", "AED", "USD", "USDE", "USD1", "USDD",
    "RLUSD", "XUSD", "DAI", "BTC", "ETH", "SOL", "MNT",
)  # fmt: skip

MOST_TOPICS = 10
"""Topics in one request: the spot market takes no more."""

DEPTH = 200

_SIDES = {"Buy": Side.BUY, "Sell": Side.SELL}
INTERVALS = {
    "1": Interval.M1, "5": Interval.M5, "15": Interval.M15, "60": Interval.H1, "240": Interval.H4,
    "D": Interval.D1,
}  # fmt: skip

canonical = splitter(QUOTE_CURRENCIES)


def venue_symbol(symbol: Symbol) -> str:
    """``BTC-USDT`` → ``BTCUSDT``; raises :class:`SymbolNotOffered`."""
    check_quote("Bybit", symbol, QUOTE_CURRENCIES)
    return symbol.replace("-", "")


class _Envelope(Struct, gc=False):
    topic: str = ""
    type: str = ""
    ts: Milliseconds = 1
    data: Raw = Raw()
    op: str = ""
    success: bool | None = None
    ret_msg: str = ""
    req_id: str = ""


class _Trade(Struct, gc=False):
    i: TradeId
    time: Milliseconds = msgspec.field(name="T")
    p: Price
    v: Size
    side: str = msgspec.field(name="S")
    s: str


class _Candle(Struct, gc=False):
    start: Milliseconds
    open: Price
    high: Price
    low: Price
    close: Price
    volume: Level
    confirm: bool


class _Book(Struct, gc=False):
    s: str
    b: list[tuple[str, str]]
    a: list[tuple[str, str]]
    u: Sequenced


class _Best(Struct, gc=False):
    s: str
    b: list[tuple[Level, Level]]
    a: list[tuple[Level, Level]]


_decode_trades = msgspec.json.Decoder(list[_Trade], strict=False).decode
_decode_candles = msgspec.json.Decoder(list[_Candle], strict=False).decode
_decode_book = msgspec.json.Decoder(_Book).decode
_decode_best = msgspec.json.Decoder(_Best, strict=False).decode


class BybitParser:
    """Bybit spot."""

    name = "Bybit"
    # The venue closes after ten minutes without traffic and asks for a ping every 20 s; more often,
    # its answers show that the connection lives while the market is quiet. A connection's topics
    # may have 21,000 characters (four of at most 30 for a symbol); 500 attempts to connect are
    # allowed in five minutes.
    limits = Limits('{"op":"ping"}', keep_alive_s=10.0, pause_s=0.05, connect_s=0.6, symbols=150)
    ids_rise_by_one = False
    book_rules = BookRules()

    def __init__(self, channels: Collection[Channel] = TICKS) -> None:
        self._channels = frozenset(channels)
        self._decode = msgspec.json.Decoder(_Envelope).decode
        self._levels = LevelReaders()
        self._asked: dict[str, tuple[Symbol, ...]] = {}

    def url(self, symbols: Sequence[Symbol]) -> str:
        """One address serves all symbols."""
        return URL

    def venue_symbol(self, symbol: Symbol) -> str:
        """See :meth:`data_feed.protocol.VenueParser.venue_symbol`."""
        return venue_symbol(symbol)

    def subscribe(self, symbols: Sequence[Symbol]) -> list[str]:
        """Requests of at most ten topics; each is confirmed or refused as a whole."""
        asked = {
            Channel.TRADES: "publicTrade", Channel.QUOTES: "orderbook.1",
            Channel.CANDLES: "kline.1", Channel.BOOK: f"orderbook.{DEPTH}",
        }  # fmt: skip
        topics = [
            (f"{topic}.{venue_symbol(symbol)}", symbol)
            for symbol in symbols
            for channel, topic in asked.items()
            if channel in self._channels
        ]
        requests: list[str] = []
        for first in range(0, len(topics), MOST_TOPICS):
            names, owners = zip(*topics[first : first + MOST_TOPICS], strict=True)
            number = str(len(requests) + 1)
            self._asked[number] = tuple(dict.fromkeys(owners))
            requests.append(_request("subscribe", names, number))
        return requests

    def resubscribe_book(self, symbol: Symbol) -> list[str]:
        """See :meth:`data_feed.protocol.VenueParser.resubscribe_book`."""
        topics = (f"orderbook.{DEPTH}.{venue_symbol(symbol)}",)
        return [_request("unsubscribe", topics, "book"), _request("subscribe", topics, "book")]

    def receive(self, frame: bytes | str, received_ns: int) -> Sequence[Event]:
        """See :meth:`data_feed.protocol.VenueParser.receive`."""
        try:
            envelope = self._decode(frame)
            if envelope.topic:
                return self._events(envelope)
            return self._reply(envelope, frame)
        except (ValueError, RecursionError) as error:
            return (malformed(str(error), frame),)

    def _events(self, envelope: _Envelope) -> Sequence[Event]:
        kind, _, rest = envelope.topic.partition(".")
        channels = self._channels
        if kind == "publicTrade" and Channel.TRADES in channels:
            return [_trade(row) for row in _decode_trades(envelope.data)]
        if kind == "kline" and Channel.CANDLES in channels:
            return _candles(rest, envelope.data)
        if kind == "orderbook" and rest.startswith("1."):
            return _quote(envelope) if Channel.QUOTES in channels else ()
        if kind == "orderbook" and Channel.BOOK in channels:
            return (self._book(envelope),)
        return ()

    def _book(self, envelope: _Envelope) -> Event:
        book = _decode_book(envelope.data)
        reader, time_ns = self._levels.of(canonical(book.s)), envelope.ts * 1_000_000
        # Number 1 means that the venue's service has started again: it is a whole book.
        if envelope.type == "snapshot" or book.u == 1:
            return reader.snapshot(time_ns, book.b, book.a, book.u)
        if envelope.type != "delta":
            raise ValueError(f"type was {envelope.type!r}; allowed are snapshot, delta")
        return reader.delta(time_ns, book.b, book.a, (book.u, book.u))

    def _reply(self, envelope: _Envelope, frame: bytes | str) -> Sequence[Event]:
        if envelope.op in {"ping", "pong"}:
            return (Heartbeat(0),)
        if envelope.success is False:
            return (Refused(envelope.ret_msg or "no reason given"),)
        if envelope.op == "subscribe" and envelope.success:
            return (Acknowledged(self._asked.get(envelope.req_id, ())),)
        if envelope.op == "unsubscribe" and envelope.success:
            return ()
        return (malformed("neither a topic's message nor a reply", frame),)


def _request(op: str, topics: Sequence[str], number: str) -> str:
    request = {"req_id": number, "op": op, "args": list(topics)}
    return json.dumps(request, separators=(",", ":"))


def _trade(row: _Trade) -> Trade:
    side = _SIDES.get(row.side)
    if side is None:
        raise ValueError(f"side was {row.side!r}; allowed are Buy, Sell")
    return Trade(canonical(row.s), row.i, row.time * 1_000_000, row.p, row.v, side)


def _quote(envelope: _Envelope) -> Sequence[Event]:
    best = _decode_best(envelope.data)
    if not (best.b and best.a):
        return ()
    return (Quote(canonical(best.s), envelope.ts * 1_000_000, *best.b[0], *best.a[0]),)


def _candles(topic: str, data: Raw) -> Sequence[Event]:
    name, _, pair = topic.partition(".")
    interval = INTERVALS.get(name)
    if interval is None:
        return ()
    events = []
    for row in _decode_candles(data):
        prices = row.open, row.high, row.low, row.close
        candle = checked_candle(row.start * 1_000_000, prices, row.volume, 0)
        events.append(CandleUpdate(canonical(pair), interval, candle, row.confirm))
    return events
