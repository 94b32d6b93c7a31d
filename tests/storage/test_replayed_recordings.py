"""What was recorded while the simulated exchange ran gives the same candles when it is replayed."""

import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from math import inf
from random import Random

import pytest

from data_feed.feed import Feed
from data_feed.open_feed import SimulatorSource
from data_feed.replay import Recording, open_recording
from data_feed.replay_control import ReplayControl, Step
from data_feed.source import Route
from data_feed.status import FeedMode, FeedState
from market.market import Market
from market.types import INTERVALS, Interval, Symbol
from server.outliving import recorded
from storage.recorder import Recorder
from storage.segments import SegmentLimits, SegmentWriter

pytestmark = pytest.mark.kernel

SYMBOLS = (Symbol("BTC-USD"), Symbol("ETH-USD"))
TRADES = 300


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "a minute was not enough"
        time.sleep(0.005)


def rings(market: Market) -> list[list[list[float]]]:
    """Every value of every ring."""
    names = ("time_ns", "open", "high", "low", "close", "volume", "trades")
    windows = [market[s].builder.columns(each).snapshot() for s in SYMBOLS for each in INTERVALS]
    return [[getattr(window, name).tolist() for name in names] for window in windows]


@dataclass(frozen=True)
class WithoutHistory:
    """The simulated exchange, from whose past nothing is asked: only frames make candles."""

    mode: FeedMode = FeedMode.SIMULATED
    venue: str = "Simulator"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Route]:
        async with SimulatorSource(SYMBOLS, 11).open() as route:
            yield replace(route, history=None)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recording, list[list[list[float]]]]:
    """A recording of a few hundred trades, and the rings at its end."""
    folder = tmp_path_factory.mktemp("recorded")
    limits = SegmentLimits(block_bytes=4096, segment_bytes=20_000)  # several blocks and files
    recorder = Recorder(SegmentWriter(folder, limits))
    market = Market(SYMBOLS)
    feed = Feed((WithoutHistory(),), market, Random(1))
    feed.record(recorder.keep)
    recorder.start()
    feed.start()
    wait_for(lambda: feed.status().counters.trades >= TRADES)
    feed.stop()
    recorder.stop()
    assert recorder.status().lost == 0
    return open_recording(folder, recorded), rings(market)


class Stand:
    """A replay in a feed of its own."""

    def __init__(self, recording: Recording, speed: float) -> None:
        self.market = Market(SYMBOLS)
        source = WithoutHistory()
        self.feed = Feed((source,), self.market, Random(1))
        self.control = ReplayControl(self.feed, self.market, lambda: ((source,), SYMBOLS, ()))
        self.control.start(recording, SYMBOLS, speed)
        self.feed.start()
        wait_for(lambda: self.control.playing is not None and self.feed.session == 1)

    def finish(self) -> list[list[list[float]]]:
        self.control.pace(inf)
        self.control.pause(False)
        wait_for(lambda: self.feed.status().state is FeedState.ENDED)
        self.feed.stop()
        return rings(self.market)


@pytest.mark.parametrize("speed", [inf, 50.0])
def test_replayed_candles_equal_the_live_ones(
    live: tuple[Recording, list[list[list[float]]]], speed: float
) -> None:
    recording, expected = live
    stand = Stand(recording, speed)
    if speed < inf:
        wait_for(lambda: stand.feed.status().state is FeedState.ENDED)
    assert stand.finish() == expected


def test_so_they_do_after_pauses_steps_and_seeks(
    live: tuple[Recording, list[list[list[float]]]],
) -> None:
    recording, expected = live
    times = [frame.time_ns for frame in recording.frames()]
    chance = random.Random(5)
    stand = Stand(recording, 20.0)
    for step in (*Step, *Step):
        stand.control.pause(chance.random() < 0.5)
        place = chance.choice(times)
        stand.control.seek(place)
        wait_for(lambda place=place: _at(stand) >= place)  # type: ignore[misc]
        stand.control.pause(True)
        stand.control.step(step, SYMBOLS[1], Interval.S1)
        stand.control.pace(chance.choice((1.0, 8.0, inf)))
    assert stand.finish() == expected


def _at(stand: Stand) -> int:
    playing = stand.control.playing
    assert playing is not None
    return playing.head.at_ns
