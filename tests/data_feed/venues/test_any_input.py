"""Whatever arrives, a parser answers with events and never raises."""

import json
from collections.abc import Callable
from math import isfinite
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feed.books import Books
from data_feed.protocol import (
    BookDelta,
    BookSnapshot,
    CandleUpdate,
    Channel,
    Event,
    Malformed,
    VenueParser,
)
from data_feed.venues.binance import BinanceParser
from data_feed.venues.bybit import BybitParser
from data_feed.venues.coinbase import CoinbaseParser
from data_feed.venues.kraken import KrakenParser
from data_feed.venues.levels import LARGEST, MOST_DECIMALS
from data_feed.venues.okx import OkxParser
from market.types import Quote, Trade
from tests.data_feed.frames import REAL

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["match", "ticker", "trade", "bookTicker", "error", "NaN", "1e400", "-0",
                       "1e-9", "Infinity", "snapshot", "update", "delta", "book", "ohlc", "0.1",
                       "²", ""])
)  # fmt: skip
KEYS = st.sampled_from(
    ["type", "stream", "data", "e", "price", "size", "trade_id", "product_id", "time", "side", "id",
     "result", "error", "code", "msg", "p", "q", "t", "T", "s", "m", "a", "b", "A", "B", "channels",
     "channel", "method", "success", "topic", "op", "arg", "event", "action", "instId", "bids",
     "asks", "u", "ts", "checksum", "seqId", "prevSeqId", "symbol"]
) | st.text(max_size=5)  # fmt: skip
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(KEYS, inside, max_size=6),
    max_leaves=20,
)


@st.composite
def mutated_frames(draw: st.DrawFn) -> bytes:
    """A real frame with a few bytes changed, cut out or repeated."""
    frame = bytearray(draw(st.sampled_from(REAL)))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(frame) - 1))
        to = draw(st.integers(at, min(len(frame), at + 10)))
        frame[at:to] = draw(st.binary(max_size=10) | st.just(bytes(frame[at:to]) * 2))
        if not frame:
            break
    return bytes(frame)


@st.composite
def replaced_values(draw: st.DrawFn) -> str:
    """A real message with one value, however deep, replaced by any other JSON."""
    message = json.loads(draw(st.sampled_from(REAL)))
    inner: Any = message
    while True:
        keys = sorted(inner) if isinstance(inner, dict) else list(range(len(inner)))
        key = draw(st.sampled_from(keys))
        if not (isinstance(inner[key], dict | list) and inner[key]) or draw(st.booleans()):
            break
        inner = inner[key]
    inner[key] = draw(JSON)
    return json.dumps(message)


FRAMES = st.binary() | st.text() | JSON.map(json.dumps) | mutated_frames() | replaced_values()


ALL = frozenset(Channel)

PARSERS: list[Callable[[], VenueParser]] = [
    CoinbaseParser, BinanceParser, KrakenParser, BybitParser, OkxParser,
    lambda: CoinbaseParser(ALL), lambda: BinanceParser(ALL), lambda: KrakenParser(ALL, 10),
    lambda: BybitParser(ALL), lambda: OkxParser(ALL - {Channel.CANDLES}),
    lambda: OkxParser({Channel.CANDLES}),
]  # fmt: skip


@pytest.mark.parametrize("make", PARSERS)
@given(frames=st.lists(FRAMES, max_size=4))
def test_only_documented_events_come_out(
    make: Callable[[], VenueParser], frames: list[bytes | str]
) -> None:
    """A parser with memory (of the decimals of a book) is given several frames."""
    parser = make()
    for frame in frames:
        for event in parser.receive(frame, 1):
            assert isinstance(event, get_args(Event))
            check_event(event)
            if isinstance(event, BookSnapshot | BookDelta):
                Books([event.symbol], parser.book_rules).take(event, 1)


def check_event(event: Event) -> None:
    match event:
        case Trade():
            assert event.trade_id >= 0
            assert 0 <= event.time_ns < 2**63
            assert 0 < event.price < 1e16
            assert 0 < event.size < 1e19
            assert isinstance(event.symbol, str)
        case Quote():
            assert all(isfinite(x) and x >= 0 for x in (event.bid_size, event.ask_size))
            assert all(isfinite(x) and x > 0 for x in (event.bid, event.ask))
        case BookSnapshot() | BookDelta():
            assert 0 <= event.price_decimals <= MOST_DECIMALS
            assert 0 <= event.size_decimals <= MOST_DECIMALS
            for price, size in (*event.bids, *event.asks):
                assert 0 < price <= LARGEST
                assert 0 <= size <= LARGEST
        case CandleUpdate():
            _, first, high, low, last, volume, trades = event.candle
            assert 0 < low <= min(first, last) <= max(first, last) <= high < 1e16
            assert 0 <= volume < 1e19
            assert trades >= 0
        case Malformed():
            assert event.reason
            assert len(event.head) <= 80
