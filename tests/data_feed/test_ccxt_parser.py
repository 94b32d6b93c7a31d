"""ccxt's structures as frames, and back as events; no library is needed for it."""

import json
from pathlib import Path

import pytest

from data_feed.ccxt_parser import (
    CcxtParser,
    book_frame,
    quote_frame,
    refused_frame,
    trades_frame,
)
from data_feed.protocol import BookSnapshot, Malformed, Refused
from data_feed.replay import open_recording
from market.types import Quote, Side, Trade

MS = 1_700_000_000_500
TRADE = {"id": "abc-1", "timestamp": MS, "price": 100.5, "amount": 2.0, "side": "sell"}


def test_trades_are_numbered_by_arrival_and_none_counts_twice() -> None:
    parser = CcxtParser()
    second = {**TRADE, "id": "abc-0", "price": 101.0, "side": "buy"}
    first = parser.receive(trades_frame("BTC/USD", [TRADE, second]), 0)
    assert first == [
        Trade("BTC-USD", 1, MS * 10**6, 100.5, 2.0, Side.SELL),  # type: ignore[arg-type]
        Trade("BTC-USD", 2, MS * 10**6, 101.0, 2.0, Side.BUY),  # type: ignore[arg-type]
    ]
    assert parser.receive(trades_frame("BTC/USD", [second, TRADE]), 0) == []
    [other] = parser.receive(trades_frame("ETH/USD", [TRADE]), 0)
    assert isinstance(other, Trade)
    assert (other.symbol, other.trade_id) == ("ETH-USD", 1)


def test_without_a_side_the_price_tells() -> None:
    prices = [100.0, 101.0, 101.0, 99.0]
    rows = [{**TRADE, "id": str(n), "price": p, "side": None} for n, p in enumerate(prices)]
    events = CcxtParser().receive(trades_frame("BTC/USD", rows), 0)
    sides = [each.side for each in events if isinstance(each, Trade)]
    assert sides == [Side.BUY, Side.BUY, Side.BUY, Side.SELL]


def test_trades_without_ids_are_told_apart_by_what_they_are() -> None:
    row = {**TRADE, "id": None}
    events = CcxtParser().receive(trades_frame("BTC/USD", [row, row, {**row, "price": 7.0}]), 0)
    assert len(events) == 2


def test_quotes() -> None:
    ticker = {"bid": 100.0, "ask": 101.0, "bidVolume": None, "askVolume": 3.0, "timestamp": None}
    frame = quote_frame("BTC/USD", ticker, MS)
    assert frame is not None
    assert CcxtParser().receive(frame, 0) == (
        Quote("BTC-USD", MS * 10**6, 100.0, 0.0, 101.0, 3.0),  # type: ignore[arg-type]
    )
    assert quote_frame("BTC/USD", {**ticker, "bid": None}, MS) is None


def test_books_are_whole_and_cut_at_the_depth() -> None:
    book = {"bids": [[100.5, 1.0], [100.0, 2.5]], "asks": [[101.0, 1e-05]], "timestamp": MS}
    [event] = CcxtParser().receive(book_frame("BTC/USD", book, 1, 0), 0)
    assert isinstance(event, BookSnapshot)
    assert (event.price_decimals, event.size_decimals) == (1, 5)
    assert [tuple(level) for level in event.bids] == [(1005, 100_000)]
    assert [tuple(level) for level in event.asks] == [(1010, 1)]


def test_a_refusal_is_told() -> None:
    assert CcxtParser().receive(refused_frame("no market X"), 0) == (Refused("no market X"),)


NEGATIVE = trades_frame("A/B", [{**TRADE, "price": -1}])


@pytest.mark.parametrize(
    "frame",
    ["{", "[]", '{"ccxt":"trades"}', '{"ccxt":"other"}', NEGATIVE,
     '{"ccxt":"quote","symbol":"A/B","ms":1,"bid":"nan","ask":1}'],
)  # fmt: skip
def test_nonsense_is_malformed(frame: str) -> None:
    [event] = CcxtParser().receive(frame, 0)
    assert isinstance(event, Malformed)


def test_a_recording_of_it_can_be_replayed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    line = {"t": "recv", "ts": 1.0, "data": trades_frame("BTC/USD", [TRADE])}
    path.write_text(json.dumps({"t": "header"}) + "\n" + json.dumps(line) + "\n")
    assert isinstance(open_recording(path).parser(), CcxtParser)
