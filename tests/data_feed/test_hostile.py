"""Servers and disks that behave as badly as they can: nothing that was stored is lost."""

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from data_feed.simulator.corruption import corrupted
from market.types import Interval
from storage.blocks import StoredFrame
from storage.recorder import Recorder
from storage.segments import SegmentLimits, SegmentWriter, read_frames
from tests.data_feed.frames import MATCH
from tests.data_feed.test_feed import wait_for
from tests.data_feed.test_socket_loop import BTC, at_work, until
from tests.data_feed.venue_server import hangs_up, match, sends, serving, stays_silent


async def test_a_server_that_closes_at_once_is_tried_until_it_does_not() -> None:
    scripts = (hangs_up, hangs_up, hangs_up, sends(match(1)))
    async with serving(*scripts) as venue, at_work(venue.url) as rig:
        await until(lambda: rig.progress.trades == 1)
        assert venue.connections == 4
        assert rig.progress.reconnects == 3


async def test_a_server_that_accepts_and_says_nothing_costs_no_candle() -> None:
    scripts = (sends(match(1)), stays_silent, stays_silent, sends(match(2)))
    async with serving(*scripts) as venue, at_work(venue.url) as rig:
        await until(lambda: rig.progress.trades == 2)
        assert rig.market[BTC].builder.columns(Interval.D1).snapshot().trades.tolist() == [2]


async def test_a_flood_of_damaged_frames_leaves_the_true_trades() -> None:
    """Every trade comes whole once; between them comes each of them damaged, many times over."""
    random, now = Random(3), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    true = [json.dumps(json.loads(match(number)) | {"time": now}) for number in range(1, 60)]
    frames: list[str | bytes] = [true[0]]
    for text in true[1:]:
        frames += [corrupted(text, random) for _ in range(10)]
        frames.append(text)
    async with serving(sends(*frames)) as venue, at_work(venue.url) as rig:
        await until(lambda: rig.progress.frames == len(frames))
        day = rig.market[BTC].builder.columns(Interval.D1).snapshot()
        assert day.trades[-1] == 59
        assert {float(day.low[-1]), float(day.high[-1])} == {float(json.loads(MATCH)["price"])}
        assert rig.progress.malformed > 200
        assert rig.progress.reconnects == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_disk_that_is_really_full_loses_nothing_already_stored(tmp_path: Path) -> None:
    """The first file is on a disk with room, the ones after it on one without, then with again."""
    full = asyncio.Event()
    limits = SegmentLimits(block_bytes=1)

    def opened(path: Path):  # type: ignore[no-untyped-def]
        if full.is_set():
            return Path("/dev/full").open("wb", buffering=0)
        return path.open("xb", buffering=0)

    writer = SegmentWriter(tmp_path, limits, opened)
    recorder = Recorder(writer)
    recorder.start()
    recorder.keep("x", 0, b"stored")
    wait_for(lambda: recorder.status().stored == 1)
    recorder.stop()
    full.set()
    second = Recorder(SegmentWriter(tmp_path, limits, opened))
    second.start()
    second.keep("x", 1, b"lost")
    wait_for(lambda: second.status().lost == 1)
    assert os.strerror(28) in second.status().failure
    full.clear()
    second.keep("x", 2, b"stored too")
    second.stop()
    found = list(read_frames(tmp_path, lambda *_: pytest.fail("damaged")))
    assert found == [StoredFrame(0, b"stored", "x"), StoredFrame(2, b"stored too", "x", 1)]
