"""What can be replayed: recordings in the folders of the settings, and days in the store.

Everything is found by looking into those folders. What is asked for is compared with the keys of
what was found and never becomes a path.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path

from data_feed.errors import RecordingError
from data_feed.replay import Recording, open_recording, symbols_in
from server.errors import RequestError
from server.outliving import recorded
from server.replay_days import day_entries
from server.replay_entry import MILLISECOND, MOST_SYMBOLS, Entry, Opened
from server.settings import Settings
from server.views import RecordingView
from storage.blocks import StoredFrame
from storage.errors import StorageError
from storage.files import size_of
from storage.recordings import SegmentOutline, grouped, outline_of, segment_files

ENVELOPES = (".jsonl", ".jsonl.gz", ".txt", ".txt.gz")
"""Suffixes of recordings made by other programs, see :mod:`data_feed.replay`."""

SURVEYED = 200_000
"""Frames that are looked at to find out which symbols a recording holds."""


class ReplayLibrary:
    """Reads folders: every method may take seconds and is for a thread."""

    def __init__(self, settings: Settings) -> None:
        self._store = settings.store
        folders = [settings.record, settings.store and settings.store / "recordings"]
        self._folders = tuple(dict.fromkeys(folder for folder in folders if folder is not None))
        self._seen: dict[tuple[Path, int, int], SegmentOutline | RecordingView | None] = {}

    def entries(self) -> dict[str, Entry]:
        """All there is by key, newest first."""
        found = [
            *chain.from_iterable(self._segments(folder) for folder in self._folders),
            *chain.from_iterable(self._envelopes(folder) for folder in self._folders),
            *(day_entries(self._store) if self._store is not None else ()),
        ]
        found.sort(key=lambda entry: entry.view.end_ms, reverse=True)
        return {entry.view.key: entry for entry in found}

    def open(self, key: str) -> Opened:
        """What has the key; raises :class:`RequestError` for unknown and damaged ones."""
        entry = self.entries().get(key)
        if entry is None:
            raise RequestError(
                f"recording was {key[:80]!r}; allowed are the keys that /api/recordings lists"
            )
        try:
            return entry.open()
        except (RecordingError, StorageError) as error:
            raise RequestError(f"{entry.view.name} cannot be replayed: {_reason(error)}") from None

    def _segments(self, folder: Path) -> Iterator[Entry]:
        outlines: dict[Path, SegmentOutline | None] = {}
        for path in segment_files(folder):
            with suppress(FileNotFoundError):  # gone since it was listed
                outlines[path] = self._outline(path)
        for found in grouped(each for each in outlines.values() if each is not None):
            first, last = found.segments[0], found.segments[-1]
            size = sum(map(size_of, found.paths))
            view = RecordingView(
                f"recording:{self._folders.index(folder)}:{found.name}", found.name, "recording",
                first.source, first.first_ns // MILLISECOND, last.last_ns // MILLISECOND, size, (),
                "",
            )  # fmt: skip
            yield Entry(view, partial(_open_segments, found.paths, first, last))
        for path in (path for path, each in outlines.items() if each is None):
            yield self._broken(folder, path, "it holds no whole block of frames")

    def _outline(self, path: Path) -> SegmentOutline | None:
        key = _version(path)
        if key not in self._seen:
            try:
                self._seen[key] = outline_of(path)
            except StorageError:
                return None
        known = self._seen[key]
        return known if isinstance(known, SegmentOutline) else None

    def _envelopes(self, folder: Path) -> Iterator[Entry]:
        for path in sorted(folder.glob("*")) if folder.is_dir() else ():
            if not path.name.endswith(ENVELOPES) or not path.is_file():
                continue
            try:
                view = self._envelope(folder, path)
            except FileNotFoundError:
                continue  # gone since it was listed
            yield Entry(view, partial(_open_envelope, path, view))

    def _envelope(self, folder: Path, path: Path) -> RecordingView:
        key = _version(path)
        if key not in self._seen:
            self._seen[key] = self._look_through(folder, path)
        view = self._seen[key]
        assert isinstance(view, RecordingView)
        return view

    def _look_through(self, folder: Path, path: Path) -> RecordingView:
        try:
            recording = open_recording(path)
            span = _span(recording)
            venue = recording.parser().name
        except RecordingError as error:
            return self._broken(folder, path, error.reason).view
        key = f"recording:{self._folders.index(folder)}:{path.name}"
        size = size_of(path)
        start_ms, end_ms = (time_ns // MILLISECOND for time_ns in span)
        return RecordingView(key, path.name, "recording", venue, start_ms, end_ms, size, (), "")

    def _broken(self, folder: Path, path: Path, reason: str) -> Entry:
        key = f"recording:{self._folders.index(folder)}:{path.name}"
        size = size_of(path)
        view = RecordingView(key, path.name, "recording", "", 0, 0, size, (), "", reason)

        def refuse() -> Opened:
            raise RecordingError(path, reason)

        return Entry(view, refuse)


def _open_segments(paths: tuple[Path, ...], first: SegmentOutline, last: SegmentOutline) -> Opened:
    def read(_: Path) -> Iterator[StoredFrame]:
        return chain.from_iterable(map(recorded, paths))

    recording = open_recording(paths[0], read)
    symbols = symbols_in(paths[0], read, SURVEYED)[:MOST_SYMBOLS]
    named = Recording(paths[0], recording.parser, read, paths[0].stem, first.source)
    return Opened(named, symbols, (first.first_ns, last.last_ns))


def _open_envelope(path: Path, view: RecordingView) -> Opened:
    recording = open_recording(path)
    symbols = symbols_in(path, None, SURVEYED)[:MOST_SYMBOLS]
    return Opened(recording, symbols, (view.start_ms * MILLISECOND, view.end_ms * MILLISECOND))


def _span(recording: Recording) -> tuple[int, int]:
    """First and last time; reads, and so checks, every line."""
    first = last = -1
    for frame in recording.frames():
        first = frame.time_ns if first < 0 else first
        last = max(last, frame.time_ns)
    return first, last


def _version(path: Path) -> tuple[Path, int, int]:
    """Changes with the file."""
    found = path.stat()
    return path, found.st_size, found.st_mtime_ns


def _reason(error: RecordingError | StorageError) -> str:
    return error.reason if isinstance(error, RecordingError) else str(error)
