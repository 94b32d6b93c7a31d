"""Recordings: what is read back after cuts, flipped bytes, full disks and restarts."""

import errno
import os
import zlib
from io import BytesIO, FileIO
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.types import SECOND
from storage.blocks import SIGNATURE, Damage, StoredFrame, pack, read_blocks
from storage.errors import ReadFailed, WriteFailed
from storage.segments import (
    SegmentLimits,
    SegmentWriter,
    is_recording,
    read_frames,
    segments,
)

FRAMES = st.lists(
    st.builds(
        StoredFrame,
        st.integers(0, 2**63 - 1),
        st.binary(max_size=40),
        st.just("Coinbase"),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=6,
)
BLOCKS = [
    [StoredFrame(n * 10 + k, b'{"price":"%d"}' % k * 4, f"venue {n}", 0) for k in range(3)]
    for n in range(4)
]
PACKED = [pack(block) for block in BLOCKS]
FILE = SIGNATURE + b"".join(PACKED)
STARTS = [len(SIGNATURE) + sum(map(len, PACKED[:n])) for n in range(5)]


def recovered(data: bytes) -> tuple[list[list[StoredFrame]], list[Damage]]:
    damage: list[Damage] = []
    return list(read_blocks(BytesIO(data), damage.append)), damage


def read_all(path: Path) -> list[StoredFrame]:
    damage: list[tuple[Path, Damage]] = []
    frames = list(read_frames(path, lambda *told: damage.append(told)))
    assert damage == []
    return frames


def numbered(first: int, end: int, source: str = "x") -> list[StoredFrame]:
    return [StoredFrame(n, b"frame %d" % n, source) for n in range(first, end)]


@given(st.lists(FRAMES, max_size=5))
def test_what_is_packed_is_read(blocks: list[list[StoredFrame]]) -> None:
    assert recovered(SIGNATURE + b"".join(map(pack, blocks))) == (blocks, [])


def test_a_cut_costs_the_block_it_lies_in() -> None:
    for cut in range(len(FILE) + 1):
        whole = sum(start <= cut for start in STARTS[1:])
        blocks, damage = recovered(FILE[:cut])
        assert blocks == BLOCKS[:whole], cut
        begun = STARTS[whole] if cut >= len(SIGNATURE) else 0
        assert damage == ([Damage(begun, cut - begun)] if cut > begun or not cut else []), cut


@pytest.mark.parametrize("bit", [0x01, 0x80, 0xFF])
def test_a_flipped_byte_costs_one_block(bit: int) -> None:
    for at in range(len(SIGNATURE), len(FILE)):
        hit = max(n for n in range(4) if STARTS[n] <= at)
        data = bytearray(FILE)
        data[at] ^= bit
        blocks, damage = recovered(bytes(data))
        assert blocks == BLOCKS[:hit] + BLOCKS[hit + 1 :], at
        assert damage == [Damage(STARTS[hit], len(PACKED[hit]))], at


def test_a_damaged_signature_costs_no_frame() -> None:
    assert recovered(b"x" + FILE[1:]) == (BLOCKS, [Damage(0, len(SIGNATURE))])


def test_damage_longer_than_a_scan_is_passed() -> None:
    noise = bytes(3_000_000) + b"CCb"
    data = SIGNATURE + PACKED[0] + noise + PACKED[1]
    assert recovered(data) == (BLOCKS[:2], [Damage(STARTS[1], len(noise))])


def test_a_marker_across_two_scans_is_found() -> None:
    at = STARTS[1]
    for length in range((1 << 20) - 3, (1 << 20) + 5):
        blocks, _ = recovered(FILE[:at] + bytes(length) + PACKED[1])
        assert blocks == BLOCKS[:2], length


@given(st.binary(max_size=400))
def test_any_bytes_are_survived(data: bytes) -> None:
    assert recovered(data)[0] == []
    assert recovered(SIGNATURE + data)[0] == []


def test_a_block_that_says_it_is_small_is_not_unpacked_further() -> None:
    """A thousandfold compressed block cannot fill the memory: only the bytes it names are made."""
    block = bytearray(pack([StoredFrame(1, bytes(1_000_000))]))
    block[8:12] = (100).to_bytes(4, "little")
    block[16:20] = zlib.crc32(block[:16]).to_bytes(4, "little")
    assert recovered(SIGNATURE + bytes(block))[0] == []


def test_frames_come_back_in_order_over_files_and_restarts(tmp_path: Path) -> None:
    limits = SegmentLimits(block_bytes=200, segment_bytes=300)
    for first in (0, 50):
        writer = SegmentWriter(tmp_path, limits)
        for frame in numbered(first, first + 50):
            writer.add(frame, 0)
        writer.close(0)
        assert (writer.stored, writer.lost) == (50, 0)
    assert read_all(tmp_path) == numbered(0, 100)
    assert len(segments(tmp_path)) == 4
    assert is_recording(tmp_path)
    assert all(is_recording(path) for path in segments(tmp_path))


def test_each_source_has_blocks_of_its_own(tmp_path: Path) -> None:
    frames = [*numbered(0, 3, "Kraken"), *numbered(3, 5, "OKX"), *numbered(5, 6, "Kraken")]
    writer = SegmentWriter(tmp_path)
    for frame in frames:
        writer.add(frame, 0)
    writer.close(0)
    assert read_all(tmp_path) == frames


def test_blocks_and_files_end_by_time(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path, SegmentLimits(block_s=1, segment_s=10))
    writer.add(numbered(0, 1)[0], 0)
    writer.tick(SECOND - 1)
    assert segments(tmp_path) == []
    writer.tick(SECOND)
    assert read_all(tmp_path) == numbered(0, 1), "readable while it is being written"
    writer.add(numbered(1, 2)[0], 2 * SECOND)
    writer.tick(11 * SECOND)
    writer.add(numbered(2, 3)[0], 12 * SECOND)
    writer.close(12 * SECOND)
    assert [len(read_all(path)) for path in segments(tmp_path)] == [2, 1]
    assert read_all(tmp_path) == numbered(0, 3)


def test_files_reach_the_disk_every_few_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    writer = SegmentWriter(tmp_path, SegmentLimits(block_s=1, sync_s=5))
    writer.add(numbered(0, 1)[0], 0)
    writer.tick(SECOND)
    made = len(synced)
    assert made == 1, "the name of the new file"
    writer.tick(5 * SECOND)
    assert len(synced) == made
    writer.tick(6 * SECOND)
    assert len(synced) == made + 1
    writer.close(6 * SECOND)
    assert len(synced) == made + 2


class FullDisk(FileIO):
    """Takes ``room`` bytes more, then part of a write, then nothing."""

    room = 0

    def write(self, data: bytes, /) -> int:  # type: ignore[override] # Buffer, from 3.12
        view = memoryview(data)
        if not FullDisk.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = super().write(view[: FullDisk.room])
        FullDisk.room -= taken
        return taken


@pytest.mark.parametrize("room", range(0, 700, 23))
def test_a_full_disk_is_told_and_costs_nothing_that_was_stored(tmp_path: Path, room: int) -> None:
    writer = SegmentWriter(
        tmp_path, SegmentLimits(block_bytes=100), lambda path: FullDisk(path, "xb")
    )
    FullDisk.room = room
    refused = 0
    for frame in numbered(0, 60):
        try:
            writer.add(frame, 0)
        except WriteFailed as error:
            assert "No space left on device" in str(error)
            refused += 1
    assert refused > 0
    assert len(read_all(tmp_path)) == writer.stored
    FullDisk.room = 1 << 20
    for frame in numbered(60, 80):
        writer.add(frame, 0)
    writer.close(0)
    found = read_all(tmp_path)
    assert len(found) == writer.stored
    assert writer.stored + writer.lost == 80
    assert sum(frame.lost for frame in found) == writer.lost, "the recording says what it lacks"
    assert found[-20:] == [frame._replace(lost=kept.lost) for frame, kept in
                           zip(numbered(60, 80), found[-20:], strict=True)]  # fmt: skip


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    writer = SegmentWriter(tmp_path / "file" / "folder")
    writer.add(numbered(0, 1)[0], 0)
    with pytest.raises(WriteFailed, match="could not be written"):
        writer.flush(0)
    assert writer.lost == 1


def test_after_a_failed_sync_a_new_file_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SegmentWriter(tmp_path, SegmentLimits(block_s=0, sync_s=1))
    writer.add(numbered(0, 1)[0], 0)
    writer.tick(0)
    calls = count()

    def broken(_: int) -> None:
        if next(calls) == 0:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(WriteFailed, match="Input/output error"):
        writer.tick(2 * SECOND)
    writer.add(numbered(1, 2)[0], 2 * SECOND)
    writer.close(2 * SECOND)
    assert len(segments(tmp_path)) == 2
    assert read_all(tmp_path) == numbered(0, 2)


def test_names_go_on_rising_when_the_clock_is_put_back(tmp_path: Path) -> None:
    (tmp_path / "00000007-29990101T000000Z.frames").write_bytes(SIGNATURE)
    writer = SegmentWriter(tmp_path)
    writer.add(numbered(0, 1)[0], 0)
    writer.close(0)
    assert [path.name[:8] for path in segments(tmp_path)] == ["00000007", "00000008"]


def test_what_is_no_recording_is_told(tmp_path: Path) -> None:
    other = tmp_path / "other.frames"
    assert not is_recording(other)
    assert not is_recording(tmp_path)
    other.write_bytes(b"something else")
    assert not is_recording(other)
    with pytest.raises(ReadFailed, match="No such file"):
        list(read_frames(tmp_path / "absent", lambda *_: None))
