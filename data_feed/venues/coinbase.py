"""Coinbase Exchange's WebSocket protocol, sans-IO; the simulator speaks it too.

Source: docs.cdp.coinbase.com/exchange/websocket-feed/channels. Canonical symbols are the venue's
product ids. ``match`` and ``last_match`` name the *maker's* side, so it is inverted. ``last_match``
comes once per subscription: after a reconnect it repeats a trade or fills a gap, either is a trade.
Unknown message types must be ignored.

Books come from ``level2_batch``, which needs no login: a snapshot, then changes without a number,
so that only a lost frame that was noticed can be repaired, by subscribing again.
"""

import json
from collections.abc import Collection, Sequence

import msgspec
from msgspec import Struct

from data_feed.protocol import (
    TICKS,
    Acknowledged,
    BookRules,
    Channel,
    Event,
    Heartbeat,
    Limits,
    Refused,
    malformed,
)
from data_feed.rfc3339 import parse_rfc3339
from data_feed.venues.fields import Level, Price, Size, TradeId
from data_feed.venues.levels import LevelReaders
from data_feed.venues.pairs import check_quote
from market.types import Quote, Side, Symbol, Trade

URL = "wss://ws-feed.exchange.coinbase.com"
CHANNELS = {Channel.TRADES: "matches", Channel.QUOTES: "ticker", Channel.BOOK: "level2_batch"}

QUOTE_CURRENCIES = ("USD", "USDC", "USDT", "EUR", "GBP", "BTC", "ETH", "DAI")

_TAKER = {"buy": Side.SELL, "sell": Side.BUY}


class _Match(Struct, tag_field="type", tag="match", gc=False):
    product_id: str
    trade_id: TradeId
    time: str
    price: Price
    size: Size
    side: str


class _LastMatch(Struct, tag_field="type", tag="last_match", gc=False):
    product_id: str
    trade_id: TradeId
    time: str
    price: Price
    size: Size
    side: str


class _Ticker(Struct, tag_field="type", tag="ticker", gc=False):
    product_id: str
    best_bid: Level
    best_ask: Level
    time: str = ""
    best_bid_size: Level = 0.0
    best_ask_size: Level = 0.0


class _Heartbeat(Struct, tag_field="type", tag="heartbeat", gc=False):
    time: str
    product_id: str = ""
    last_trade_id: TradeId | None = None


class _Channel(Struct):
    name: str
    product_ids: list[str] = []


class _Subscriptions(Struct, tag_field="type", tag="subscriptions"):
    channels: list[_Channel]


class _Error(Struct, tag_field="type", tag="error"):
    message: str = ""
    reason: str = ""


class _Changes(Struct, tag_field="type", tag="l2update", gc=False):
    product_id: str
    changes: list[tuple[str, str, str]]
    time: str = ""


class _Book(Struct, tag_field="type", tag="snapshot", gc=False):
    product_id: str
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


# Where books are not followed: naming their kinds skips their content unread.
class _L2Update(Struct, tag_field="type", tag="l2update", gc=False):
    pass


class _Snapshot(Struct, tag_field="type", tag="snapshot", gc=False):
    pass


_Common = _Match | _LastMatch | _Ticker | _Heartbeat | _Subscriptions | _Error
_Message = _Common | _L2Update | _Snapshot
_BookMessage = _Common | _Changes | _Book
_KINDS = frozenset(
    ("match", "last_match", "ticker", "heartbeat", "subscriptions", "error", "l2update", "snapshot")
)


class _AnyKind(Struct):
    type: str


class CoinbaseParser:
    """Coinbase Exchange, and everything that speaks its protocol."""

    name = "Coinbase"
    limits = Limits(pause_s=0.01, connect_s=0.125)
    book_rules = BookRules(numbered=False)
    ids_rise_by_one = True

    def __init__(self, channels: Collection[Channel] = TICKS) -> None:
        chosen = [name for channel, name in CHANNELS.items() if channel in channels]
        self._channels = [*chosen, "heartbeat"]
        kinds = _BookMessage if Channel.BOOK in channels else _Message
        self._decode = msgspec.json.Decoder(kinds, strict=False).decode
        self._decode_kind = msgspec.json.Decoder(_AnyKind).decode
        self._levels = LevelReaders()

    def url(self, symbols: Sequence[Symbol]) -> str:
        """One address serves all symbols."""
        return URL

    def venue_symbol(self, symbol: Symbol) -> str:
        """See :meth:`data_feed.protocol.VenueParser.venue_symbol`."""
        check_quote("Coinbase", symbol, QUOTE_CURRENCIES)
        return symbol

    def subscribe(self, symbols: Sequence[Symbol]) -> list[str]:
        """One message; the venue closes a connection that has not sent it within 5 s."""
        return [_request("subscribe", symbols, self._channels)]

    def resubscribe_book(self, symbol: Symbol) -> list[str]:
        """See :meth:`data_feed.protocol.VenueParser.resubscribe_book`."""
        kinds = ("unsubscribe", "subscribe")
        return [_request(kind, (symbol,), [CHANNELS[Channel.BOOK]]) for kind in kinds]

    def receive(self, frame: bytes | str, received_ns: int) -> Sequence[Event]:
        """See :meth:`data_feed.protocol.VenueParser.receive`."""
        try:
            return self._events(self._decode(frame))
        except msgspec.ValidationError as error:
            return self._unknown_or_malformed(frame, str(error))
        except (ValueError, RecursionError) as error:
            return (malformed(str(error), frame),)

    def _unknown_or_malformed(self, frame: bytes | str, reason: str) -> Sequence[Event]:
        try:
            kind = self._decode_kind(frame).type
        except (ValueError, RecursionError):
            return (malformed(reason, frame),)
        return () if kind not in _KINDS else (malformed(reason, frame),)

    def _events(self, message: object) -> Sequence[Event]:
        match message:
            case _Match() | _LastMatch():
                return (_trade(message),)
            case _Ticker():
                return _quote(message)
            case _Changes():
                return (self._changes(message),)
            case _Book():
                reader = self._levels.of(Symbol(message.product_id))
                return (reader.snapshot(0, message.bids, message.asks),)
            case _:
                return _others(message)

    def _changes(self, message: _Changes) -> Event:
        sides: dict[str, list[tuple[str, str]]] = {"buy": [], "sell": []}
        for side, price, size in message.changes:
            if side not in sides:
                raise ValueError(f"side was {side!r}; allowed are buy, sell")
            sides[side].append((price, size))
        time_ns = parse_rfc3339(message.time) if message.time else 0
        reader = self._levels.of(Symbol(message.product_id))
        return reader.delta(time_ns, sides["buy"], sides["sell"])


def _request(kind: str, symbols: Sequence[Symbol], channels: Sequence[str]) -> str:
    request = {"type": kind, "product_ids": list(symbols), "channels": list(channels)}
    return json.dumps(request, separators=(",", ":"))


def _others(message: object) -> Sequence[Event]:
    match message:
        case _Heartbeat():
            symbol = Symbol(message.product_id) if message.product_id else None
            return (Heartbeat(parse_rfc3339(message.time), symbol, message.last_trade_id),)
        case _Subscriptions():
            return (_acknowledged(message),)
        case _Error():
            texts = (text for text in (message.message, message.reason) if text)
            return (Refused(": ".join(texts) or "no reason given"),)
        case _:
            return ()


def _trade(message: _Match | _LastMatch) -> Trade:
    side = _TAKER.get(message.side)
    if side is None:
        raise ValueError(f"side was {message.side!r}; allowed are buy, sell")
    return Trade(
        Symbol(message.product_id),
        message.trade_id,
        parse_rfc3339(message.time),
        message.price,
        message.size,
        side,
    )


def _quote(message: _Ticker) -> Sequence[Event]:
    if not (message.best_bid and message.best_ask):
        return ()
    time_ns = parse_rfc3339(message.time) if message.time else 0
    quote = Quote(
        Symbol(message.product_id),
        time_ns,
        message.best_bid,
        message.best_bid_size,
        message.best_ask,
        message.best_ask_size,
    )
    return (quote,)


def _acknowledged(message: _Subscriptions) -> Acknowledged:
    names = (name for channel in message.channels for name in channel.product_ids)
    return Acknowledged(tuple(Symbol(name) for name in dict.fromkeys(names)))
