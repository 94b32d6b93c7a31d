"""Coinbase Exchange's frames, recorded and invented."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from data_feed.protocol import Acknowledged, Event, Heartbeat, Malformed, Refused
from data_feed.venues.coinbase import CoinbaseParser
from market.types import Quote, Side, Symbol, Trade
from tests.data_feed.frames import COINBASE, MATCH, TICKER, recorded


def parse(frame: bytes | str | Mapping[str, object]) -> list[Event]:
    text = json.dumps(frame) if isinstance(frame, Mapping) else frame
    return list(CoinbaseParser().receive(text, 1))


def changed(frame: bytes, **fields: object) -> dict[str, object]:
    return {**json.loads(frame), **fields}


def test_a_match_names_the_maker_so_the_taker_is_the_other() -> None:
    expected = Trade(Symbol("BTC-USD"), 82008, 1_415_348_367_028_459_000, 400.23, 5.23512, Side.BUY)
    assert parse(MATCH) == [expected]
    assert parse(MATCH.decode()) == [expected]
    assert parse(changed(MATCH, side="buy")) == [expected._replace(side=Side.SELL)]


def test_the_last_match_is_a_trade_too() -> None:
    assert parse(changed(MATCH, type="last_match")) == parse(MATCH)


def test_a_ticker_is_a_quote() -> None:
    expected = Quote(
        Symbol("ETH-USD"), 1_666_222_102_061_769_000, 1285.04, 0.46688654, 1285.27, 1.5663704
    )
    assert parse(TICKER) == [expected]
    old = {
        key: value
        for key, value in json.loads(TICKER).items()
        if "size" not in key and key != "time"
    }
    assert parse(old) == [Quote(Symbol("ETH-USD"), 0, 1285.04, 0.0, 1285.27, 0.0)]


def test_an_empty_side_of_the_book_is_no_quote() -> None:
    assert parse(changed(TICKER, best_bid="0")) == []


def test_heartbeats_and_confirmations() -> None:
    beat = {"type": "heartbeat", "sequence": 90, "time": "2014-11-07T08:19:28.464459Z"}
    assert parse(beat) == [Heartbeat(1_415_348_368_464_459_000)]
    channels = [
        {"name": "matches", "product_ids": ["BTC-USD", "ETH-USD"]},
        {"name": "ticker", "product_ids": ["ETH-USD", "SOL-USD"]},
        {"name": "status"},
    ]
    confirmed = parse({"type": "subscriptions", "channels": channels})
    assert confirmed == [Acknowledged((Symbol("BTC-USD"), Symbol("ETH-USD"), Symbol("SOL-USD")))]


def test_a_refusal_carries_the_venues_text() -> None:
    error = {"type": "error", "message": "Failed to subscribe", "reason": "level2 requires a login"}
    assert parse(error) == [Refused("Failed to subscribe: level2 requires a login")]
    assert parse({"type": "error"}) == [Refused("no reason given")]


def test_kinds_nobody_asked_for_are_ignored() -> None:
    assert parse({"type": "received", "price": "nonsense"}) == []
    assert parse({"type": "l2update", "changes": [["buy", "1", "0"]]}) == []
    assert parse({"type": "snapshot", "asks": []}) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"price": "NaN"},
        {"price": "inf"},
        {"price": "-1"},
        {"price": "0"},
        {"price": "1e999"},
        {"price": ""},
        {"price": None},
        {"price": True},
        {"size": "0"},
        {"size": "-0.5"},
        {"size": "nan"},
        {"trade_id": -1},
        {"trade_id": 2**63},
        {"trade_id": "x"},
        {"time": "yesterday"},
        {"time": ""},
        {"side": "hold"},
        {"product_id": 5},
    ],
)
def test_impossible_values_make_a_frame_malformed(fields: dict[str, object]) -> None:
    [event] = parse(changed(MATCH, **fields))
    assert isinstance(event, Malformed)
    assert event.reason
    assert len(event.head) == 80


@pytest.mark.parametrize(
    "frame", [b"", b"[]", b"7", b"{}", b'{"type":5}', b"\xff\x00", b"[" * 5000]
)
def test_what_is_no_message_is_malformed(frame: bytes) -> None:
    [event] = parse(frame)
    assert isinstance(event, Malformed)
    assert event.head == frame[:80]


def test_subscribing() -> None:
    parser = CoinbaseParser()
    symbols = (Symbol("BTC-USD"), Symbol("ETH-BTC"))
    [message] = parser.subscribe(symbols)
    assert json.loads(message) == {
        "type": "subscribe",
        "product_ids": ["BTC-USD", "ETH-BTC"],
        "channels": ["matches", "ticker", "heartbeat"],
    }
    assert parser.url(symbols) == "wss://ws-feed.exchange.coinbase.com"


def test_the_recording_parses_completely(shared_data: Path) -> None:
    events = [event for frame in recorded(shared_data / "ws" / COINBASE) for event in parse(frame)]
    assert Counter(type(event).__name__ for event in events) == {
        "Quote": 75,
        "Trade": 75,
        "Acknowledged": 3,
    }
    raw = [json.loads(frame) for frame in recorded(shared_data / "ws" / COINBASE)]
    matches = [each for each in raw if each["type"] in {"match", "last_match"}]
    for trade, match in zip((e for e in events if isinstance(e, Trade)), matches, strict=True):
        assert trade.trade_id == match["trade_id"]
        assert (trade.price, trade.size) == (float(match["price"]), float(match["size"]))
        assert (trade.side is Side.BUY) == (match["side"] == "sell")
