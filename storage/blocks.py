"""One block of a recording: frames packed together, compressed, with lengths and checksums.

A segment file is :data:`SIGNATURE`, then blocks, nothing else. All numbers are little-endian:

block    marker ``CCbk``; u32 packed bytes; u32 raw bytes; u32 CRC-32 of the packed bytes;
         u32 CRC-32 of these sixteen bytes; the packed bytes (zlib)
raw      u16 length and UTF-8 name of the source; then frames
frame    i64 receive time, ns since the epoch; u32 frames lost just before; u32 length; the bytes

A reader that meets anything else looks for the next marker whose header is whole: damage costs the
blocks it lies in and no other.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

SIGNATURE = b"candlecast frames 1\n"
MARKER = b"CCbk"
LARGEST_BLOCK = 80 * 1024 * 1024
"""Raw bytes; more than the largest frame that a socket takes in."""

_HEAD = struct.Struct("<4sIII")
_CRC = struct.Struct("<I")
_FRAME = struct.Struct("<qII")
_NAME = struct.Struct("<H")
HEAD_BYTES = _HEAD.size + _CRC.size
FRAME_BYTES = _FRAME.size
_SCAN = 1 << 20
LEVEL = 1
"""zlib's fastest; on recorded frames level 6 takes 2.4 times as long to save a quarter."""


class StoredFrame(NamedTuple):
    """A frame as it was received.

    ``time_ns`` is the wall clock at its arrival; ``source`` says who sent it; ``lost`` counts the
    frames just before it that could not be stored.
    """

    time_ns: int
    data: bytes
    source: str = ""
    lost: int = 0


class Damage(NamedTuple):
    """Bytes ``offset`` to ``offset + length`` of a segment file that are no whole block."""

    offset: int
    length: int


def pack(frames: Sequence[StoredFrame]) -> bytes:
    """One block of ``frames``, which all come from the source of the first."""
    name = frames[0].source.encode()
    parts = [_NAME.pack(len(name)), name]
    for frame in frames:
        parts += _FRAME.pack(frame.time_ns, frame.lost, len(frame.data)), frame.data
    raw = b"".join(parts)
    packed = zlib.compress(raw, LEVEL)
    head = _HEAD.pack(MARKER, len(packed), len(raw), zlib.crc32(packed))
    return head + _CRC.pack(zlib.crc32(head)) + packed


def read_blocks(file: BinaryIO, tell: Callable[[Damage], None]) -> Iterator[list[StoredFrame]]:
    """The frames of each whole block of ``file``, in order; one block is in memory at a time.

    ``tell`` is called for each run of bytes that had to be skipped. A block that is being written
    at the moment counts as damage at the end. Raises ``OSError``.
    """
    file.seek(0)
    at = len(SIGNATURE) if file.read(len(SIGNATURE)) == SIGNATURE else 0
    broken_at: int | None = None
    while True:
        block, size = _block_at(file, at)
        if block is None:
            broken_at = at if broken_at is None else broken_at
            at = _next_marker(file, at + 1)
        if broken_at is not None and (block is not None or at < 0):
            end = at if at >= 0 else file.seek(0, 2)
            if end > broken_at or end == 0:
                tell(Damage(broken_at, end - broken_at))
            broken_at = None
        if at < 0:
            return
        if block is not None:
            yield block
            at += size


def outline(file: BinaryIO) -> tuple[StoredFrame, StoredFrame] | None:
    """The first and the last frame in whole blocks of ``file``; None without any.

    Between them only the heads of blocks are read, so damage inside a block may go unseen. Raises
    ``OSError``.
    """
    places, at = [], len(SIGNATURE)
    while at >= 0:
        file.seek(at)
        head = _head_of(file)
        if head is None:
            at = _next_marker(file, at + 1)
        else:
            places.append(at)
            at += HEAD_BYTES + head[1]
    firsts = (_block_at(file, place)[0] for place in places)
    lasts = (_block_at(file, place)[0] for place in reversed(places))
    first, last = next(filter(None, firsts), None), next(filter(None, lasts), None)
    return (first[0], last[-1]) if first and last else None


def _head_of(file: BinaryIO) -> tuple[bytes, int, int, int] | None:
    """Marker, packed bytes, raw bytes and CRC-32 of the head that begins here, if it is whole."""
    head = file.read(HEAD_BYTES)
    if len(head) < HEAD_BYTES or _CRC.unpack_from(head, _HEAD.size)[0] != zlib.crc32(head[:-4]):
        return None
    marker, stored, raw_bytes, crc = _HEAD.unpack_from(head)
    whole = marker == MARKER and raw_bytes <= LARGEST_BLOCK and stored <= LARGEST_BLOCK
    return (marker, stored, raw_bytes, crc) if whole else None


def _block_at(file: BinaryIO, at: int) -> tuple[list[StoredFrame] | None, int]:
    """The frames of the block at ``at`` and its bytes, or None when there is no whole block."""
    file.seek(at)
    head = _head_of(file)
    if head is None:
        return None, 0
    _, stored, raw_bytes, crc = head
    packed = file.read(stored)
    if len(packed) < stored or zlib.crc32(packed) != crc:
        return None, 0
    try:
        raw = zlib.decompressobj().decompress(packed, raw_bytes + 1)
        return _unpack(raw) if len(raw) == raw_bytes else None, HEAD_BYTES + stored
    except (zlib.error, struct.error, UnicodeDecodeError):
        return None, 0


def _unpack(raw: bytes) -> list[StoredFrame]:
    at = _NAME.size + _NAME.unpack_from(raw)[0]
    source = raw[_NAME.size : at].decode()
    frames = []
    while at < len(raw):
        time_ns, lost, length = _FRAME.unpack_from(raw, at)
        at += _FRAME.size
        frames.append(StoredFrame(time_ns, raw[at : at + length], source, lost))
        at += length
    return frames


def _next_marker(file: BinaryIO, at: int) -> int:
    """Where the next marker at or after ``at`` begins, -1 if none does."""
    while True:
        file.seek(at)
        chunk = file.read(_SCAN)
        found = chunk.find(MARKER)
        if found >= 0:
            return at + found
        if len(chunk) < _SCAN:
            return -1
        at += len(chunk) - len(MARKER) + 1
