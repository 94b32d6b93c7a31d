"""Recordings as a folder of append-only segment files, see :mod:`storage.blocks` for their form.

What a failure costs. A block is handed to the system with one write as soon as it is large or a
second old, and the file is forced to the disk every five seconds, when it is full and when it is
closed: a process that dies loses at most the last second, a machine without power the last five.
A file that ends in the middle of a block loses that block. Nobody ever appends to the file of an
earlier process. When a write fails, the file is cut back to its last whole block, the frames at
hand are counted as lost, and the next ones try again.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from market.types import SECOND
from storage.blocks import FRAME_BYTES, SIGNATURE, Damage, StoredFrame, pack, read_blocks
from storage.errors import ReadFailed, WriteFailed

SUFFIX = ".frames"

TellDamage = Callable[[Path, Damage], None]
OpenFile = Callable[[Path], FileIO]


@dataclass(frozen=True, slots=True)
class SegmentLimits:
    """When a block is written (bytes, seconds), forced to disk, and a new file begun."""

    block_bytes: int = 256 * 1024
    block_s: float = 1.0
    sync_s: float = 5.0
    segment_bytes: int = 64 * 1024 * 1024
    segment_s: float = 3600.0


def open_new(path: Path) -> FileIO:
    """A new unbuffered file; raises ``OSError``, also when there is one."""
    return FileIO(path, "xb")


class SegmentWriter:
    """Writes frames into ``folder``; one thread. ``now_ns`` is a monotonic clock.

    After :class:`WriteFailed` it can be used on: ``stored`` and ``lost`` count frames.
    """

    def __init__(
        self,
        folder: Path,
        limits: SegmentLimits = SegmentLimits(),
        open_file: OpenFile = open_new,
    ) -> None:
        self.stored = 0
        self.lost = 0
        self._folder = folder
        self._limits = limits
        self._open_file = open_file
        self._file: FileIO | None = None
        self._path = folder
        self._size = 0
        self._begun_ns = self._synced_ns = 0
        self._block: list[StoredFrame] = []
        self._block_bytes = self._block_ns = 0
        self._unstored = 0

    def add(self, frame: StoredFrame, now_ns: int) -> None:
        """Take one frame; raises :class:`WriteFailed` when a block that is due cannot be kept."""
        if self._block and frame.source != self._block[0].source:
            self.flush(now_ns)
        if self._unstored:
            frame = frame._replace(lost=frame.lost + self._unstored)
            self._unstored = 0
        if not self._block:
            self._block_ns = now_ns
        self._block.append(frame)
        self._block_bytes += len(frame.data) + FRAME_BYTES
        if self._block_bytes >= self._limits.block_bytes:
            self.flush(now_ns)

    def tick(self, now_ns: int) -> None:
        """Write what is due by time; call a few times a second. Raises :class:`WriteFailed`."""
        limits = self._limits
        if self._block and now_ns - self._block_ns >= limits.block_s * SECOND:
            self.flush(now_ns)
        if self._file is None:
            return
        if self._size >= limits.segment_bytes or (
            now_ns - self._begun_ns >= limits.segment_s * SECOND
        ):
            self._finish()
        elif now_ns - self._synced_ns >= limits.sync_s * SECOND:
            self._synced_ns = now_ns
            self._sync()

    def flush(self, now_ns: int) -> None:
        """Hand the open block to the system; raises :class:`WriteFailed`."""
        if not self._block:
            return
        frames, self._block, self._block_bytes = self._block, [], 0
        try:
            self._write(pack(frames), now_ns)
        except OSError as error:
            gone = len(frames)
            self.lost += gone
            self._unstored += gone + sum(frame.lost for frame in frames)
            self._cut_back()
            raise WriteFailed(self._path, error) from None
        self.stored += len(frames)
        if self._size >= self._limits.segment_bytes:
            self._finish()

    def close(self, now_ns: int) -> None:
        """Write what is left and close; raises :class:`WriteFailed`."""
        try:
            self.flush(now_ns)
        finally:
            self._finish()

    def _write(self, data: bytes, now_ns: int) -> None:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._path = _next_path(self._folder)
            self._file, self._size = self._open_file(self._path), 0
            self._begun_ns = self._synced_ns = now_ns
            data = SIGNATURE + data
            sync_folder(self._folder)
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._size += len(data)

    def _cut_back(self) -> None:
        """Leave the file with whole blocks only, or leave it."""
        if self._file is None:
            return
        try:
            self._file.truncate(self._size)
            self._file.seek(self._size)
        except OSError:
            self._abandon()
        else:
            if not self._size:
                self._abandon()
                with suppress(OSError):
                    self._path.unlink()

    def _sync(self) -> None:
        assert self._file is not None
        try:
            os.fsync(self._file.fileno())
        except OSError as error:  # what reached the disk is unknown now: go on in a new file
            self._abandon()
            raise WriteFailed(self._path, error) from None

    def _finish(self) -> None:
        if self._file is not None:
            self._sync()
            self._abandon()

    def _abandon(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.close()


def sync_folder(folder: Path) -> None:
    """Force the names in ``folder`` to the disk, where the system can; raises ``OSError``."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def segments(path: Path) -> list[Path]:
    """The segment files of a recording in order: of a folder, or ``path`` itself."""
    return sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]


def is_recording(path: Path) -> bool:
    """Whether ``path`` is a segment file, or a folder with one."""
    if path.is_dir():
        return any(path.glob(f"*{SUFFIX}"))
    try:
        with path.open("rb") as file:
            return file.read(len(SIGNATURE)) == SIGNATURE
    except OSError:
        return False


def read_frames(path: Path, tell: TellDamage) -> Iterator[StoredFrame]:
    """All frames of a recording in order of arrival, one block in memory at a time.

    ``tell`` hears of what had to be skipped. Raises :class:`ReadFailed` when the system refuses
    a file.
    """
    for segment in segments(path):
        try:
            with segment.open("rb") as file:
                for block in read_blocks(file, lambda damage, at=segment: tell(at, damage)):  # type: ignore[misc]
                    yield from block
        except OSError as error:
            raise ReadFailed(segment, error) from None


def _next_path(folder: Path) -> Path:
    """A name after every other one, even when the clock was put back."""
    newest = max((path.name for path in folder.glob(f"*{SUFFIX}")), default="0")
    number = newest.partition("-")[0]
    begun = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    return folder / f"{int(number) + 1 if number.isdigit() else 1:08d}-{begun}{SUFFIX}"
