"""Whatever arrives, a parser answers with events and never raises."""

import json
from collections.abc import Callable
from math import isfinite
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feed.protocol import Event, Malformed, VenueParser
from data_feed.venues.binance import BinanceParser
from data_feed.venues.coinbase import CoinbaseParser
from market.types import Quote, Trade
from tests.data_feed.frames import BINANCE_TRADE, BOOK_TICKER, MATCH, TICKER

REAL = (MATCH, TICKER, BINANCE_TRADE, BOOK_TICKER)

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["match", "ticker", "trade", "bookTicker", "error", "NaN", "1e400", "-0"])
)  # fmt: skip
KEYS = st.sampled_from(
    ["type", "stream", "data", "e", "price", "size", "trade_id", "product_id", "time", "side", "id",
     "result", "error", "code", "msg", "p", "q", "t", "T", "s", "m", "a", "b", "A", "B", "channels"]
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
    """A real message with one value replaced by any other JSON."""
    message = json.loads(draw(st.sampled_from(REAL)))
    inner = message.get("data", message) if draw(st.booleans()) else message
    inner[draw(st.sampled_from(sorted(inner)))] = draw(JSON)
    return json.dumps(message)


FRAMES = st.binary() | st.text() | JSON.map(json.dumps) | mutated_frames() | replaced_values()


@pytest.mark.parametrize("make", [CoinbaseParser, BinanceParser])
@given(frame=FRAMES)
def test_only_documented_events_come_out(
    make: Callable[[], VenueParser], frame: bytes | str
) -> None:
    for event in make().receive(frame, 1):
        assert isinstance(event, get_args(Event))
        check_event(event)


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
        case Malformed():
            assert event.reason
            assert len(event.head) <= 80
