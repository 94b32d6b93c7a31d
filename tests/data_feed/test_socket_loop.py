"""The loop against a real socket that drops, stalls, lies and floods."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from data_feed.connectors import Connector, WebSocketConnector
from data_feed.playhead import Playhead
from data_feed.policy import LoopPolicy
from data_feed.replay import ReplayConnector, open_recording
from data_feed.socket_loop import SocketLoop
from data_feed.status import FeedState
from data_feed.venues.coinbase import CoinbaseParser
from market.market import Market
from market.types import Interval, Symbol
from tests.data_feed.frames import BINANCE
from tests.data_feed.venue_server import (
    breaks,
    chatters,
    hangs_up,
    match,
    sends,
    serving,
    stays_silent,
)

BTC = Symbol("BTC-USD")
QUICK = LoopPolicy(silence_s=0.2, no_data_s=5.0, base_delay_s=0.01, longest_delay_s=0.02)


class Listener:
    def __init__(self) -> None:
        self.reports: list[str] = []
        self.times: list[tuple[int, int, int]] = []

    def streaming(self) -> None:
        self.reports.append("streaming")

    def lost(self, reason: str, retry_in_s: float) -> None:
        self.reports.append(reason)

    def gap(self, symbol: Symbol, after_id: int) -> None:
        self.reports.append(f"gap {symbol} after {after_id}")

    def book_lost(self, symbol: Symbol) -> None:
        self.reports.append(f"book {symbol}")

    def book_changed(self, symbol: Symbol) -> None:
        pass

    def took(self, receive_ns: int, parse_ns: int, ingest_ns: int) -> None:
        self.times.append((receive_ns, parse_ns, ingest_ns))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for another task to make ``condition`` true; half a minute is far more than it needs."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - the loop under test has no event for every counter
            await asyncio.sleep(0.005)


class Rig:
    """A loop at work, and what it reported."""

    def __init__(self, connector: Connector, policy: LoopPolicy) -> None:
        self.market = Market([BTC], capacity=10)
        self.listener = Listener()
        self.loop = SocketLoop(
            CoinbaseParser(), connector, self.market, self.listener, policy, Random(1)
        )
        self.progress = self.loop.progress


@asynccontextmanager
async def at_work(url: str, policy: LoopPolicy = QUICK) -> AsyncIterator[Rig]:
    rig = Rig(WebSocketConnector(url), policy)
    task = asyncio.create_task(rig.loop.run())
    try:
        yield rig
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_trades_reach_the_market() -> None:
    async with serving(sends(match(1), match(2))) as venue, at_work(venue.url) as rig:
        await until(lambda: rig.progress.trades == 2)
        assert rig.progress.state is FeedState.STREAMING
        assert rig.market[BTC].builder.columns(Interval.D1).snapshot().trades.tolist() == [2]
        assert rig.market[BTC].received_ns == rig.progress.newest_ns
        assert json.loads(venue.requests[0])["product_ids"] == ["BTC-USD"]
        assert rig.listener.times
        assert all(ns >= 0 for times in rig.listener.times for ns in times)


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        (hangs_up, "the venue closed the connection (code 1001: maintenance)"),
        (breaks, "the connection broke without a goodbye"),
        (stays_silent, "no message for 0.2 s"),
    ],
)
async def test_a_lost_connection_is_opened_and_subscribed_again(
    ending: Callable[..., object], reason: str
) -> None:
    scripts = (sends(match(1), then=ending), sends(match(2)))  # type: ignore[arg-type]
    async with serving(*scripts) as venue, at_work(venue.url) as rig:
        await until(lambda: rig.progress.trades == 2)
        assert rig.listener.reports == ["streaming", reason, "streaming"]
        assert rig.progress.reconnects == 1
        assert rig.progress.attempt == 1
        assert len(venue.requests) == 2
        assert rig.progress.gaps == 0


async def test_messages_without_data_are_not_life() -> None:
    policy = replace(QUICK, no_data_s=0.2)
    async with serving(chatters, sends(match(1))) as venue, at_work(venue.url, policy) as rig:
        await until(lambda: rig.progress.trades == 1)
        assert rig.listener.reports[0] == "messages, but no trade or quote for 0.2 s"


async def test_garbage_is_counted_logged_and_skipped(caplog: pytest.LogCaptureFixture) -> None:
    garbage = (b"\xff\xfe", "{", '{"type":"match"}', "x" * 500)
    with caplog.at_level(logging.WARNING, "data_feed.socket_loop"):
        async with serving(sends(*garbage, match(1))) as venue, at_work(venue.url) as rig:
            await until(lambda: rig.progress.trades == 1)
    assert rig.progress.malformed == 4
    assert rig.progress.reconnects == 0
    assert [record.args[2] for record in caplog.records if isinstance(record.args, tuple)] == [
        b"\xff\xfe", b"{", b'{"type":"match"}', b"x" * 80,
    ]  # fmt: skip


async def test_a_flood_of_garbage_does_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(sends(*["{"] * 100, match(1))) as venue, at_work(venue.url) as rig:
        await until(lambda: rig.progress.trades == 1)
    assert rig.progress.malformed == 100
    assert len([record for record in caplog.records if "malformed" in record.message]) == 20


async def test_a_frame_of_five_megabytes_passes() -> None:
    huge = json.dumps({"type": "snapshot", "product_id": BTC, "asks": [["1.0", "2.0"]] * 330_000})
    assert len(huge) > 5_000_000
    async with serving(sends(huge, match(1))) as venue, at_work(venue.url, LoopPolicy()) as rig:
        await until(lambda: rig.progress.trades == 1)
    assert rig.progress.reconnects == rig.progress.malformed == 0


async def test_gaps_duplicates_and_late_trades_are_counted() -> None:
    frames = [match(number) for number in (1, 2, 5, 5, 4, 6)]
    async with serving(sends(*frames)) as venue, at_work(venue.url) as rig:
        await until(lambda: rig.progress.trades == 6)
    counters = rig.progress.counters()
    assert (counters.gaps, counters.duplicates, counters.out_of_order) == (1, 1, 1)
    assert rig.listener.reports == ["streaming", "gap BTC-USD after 2"]


async def test_a_refusal_is_counted_and_told() -> None:
    error = '{"type":"error","message":"Failed to subscribe","reason":"XYZ is not a valid product"}'
    async with serving(sends(error)) as venue, at_work(venue.url, LoopPolicy()) as rig:
        await until(lambda: rig.progress.refused == 1)
        assert rig.progress.reason == (
            "Coinbase refused: Failed to subscribe: XYZ is not a valid product"
        )


async def test_attempts_rise_while_nobody_listens_and_can_be_hurried() -> None:
    policy = replace(QUICK, base_delay_s=60.0, longest_delay_s=60.0)
    async with at_work("ws://127.0.0.1:9", policy) as rig:
        await until(lambda: rig.progress.retry_at_s is not None)
        assert rig.progress.state is FeedState.LOST
        assert rig.progress.attempt == 2
        rig.loop.retry_now()
        await until(lambda: rig.progress.attempt == 3)
        assert rig.progress.reason.startswith("no connection: ")
        assert rig.progress.reconnects == 0


async def test_a_server_that_never_answers_the_handshake() -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        rig = Rig(WebSocketConnector(f"ws://127.0.0.1:{port}", open_timeout_s=0.1), QUICK)
        task = asyncio.create_task(rig.loop.run())
        await until(lambda: rig.progress.attempt > 1)
        assert rig.listener.reports[0] == "no answer within 0.1 s"
        task.cancel()
        await asyncio.wait([task])


async def test_a_recording_runs_through_the_same_loop(shared_data: Path) -> None:
    recording = open_recording(shared_data / "ws" / BINANCE)
    market, listener = Market([Symbol("BTC-USDT")], capacity=1000), Listener()
    connector = ReplayConnector(recording, Playhead(float("inf")))
    loop = SocketLoop(recording.parser(), connector, market, listener, LoopPolicy(), Random(1))
    await loop.run()
    assert loop.progress.state is FeedState.ENDED
    assert loop.progress.counters() == replace(
        loop.progress.counters(), frames=41_248, trades=9_757, duplicates=0, gaps=0, malformed=0
    )


async def test_a_recording_that_breaks_off_ends_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"5 {match(1)}\n" * 60 + "nonsense\n")
    market, listener = Market([BTC], capacity=10), Listener()
    connector = ReplayConnector(open_recording(path), Playhead(float("inf")))
    loop = SocketLoop(CoinbaseParser(), connector, market, listener, LoopPolicy(), Random(1))
    await loop.run()
    assert loop.progress.state is FeedState.ENDED
    assert "line 61 is no recorded frame" in loop.progress.reason


async def test_frames_that_wait_keep_the_time_of_their_arrival() -> None:
    async with serving(sends(match(1), match(2))) as venue:
        connection = await WebSocketConnector(venue.url).open()
        await connection.send("{}")  # the venue begins with the first request
        await asyncio.sleep(0.2)
        read_ns = time.monotonic_ns()
        arrivals = []
        for _ in range(2):
            await connection.receive()
            arrivals.append(connection.arrived_ns)
        await connection.close()
    assert 0 < arrivals[0] <= arrivals[1] < read_ns
