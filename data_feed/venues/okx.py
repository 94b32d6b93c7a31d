"""OKX's WebSocket protocol, version 5, sans-IO.

Source: okx.com/docs-v5, public data channels, and the notice "Order Book Channels Checksum Field
Deprecation" of 2026-05-21: since 2026-06-23 ``checksum`` is always 0 and ``seqId`` with
``prevSeqId`` is the proof; recordings from before carry a checksum and perhaps no numbers. A
snapshot may or may not come first (notice of 2026-02-12); where none comes REST is asked.

Canonical symbols are the venue's instrument ids. Candles have an address of their own: a parser
reads candles or everything else.
"""

import json
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import chain, zip_longest
from zlib import crc32

import msgspec
from msgspec import Raw, Struct

from data_feed.errors import BadRequest
from data_feed.protocol import (
    TICKS,
    UNNUMBERED,
    Acknowledged,
    BookRules,
    CandleUpdate,
    Channel,
    Closing,
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
from data_feed.venues.pairs import check_quote
from market.order_book import Levels
from market.types import Interval, Quote, Side, Symbol, Trade

URL = "wss://ws.okx.com:8443/ws/v5/public"
CANDLES_URL = "wss://ws.okx.com:8443/ws/v5/business"

QUOTE_CURRENCIES = (
    "USDT", "USDC", "USD", "EUR", "AUD", "BRL", "TRY", "AED", "SGD", "BTC", "ETH", "OKB", "DAI",
    "USDK", "DOT",
)  # fmt: skip

CHECKED = 25
"""Levels of each side in a checksum."""

UPGRADE_SOON = "64008"
"""The notice that the venue is about to close the connection."""

# Longer candles than four hours start on Hong Kong time unless their name says UTC.
INTERVALS = {
    "1s": Interval.S1, "1m": Interval.M1, "5m": Interval.M5, "15m": Interval.M15,
    "1H": Interval.H1, "4H": Interval.H4, "1Dutc": Interval.D1,
}  # fmt: skip

_SIDES = {"buy": Side.BUY, "sell": Side.SELL}


def venue_symbol(symbol: Symbol) -> str:
    """``symbol`` itself; raises :class:`SymbolNotOffered`."""
    check_quote("OKX", symbol, QUOTE_CURRENCIES)
    return symbol


def checksum(bids: Levels, asks: Levels, price_decimals: int, size_decimals: int) -> int:
    """Signed CRC32 of ``bid:size:ask:size:…``: the best 25 of each side in turn, as sent."""
    pairs = zip_longest(bids[:CHECKED], asks[:CHECKED], fillvalue=())
    texts = [
        f"{_decimal(level[0], price_decimals)}:{_decimal(level[1], size_decimals)}"
        for level in chain.from_iterable(pairs)
        if level
    ]
    number = crc32(":".join(texts).encode())
    return number - 2**32 if number >= 2**31 else number


@lru_cache(maxsize=8192)
def _decimal(units: int, decimals: int) -> str:
    """The venue's text: no zeros at the end of a fraction."""
    if not decimals:
        return str(units)
    digits = f"{units:0{decimals + 1}d}"
    return f"{digits[:-decimals]}.{digits[-decimals:]}".rstrip("0").rstrip(".")


class _Argument(Struct, frozen=True, gc=False):
    channel: str = ""
    instrument: str = msgspec.field(name="instId", default="")


class _Envelope(Struct):
    arg: _Argument = _Argument()
    action: str = ""
    data: Raw = Raw()
    event: str = ""
    code: str = ""
    msg: str = ""


class _Trade(Struct, gc=False):
    instrument: str = msgspec.field(name="instId")
    trade_id: TradeId = msgspec.field(name="tradeId")
    px: Price
    sz: Size
    side: str
    ts: Milliseconds


class _Tick(Struct, gc=False):
    instrument: str = msgspec.field(name="instId")
    bid: Level = msgspec.field(name="bidPx")
    bid_size: Level = msgspec.field(name="bidSz")
    ask: Level = msgspec.field(name="askPx")
    ask_size: Level = msgspec.field(name="askSz")
    ts: Milliseconds


class _Book(Struct, gc=False):
    # price, size, a zero from former times, orders
    asks: list[tuple[str, str, str, str]]
    bids: list[tuple[str, str, str, str]]
    ts: Milliseconds
    checksum: int = 0
    number: Sequenced = msgspec.field(name="seqId", default=UNNUMBERED)
    previous: Sequenced = msgspec.field(name="prevSeqId", default=UNNUMBERED)


# ts, open, high, low, close, volume, volume of the currency, of the quote currency, confirm
_CandleRow = tuple[Milliseconds, Price, Price, Price, Price, Level, Level, Level, int]

_decode_trades = msgspec.json.Decoder(list[_Trade], strict=False).decode
_decode_ticks = msgspec.json.Decoder(list[_Tick], strict=False).decode
_decode_books = msgspec.json.Decoder(list[_Book], strict=False).decode
_decode_candles = msgspec.json.Decoder(list[_CandleRow], strict=False).decode


class OkxParser:
    """OKX spot. Raises :class:`BadRequest` for candles together with other channels."""

    name = "OKX"
    # The venue closes after 30 s without traffic. It allows three attempts to connect a second, and
    # arguments of 64 KB on a connection: three of at most 60 characters for a symbol.
    limits = Limits("ping", keep_alive_s=10.0, pause_s=0.35, connect_s=0.35, symbols=300)
    ids_rise_by_one = True
    book_rules = BookRules(0, checksum, CHECKED, rest=True)

    def __init__(self, channels: Collection[Channel] = TICKS) -> None:
        self._channels = frozenset(channels)
        if Channel.CANDLES in self._channels and len(self._channels) > 1:
            raise BadRequest("OKX serves candles on an address of their own: ask for them alone")
        self._decode = msgspec.json.Decoder(_Envelope).decode
        self._levels = LevelReaders()

    def url(self, symbols: Sequence[Symbol]) -> str:
        """One address serves all symbols; candles have another."""
        return CANDLES_URL if Channel.CANDLES in self._channels else URL

    def venue_symbol(self, symbol: Symbol) -> str:
        """See :meth:`data_feed.protocol.VenueParser.venue_symbol`."""
        return venue_symbol(symbol)

    def subscribe(self, symbols: Sequence[Symbol]) -> list[str]:
        """One message; each of its arguments is confirmed or refused by itself."""
        asked = {
            Channel.TRADES: "trades", Channel.QUOTES: "tickers", Channel.CANDLES: "candle1m",
            Channel.BOOK: "books",
        }  # fmt: skip
        arguments = [
            {"channel": name, "instId": venue_symbol(symbol)}
            for symbol in symbols
            for channel, name in asked.items()
            if channel in self._channels
        ]
        return [json.dumps({"op": "subscribe", "args": arguments}, separators=(",", ":"))]

    def resubscribe_book(self, symbol: Symbol) -> list[str]:
        """See :meth:`data_feed.protocol.VenueParser.resubscribe_book`."""
        return []

    def receive(self, frame: bytes | str, received_ns: int) -> Sequence[Event]:
        """See :meth:`data_feed.protocol.VenueParser.receive`."""
        if frame in {b"pong", "pong"}:
            return (Heartbeat(0),)
        try:
            envelope = self._decode(frame)
            if envelope.event:
                return _reply(envelope)
            if envelope.arg.channel:
                return self._events(envelope)
        except (ValueError, RecursionError) as error:
            return (malformed(str(error), frame),)
        return (malformed("neither a channel's message nor an event", frame),)

    def _events(self, envelope: _Envelope) -> Sequence[Event]:
        channel, channels = envelope.arg.channel, self._channels
        if channel == "trades" and Channel.TRADES in channels:
            return [_trade(row) for row in _decode_trades(envelope.data)]
        if channel == "tickers" and Channel.QUOTES in channels:
            return [_quote(row) for row in _decode_ticks(envelope.data) if row.bid and row.ask]
        if channel == "books" and Channel.BOOK in channels:
            return [self._book(envelope, book) for book in _decode_books(envelope.data)]
        if channel.startswith("candle") and Channel.CANDLES in channels:
            return _candles(envelope)
        return ()

    def _book(self, envelope: _Envelope, book: _Book) -> Event:
        reader, time_ns = self._levels.of(Symbol(envelope.arg.instrument)), book.ts * 1_000_000
        crc = book.checksum or None
        if envelope.action == "snapshot":
            return reader.snapshot(time_ns, book.bids, book.asks, book.number, crc)
        if envelope.action != "update":
            raise ValueError(f"action was {envelope.action!r}; allowed are snapshot, update")
        first = book.previous + 1 if book.number != UNNUMBERED else UNNUMBERED
        return reader.delta(time_ns, book.bids, book.asks, (first, book.number), crc)


def _reply(envelope: _Envelope) -> Sequence[Event]:
    match envelope.event:
        case "subscribe":
            return (Acknowledged((Symbol(envelope.arg.instrument),)),)
        case "error":
            return (Refused(f"{envelope.msg or 'no reason given'} (code {envelope.code})"),)
        case "notice" if envelope.code == UPGRADE_SOON:
            return (Closing(envelope.msg or "OKX is about to upgrade its service"),)
        case _:
            return ()


def _trade(row: _Trade) -> Trade:
    side = _SIDES.get(row.side)
    if side is None:
        raise ValueError(f"side was {row.side!r}; allowed are buy, sell")
    return Trade(Symbol(row.instrument), row.trade_id, row.ts * 1_000_000, row.px, row.sz, side)


def _quote(row: _Tick) -> Quote:
    time_ns = row.ts * 1_000_000
    return Quote(Symbol(row.instrument), time_ns, row.bid, row.bid_size, row.ask, row.ask_size)


def _candles(envelope: _Envelope) -> Sequence[Event]:
    interval = INTERVALS.get(envelope.arg.channel.removeprefix("candle"))
    if interval is None:
        return ()
    symbol = Symbol(envelope.arg.instrument)
    return [
        CandleUpdate(
            symbol, interval, checked_candle(row[0] * 1_000_000, row[1:5], row[5], 0),
            bool(row[8]),
        )
        for row in _decode_candles(envelope.data)
    ]  # fmt: skip
