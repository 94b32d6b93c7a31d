"""The live loop without a socket: who gets what when, with times as the test says."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from time import monotonic_ns

import pytest

from server.frames_client import PACE_NS, SLACK_NS, FramesClient
from server.frames_protocol import Subscribe
from server.services import Services
from tests.server.harness import BTC, ETH, HandMarket, make_services, until
from tests.server.tab import LAST_NS

MS = 1_000_000
BEGINNINGS = count(monotonic_ns() + 10**11, 10**11)


class Made:
    """Services, and a tab that watches BTC-USD as chart 1 and holds its keyframe."""

    def __init__(self, services: Services, hand: HandMarket) -> None:
        self.services, self.hand = services, hand
        self.tab = FramesClient()
        services.viewers.attach(self.tab)
        self.now_ns = next(BEGINNINGS)

    def watch(self, chart: int = 1, bars: int = 20) -> None:
        wanted = Subscribe(chart, "BTC-USD", "1m", width=400, height=300, bars=bars)
        self.services.viewers.watch(self.tab, chart, self.services.request_of(wanted))

    async def tick(self, later_ns: int = 0) -> list[str]:
        """The pictures of a tick so much later, which the tab then acknowledges."""
        self.now_ns += later_ns
        await self.services.live.tick(self.now_ns)
        kinds = [kind for _, _, kind in self.tab._pictures]
        self.tab._pictures.clear()
        for sequence in list(self.tab._in_flight):
            self.tab.acknowledge(sequence, self.now_ns)
        return kinds


@pytest.fixture
def made() -> Iterator[Made]:
    services, _, hand = make_services()
    yield Made(services, hand)
    services.close()


async def test_trades_in_a_pause_make_one_picture_at_its_end(made: Made) -> None:
    made.watch()
    assert await made.tick() == ["keyframe"]
    made.hand.trade(BTC, LAST_NS, 103.25)
    assert await made.tick() == ["patch"]  # at once: no pause after a gesture's picture
    for price in (103.5, 103.75, 104.0):
        made.hand.trade(BTC, LAST_NS, price)
        assert await made.tick(MS) == []
    assert await made.tick(PACE_NS - SLACK_NS - 3 * MS - 1) == []
    assert await made.tick(SLACK_NS + 1) == ["patch"]
    assert made.tab.watches[1].view.data is not None
    assert made.tab.watches[1].view.data.candles.close[-1] == 104.0
    assert await made.tick(PACE_NS) == []


async def test_gesture_in_a_pause_is_answered_at_once(made: Made) -> None:
    made.watch()
    await made.tick()
    made.hand.trade(BTC, LAST_NS, 103.25)
    assert await made.tick() == ["patch"]
    for bars in (12, 14, 16):
        made.watch(bars=bars)
        assert await made.tick(MS) == ["keyframe"]
    made.watch(chart=2)
    made.hand.trade(BTC, LAST_NS, 103.5)
    assert await made.tick(MS) == ["keyframe"]
    assert sorted(await made.tick(PACE_NS)) == ["patch"]  # of both charts


async def test_picture_is_timed_from_the_first_trade_that_it_shows(made: Made) -> None:
    made.watch()
    await made.tick()
    made.hand.trade(BTC, LAST_NS, 103.25)
    await made.tick()
    before_ns = monotonic_ns()
    made.hand.trade(BTC, LAST_NS, 103.5)
    between_ns = monotonic_ns()
    assert await made.tick(MS) == []
    made.hand.trade(BTC, LAST_NS, 103.75)
    await made.services.live.tick(made.now_ns + PACE_NS)
    [flight] = made.tab._in_flight.values()
    assert before_ns <= flight.received_ns <= between_ns
    assert made.tab.watches[1].caused_ns == 0


async def test_trade_out_of_sight_is_no_cause_of_the_next_picture(made: Made) -> None:
    wanted = Subscribe(1, "BTC-USD", "1m", width=400, height=300, bars=8, end=20)
    made.services.viewers.watch(made.tab, 1, made.services.request_of(wanted))
    assert await made.tick() == ["keyframe"]
    made.hand.trade(BTC, LAST_NS, 103.25)
    assert await made.tick(PACE_NS) == []
    assert made.tab.watches[1].caused_ns == 0


async def test_trades_count_only_for_charts_that_somebody_watches(made: Made) -> None:
    signal = made.services.live._signal
    running = asyncio.create_task(made.services.live.run())
    made.watch()
    await until(lambda: signal.counts(BTC), "the chart to be watched")
    assert not signal.counts(ETH)
    await until(lambda: bool(made.tab._pictures), "its picture")
    made.tab._pictures.clear()
    for sequence in list(made.tab._in_flight):
        made.services.viewers.acknowledge(made.tab, sequence)
    made.hand.trade(BTC, LAST_NS, 103.25)
    await until(lambda: bool(made.tab._pictures), "the trade to be shown")
    made.services.viewers.unwatch(made.tab, 1)
    made.hand.trade(BTC, LAST_NS, 103.5)  # the last one that wakes it
    await until(lambda: not signal.counts(BTC), "nobody to watch")
    made.hand.trade(BTC, LAST_NS, 103.75)
    assert not signal.noted
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
