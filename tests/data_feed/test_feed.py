"""A feed in its thread: it starts, tells in sentences how it is, and stops at once."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from random import Random

import pytest

from data_feed.connectors import Connection, Connector, WebSocketConnector
from data_feed.feed import Feed
from data_feed.history import CoinbaseHistory, VenueHistory
from data_feed.playhead import Playhead
from data_feed.policy import LoopPolicy
from data_feed.replay import ReplayConnector, open_recording
from data_feed.source import Route
from data_feed.status import FeedCounters, FeedMode, FeedState, FeedStatus
from data_feed.venue_feed import describe
from data_feed.venues.coinbase import CoinbaseParser
from market.market import Market
from market.types import Interval, Symbol
from tests.data_feed.venue_server import match

BTC = Symbol("BTC-USD")
NOWHERE = WebSocketConnector("ws://127.0.0.1:9")


@dataclass
class FakeSource:
    """A source over any connector, which notes that it was closed."""

    mode: FeedMode
    venue: str
    connector: Connector
    history: VenueHistory | None = None
    policy: LoopPolicy = field(default_factory=LoopPolicy)
    closed: bool = False
    books: bool = False
    parser: CoinbaseParser = field(default_factory=CoinbaseParser)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Route]:
        label = f"Watching {self.venue}."
        yield Route(label, self.parser, self.connector, self.history, 0.0, self.policy, self.books)
        self.closed = True


@dataclass
class BrokenConnector:
    """Fails in a way that no loop expects."""

    async def open(self) -> Connection:
        raise LookupError("a defect")


def feed_of(sources: Sequence[FakeSource]) -> tuple[Feed, Market]:
    market = Market([BTC], capacity=10)
    return Feed(sources, market, Random(1)), market


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "half a minute was not enough"
        time.sleep(0.005)


@pytest.fixture
def replay(tmp_path: Path) -> FakeSource:
    path = tmp_path / "a.txt"
    path.write_text("".join(f"{number} {match(number)}\n" for number in range(1, 8)))
    connector = ReplayConnector(open_recording(path), Playhead(inf))
    return FakeSource(FeedMode.REPLAY, "Tape", connector)


def test_a_feed_fills_the_market_and_ends(replay: FakeSource) -> None:
    feed, market = feed_of([replay])
    before = feed.status()
    assert (before.state, before.age_ms) == (FeedState.CONNECTING, None)
    assert before.detail == "Connecting to Tape."
    feed.start()
    feed.start()
    wait_for(lambda: feed.status().state is FeedState.ENDED)
    status = feed.status()
    assert status.detail == "The recording has ended after 7 trades."
    assert (status.mode, status.venue) == (FeedMode.REPLAY, "Tape")
    assert status.age_ms is not None
    assert market[BTC].builder.columns(Interval.D1).snapshot().trades.tolist() == [7]
    feed.retry_now()
    feed.stop()
    feed.stop()
    assert replay.closed


def test_the_next_source_takes_over_quietly(
    replay: FakeSource, caplog: pytest.LogCaptureFixture
) -> None:
    live = FakeSource(FeedMode.LIVE, "Live venue", NOWHERE)
    feed, market = feed_of([live, replay])
    with caplog.at_level("INFO", "data_feed"):
        feed.start()
        wait_for(lambda: feed.status().state is FeedState.ENDED)
        feed.stop()
    assert feed.status().mode is FeedMode.REPLAY
    assert market[BTC].last_trade is not None
    about_live = [record.getMessage() for record in caplog.records if "Live" in record.getMessage()]
    assert len(about_live) == 1
    assert about_live[0].endswith("trying the next source")


def test_a_lost_feed_counts_down_and_can_be_hurried() -> None:
    policy = LoopPolicy(base_delay_s=40.0, longest_delay_s=40.0)
    feed, _ = feed_of([FakeSource(FeedMode.LIVE, "Live venue", NOWHERE, policy=policy)])
    feed.start()
    wait_for(lambda: feed.status().retry_in_s is not None)
    status = feed.status()
    assert status.state is FeedState.LOST
    assert status.detail.startswith("Live venue: no connection: ")
    assert status.retry_in_s is not None
    assert 0 < status.retry_in_s <= 40.0
    feed.retry_now()
    wait_for(lambda: feed.status().attempt == 3)
    feed.stop()


def test_stopping_ends_the_thread() -> None:
    feed, _ = feed_of([FakeSource(FeedMode.LIVE, "Live venue", NOWHERE)])
    feed.start()
    thread = feed._thread
    assert thread is not None
    feed.stop()
    assert not thread.is_alive()


def test_a_feed_that_never_started_can_be_stopped() -> None:
    feed, _ = feed_of([FakeSource(FeedMode.LIVE, "Live venue", NOWHERE)])
    feed.stop()
    feed.retry_now()


def test_a_failure_inside_is_logged_and_shown(caplog: pytest.LogCaptureFixture) -> None:
    feed, _ = feed_of([FakeSource(FeedMode.LIVE, "Live venue", BrokenConnector())])
    feed.start()
    wait_for(lambda: feed.status().state is FeedState.ENDED)
    assert feed.status().detail == "the feed failed: a defect"
    assert feed.status().failed
    feed.stop()
    assert "stands still" in caplog.text


def test_a_failed_history_is_counted_and_the_feed_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"1 {match(1)}\n2 {match(2)}\n{10**15} {match(3)}\n")
    connector = ReplayConnector(open_recording(path), Playhead(1.0))
    history = CoinbaseHistory("http://127.0.0.1:9")
    feed, _ = feed_of([FakeSource(FeedMode.REPLAY, "Tape", connector, history)])
    feed.start()
    wait_for(lambda: feed.status().counters.history_failures == 1)
    assert feed.status().counters.trades == 2
    assert feed.status().state is FeedState.STREAMING
    feed.stop()
    assert "could not be loaded: no answer" in caplog.text


STATUS = FeedStatus(
    FeedMode.LIVE, "Coinbase", FeedState.STREAMING, 12.0, None, 1, "", FeedCounters(trades=9757)
)


@pytest.mark.parametrize(
    ("status", "reason", "sentence"),
    [
        (STATUS, "", "Connected to Coinbase."),
        (replace(STATUS, state=FeedState.CONNECTING), "", "Connecting to Coinbase."),
        (replace(STATUS, state=FeedState.CONNECTING), "Coinbase refused: x", "Coinbase refused: x"),
        (replace(STATUS, state=FeedState.SLOW, age_ms=7200.0), "",
         "No trade or quote from Coinbase for 7 s."),
        (replace(STATUS, state=FeedState.ENDED), "", "The recording has ended after 9,757 trades."),
        (replace(STATUS, state=FeedState.ENDED), "it broke", "it broke"),
        (replace(STATUS, state=FeedState.LOST, retry_in_s=3.2), "no message for 15 s",
         "Coinbase: no message for 15 s. Next try in 3 s."),
        (replace(STATUS, state=FeedState.LOST), "no message for 15 s",
         "Coinbase: no message for 15 s. Next try now."),
    ],
)  # fmt: skip
def test_every_state_is_a_sentence(status: FeedStatus, reason: str, sentence: str) -> None:
    assert describe(status, reason, "Connected to Coinbase.") == sentence
