"""Kraken's frames, from its documentation."""

import json
from collections.abc import Mapping
from zlib import crc32

import pytest

from data_feed.errors import SymbolNotOffered
from data_feed.protocol import (
    UNNUMBERED,
    Acknowledged,
    BookDelta,
    BookSnapshot,
    CandleUpdate,
    Channel,
    Event,
    Heartbeat,
    Malformed,
    Refused,
)
from data_feed.venues.kraken import KrakenParser, canonical, checksum
from market.types import Candle, Interval, Quote, Side, Symbol, Trade
from tests.data_feed.frames import KRAKEN_LEVELS, KRAKEN_OHLC, KRAKEN_TICKER, KRAKEN_TRADE, changed

ALL = frozenset(Channel)
SYMBOLS = (Symbol("BTC-USD"), Symbol("DOGE-EUR"))


def parse(
    frame: bytes | str | Mapping[str, object], channels: frozenset[Channel] = ALL
) -> list[Event]:
    text = json.dumps(frame) if isinstance(frame, Mapping) else frame
    return list(KrakenParser(channels).receive(text, 1))


def test_trades_quotes_and_candles() -> None:
    time_ns = 1_695_628_177_708_706_000
    assert parse(KRAKEN_TRADE) == [
        Trade(Symbol("MATIC-USD"), 4665906, time_ns, 0.5117, 40.0, Side.SELL)
    ]
    assert parse(changed(KRAKEN_TRADE, side="buy", symbol="XBT/XDG")) == [
        Trade(Symbol("BTC-DOGE"), 4665906, time_ns, 0.5117, 40.0, Side.BUY)
    ]
    assert parse(KRAKEN_TICKER) == [
        Quote(
            Symbol("BTC-USD"), 1_786_562_942_066_592_000, 63297.7, 5.45673101, 63297.8, 0.36974422
        )
    ]
    candle = Candle(1_786_562_880_000_000_000, 63301.6, 63301.6, 63297.7, 63297.7, 0.04121249, 27)
    assert parse(KRAKEN_OHLC) == [CandleUpdate(Symbol("BTC-USD"), Interval.M1, candle, False)]
    [hour] = parse(changed(KRAKEN_OHLC, interval=60))
    assert isinstance(hour, CandleUpdate)
    assert hour.interval is Interval.H1
    assert parse(changed(KRAKEN_OHLC, interval=21600)) == []
    assert parse(changed(KRAKEN_TICKER, bid=0)) == []


def test_several_trades_in_one_message() -> None:
    outer = json.loads(KRAKEN_TRADE)
    outer["type"] = "snapshot"
    outer["data"] = [{**outer["data"][0], "trade_id": number} for number in (1, 2, 3)]
    assert [event.trade_id for event in parse(outer) if isinstance(event, Trade)] == [1, 2, 3]


def test_books_keep_the_zeros_of_the_pairs_precision() -> None:
    [whole] = parse(KRAKEN_LEVELS)
    assert whole == BookSnapshot(
        Symbol("MINA-GBP"), 0, 4, 8, [(294, 2_250_050_544_743)], [(296, 100_000_000_000)],
        UNNUMBERED, 1,
    )  # fmt: skip
    update = {**json.loads(KRAKEN_LEVELS), "type": "update"}
    update["data"][0]["timestamp"] = "2026-08-18T20:44:00.932079Z"
    [change] = parse(update)
    assert isinstance(change, BookDelta)
    assert (change.time_ns, change.first, change.last) == (
        1_787_085_840_932_079_000, UNNUMBERED, UNNUMBERED,
    )  # fmt: skip
    [event] = parse({**json.loads(KRAKEN_LEVELS), "type": "partial"})
    assert isinstance(event, Malformed)
    assert "allowed are snapshot, update" in event.reason


def test_the_checksum_takes_ten_asks_then_ten_bids() -> None:
    bids = [(100 - i, 7 + i) for i in range(12)]
    asks = [(101 + i, 50 + i) for i in range(12)]
    text = "".join(f"{price}{size}" for price, size in asks[:10] + bids[:10])
    assert checksum(bids, asks, 4, 8) == crc32(text.encode())
    assert checksum([], [], 1, 8) == 0


def test_replies_heartbeats_and_refusals() -> None:
    ack = {
        "method": "subscribe", "success": True, "req_id": 3,
        "result": {"channel": "ohlc", "symbol": "BTC/USD", "warnings": ["timestamp is deprecated"]},
        "time_in": "2026-08-12T19:28:43.952561Z",
    }  # fmt: skip
    assert parse(ack) == [Acknowledged((Symbol("BTC-USD"),))]
    assert parse({**ack, "method": "unsubscribe"}) == []
    refusal = {
        "error": "Currency pair not supported XBT/USD", "method": "subscribe", "success": False,
        "symbol": "XBT/USD",
    }  # fmt: skip
    assert parse(refusal) == [Refused("Currency pair not supported XBT/USD")]
    assert parse({"method": "subscribe", "success": False}) == [Refused("no reason given")]
    assert parse({"error": "Exceeded msg rate"}) == [Refused("Exceeded msg rate")]
    assert parse({"method": "pong", "req_id": 1}) == [Heartbeat(0)]
    assert parse({"channel": "heartbeat"}) == [Heartbeat(0)]
    status = {"channel": "status", "type": "update", "data": [{"system": "online"}]}
    assert parse(status) == []
    assert parse({"channel": "instrument", "type": "snapshot", "data": {"assets": []}}) == []


@pytest.mark.parametrize(
    ("frame", "channel"),
    [(KRAKEN_TRADE, Channel.TRADES), (KRAKEN_TICKER, Channel.QUOTES),
     (KRAKEN_OHLC, Channel.CANDLES), (KRAKEN_LEVELS, Channel.BOOK)],
)  # fmt: skip
def test_only_what_was_asked_for_is_read(frame: bytes, channel: Channel) -> None:
    assert parse(frame, ALL - {channel}) == []
    assert parse(changed(frame, symbol=5), ALL - {channel}) == []
    assert len(parse(frame, frozenset({channel}))) == 1


@pytest.mark.parametrize(
    ("frame", "fields"),
    [
        (KRAKEN_TRADE, {"price": 0}), (KRAKEN_TRADE, {"price": -1}),
        (KRAKEN_TRADE, {"price": float("nan")}), (KRAKEN_TRADE, {"price": float("inf")}),
        (KRAKEN_TRADE, {"price": "0.5"}), (KRAKEN_TRADE, {"qty": 0}), (KRAKEN_TRADE, {"qty": 1e19}),
        (KRAKEN_TRADE, {"side": "hold"}), (KRAKEN_TRADE, {"trade_id": -1}),
        (KRAKEN_TRADE, {"timestamp": "noon"}), (KRAKEN_TRADE, {"symbol": None}),
        (KRAKEN_OHLC, {"low": 63301.7}), (KRAKEN_OHLC, {"high": 1.0}),
        (KRAKEN_OHLC, {"volume": -1}), (KRAKEN_TICKER, {"bid": -1}),
        (KRAKEN_LEVELS, {"checksum": "x"}), (KRAKEN_LEVELS, {"bids": [{"price": "x", "qty": 1}]}),
        (KRAKEN_LEVELS, {"bids": [{"price": 1, "qty": -1}]}), (KRAKEN_LEVELS, {"asks": None}),
        (KRAKEN_LEVELS, {"bids": [{"price": 1e999, "qty": 1}]}),
    ],
)  # fmt: skip
def test_impossible_values_make_a_frame_malformed(frame: bytes, fields: dict[str, object]) -> None:
    [event] = parse(changed(frame, **fields))
    assert isinstance(event, Malformed)
    assert event.reason


@pytest.mark.parametrize(
    "frame",
    [b"", b"[]", b"7", b"{}", b'{"channel":5}', b'{"channel":"trade"}', b'{"method":"subscribe"}',
     b"\xff", b"[" * 5000, KRAKEN_TRADE[:-2]],
)  # fmt: skip
def test_what_is_no_message_is_malformed(frame: bytes) -> None:
    [event] = parse(frame)
    assert isinstance(event, Malformed)
    assert event.head == frame[:80]


def test_subscribing() -> None:
    messages = [json.loads(text)["params"] for text in KrakenParser(ALL).subscribe(SYMBOLS)]
    pairs = ["BTC/USD", "DOGE/EUR"]
    assert messages == [
        {"channel": "trade", "snapshot": True, "symbol": pairs},
        {"channel": "ticker", "event_trigger": "bbo", "symbol": pairs},
        {"channel": "ohlc", "interval": 1, "symbol": pairs},
        {"channel": "book", "depth": 100, "symbol": pairs},
    ]
    assert len(KrakenParser().subscribe(SYMBOLS)) == 2
    again = [json.loads(text) for text in KrakenParser(ALL, 25).resubscribe_book(SYMBOLS[0])]
    params = {"channel": "book", "depth": 25, "symbol": ["BTC/USD"]}
    assert again == [
        {"method": "unsubscribe", "params": params}, {"method": "subscribe", "params": params},
    ]  # fmt: skip
    assert KrakenParser().url(SYMBOLS) == "wss://ws.kraken.com/v2"


def test_names() -> None:
    assert canonical("XDG/XBT") == "DOGE-BTC"
    for old, new in (("XBT-USD", "BTC-USD"), ("ETH-XBT", "ETH-BTC"), ("XDG-EUR", "DOGE-EUR")):
        with pytest.raises(SymbolNotOffered, match=f"does not offer {old}; it is called {new}"):
            KrakenParser().subscribe((Symbol(old),))
    with pytest.raises(SymbolNotOffered, match="its quote currencies are USD, EUR"):
        KrakenParser().venue_symbol(Symbol("BTC-NOK"))
