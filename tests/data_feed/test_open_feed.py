"""What the user asked for becomes a feed or a sentence that says why not."""

from pathlib import Path

import pytest

from data_feed.errors import BadRequest, FeedError, RecordingError
from data_feed.open_feed import VENUES, FeedRequest, default_symbols, open_feed
from data_feed.status import FeedMode, FeedState
from market.market import Market
from market.types import Interval, Symbol
from tests.data_feed.frames import BINANCE
from tests.data_feed.test_feed import wait_for

BTC = (Symbol("BTC-USD"),)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (FeedRequest("lve", "coinbase", BTC),
         "feed was 'lve'; allowed are auto, live, sim and replay:PATH"),
        (FeedRequest("replay:", "coinbase", BTC), "feed was 'replay:'"),
        (FeedRequest("live", "mtgox", BTC),
         "venue was 'mtgox'; allowed are coinbase, binance, kraken, bybit, okx"),
        (FeedRequest("live", "coinbase", (Symbol("BTC-JPY"),)),
         "Coinbase does not offer BTC-JPY; its quote currencies are USD, USDC, USDT, EUR"),
        (FeedRequest("live", "binance", (Symbol("BTC-XYZ"),)),
         "Binance does not offer BTC-XYZ; its quote currencies are USDT, FDUSD"),
        (FeedRequest("live", "kraken", (Symbol("XBT-USD"),)),
         "Kraken does not offer XBT-USD; it is called BTC-USD"),
        (FeedRequest("live", "kraken", (Symbol("BTC-TRY"),)),
         "Kraken does not offer BTC-TRY; its quote currencies are USD, EUR, GBP"),
        (FeedRequest("live", "bybit", (Symbol("BTC-JPY"),)),
         "Bybit does not offer BTC-JPY; its quote currencies are USDT, USDC, EUR"),
        (FeedRequest("auto", "okx", (Symbol("BTC-GBP"),)),
         "OKX does not offer BTC-GBP; its quote currencies are USDT, USDC, USD"),
        (FeedRequest("auto", "binance", BTC), "Binance does not offer BTC-USD"),
        (FeedRequest("replay:x", "coinbase", BTC, speed=0.0),
         "replay speed was 0.0; it must be above 0"),
        (FeedRequest("replay:x", "coinbase", BTC, speed=float("nan")), "replay speed was nan"),
    ],
)  # fmt: skip
def test_an_impossible_request_is_a_sentence(request_: FeedRequest, sentence: str) -> None:
    with pytest.raises(BadRequest) as caught:
        open_feed(request_, Market(BTC, capacity=1))
    assert str(caught.value).startswith(sentence)
    assert isinstance(caught.value, FeedError)


def test_a_missing_recording_is_a_sentence() -> None:
    with pytest.raises(RecordingError, match="there is no such file"):
        open_feed(FeedRequest("replay:/nowhere/a.gz", "coinbase", BTC), Market(BTC, capacity=1))


@pytest.mark.parametrize(
    ("source", "mode", "venue"),
    [("auto", FeedMode.LIVE, "Coinbase"), ("live", FeedMode.LIVE, "Coinbase"),
     ("sim", FeedMode.SIMULATED, "Simulator")],
)  # fmt: skip
def test_a_feed_says_what_it_will_be(source: str, mode: FeedMode, venue: str) -> None:
    feed = open_feed(FeedRequest(source, "coinbase", BTC), Market(BTC, capacity=1))
    status = feed.status()
    assert (status.mode, status.venue, status.state) == (mode, venue, FeedState.CONNECTING)
    feed.stop()


@pytest.mark.parametrize("venue", sorted(VENUES))
def test_every_venue_offers_its_default_symbols(venue: str) -> None:
    symbols = default_symbols([venue])
    open_feed(FeedRequest("live", venue, symbols), Market(symbols, capacity=1)).stop()


def test_a_recording_plays_at_full_speed(shared_data: Path) -> None:
    path = shared_data / "ws" / BINANCE
    symbols = (Symbol("BTC-USDT"),)
    market = Market(symbols)
    feed = open_feed(FeedRequest(f"replay:{path}", "coinbase", symbols, speed=float("inf")), market)
    assert (feed.status().mode, feed.status().venue) == (FeedMode.REPLAY, "Binance")
    feed.start()
    wait_for(lambda: feed.status().state is not FeedState.CONNECTING)
    assert feed.status().state is FeedState.ENDED or feed.status().detail == (
        f"Replaying {BINANCE} at full speed."
    )
    wait_for(lambda: feed.status().state is FeedState.ENDED)
    feed.stop()
    assert market["BTC-USDT"].builder.columns(Interval.D1).snapshot().trades.sum() == 9757


def test_books_are_followed_when_asked_for() -> None:
    market = Market(BTC)
    feed = open_feed(FeedRequest("sim", "coinbase", BTC, seed=3, books=True), market)
    assert feed.book("BTC-USD") is None  # not started yet
    feed.start()
    try:
        wait_for(lambda: (book := feed.book("BTC-USD")) is not None and book.valid)
        book, version = feed.book("BTC-USD"), 0
        assert book is not None
        version = book.version
        wait_for(lambda: book.version > version + 20)
        view = book.view()
    finally:
        feed.stop()
    assert feed.book("XYZ-USD") is None
    assert view.valid
    assert view.spread is not None
    assert view.spread > 0
    assert len(view.bid_ticks) > 3


def test_without_books_there_is_none() -> None:
    feed = open_feed(FeedRequest("sim", "coinbase", BTC), Market(BTC))
    feed.start()
    wait_for(lambda: feed.status().counters.frames > 0)
    assert feed.book("BTC-USD") is None
    feed.stop()


def test_the_simulator_feeds_live_trades_and_history() -> None:
    market = Market(BTC)
    feed = open_feed(FeedRequest("sim", "coinbase", BTC, seed=3), market)
    feed.start()
    builder = market["BTC-USD"].builder
    try:
        wait_for(lambda: feed.status().counters.trades > 3)
        wait_for(lambda: len(builder.columns(Interval.M15)) > 500)  # the last to be asked for
        status = feed.status()
    finally:
        feed.stop()
    assert (status.mode, status.state) == (FeedMode.SIMULATED, FeedState.STREAMING)
    assert status.detail == "Simulated exchange, seed 3. These prices are not real."
    assert (status.counters.malformed, status.counters.history_failures) == (0, 0)
    quote = market["BTC-USD"].quote
    assert quote is not None
    assert 0 < quote.bid < quote.ask
    # An hour is its minutes: what came over REST and what was built from trades fit together.
    hour, minutes = (
        builder.columns(Interval.H1).snapshot(2),
        builder.columns(Interval.M1).snapshot(),
    )
    inside = (
        minutes.time_ns // Interval.H1.nanoseconds == hour.time_ns[0] // Interval.H1.nanoseconds
    )
    assert inside.sum() == 60
    assert minutes.high[inside].max() == hour.high[0]
    assert minutes.low[inside].min() == hour.low[0]
    assert minutes.open[inside][0] == hour.open[0]
    assert minutes.close[inside][-1] == hour.close[0]
    assert minutes.volume[inside].sum() == pytest.approx(hour.volume[0])
