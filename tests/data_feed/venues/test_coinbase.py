"""Coinbase Exchange's frames, recorded and invented."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from data_feed.errors import SymbolNotOffered
from data_feed.protocol import (
    UNNUMBERED,
    Acknowledged,
    BookDelta,
    BookSnapshot,
    Channel,
    Event,
    Heartbeat,
    Malformed,
    Refused,
)
from data_feed.venues.coinbase import CoinbaseParser
from market.types import Quote, Side, Symbol, Trade
from tests.data_feed.frames import COINBASE, L2SNAPSHOT, L2UPDATE, MATCH, TICKER, recorded


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


def with_books(frame: bytes | Mapping[str, object]) -> list[Event]:
    text = json.dumps(frame) if isinstance(frame, Mapping) else frame
    return list(CoinbaseParser({Channel.BOOK}).receive(text, 1))


def test_books_and_their_changes() -> None:
    skl = Symbol("SKL-USD")
    asks = [(7923, 745), (8000, 10)]
    assert with_books(L2SNAPSHOT) == [
        BookSnapshot(skl, 0, 4, 1, [(7900, 30)], asks, UNNUMBERED, None)
    ]
    time_ns = 1_618_677_817_075_351_000
    assert with_books(L2UPDATE) == [
        BookDelta(skl, time_ns, 4, 1, [(7900, 0)], [(7923, 74415)], UNNUMBERED, UNNUMBERED, None)
    ]
    assert parse(L2SNAPSHOT) == parse(L2UPDATE) == []


@pytest.mark.parametrize(
    "changes",
    [[["hold", "1", "1"]], [["buy", "1"]], [["buy", "x", "1"]], [["buy", "1", "-1"]],
     [["sell", "0", "1"]], [["sell", "1", "NaN"]], [["sell", "1", "inf"]], None, {}],
)  # fmt: skip
def test_impossible_changes_of_a_book_are_malformed(changes: object) -> None:
    [event] = with_books(changed(L2UPDATE, changes=changes))
    assert isinstance(event, Malformed)


def test_a_book_is_asked_for_anew() -> None:
    again = [json.loads(text) for text in CoinbaseParser().resubscribe_book(Symbol("BTC-USD"))]
    rest = {"product_ids": ["BTC-USD"], "channels": ["level2_batch"]}
    assert again == [{"type": "unsubscribe", **rest}, {"type": "subscribe", **rest}]


def test_a_quote_currency_it_has_not_is_refused_with_the_list() -> None:
    assert CoinbaseParser().venue_symbol(Symbol("ETH-BTC")) == "ETH-BTC"
    with pytest.raises(SymbolNotOffered, match="its quote currencies are USD, USDC, USDT, EUR"):
        CoinbaseParser().venue_symbol(Symbol("BTC-JPY"))


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
