"""Bybit's frames, from its documentation."""

import json
from collections.abc import Mapping

import pytest

from data_feed.errors import SymbolNotOffered
from data_feed.protocol import (
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
from data_feed.venues.bybit import BybitParser, canonical
from market.types import Candle, Interval, Quote, Side, Symbol, Trade
from tests.data_feed.frames import BYBIT_BEST, BYBIT_KLINE, BYBIT_LEVELS, BYBIT_TRADE, changed

ALL = frozenset(Channel)


def parse(
    frame: bytes | str | Mapping[str, object], channels: frozenset[Channel] = ALL
) -> list[Event]:
    text = json.dumps(frame) if isinstance(frame, Mapping) else frame
    return list(BybitParser(channels).receive(text, 1))


def test_trades_name_the_taker_and_come_in_lists() -> None:
    eth, time_ns = Symbol("ETH-USDT"), 1_786_310_826_369_000_000
    assert parse(BYBIT_TRADE) == [
        Trade(eth, 2280000001739247420, time_ns, 1923.29, 0.0008, Side.BUY),
        Trade(eth, 2280000001739247421, time_ns, 1923.29, 0.00032, Side.SELL),
    ]


def test_quotes_are_the_book_of_one_level() -> None:
    expected = Quote(Symbol("BTC-USDT"), 1_786_310_816_618_000_000, 65140.4, 0.875077, 65140.5, 0.4)
    assert parse(BYBIT_BEST) == [expected]
    assert parse(changed(BYBIT_BEST, b=[])) == []
    ticker = {"topic": "tickers.BTCUSDT", "type": "snapshot", "data": {"lastPrice": "nonsense"}}
    assert parse(ticker) == []


def test_candles_say_when_they_are_closed() -> None:
    candle = Candle(1_786_310_760_000_000_000, 1923.09, 1923.27, 1923.09, 1923.27, 1.38307, 0)
    assert parse(BYBIT_KLINE) == [CandleUpdate(Symbol("ETH-USDT"), Interval.M1, candle, True)]
    assert parse(changed(BYBIT_KLINE, confirm=False)) == [
        CandleUpdate(Symbol("ETH-USDT"), Interval.M1, candle, False)
    ]
    for name, interval in (("240", Interval.H4), ("D", Interval.D1)):
        [event] = parse({**json.loads(BYBIT_KLINE), "topic": f"kline.{name}.ETHUSDT"})
        assert isinstance(event, CandleUpdate)
        assert event.interval is interval
    assert parse({**json.loads(BYBIT_KLINE), "topic": "kline.W.ETHUSDT"}) == []


def test_changes_of_the_book_are_numbered() -> None:
    time_ns = 1_786_310_816_618_000_000
    assert parse(BYBIT_LEVELS) == [
        BookDelta(Symbol("BTC-USDT"), time_ns, 1, 6, [(651404, 875077)],
                  [(651546, 99480), (652391, 0)], 62505425, 62505425, None)
    ]  # fmt: skip
    for message in (
        {**json.loads(BYBIT_LEVELS), "type": "snapshot"},
        changed(BYBIT_LEVELS, u=1),  # the venue's service has started again
    ):
        [event] = parse(message)
        assert isinstance(event, BookSnapshot)
        assert event.sequence == json.loads(json.dumps(message))["data"]["u"]
    [event] = parse({**json.loads(BYBIT_LEVELS), "type": "other"})
    assert isinstance(event, Malformed)


def test_replies_are_those_to_the_requests() -> None:
    parser = BybitParser(ALL)
    symbols = tuple(Symbol(f"{name}-USDT") for name in ("BTC", "ETH", "SOL"))
    requests = [json.loads(text) for text in parser.subscribe(symbols)]
    assert [len(request["args"]) for request in requests] == [10, 2]
    assert requests[0]["args"][:4] == [
        "publicTrade.BTCUSDT", "orderbook.1.BTCUSDT", "kline.1.BTCUSDT", "orderbook.200.BTCUSDT",
    ]  # fmt: skip
    answers = [
        parser.receive(json.dumps({"success": True, "ret_msg": "subscribe", "conn_id": "x",
                                   "req_id": request["req_id"], "op": "subscribe"}), 1)
        for request in requests
    ]  # fmt: skip
    assert answers == [(Acknowledged(symbols),), (Acknowledged(symbols[2:]),)]
    refusal = {
        "success": False, "ret_msg": "error:handler not found,topic:publicTrade.XUSDT",
        "op": "subscribe",
    }  # fmt: skip
    assert parse(refusal) == [Refused("error:handler not found,topic:publicTrade.XUSDT")]
    assert parse({"success": False, "op": "subscribe"}) == [Refused("no reason given")]
    assert parse({"success": True, "op": "unsubscribe"}) == []
    assert parse({"success": True, "ret_msg": "pong", "op": "ping"}) == [Heartbeat(0)]
    assert parse({"op": "pong", "args": ["1675418560633"]}) == [Heartbeat(0)]


def test_a_book_is_asked_for_anew() -> None:
    again = [json.loads(text) for text in BybitParser().resubscribe_book(Symbol("BTC-USDT"))]
    assert [(each["op"], each["args"]) for each in again] == [
        ("unsubscribe", ["orderbook.200.BTCUSDT"]), ("subscribe", ["orderbook.200.BTCUSDT"]),
    ]  # fmt: skip
    assert BybitParser().url(()) == "wss://stream.bybit.com/v5/public/spot"
    assert json.loads(BybitParser().limits.keep_alive) == {"op": "ping"}


@pytest.mark.parametrize(
    ("frame", "channel"),
    [(BYBIT_TRADE, Channel.TRADES), (BYBIT_BEST, Channel.QUOTES), (BYBIT_KLINE, Channel.CANDLES),
     (BYBIT_LEVELS, Channel.BOOK)],
)  # fmt: skip
def test_only_what_was_asked_for_is_read(frame: bytes, channel: Channel) -> None:
    assert parse(frame, ALL - {channel}) == []
    assert parse(frame, frozenset({channel}))


@pytest.mark.parametrize(
    ("frame", "fields"),
    [
        (BYBIT_TRADE, {"p": "NaN"}), (BYBIT_TRADE, {"p": "-1"}), (BYBIT_TRADE, {"p": "0"}),
        (BYBIT_TRADE, {"v": "inf"}), (BYBIT_TRADE, {"v": "1e999"}), (BYBIT_TRADE, {"S": "buy"}),
        (BYBIT_TRADE, {"i": "a7e31d5c"}), (BYBIT_TRADE, {"T": 0}), (BYBIT_TRADE, {"s": None}),
        (BYBIT_BEST, {"b": [["NaN", "1"]]}), (BYBIT_BEST, {"a": [["1"]]}),
        (BYBIT_KLINE, {"low": "1923.1"}), (BYBIT_KLINE, {"confirm": "x"}),
        (BYBIT_LEVELS, {"b": [["x", "1"]]}), (BYBIT_LEVELS, {"a": [["1", "-1"]]}),
        (BYBIT_LEVELS, {"u": "x"}), (BYBIT_LEVELS, {"b": [[1, 2]]}),
    ],
)  # fmt: skip
def test_impossible_values_make_a_frame_malformed(frame: bytes, fields: dict[str, object]) -> None:
    [event] = parse(changed(frame, **fields))
    assert isinstance(event, Malformed)
    assert event.reason


@pytest.mark.parametrize(
    "frame",
    [b"", b"[]", b"{}", b'{"topic":5}', b'{"topic":"publicTrade.X"}', b'{"op":"auth"}', b"\xff",
     b'{"topic":"orderbook.200.X","type":"delta","data":[]}', b"[" * 5000, BYBIT_TRADE[:-2]],
)  # fmt: skip
def test_what_is_no_message_is_malformed(frame: bytes) -> None:
    [event] = parse(frame)
    assert isinstance(event, Malformed)
    assert event.head == frame[:80]


def test_names() -> None:
    names = {"BTCUSDT": "BTC-USDT", "BTCUSD": "BTC-USD", "WBTCBTC": "WBTC-BTC", "XYZ": "XYZ",
             "BBSOLSOL": "BBSOL-SOL", "USDCUSDT": "USDC-USDT"}  # fmt: skip
    assert {name: canonical(name) for name in names} == names
    with pytest.raises(SymbolNotOffered, match="its quote currencies are USDT, USDC, EUR"):
        BybitParser().subscribe((Symbol("BTC-JPY"),))
