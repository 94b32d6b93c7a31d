"""Binance spot's WebSocket protocol, sans-IO.

Source: github.com/binance/binance-spot-api-docs, web-socket-streams.md. Frames of combined streams
are ``{"stream": …, "data": …}``; replies and errors have neither.

Symbols: Binance writes pairs without a dash, so ``BTCUSDT`` becomes the canonical ``BTC-USDT`` by
the longest known quote currency at its end. Binance has no US dollar markets: ``BTC-USD`` is
refused with the advice to ask for ``BTC-USDT``, which is another market with another price.
"""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct, field

from data_feed.errors import SymbolNotOffered
from data_feed.protocol import Acknowledged, Closing, Event, Refused, malformed
from data_feed.venues.fields import Level, Milliseconds, Price, Size, TradeId
from market.types import Quote, Side, Symbol, Trade

URL = "wss://stream.binance.com:9443/stream"

QUOTE_CURRENCIES = (
    "USDT", "FDUSD", "USDC", "BUSD", "TUSD", "USDP", "DAI", "EURI", "AEUR", "XUSD", "USD1", "USDS",
    "BTC", "ETH", "BNB", "SOL", "XRP", "TRX", "DOGE", "EUR", "TRY", "BRL", "JPY", "GBP", "AUD",
    "ARS", "MXN", "PLN", "RON", "CZK", "ZAR", "UAH", "COP", "RUB", "NGN", "IDRT", "BIDR", "VAI",
    "PAX", "UST", "USD",
)  # fmt: skip

Message = TypeVar("Message")

_BY_LENGTH = sorted(QUOTE_CURRENCIES, key=len, reverse=True)


@lru_cache(maxsize=4096)
def canonical(venue_symbol: str) -> Symbol:
    """``BTCUSDT`` → ``BTC-USDT``; without a known quote currency the text stays as it is."""
    for quote in _BY_LENGTH:
        base = venue_symbol.removesuffix(quote)
        if base and base != venue_symbol:
            return Symbol(f"{base}-{quote}")
    return Symbol(venue_symbol)


def venue_symbol(symbol: Symbol) -> str:
    """``BTC-USDT`` → ``BTCUSDT``; raises :class:`SymbolNotOffered` for US dollar pairs."""
    base, _, quote = symbol.partition("-")
    if quote == "USD":
        raise SymbolNotOffered(
            "Binance", symbol, f"it has no US dollar markets: ask for {base}-USDT"
        )
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


class _Problem(Struct):
    code: int
    msg: str = ""


class BinanceParser:
    """Binance spot: trades (or aggregated trades, in recordings), best bid and ask."""

    name = "Binance"

    def __init__(self) -> None:
        self._decode = msgspec.json.Decoder(_Envelope).decode
        self._readers: dict[str, Callable[[Raw | bytes | str], Sequence[Event]]] = {
            "trade": _reader(_Trade, _trade),
            "aggTrade": _reader(_AggregateTrade, _aggregate_trade),
            "bookTicker": _reader(_BookTicker, _quote),
            "serverShutdown": _closing,
            "!serverShutdown": _closing,
        }
        self._request = 0
        self._asked: tuple[Symbol, ...] = ()

    def url(self, symbols: Sequence[Symbol]) -> str:
        """One address serves all symbols."""
        return URL

    def subscribe(self, symbols: Sequence[Symbol]) -> list[str]:
        """One message for all streams; raises :class:`data_feed.errors.SymbolNotOffered`."""
        names = [venue_symbol(symbol).lower() for symbol in symbols]
        streams = [f"{name}@{kind}" for name in names for kind in ("trade", "bookTicker")]
        self._request += 1
        self._asked = tuple(symbols)
        request = {"method": "SUBSCRIBE", "params": streams, "id": self._request}
        return [json.dumps(request, separators=(",", ":"))]

    def receive(self, frame: bytes | str, received_ns: int) -> Sequence[Event]:
        """See :meth:`data_feed.protocol.VenueParser.receive`."""
        try:
            envelope = self._decode(frame)
            if not envelope.stream:
                return self._without_stream(envelope, frame)
            read = self._readers.get(envelope.stream.rpartition("@")[2])
            return read(envelope.data) if read else ()
        except (ValueError, RecursionError) as error:
            return (malformed(str(error), frame),)

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


def _closing(_data: Raw | bytes | str) -> Sequence[Event]:
    return (Closing("Binance announced that it will shut this server down"),)
