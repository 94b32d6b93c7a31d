"""After a restart: stored candles are there before the venue is, and the gap between is filled."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app import make_services
from chart_acceleration.renderers.auto import choose
from data_feed import open_feed
from data_feed.history import CoinbaseHistory
from data_feed.simulator.server import SimulatorServer
from data_feed.status import FeedState
from market.columns import CandleWindow
from market.types import Interval, Symbol
from server.outliving import Outliving
from server.settings import Settings, parse_settings

pytestmark = pytest.mark.kernel

BTC = Symbol("BTC-USD")
COLUMNS = ("time_ns", "open", "high", "low", "close", "trades")


def wait_for(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < end, f"waited for {what}"
        time.sleep(0.02)


class Exchange:
    """A simulated exchange in a thread of its own, that trades on while nobody listens."""

    def __init__(self) -> None:
        self.server = SimulatorServer((BTC,), 5, remember=True)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.server.start(), self._loop).result(60)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.server.stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        # What is still open, of a client that was cut, ends before its loop does.
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.get_loop()

    def candles(self, interval: Interval) -> CandleWindow:
        """What really happened."""

        async def read() -> CandleWindow:
            return self.server.truth.candles(BTC, interval)

        return asyncio.run_coroutine_threadsafe(read(), self._loop).result(10)

    def trades(self) -> int:
        return len(self.server.truth.trades(BTC))


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    exchange = Exchange()
    exchange.start()
    yield exchange
    exchange.stop()


class Program:
    """What app.py wires, without its server."""

    def __init__(self, settings: Settings) -> None:
        self.services, self.feed = make_services(settings, choose("cpu"))
        self._outliving = Outliving(settings, self.services.market, self.feed)

    def start(self) -> None:
        self._outliving.start()
        self.feed.start()

    def stop(self) -> None:
        self.feed.stop()
        self._outliving.stop()
        self.services.close()

    def candles(self, interval: Interval) -> CandleWindow:
        return self.services.market[BTC].builder.columns(interval).snapshot()

    def newest_id(self) -> int:
        trade = self.services.market[BTC].last_trade
        return trade.trade_id if trade else -1


def point_at(monkeypatch: pytest.MonkeyPatch, url: str, rest_url: str) -> None:
    """Have the real venue's source go to ``url``."""
    monkeypatch.setattr("data_feed.venues.coinbase.URL", url)
    venue = open_feed.VENUES["coinbase"]
    history = lambda: CoinbaseHistory(rest_url)  # noqa: E731 - a factory, as the table holds them
    monkeypatch.setitem(open_feed.VENUES, "coinbase", replace(venue, history=history, pause_s=0.0))


def test_a_restart_begins_with_the_store_and_fills_the_gap(
    exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = parse_settings(["--feed", "live", "--symbols", BTC, "--store", str(tmp_path)])
    point_at(monkeypatch, exchange.server.url, exchange.server.rest_url)
    first = Program(settings)
    first.start()
    wait_for(lambda: first.feed.status().state is FeedState.STREAMING, "the first run")
    wait_for(lambda: len(first.candles(Interval.S1)) > 5, "some seconds")
    opened = int(first.candles(Interval.S1).time_ns[0])
    wait_for((tmp_path / "instruments/coinbase.json").exists, "the steps on the disk")
    first.stop()
    shown = first.candles(Interval.S1)

    gap_from = exchange.trades()
    wait_for(lambda: exchange.trades() > gap_from + 30, "trades that nobody hears")

    point_at(monkeypatch, "ws://127.0.0.1:9", "http://127.0.0.1:9")
    cut_off = Program(settings)
    cut_off.start()
    wait_for(lambda: len(cut_off.candles(Interval.S1)) > 0, "the stored candles")
    wait_for(lambda: cut_off.feed.status().state is FeedState.LOST, "the refusal")
    steps = first.feed.instrument(BTC)
    assert steps is not None
    assert cut_off.feed.instrument(BTC) == steps
    stored = cut_off.candles(Interval.S1)
    cut_off.stop()
    for name in COLUMNS:  # all but the second that was open when the program ended
        assert np.array_equal(getattr(stored, name), getattr(shown, name)[:-1]), name

    point_at(monkeypatch, exchange.server.url, exchange.server.rest_url)
    second = Program(settings)
    second.start()
    wait_for(lambda: second.newest_id() > gap_from + 30, "the second run")
    wait_for(lambda: _equal(second, exchange, opened), "the gap to be filled")
    second.stop()


def _equal(program: Program, exchange: Exchange, since_ns: int) -> bool:
    """Whether every candle of 1s and 5s since ``since_ns`` is the true one, the newest left out."""
    for interval in (Interval.S1, Interval.S5):
        mine, true = program.candles(interval), exchange.candles(interval)
        start = since_ns - since_ns % interval.nanoseconds + interval.nanoseconds
        end = int(mine.time_ns[-1])
        for name in (*COLUMNS, "volume"):
            one, other = (
                getattr(each, name)[(each.time_ns >= start) & (each.time_ns < end)]
                for each in (mine, true)
            )
            if one.shape != other.shape or not np.allclose(one, other, rtol=1e-12, atol=0):
                return False
    return True
