"""Binance spot's WebSocket protocol, sans-IO.

Source: github.com/binance/binance-spot-api-docs, web-socket-streams.md. Frames of combined streams
are ``{"stream": …, "data": …}``; replies and errors have neither.

Symbols: Binance writes pairs without a dash, so ``BTCUSDT`` becomes the canonical ``BTC-USDT`` by
the longest known quote currency at its end. Binance has no US dollar markets: ``BTC-USD`` is
refused with the advice to ask for ``BTC-USDT``, which is another market with another price.
"""

import json
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct, field

from data_feed.errors import SymbolNotOffered
from data_feed.protocol import (
    TICKS,
    Acknowledged,
    BookRules,
    CandleUpdate,
    Channel,
    Closing,
    Event,
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

URL = "wss://stream.binance.com:9443/stream"

QUOTE_CURRENCIES = (
    "USDT", "FDUSD", "USDC", "BUSD", "TUSD", "USDP", "DAI", "EURI", "AEUR", "XUSD", "USD1", "USDS",
    "BTC", "ETH", "BNB", "SOL", "XRP", "TRX", "DOGE", "EUR", "TRY", "BRL", "JPY", "GBP", "AUD",
    "ARS", "MXN", "PLN", "RON", "CZK", "ZAR", "UAH", "COP", "RUB", "NGN", "IDRT", "BIDR", "VAI",
    "PAX", "UST", "USD",
)  # fmt: skip

Message = TypeVar("Message")

_INTERVALS = {interval.value: interval for interval in Interval}

canonical = splitter(QUOTE_CURRENCIES)


def venue_symbol(symbol: Symbol) -> str:
    """``BTC-USDT`` → ``BTCUSDT``; raises :class:`SymbolNotOffered`."""
    base, _, quote = symbol.partition("-")
    if quote == "USD":
        raise SymbolNotOffered(
            "Binance", symbol, f"it has no US dollar markets: ask for {base}-USDT"
        )
    check_quote("Binance", symbol, QUOTE_CURRENCIES[:-1])
    return base + quote


class _Envelope(Struct, gc=False):
    stream: str = ""
    data: Raw = Raw()
    e: str = ""
    id: int | str | None = None
    result: Raw = Raw()
    error: Raw = Raw()
    code: int | None = None
    msg: str = ""


class _Trade(Struct, gc=False):
    s: str
    t: TradeId
    p: Price
    q: Size
    time: Milliseconds = field(name="T")
    m: bool


class _AggregateTrade(Struct, gc=False):
    s: str
    a: TradeId
    p: Price
    q: Size
    time: Milliseconds = field(name="T")
    m: bool


class _BookTicker(Struct, gc=False):
    s: str
    b: Level
    bid_size: Level = field(name="B")
    a: Level
    ask_size: Level = field(name="A")


class _Kline(Struct, gc=False):
    t: Milliseconds
    s: str
    i: str
    o: Price
    h: Price
    low: Price = field(name="l")
    c: Price
    v: Level
    n: int
    x: bool


class _KlineMessage(Struct, gc=False):
    k: _Kline


class _Depth(Struct, gc=False):
    s: str
    time: Milliseconds = field(name="E")
    first: Sequenced = field(name="U")
    u: Sequenced
    b: list[tuple[str, str]]
    a: list[tuple[str, str]]


class _Problem(Struct):
    code: int
    msg: str = ""


_decode_depth = msgspec.json.Decoder(_Depth).decode


class BinanceParser:
    """Binance spot: trades (or aggregated trades, in recordings), best bid and ask, books."""

    name = "Binance"
    # Five messages a second are allowed, 300 attempts to connect in five minutes, 1024 streams on a
    # connection (four for a symbol here), and a connection ends after 24 hours.
    limits = Limits(pause_s=0.25, lifetime_s=23.5 * 3600, connect_s=1.0, symbols=1024 // 4)
    book_rules = BookRules(rest=True)
    ids_rise_by_one = True

    def __init__(self, channels: Collection[Channel] = TICKS) -> None:
        self._decode = msgspec.json.Decoder(_Envelope).decode
        self._streams: list[str] = []
        self._readers: dict[str, Callable[[Raw | bytes | str], Sequence[Event]]] = {
            "serverShutdown": _closing,
            "!serverShutdown": _closing,
        }
        self._request = 0
        self._asked: tuple[Symbol, ...] = ()
        self._levels = LevelReaders()
        self._choose(frozenset(channels))

    def _choose(self, channels: frozenset[Channel]) -> None:
        readers = self._readers
        if Channel.TRADES in channels:
            self._streams.append("trade")
            readers["trade"] = _reader(_Trade, _trade)
            readers["aggTrade"] = _reader(_AggregateTrade, _aggregate_trade)
        if Channel.QUOTES in channels:
            self._streams.append("bookTicker")
            readers["bookTicker"] = _reader(_BookTicker, _quote)
        if Channel.CANDLES in channels:
            self._streams.append("kline_1m")
            read = _reader(_KlineMessage, _candle)
            readers |= {f"kline_{name}": read for name in _INTERVALS} | {"kline": read}
        if Channel.BOOK in channels:
            self._streams.append("depth@100ms")
            readers |= dict.fromkeys(("depth@100ms", "depth", "depthUpdate"), self._depth)

    def url(self, symbols: Sequence[Symbol]) -> str:
        """One address serves all symbols."""
        return URL

    def venue_symbol(self, symbol: Symbol) -> str:
        """See :meth:`data_feed.protocol.VenueParser.venue_symbol`."""
        return venue_symbol(symbol)

    def subscribe(self, symbols: Sequence[Symbol]) -> list[str]:
        """One message for all streams; raises :class:`data_feed.errors.SymbolNotOffered`."""
        names = [venue_symbol(symbol).lower() for symbol in symbols]
        streams = [f"{name}@{kind}" for name in names for kind in self._streams]
        self._request += 1
        self._asked = tuple(symbols)
        request = {"method": "SUBSCRIBE", "params": streams, "id": self._request}
        return [json.dumps(request, separators=(",", ":"))]

    def resubscribe_book(self, symbol: Symbol) -> list[str]:
        """See :meth:`data_feed.protocol.VenueParser.resubscribe_book`."""
        return []

    def receive(self, frame: bytes | str, received_ns: int) -> Sequence[Event]:
        """See :meth:`data_feed.protocol.VenueParser.receive`."""
        try:
            envelope = self._decode(frame)
            if not envelope.stream:
                return self._without_stream(envelope, frame)
            read = self._readers.get(envelope.stream.split("@", 1)[-1])
            return read(envelope.data) if read else ()
        except (ValueError, RecursionError) as error:
            return (malformed(str(error), frame),)

    def _depth(self, data: Raw | bytes | str) -> Sequence[Event]:
        depth = _decode_depth(data)
        reader = self._levels.of(canonical(depth.s))
        return (reader.delta(depth.time * 1_000_000, depth.b, depth.a, (depth.first, depth.u)),)

    def _without_stream(self, envelope: _Envelope, frame: bytes | str) -> Sequence[Event]:
        if envelope.e:
            read = self._readers.get(envelope.e)
            return read(frame) if read else ()
        if envelope.code is not None:
            return (Refused(f"{envelope.msg or 'no reason given'} (code {envelope.code})"),)
        if envelope.error:
            problem = _decode_problem(envelope.error)
            return (Refused(f"{problem.msg or 'no reason given'} (code {problem.code})"),)
        if bytes(envelope.result) == b"null":
            symbols = self._asked if envelope.id == self._request else ()
            return (Acknowledged(symbols),)
        return (malformed("neither a stream's message nor a reply", frame),)


_decode_problem = msgspec.json.Decoder(_Problem).decode


def _reader(
    kind: type[Message], event: Callable[[Message], Sequence[Event]]
) -> Callable[[Raw | bytes | str], Sequence[Event]]:
    decode = msgspec.json.Decoder(kind, strict=False).decode
    return lambda data: event(decode(data))


def _side(buyer_is_maker: bool) -> Side:
    return Side.SELL if buyer_is_maker else Side.BUY


def _trade(message: _Trade) -> Sequence[Event]:
    time_ns = message.time * 1_000_000
    symbol = canonical(message.s)
    return (Trade(symbol, message.t, time_ns, message.p, message.q, _side(message.m)),)


def _aggregate_trade(message: _AggregateTrade) -> Sequence[Event]:
    time_ns = message.time * 1_000_000
    symbol = canonical(message.s)
    return (Trade(symbol, message.a, time_ns, message.p, message.q, _side(message.m)),)


def _quote(message: _BookTicker) -> Sequence[Event]:
    if not (message.b and message.a):
        return ()
    symbol = canonical(message.s)
    return (Quote(symbol, 0, message.b, message.bid_size, message.a, message.ask_size),)


def _candle(message: _KlineMessage) -> Sequence[Event]:
    row = message.k
    interval = _INTERVALS.get(row.i)
    if interval is None:
        return ()
    candle = checked_candle(row.t * 1_000_000, (row.o, row.h, row.low, row.c), row.v, row.n)
    return (CandleUpdate(canonical(row.s), interval, candle, row.x),)


def _closing(_data: Raw | bytes | str) -> Sequence[Event]:
    return (Closing("Binance announced that it will shut this server down"),)
