"""Coinbase Exchange's WebSocket protocol, sans-IO; the simulator speaks it too.

Source: docs.cdp.coinbase.com/exchange/websocket-feed/channels. Canonical symbols are the venue's
product ids. ``match`` and ``last_match`` name the *maker's* side, so it is inverted. ``last_match``
comes once per subscription: after a reconnect it repeats a trade or fills a gap, either is a trade.
Unknown message types must be ignored.
"""

import json
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from data_feed.protocol import Acknowledged, Event, Heartbeat, Refused, malformed
from data_feed.rfc3339 import parse_rfc3339
from data_feed.venues.fields import Level, Price, Size, TradeId
from market.types import Quote, Side, Symbol, Trade

URL = "wss://ws-feed.exchange.coinbase.com"
CHANNELS = ("matches", "ticker", "heartbeat")

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


class _Channel(Struct):
    name: str
    product_ids: list[str] = []


class _Subscriptions(Struct, tag_field="type", tag="subscriptions"):
    channels: list[_Channel]


class _Error(Struct, tag_field="type", tag="error"):
    message: str = ""
    reason: str = ""


# Kinds that are common on this venue and not used here: naming them skips their content unread.
class _L2Update(Struct, tag_field="type", tag="l2update", gc=False):
    pass


class _Snapshot(Struct, tag_field="type", tag="snapshot", gc=False):
    pass


_Message = (
    _Match | _LastMatch | _Ticker | _Heartbeat | _Subscriptions | _Error | _L2Update | _Snapshot
)
_KINDS = frozenset(
    ("match", "last_match", "ticker", "heartbeat", "subscriptions", "error", "l2update", "snapshot")
)


class _AnyKind(Struct):
    type: str


class CoinbaseParser:
    """Coinbase Exchange, and everything that speaks its protocol."""

    name = "Coinbase"

    def __init__(self) -> None:
        self._decode = msgspec.json.Decoder(_Message, strict=False).decode
        self._decode_kind = msgspec.json.Decoder(_AnyKind).decode

    def url(self, symbols: Sequence[Symbol]) -> str:
        """One address serves all symbols."""
        return URL

    def subscribe(self, symbols: Sequence[Symbol]) -> list[str]:
        """One message; the venue closes a connection that has not sent it within 5 s."""
        request = {
            "type": "subscribe",
            "product_ids": list(symbols),
            "channels": list(CHANNELS),
        }
        return [json.dumps(request, separators=(",", ":"))]

    def receive(self, frame: bytes | str, received_ns: int) -> Sequence[Event]:
        """See :meth:`data_feed.protocol.VenueParser.receive`."""
        try:
            return _events(self._decode(frame))
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


def _events(message: object) -> Sequence[Event]:
    match message:
        case _Match() | _LastMatch():
            return (_trade(message),)
        case _Ticker():
            return _quote(message)
        case _Heartbeat():
            return (Heartbeat(parse_rfc3339(message.time)),)
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
