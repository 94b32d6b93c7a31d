"""Records frames as they arrive, in a thread of its own, so that the feed never waits for a disk.

Frames wait in a queue of at most :data:`ROOM` bytes. When the disk is so slow, or gone for so long,
that the queue is full, new frames are not taken; the next one that is says how many are missing.
"""

import logging
import threading
import time
from queue import Empty, SimpleQueue
from typing import NamedTuple

from storage.blocks import FRAME_BYTES, StoredFrame
from storage.errors import WriteFailed
from storage.segments import SegmentWriter

log = logging.getLogger(__name__)

ROOM = 64 * 1024 * 1024
TICK_S = 0.25
STOP_S = 5.0


class RecorderStatus(NamedTuple):
    """Frames on disk, frames lost, and what is wrong at the moment (empty when nothing is)."""

    stored: int
    lost: int
    failure: str


class Recorder:
    """Keeps what one thread gives to :meth:`keep` in a folder; the others are for any thread."""

    def __init__(self, writer: SegmentWriter, room: int = ROOM) -> None:
        self._writer = writer
        self._room = room
        self._queue: SimpleQueue[StoredFrame | threading.Event | None] = SimpleQueue()
        # Each of these is written by one thread only.
        self._given = self._refused = self._missing = 0
        self._taken = 0
        self._failure = ""
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def start(self) -> None:
        """Start the thread; call once."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is left and end, within :data:`STOP_S` seconds; before the start nothing."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join(STOP_S)

    def keep(self, source: str, time_ns: int, data: bytes) -> None:
        """Take a frame that ``source`` sent, received at ``time_ns`` of the wall clock."""
        size = len(data) + FRAME_BYTES
        if self._given - self._taken + size > self._room:
            self._refused += 1
            self._missing += 1
            return
        self._given += size
        missing, self._missing = self._missing, 0
        self._queue.put(StoredFrame(time_ns, data, source, missing))

    def flush(self, patience_s: float = STOP_S) -> bool:
        """Let readers find every frame that was kept before; whether they do. For any thread."""
        written = threading.Event()
        if self._thread.is_alive():
            self._queue.put(written)
            written.wait(patience_s)
        return written.is_set() and not self._missing and not self._failure

    def status(self) -> RecorderStatus:
        """How things stand."""
        writer = self._writer
        return RecorderStatus(writer.stored, writer.lost + self._refused, self._failure)

    def _run(self) -> None:
        while True:
            try:
                frame = self._queue.get(timeout=TICK_S)
            except Empty:
                self._try(None)
                continue
            if frame is None:
                break
            if isinstance(frame, threading.Event):
                self._flush()
                frame.set()
                continue
            self._try(frame)
            self._taken += len(frame.data) + FRAME_BYTES
        try:
            self._writer.close(time.monotonic_ns())
        except WriteFailed as error:
            self._tell(error)

    def _try(self, frame: StoredFrame | None) -> None:
        stored, now_ns = self._writer.stored, time.monotonic_ns()
        try:
            if frame is not None:
                self._writer.add(frame, now_ns)
            self._writer.tick(now_ns)
        except WriteFailed as error:
            self._tell(error)
        if self._failure and self._writer.stored > stored:
            log.warning("recording goes on; %d frames were lost", self.status().lost)
            self._failure = ""

    def _flush(self) -> None:
        try:
            self._writer.flush(time.monotonic_ns())
        except WriteFailed as error:
            self._tell(error)

    def _tell(self, error: WriteFailed) -> None:
        """Say it once, until it is over."""
        if not self._failure:
            log.error("recording: %s; frames are lost until that is possible", error)
        self._failure = str(error)
