"""A replay is chosen while the feed runs, paused, stepped, sought in, and left again."""

import json
import time
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from random import Random

import pytest

from data_feed.feed import Feed
from data_feed.open_feed import SimulatorSource
from data_feed.replay import Recording, open_recording
from data_feed.replay_control import ReplayControl, Step
from data_feed.source import Source
from data_feed.status import FeedMode, FeedState
from market.market import Market
from market.types import INTERVALS, SECOND, Interval, Symbol
from tests.data_feed.venue_server import match

pytestmark = pytest.mark.kernel

BTC, ETH = Symbol("BTC-USD"), Symbol("ETH-USD")
FRAMES = 400


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "half a minute was not enough"
        time.sleep(0.005)


def rings(market: Market, symbol: Symbol = BTC) -> list[list[list[float]]]:
    """All that the rings of ``symbol`` hold, value by value."""
    windows = [market[symbol].builder.columns(each).snapshot() for each in INTERVALS]
    names = ("time_ns", "open", "high", "low", "close", "volume", "trades")
    return [[getattr(window, name).tolist() for name in names] for window in windows]


def trades(market: Market) -> int:
    return int(market[BTC].builder.columns(Interval.D1).snapshot().trades.sum())


@pytest.fixture
def tape(tmp_path: Path) -> Recording:
    """One trade a second of the recorder's clock, ids 1 to 400."""
    path = tmp_path / "tape.txt"
    random = Random(3)
    lines = []
    for n in range(1, FRAMES + 1):
        minute, second = divmod(n, 60)
        time_of = {"time": f"1970-01-01T00:{minute:02}:{second:02}.5Z"}
        changed = {"price": f"{100 + random.randrange(99) / 100}", "size": f"{random.random():.8f}"}
        lines.append(f"{n * SECOND} {json.dumps(json.loads(match(n)) | time_of | changed)}\n")
    path.write_text("".join(lines))
    return open_recording(path)


def truth(tape: Recording, count: int) -> list[list[list[float]]]:
    """The rings after the first ``count`` frames, without feed and playhead."""
    market, parser = Market([BTC]), tape.parser()
    for frame, _ in zip(tape.frames(), range(count), strict=False):
        for event in parser.receive(frame.data, 1):
            market.apply(event, 1)  # type: ignore[arg-type] # the tape holds trades only
    return rings(market)


class Stand:
    """A simulated feed that runs, and its replays."""

    def __init__(self) -> None:
        self.market = Market([BTC, ETH])
        self.live: tuple[Source, ...] = (SimulatorSource((BTC, ETH), 7),)
        self.feed = Feed(self.live, self.market, Random(1))
        self.control = ReplayControl(self.feed, self.market, lambda: (self.live, (BTC, ETH), ()))

    def symbols(self) -> tuple[Symbol, ...]:
        return self.market.symbols

    def play(self, tape: Recording, speed: float) -> None:
        self.control.start(tape, (BTC,), speed)
        wait_for(lambda: self.feed.session == 1)

    def at_s(self) -> float:
        playing = self.control.playing
        assert playing is not None
        return playing.head.at_ns / SECOND

    def ended(self) -> bool:
        return self.feed.status().state is FeedState.ENDED


@pytest.fixture
def stand() -> Iterator[Stand]:
    stand = Stand()
    stand.feed.start()
    wait_for(lambda: stand.feed.status().state is FeedState.STREAMING)
    wait_for(lambda: stand.market[ETH].last_trade is not None)
    yield stand
    stand.feed.stop()


def test_a_replay_takes_over_and_gives_back(stand: Stand, tape: Recording) -> None:
    assert stand.control.playing is None
    stand.play(tape, inf)
    wait_for(stand.ended)
    status = stand.feed.status()
    assert (status.mode, status.venue) == (FeedMode.REPLAY, "Coinbase")
    assert status.detail == "The recording has ended after 400 trades."
    assert rings(stand.market) == truth(tape, FRAMES)
    assert stand.symbols() == (BTC,)
    assert stand.market[ETH].last_trade is None  # readable, and empty
    assert len(stand.market[ETH].builder.columns(Interval.S1)) == 0
    stand.control.end()
    wait_for(lambda: stand.feed.status().state is FeedState.STREAMING)
    assert stand.feed.status().mode is FeedMode.SIMULATED
    assert stand.control.playing is None
    assert stand.symbols() == (BTC, ETH)
    wait_for(lambda: stand.market[ETH].last_trade is not None)
    first = stand.market[BTC].builder.columns(Interval.D1).snapshot()
    assert first.time_ns[0] > 10**18  # nothing is left of 1970


def test_a_step_is_one_frame_one_trade_or_one_candle(stand: Stand, tape: Recording) -> None:
    control = stand.control
    control.start(tape, (BTC,), 0.001)
    wait_for(lambda: stand.at_s() == 1)  # of the tape; the market before may have had one trade too
    wait_for(lambda: trades(stand.market) == 1)
    control.pause(True)
    wait_for(lambda: stand.feed.status().detail == "Replay of tape.txt, paused.")
    control.step(Step.FRAME, BTC, Interval.M1)
    wait_for(lambda: trades(stand.market) == 2)
    control.step(Step.TRADE, BTC, Interval.M1)
    wait_for(lambda: trades(stand.market) == 3)
    columns = stand.market[BTC].builder.columns(Interval.M1)
    before = columns.next_index
    control.step(Step.CANDLE, BTC, Interval.M1)
    wait_for(lambda: columns.next_index == before + 1)
    wait_for(lambda: columns.snapshot().trades[-1] == 1)
    time.sleep(0.2)  # nothing may follow; a longer wait could only hide a frame too many
    assert columns.snapshot().trades[-1] == 1
    assert rings(stand.market) == truth(tape, trades(stand.market))


def test_seeking_forwards_and_back_shows_the_market_of_that_time(
    stand: Stand, tape: Recording
) -> None:
    control = stand.control
    stand.play(tape, 0.001)
    control.pause(True)
    control.seek(300 * SECOND)
    wait_for(lambda: stand.at_s() == 300)
    assert rings(stand.market) == truth(tape, 299)  # all before it, nothing of it
    control.seek(120 * SECOND)
    wait_for(lambda: stand.feed.session == 2 and stand.at_s() == 120)
    assert rings(stand.market) == truth(tape, 119)
    control.step(Step.TRADE, BTC, Interval.S1)
    wait_for(lambda: trades(stand.market) == 120)
    control.pace(inf)
    control.pause(False)
    wait_for(stand.ended)
    assert rings(stand.market) == truth(tape, FRAMES)
    control.seek(60 * SECOND)  # from the end, where nothing plays any more
    wait_for(lambda: stand.ended() and stand.feed.session == 3)
    assert rings(stand.market) == truth(tape, FRAMES)


def test_a_seek_right_after_another_goes_to_the_second_place(stand: Stand, tape: Recording) -> None:
    stand.play(tape, 0.001)
    stand.control.pause(True)
    stand.control.seek(300 * SECOND)
    wait_for(lambda: stand.at_s() == 300)
    stand.control.seek(50 * SECOND)
    stand.control.seek(90 * SECOND)
    wait_for(lambda: stand.at_s() == 90)
    assert rings(stand.market) == truth(tape, 89)


def test_without_a_replay_steering_does_nothing(stand: Stand) -> None:
    control = stand.control
    control.pause(True)
    control.pace(8)
    control.seek(5)
    control.step(Step.FRAME, BTC, Interval.S1)
    control.end()
    assert stand.feed.session == 0
    before = stand.feed.status().counters.frames
    wait_for(lambda: stand.feed.status().counters.frames > before)
