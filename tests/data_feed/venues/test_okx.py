"""OKX's frames, from its documentation."""

import json
from collections.abc import Mapping
from zlib import crc32

import pytest

from data_feed.errors import BadRequest, SymbolNotOffered
from data_feed.protocol import (
    UNNUMBERED,
    Acknowledged,
    BookDelta,
    BookSnapshot,
    CandleUpdate,
    Channel,
    Closing,
    Event,
    Heartbeat,
    Malformed,
    Refused,
)
from data_feed.venues.okx import OkxParser, checksum
from market.types import Candle, Interval, Quote, Side, Symbol, Trade
from tests.data_feed.frames import OKX_CANDLE, OKX_LEVELS, OKX_TICKER, OKX_TRADE, changed

CANDLES = frozenset({Channel.CANDLES})
ALL = frozenset(Channel) - CANDLES
BTC = Symbol("BTC-USDT")


def parse(
    frame: bytes | str | Mapping[str, object], channels: frozenset[Channel] = ALL
) -> list[Event]:
    text = json.dumps(frame) if isinstance(frame, Mapping) else frame
    return list(OkxParser(channels).receive(text, 1))


def test_trades_and_quotes() -> None:
    assert parse(OKX_TRADE) == [
        Trade(BTC, 1040968613, 1_786_538_760_218_000_000, 64040.2, 0.00240857, Side.BUY)
    ]
    assert parse(OKX_TICKER) == [
        Quote(BTC, 1_786_538_789_464_000_000, 64028.6, 0.00503393, 64028.7, 2.31126955)
    ]
    assert parse(changed(OKX_TICKER, bidPx="0")) == []


def test_candles_come_from_an_address_of_their_own() -> None:
    candle = Candle(1_786_538_760_000_000_000, 64040.2, 64040.2, 64025.7, 64033.5, 2.16787395, 0)
    assert parse(OKX_CANDLE, CANDLES) == [CandleUpdate(BTC, Interval.M1, candle, False)]
    closed = json.loads(OKX_CANDLE)
    closed["data"][0][8] = "1"
    assert parse(closed, CANDLES) == [CandleUpdate(BTC, Interval.M1, candle, True)]
    closed["arg"]["channel"] = "candle1D"  # of Hong Kong
    assert parse(closed, CANDLES) == []
    assert OkxParser(CANDLES).url(()) == "wss://ws.okx.com:8443/ws/v5/business"
    assert OkxParser().url(()) == "wss://ws.okx.com:8443/ws/v5/public"
    with pytest.raises(BadRequest, match="ask for them alone"):
        OkxParser(frozenset(Channel))


def test_numbers_prove_that_changes_follow_each_other() -> None:
    assert parse(OKX_LEVELS) == [
        BookDelta(Symbol("UNI-USD-SWAP"), 1_652_459_225_464_000_000, 3, 0, [(5117, 0)],
                  [(5158, 129), (5233, 240)], 121, 123, None)
    ]  # fmt: skip
    [whole] = parse({**json.loads(OKX_LEVELS), "action": "snapshot"})
    assert isinstance(whole, BookSnapshot)
    assert (whole.sequence, whole.checksum) == (123, None)
    old = changed(OKX_LEVELS, checksum=-914047754)
    del old["data"][0]["seqId"], old["data"][0]["prevSeqId"]  # type: ignore[index]
    [event] = parse(old)
    assert isinstance(event, BookDelta)
    assert (event.first, event.last, event.checksum) == (UNNUMBERED, UNNUMBERED, -914047754)
    [event] = parse({**json.loads(OKX_LEVELS), "action": "other"})
    assert isinstance(event, Malformed)


def test_the_checksum_takes_bids_and_asks_in_turn_as_they_were_sent() -> None:
    bids, asks = [(33660, 3), (33659, 1)], [(33661, 15), (33662, 12), (33663, 7)]
    text = "3366:3:3366.1:15:3365.9:1:3366.2:12:3366.3:7"
    expected = crc32(text.encode())
    expected -= 2**32 if expected >= 2**31 else 0
    assert checksum(bids, asks, 1, 0) == expected
    many = [(price, 1) for price in range(1, 100)]
    assert checksum(many, many, 0, 0) == checksum(many[:25], many[:25], 0, 0)
    assert checksum(many[:24], many[:24], 0, 0) != checksum(many[:25], many[:25], 0, 0)
    assert checksum([], [], 1, 8) == 0


def test_replies_notices_and_refusals() -> None:
    ack = {"event": "subscribe", "arg": {"channel": "tickers", "instId": "BTC-USDT"}, "connId": "5"}
    assert parse(ack) == [Acknowledged((BTC,))]
    assert parse({**ack, "event": "unsubscribe"}) == []
    error = {
        "event": "error", "code": "60018",
        "msg": "Wrong URL or channel:candle1m,instId:BTC-USDT doesn't exist.", "connId": "5",
    }  # fmt: skip
    assert parse(error) == [
        Refused("Wrong URL or channel:candle1m,instId:BTC-USDT doesn't exist. (code 60018)")
    ]
    notice = {"event": "notice", "code": "64008", "msg": "The connection will soon be closed."}
    assert parse(notice) == [Closing("The connection will soon be closed.")]
    assert parse({**notice, "msg": ""}) == [Closing("OKX is about to upgrade its service")]
    assert parse({**notice, "code": "64001"}) == []
    assert parse(b"pong") == parse("pong") == [Heartbeat(0)]
    assert OkxParser().limits.keep_alive == "ping"
    assert parse({"arg": {"channel": "status"}, "data": [{"state": "ongoing"}]}) == []


@pytest.mark.parametrize(
    ("frame", "channel"),
    [(OKX_TRADE, Channel.TRADES), (OKX_TICKER, Channel.QUOTES), (OKX_LEVELS, Channel.BOOK)],
)
def test_only_what_was_asked_for_is_read(frame: bytes, channel: Channel) -> None:
    assert parse(frame, ALL - {channel}) == []
    assert parse(frame, frozenset({channel}))
    assert parse(frame, CANDLES) == []


@pytest.mark.parametrize(
    ("frame", "fields"),
    [
        (OKX_TRADE, {"px": "NaN"}), (OKX_TRADE, {"px": "-1"}), (OKX_TRADE, {"sz": "0"}),
        (OKX_TRADE, {"sz": "inf"}), (OKX_TRADE, {"side": "hold"}), (OKX_TRADE, {"tradeId": "x"}),
        (OKX_TRADE, {"ts": "0"}), (OKX_TRADE, {"instId": None}), (OKX_TICKER, {"askPx": "1e99"}),
        (OKX_LEVELS, {"bids": [["1", "2"]]}), (OKX_LEVELS, {"asks": [["x", "1", "0", "1"]]}),
        (OKX_LEVELS, {"asks": [["1", "-1", "0", "1"]]}), (OKX_LEVELS, {"seqId": 2**62}),
        (OKX_LEVELS, {"checksum": "x"}),
    ],
)  # fmt: skip
def test_impossible_values_make_a_frame_malformed(frame: bytes, fields: dict[str, object]) -> None:
    [event] = parse(changed(frame, **fields))
    assert isinstance(event, Malformed)
    assert event.reason


@pytest.mark.parametrize(
    "frame",
    [b"", b"[]", b"{}", b'{"arg":5}', b'{"arg":{"channel":"trades"}}', b"\xff", b"[" * 5000,
     b"ping", OKX_TRADE[:-2]],
)  # fmt: skip
def test_what_is_no_message_is_malformed(frame: bytes) -> None:
    [event] = parse(frame)
    assert isinstance(event, Malformed)
    assert event.head == frame[:80]


def test_subscribing() -> None:
    [text] = OkxParser(ALL).subscribe((BTC, Symbol("ETH-EUR")))
    request = json.loads(text)
    assert request["op"] == "subscribe"
    assert request["args"] == [
        {"channel": channel, "instId": name}
        for name in ("BTC-USDT", "ETH-EUR")
        for channel in ("trades", "tickers", "books")
    ]
    [text] = OkxParser(CANDLES).subscribe((BTC,))
    assert json.loads(text)["args"] == [{"channel": "candle1m", "instId": "BTC-USDT"}]
    assert OkxParser().resubscribe_book(BTC) == []
    with pytest.raises(SymbolNotOffered, match="its quote currencies are USDT, USDC"):
        OkxParser().subscribe((Symbol("BTC-GBP"),))
