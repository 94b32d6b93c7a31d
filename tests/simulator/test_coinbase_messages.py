import json
import re
from uuid import UUID

import pytest

from data_feed.simulator.book import LevelChange, OrderBook
from data_feed.simulator.candle_archive import DayStatistics
from data_feed.simulator.coinbase_messages import (
    error_message,
    heartbeat_message,
    l2update_message,
    match_message,
    order_uuid,
    snapshot_message,
    subscriptions_message,
    ticker_message,
)
from data_feed.simulator.exchange import Match, Quotation
from data_feed.simulator.products import Product
from market.types import Side, Symbol
from tests.simulator.recorded import frames

NUMERAIRE = Product(Symbol("NMR-EUR"), 670_210, 4, 1000, 1.0, 0.05, size_decimals=3)
MATCH = Match(
    symbol=Symbol("NMR-EUR"),
    trade_id=868599,
    sequence=471056965,
    time_ns=1_618_677_817_207_503_000,
    taker_side=Side.BUY,
    price=670_210,
    size=148,
    maker_order_id=11,
    taker_order_id=12,
    quotation=Quotation(669_082, 5, 670_310, 1253),
)
DAY = DayStatistics(open=609_288, high=745_000, low=604_695, volume=25_744_667, volume_30d=1)
SIZES = {"best_bid_size", "best_ask_size"}
IDS = re.compile(r'"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"')


def test_match_is_the_recorded_frame_but_for_the_order_ids() -> None:
    recorded = next(text for text in frames("match") if '"trade_id":868599' in text)
    assert IDS.sub('""', match_message(NUMERAIRE, MATCH)) == IDS.sub('""', recorded)


def test_trades_drop_trailing_zeros_and_books_keep_them() -> None:
    message = json.loads(match_message(NUMERAIRE, MATCH._replace(size=450_000)))
    assert (message["price"], message["size"]) == ("67.021", "450")
    book = OrderBook()
    book.limit(1, Side.SELL, 670_210, 450_000)
    snapshot = json.loads(snapshot_message(NUMERAIRE, book))
    assert snapshot["asks"] == [["67.0210", "450.000"]]


def test_ticker_has_the_recorded_fields_in_order_and_the_two_newer_ones() -> None:
    recorded = json.loads(next(text for text in frames("ticker") if '"NMR-EUR"' in text))
    ticker = json.loads(ticker_message(NUMERAIRE, MATCH, DAY))
    assert [name for name in ticker if name not in SIZES] == list(recorded)
    assert ticker["price"] == recorded["price"] == "67.021"
    assert ticker["open_24h"] == recorded["open_24h"]
    assert ticker["low_24h"] == recorded["low_24h"]
    assert ticker["high_24h"] == recorded["high_24h"]
    assert ticker["best_bid"] == recorded["best_bid"]
    assert ticker["best_ask"] == "67.0310"
    assert ticker["best_ask_size"] == "1.253"
    assert ticker["side"] == "buy"
    assert ticker["last_size"] == "0.148"


def test_snapshot_is_written_like_the_recorded_one() -> None:
    recorded = next(text for text in frames("snapshot") if '"NMR-EUR"' in text)
    book = OrderBook()
    for side, name in ((Side.SELL, "asks"), (Side.BUY, "bids")):
        for number, (price, size) in enumerate(json.loads(recorded)[name]):
            ticks, lots = int(price.replace(".", "")), int(size.replace(".", ""))
            book.limit(number * 2 + (side is Side.BUY), side, ticks, lots)
    assert snapshot_message(NUMERAIRE, book) == recorded


def test_l2update_is_written_like_the_recorded_ones() -> None:
    for recorded in [text for text in frames("l2update") if '"NMR-EUR"' in text][:50]:
        parsed = json.loads(recorded)
        changes = [
            LevelChange(
                Side.BUY if side == "buy" else Side.SELL,
                int(price.replace(".", "")),
                int(size.replace(".", "")),
            )
            for side, price, size in parsed["changes"]
        ]
        text = l2update_message(NUMERAIRE, changes, MATCH.time_ns)
        assert text.split('"time"')[0] == recorded.split('"time"')[0]


def test_heartbeat_subscriptions_and_error() -> None:
    assert heartbeat_message(NUMERAIRE, 20, 90, MATCH.time_ns) == (
        '{"type":"heartbeat","last_trade_id":20,"product_id":"NMR-EUR","sequence":90,'
        '"time":"2021-04-17T16:43:37.207503Z"}'
    )
    assert subscriptions_message({"ticker": ["NMR-EUR"]}) == (
        '{"type":"subscriptions","channels":[{"name":"ticker","product_ids":["NMR-EUR"]}]}'
    )
    assert json.loads(error_message("Failed to subscribe", 'no "x"')) == {
        "type": "error",
        "message": "Failed to subscribe",
        "reason": 'no "x"',
    }


@pytest.mark.parametrize("taker", list(Side))
def test_match_names_the_makers_side_and_ticker_the_takers(taker: Side) -> None:
    match = MATCH._replace(taker_side=taker)
    sides = {Side.BUY: "buy", Side.SELL: "sell"}
    assert json.loads(match_message(NUMERAIRE, match))["side"] == sides[Side(-taker)]
    assert json.loads(ticker_message(NUMERAIRE, match, DAY))["side"] == sides[taker]


def test_order_ids_are_distinct_and_stable() -> None:
    ids = [order_uuid(NUMERAIRE, number) for number in range(5000)]
    assert len(set(ids)) == 5000
    assert ids[7] == order_uuid(NUMERAIRE, 7)
    assert ids[7].version == 4
    assert all(isinstance(number, UUID) and number.hex[:12] != number.hex[16:28] for number in ids)
