"""Recording while frames arrive, and replaying what was recorded through the same parser."""

import errno
import json
import os
import threading
from io import FileIO
from math import inf
from pathlib import Path
from random import Random

import pytest

from data_feed.connectors import Connection, RecordingEnded
from data_feed.errors import RecordingError
from data_feed.open_feed import FeedRequest, open_feed
from data_feed.replay import open_recording, symbols_in
from data_feed.status import FeedState
from data_feed.tap import TappedConnector
from market.market import Market
from market.types import INTERVALS, SECOND
from server.outliving import Outliving, frame_reader, symbols_for
from server.settings import parse_settings
from storage.blocks import StoredFrame
from storage.recorder import Recorder, RecorderStatus
from storage.segments import SegmentLimits, SegmentWriter, read_frames, segments
from tests.data_feed.test_feed import wait_for
from tests.data_feed.venue_server import match


def found(path: Path) -> list[StoredFrame]:
    return list(read_frames(path, lambda *_: pytest.fail("damaged")))


def test_frames_are_kept_in_order(tmp_path: Path) -> None:
    recorder = Recorder(SegmentWriter(tmp_path))
    recorder.start()
    for number in range(2000):
        recorder.keep("Kraken", number, b"%d" % number)
    recorder.stop()
    assert found(tmp_path) == [StoredFrame(n, b"%d" % n, "Kraken") for n in range(2000)]
    assert recorder.status() == RecorderStatus(2000, 0, "")


def test_what_was_flushed_is_found_while_more_is_kept(tmp_path: Path) -> None:
    recorder = Recorder(SegmentWriter(tmp_path))
    assert recorder.flush() is False  # not started: nothing reaches the disk
    recorder.start()
    for number in range(100):
        recorder.keep("x", number, b"1")
        recorder.keep("x", number, b"2")
        assert recorder.flush()
        assert len(found(tmp_path)) == 2 * number + 2
    recorder.stop()


def test_a_flush_tells_that_not_everything_is_there(tmp_path: Path) -> None:
    recorder = Recorder(SegmentWriter(tmp_path), room=100)
    recorder.start()
    assert recorder.flush()
    recorder.keep("x", 1, bytes(200))
    assert not recorder.flush()
    recorder.stop()


def test_a_full_queue_loses_new_frames_and_says_how_many(tmp_path: Path) -> None:
    recorder = Recorder(SegmentWriter(tmp_path), room=100)
    for number in range(10):
        recorder.keep("x", number, bytes(30))
    assert recorder.status().lost == 8
    recorder.start()
    wait_for(lambda: recorder._taken == recorder._given)
    recorder.keep("x", 10, bytes(30))
    recorder.stop()
    assert [(frame.time_ns, frame.lost) for frame in found(tmp_path)] == [(0, 0), (1, 0), (10, 8)]
    assert recorder.status() == RecorderStatus(3, 8, "")


def test_a_full_disk_is_told_once_and_again_when_it_is_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    full = threading.Event()
    full.set()

    class Disk(FileIO):
        def write(self, data: bytes, /) -> int:  # type: ignore[override] # Buffer, from 3.12
            if full.is_set():
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(data)

    limits = SegmentLimits(block_bytes=1)
    recorder = Recorder(SegmentWriter(tmp_path, limits, lambda path: Disk(path, "xb")))
    recorder.start()
    for number in range(3):
        recorder.keep("x", number, b"a")
    wait_for(lambda: recorder.status().lost == 3)
    assert "No space left" in recorder.status().failure
    full.clear()
    recorder.keep("x", 3, b"b")
    recorder.stop()
    assert found(tmp_path) == [StoredFrame(3, b"b", "x", 3)]
    assert recorder.status() == RecorderStatus(1, 3, "")
    assert [record.getMessage()[:10] for record in caplog.records] == ["recording:", "recording "]


class Two:
    """A connection that brings two frames, at a known time of the monotonic clock."""

    arrived_ns = 5 * SECOND

    def __init__(self) -> None:
        self.frames: list[bytes | str] = [b"one", "two"]
        self.sent: list[str] = []

    async def open(self) -> Connection:
        return self

    async def send(self, text: str) -> None:
        self.sent.append(text)

    async def receive(self) -> bytes | str:
        if not self.frames:
            raise RecordingEnded
        return self.frames.pop(0)

    async def close(self) -> None:
        self.sent.append("closed")


async def test_the_tap_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_feed.tap.time.monotonic_ns", lambda: 7 * SECOND)
    monkeypatch.setattr("data_feed.tap.time.time_ns", lambda: 1000 * SECOND)
    kept: list[tuple[str, int, bytes]] = []
    inner = Two()
    connection = await TappedConnector(inner, "OKX", lambda *frame: kept.append(frame)).open()
    await connection.send("hello")
    assert [await connection.receive(), await connection.receive()] == [b"one", "two"]
    with pytest.raises(RecordingEnded):
        await connection.receive()
    await connection.close()
    assert inner.sent == ["hello", "closed"]
    assert connection.arrived_ns == 5 * SECOND
    assert kept == [("OKX", 998 * SECOND, b"one"), ("OKX", 998 * SECOND, b"two")]


def priced(number: int, random: Random) -> str:
    return json.dumps(json.loads(match(number)) | {"price": str(100 + random.randrange(9))})


def candles(market: Market) -> list[list[list[float]]]:
    windows = [
        market[symbol].builder.columns(interval).snapshot()
        for symbol in market.symbols
        for interval in INTERVALS
    ]
    return [[w.time_ns.tolist(), w.close.tolist(), w.volume.tolist()] for w in windows]


def played(*arguments: str) -> Market:
    """The market after the feed that the arguments name has ended, recorded if they say so."""
    settings = parse_settings([*arguments, "--store", "off"])
    market = Market(symbols_for(settings))
    request = FeedRequest(
        settings.feed, settings.venue, market.symbols, speed=inf, read=frame_reader(settings)
    )
    feed = open_feed(request, market)
    outliving = Outliving(settings, market, feed)
    outliving.start()
    feed.start()
    wait_for(lambda: feed.status().state is FeedState.ENDED)
    feed.stop()
    outliving.stop()
    return market


def test_candles_from_a_replay_equal_those_recorded(tmp_path: Path) -> None:
    tape = tmp_path / "tape.txt"
    random = Random(3)
    tape.write_text("".join(
        f"{n} {priced(n, random)}\n" for n in range(1, 600)
    ))  # fmt: skip
    folder = tmp_path / "recorded"
    live = played("--feed", f"replay:{tape}", "--record", str(folder))
    assert len(found(folder)) == 599
    assert candles(played("--feed", f"replay:{folder}")) == candles(live)
    (segment,) = segments(folder)
    assert candles(played("--feed", f"replay:{segment}")) == candles(live)
    assert {frame.source for frame in found(folder)} == {"Coinbase"}


def test_a_damaged_recording_is_replayed_without_the_block(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    writer = SegmentWriter(tmp_path, SegmentLimits(block_bytes=1))
    for number in range(1, 4):
        writer.add(StoredFrame(number, match(number).encode()), 0)
    writer.close(0)
    (path,) = segments(tmp_path)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    read = frame_reader(parse_settings(["--feed", f"replay:{path}"]))
    assert read is not None
    assert [frame.time_ns for frame in open_recording(path, read).frames()] == [1, 2]
    assert symbols_in(path, read) == ("BTC-USD",)
    assert "are no whole block and were skipped" in caplog.text
    path.unlink()
    with pytest.raises(RecordingError, match="there is no such file"):
        open_recording(path, read)
    with pytest.raises(RecordingError, match="could not be read"):
        list(read(path))


def test_what_is_no_recording_of_ours_is_left_to_others(tmp_path: Path) -> None:
    tape = tmp_path / "tape.txt"
    tape.write_text(f"1 {match(1)}\n")
    assert frame_reader(parse_settings(["--feed", f"replay:{tape}"])) is None
    assert frame_reader(parse_settings(["--feed", f"replay:{tmp_path}"])) is None
    assert frame_reader(parse_settings(["--feed", "sim"])) is None
    with pytest.raises(RecordingError, match="it is a folder"):
        symbols_for(parse_settings(["--feed", f"replay:{tmp_path}"]))


def test_real_frames_survive_recording(shared_data: Path, tmp_path: Path) -> None:
    """One megabyte of Binance's frames: the bytes are the same, in a fraction of the room."""
    path = shared_data / "ws" / "binance_spot_btcusdt_20240808.txt.gz"
    frames = [(frame.time_ns, frame.data) for frame in open_recording(path).frames()]
    writer = SegmentWriter(tmp_path)
    for time_ns, data in frames:
        writer.add(StoredFrame(time_ns, data, "Binance"), 0)
    writer.close(0)
    assert [(frame.time_ns, frame.data) for frame in found(tmp_path)] == frames
    packed = sum(segment.stat().st_size for segment in segments(tmp_path))
    assert packed * 4 < sum(len(data) for _, data in frames)
