"""Binance's frames, recorded and invented."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feed.errors import SymbolNotOffered
from data_feed.protocol import (
    Acknowledged,
    BookDelta,
    CandleUpdate,
    Channel,
    Closing,
    Event,
    Malformed,
    Refused,
)
from data_feed.venues.binance import QUOTE_CURRENCIES, BinanceParser, canonical, venue_symbol
from market.types import Candle, Interval, Quote, Side, Symbol, Trade
from tests.data_feed.frames import (
    BINANCE,
    BINANCE_DEPTH,
    BINANCE_KLINE,
    BINANCE_TRADE,
    BINANCE_US,
    BOOK_TICKER,
    recorded,
)

TRADE = Trade(Symbol("BTC-USDT"), 3735683259, 1_723_161_255_342_000_000, 61837.63, 0.02, Side.SELL)


def parse(frame: bytes | str | dict[str, object]) -> list[Event]:
    text = json.dumps(frame) if isinstance(frame, dict) else frame
    return list(BinanceParser().receive(text, 1))


def changed(frame: bytes, **fields: object) -> dict[str, object]:
    outer = json.loads(frame)
    return {**outer, "data": {**outer["data"], **fields}}


def test_a_maker_who_buys_means_a_taker_who_sells() -> None:
    assert parse(BINANCE_TRADE) == [TRADE]
    assert parse(changed(BINANCE_TRADE, m=False)) == [TRADE._replace(side=Side.BUY)]
    assert parse(json.dumps(json.loads(BINANCE_TRADE)["data"])) == [TRADE]


def test_an_aggregated_trade_counts_by_its_own_id() -> None:
    data = {
        "e": "aggTrade",
        "s": "CRVUSDT",
        "a": 7,
        "p": "2.5",
        "q": "3",
        "f": 100,
        "l": 105,
        "T": 12,
        "m": True,
    }
    expected = Trade(Symbol("CRV-USDT"), 7, 12_000_000, 2.5, 3.0, Side.SELL)
    assert parse({"stream": "crvusdt@aggTrade", "data": data}) == [expected]


def test_a_book_ticker_is_a_quote_without_time() -> None:
    expected = Quote(Symbol("BTC-USDT"), 0, 61837.63, 3.78826, 61837.64, 1.54698)
    assert parse(BOOK_TICKER) == [expected]
    assert parse(changed(BOOK_TICKER, b="0.00000000")) == []


def test_replies_and_refusals() -> None:
    parser = BinanceParser()
    [message] = parser.subscribe((Symbol("BTC-USDT"), Symbol("ETH-BTC")))
    request = json.loads(message)
    assert request["method"] == "SUBSCRIBE"
    assert request["params"] == [
        "btcusdt@trade",
        "btcusdt@bookTicker",
        "ethbtc@trade",
        "ethbtc@bookTicker",
    ]
    reply = json.dumps({"result": None, "id": request["id"]})
    assert parser.receive(reply, 1) == (Acknowledged((Symbol("BTC-USDT"), Symbol("ETH-BTC"))),)
    assert parse({"code": 2, "msg": "Invalid request", "id": 1}) == [
        Refused("Invalid request (code 2)")
    ]
    assert parse({"error": {"code": 3, "msg": "Invalid JSON"}}) == [
        Refused("Invalid JSON (code 3)")
    ]
    assert parser.url(()) == "wss://stream.binance.com:9443/stream"


def test_an_announced_shutdown_closes_the_connection() -> None:
    [event] = parse({"stream": "!serverShutdown", "data": {"e": "serverShutdown", "E": 1}})
    assert isinstance(event, Closing)
    [event] = parse({"e": "serverShutdown", "E": 1})
    assert isinstance(event, Closing)


def everything(frame: bytes | dict[str, object]) -> list[Event]:
    text = json.dumps(frame) if isinstance(frame, dict) else frame
    return list(BinanceParser(frozenset(Channel)).receive(text, 1))


def test_changes_of_the_book_carry_the_numbers_of_the_first_and_the_last() -> None:
    expected = BookDelta(
        Symbol("BTC-USDT"), 1_723_161_255_308_000_000, 2, 5, [(5565387, 0)],
        [(6183804, 32332), (6184430, 40163)], 50093239203, 50093239207, None,
    )  # fmt: skip
    assert everything(BINANCE_DEPTH) == [expected]
    assert everything(json.dumps(json.loads(BINANCE_DEPTH)["data"]).encode()) == [expected]
    assert parse(BINANCE_DEPTH) == []
    assert BinanceParser().resubscribe_book(Symbol("BTC-USDT")) == []
    assert BinanceParser().book_rules.rest


def test_candles_say_when_they_are_closed() -> None:
    candle = Candle(1_633_998_240_000_000_000, 13.7212, 13.8048, 13.7212, 13.8048, 183.49, 6)
    omg = Symbol("OMG-BUSD")
    assert everything(BINANCE_KLINE) == [CandleUpdate(omg, Interval.M1, candle, False)]
    inner = json.loads(BINANCE_KLINE)["data"]["k"]
    assert everything(changed(BINANCE_KLINE, k={**inner, "x": True})) == [
        CandleUpdate(omg, Interval.M1, candle, True)
    ]
    assert everything(changed(BINANCE_KLINE, k={**inner, "i": "3m"})) == []
    assert parse(BINANCE_KLINE) == []
    for fields in ({"l": "13.8"}, {"h": "NaN"}, {"v": "-1"}, {"n": None}):
        [event] = everything(changed(BINANCE_KLINE, k={**inner, **fields}))
        assert isinstance(event, Malformed)


@pytest.mark.parametrize(
    "fields",
    [{"b": [["NaN", "1"]]}, {"b": [["1", "-1"]]}, {"b": [["0", "1"]]}, {"a": [["1"]]},
     {"a": [[1, 2]]}, {"U": "x"}, {"u": 2**63}, {"E": 0}, {"a": None}],
)  # fmt: skip
def test_impossible_changes_of_the_book_are_malformed(fields: dict[str, object]) -> None:
    [event] = everything(changed(BINANCE_DEPTH, **fields))
    assert isinstance(event, Malformed)


def test_every_channel_is_a_stream() -> None:
    [message] = BinanceParser(frozenset(Channel)).subscribe((Symbol("BTC-USDT"),))
    assert json.loads(message)["params"] == [
        "btcusdt@trade", "btcusdt@bookTicker", "btcusdt@kline_1m", "btcusdt@depth@100ms",
    ]  # fmt: skip


def test_streams_nobody_asked_for_are_ignored() -> None:
    assert parse({"stream": "btcusdt@depth@100ms", "data": {"b": [], "a": "nonsense"}}) == []
    assert parse({"e": "kline"}) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"p": "NaN"},
        {"p": "0"},
        {"p": "-3"},
        {"q": "inf"},
        {"t": -1},
        {"T": 0},
        {"T": 2**60},
        {"s": None},
        {"m": "x"},
    ],
)
def test_impossible_values_make_a_frame_malformed(fields: dict[str, object]) -> None:
    [event] = parse(changed(BINANCE_TRADE, **fields))
    assert isinstance(event, Malformed)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"[]",
        b"{}",
        b'{"stream":"a@trade"}',
        b'{"stream":5}',
        b'{"result":7}',
        b'{"error":1}',
        b"\xff",
        b"[" * 5000,
    ],
)
def test_what_is_no_message_is_malformed(frame: bytes) -> None:
    [event] = parse(frame)
    assert isinstance(event, Malformed)
    assert event.head == frame[:80]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("BTCUSDT", "BTC-USDT"), ("ETHBTC", "ETH-BTC"), ("BTCFDUSD", "BTC-FDUSD"),
     ("USDTTRY", "USDT-TRY"), ("BTC", "BTC"), ("XYZ", "XYZ")],
)  # fmt: skip
def test_symbols_are_split_at_the_quote_currency(theirs: str, ours: str) -> None:
    assert canonical(theirs) == ours


@given(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1), st.sampled_from(QUOTE_CURRENCIES)
)
def test_a_symbol_survives_the_way_there_and_back(base: str, quote: str) -> None:
    there = venue_symbol(Symbol(f"{base}-{quote}")) if quote != "USD" else f"{base}USD"
    assert canonical(there).replace("-", "") == base + quote


def test_us_dollars_are_refused_with_advice() -> None:
    with pytest.raises(SymbolNotOffered, match=r"does not offer BTC-USD; .* ask for BTC-USDT"):
        BinanceParser().subscribe((Symbol("ETH-BTC"), Symbol("BTC-USD")))


@pytest.mark.parametrize(
    ("name", "expected"),
    [(BINANCE, {"Quote": 28040, "Trade": 9757}), (BINANCE_US, {"Quote": 128, "Trade": 11})],
)
def test_the_recordings_parse_completely(
    shared_data: Path, name: str, expected: dict[str, int]
) -> None:
    parser = BinanceParser()
    counts: Counter[str] = Counter()
    for frame in recorded(shared_data / "ws" / name):
        counts.update(type(event).__name__ for event in parser.receive(frame, 1))
    assert counts == expected
