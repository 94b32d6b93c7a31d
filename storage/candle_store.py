"""Candles on disk, in Parquet files by venue, symbol, interval and day.

``ROOT/candles/VENUE/SYMBOL/INTERVAL/DAY.parquet``, see :mod:`storage.partitions`. A file is
replaced as a whole, so a reader sees the old or the new one, and what was there survives a process
that dies or a disk that is full. Each file carries a checksum of its columns. One that does not
hold what was written to it is renamed, told, and everything else is served.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np

from market.columns import CandleWindow
from market.errors import BadCandles
from market.types import Interval
from storage.checked_files import read_checked, set_aside, write_checked
from storage.errors import FileDamaged, ReadFailed, StorageError
from storage.files import checked_name, replace_files, size_of
from storage.parquet import TIME, Columns
from storage.partitions import name_at, spans

log = logging.getLogger(__name__)

FIELDS = ("open", "high", "low", "close", "volume")
SUFFIX = ".parquet"
LATEST_NS = 2**63 - 1

_LOCKS: dict[Path, threading.RLock] = {}

Tell = Callable[[StorageError], None]


def _log(error: StorageError) -> None:
    log.warning("%s", error)


class CandleStore:
    """The candles of one venue under ``root``. Any thread may read; writers wait for each other.

    ``tell`` hears of damaged files. Nothing is created before the first write. Every method raises
    :class:`storage.errors.BadName` for a symbol that cannot name a folder.
    """

    def __init__(self, root: Path, venue: str, tell: Tell = _log) -> None:
        self.folder = root / "candles" / checked_name(venue)
        self._tell = tell
        # Whoever writes to the folder in this process, through which object does not matter.
        self._writing = _LOCKS.setdefault(self.folder.absolute(), threading.RLock())

    def write(self, symbol: str, interval: Interval, candles: CandleWindow) -> int:
        """Store ``candles`` over those of the same times; returns how many files changed.

        All files are complete on disk before the first takes its place. Raises
        :class:`storage.errors.WriteFailed`, and :class:`storage.errors.ReadFailed` when a file that
        has to be merged cannot be read: it is not written over.
        """
        folder = self._folder(symbol, interval)
        with self._writing:
            files = {}
            for name, rows in spans(candles.time_ns, interval):
                path = folder / f"{name}{SUFFIX}"
                new = part_of(candles, rows)
                old = self._read_file(path, interval)
                merged = new if old is None else merge(old, new)
                if old is None or not equal(old, merged):
                    files[path] = partial(_write_file, window=merged)
            replace_files(files)
        return len(files)

    def read(
        self, symbol: str, interval: Interval, start_ns: int = 0, end_ns: int = LATEST_NS
    ) -> CandleWindow:
        """The candles that start at ``start_ns`` or later and before ``end_ns``; perhaps none.

        A file that the system refuses is told and left out.
        """
        paths = self._paths(symbol, interval)
        first, last = name_at(start_ns, interval), name_at(max(end_ns - 1, 0), interval)
        wanted = [path for path in paths if first <= path.stem <= last]
        whole = join(self._windows(wanted, interval))
        at, to = np.searchsorted(whole.time_ns, (start_ns, end_ns))
        return part_of(whole, slice(int(at), int(to)))

    def newest(self, symbol: str, interval: Interval, count: int) -> CandleWindow:
        """The last ``count`` candles at most; reads no more files than it needs."""
        windows: list[CandleWindow] = []
        held = 0
        for path in reversed(self._paths(symbol, interval)):
            if held >= count:
                break
            for window in self._windows([path], interval):
                windows.append(window)
                held += len(window)
        whole = join(windows[::-1])
        return part_of(whole, slice(max(0, len(whole) - count), len(whole)))

    def files(self, symbol: str, interval: Interval) -> list[str]:
        """The days, months or years that there are files of, oldest first."""
        return [path.stem for path in self._paths(symbol, interval)]

    def bytes_of(self, symbol: str, interval: Interval, name: str) -> int:
        """What the file of a day, month or year takes on the disk; 0 when it is gone."""
        return size_of(self._folder(symbol, interval) / f"{name}{SUFFIX}")

    def symbols(self) -> list[str]:
        """Symbols with a folder, in order of the alphabet."""
        return sorted(path.name for path in self.folder.glob("*") if path.is_dir())

    def _folder(self, symbol: str, interval: Interval) -> Path:
        return self.folder / checked_name(symbol) / interval.value

    def _paths(self, symbol: str, interval: Interval) -> list[Path]:
        return sorted(self._folder(symbol, interval).glob(f"[0-9]*{SUFFIX}"))

    def _windows(self, paths: Iterable[Path], interval: Interval) -> list[CandleWindow]:
        windows = []
        for path in paths:
            try:
                window = self._read_file(path, interval)
            except ReadFailed as error:
                self._tell(error)
                continue
            if window is not None:
                windows.append(window)
        return windows

    def _read_file(self, path: Path, interval: Interval) -> CandleWindow | None:
        """The candles in ``path``; None when there is no such file, or it had to be set aside."""
        try:
            return _read(path, interval)
        except FileDamaged:
            with self._writing:  # what was found damaged may have been replaced since
                try:
                    return _read(path, interval)
                except FileDamaged as error:
                    self._tell(FileDamaged(path, error.reason, set_aside(path)))
                    return None


def merge(old: CandleWindow, new: CandleWindow) -> CandleWindow:
    """All candles of both in order of time; the new one where both have one."""
    kept = ~np.isin(old.time_ns, new.time_ns)
    order = np.argsort(np.concatenate((old.time_ns[kept], new.time_ns)), kind="stable")
    pairs = zip(columns_of(old).values(), columns_of(new).values(), strict=True)
    joined = [np.concatenate((mine[kept], theirs))[order] for mine, theirs in pairs]
    return CandleWindow.from_arrays(*joined)


def equal(one: CandleWindow, other: CandleWindow) -> bool:
    """Whether both hold the same candles, bit for bit but for the sign of zero."""
    pairs = zip(columns_of(one).values(), columns_of(other).values(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def join(windows: list[CandleWindow]) -> CandleWindow:
    """Windows that follow each other as one; raises :class:`BadCandles` when they do not."""
    if len(windows) == 1:
        return windows[0]
    empty = CandleWindow.from_arrays(*[[]] * 6)
    columns = [columns_of(window) for window in windows or [empty]]
    return CandleWindow.from_arrays(
        *(np.concatenate([each[name] for each in columns]) for name in columns[0])
    )


def part_of(window: CandleWindow, rows: slice) -> CandleWindow:
    """Some rows of ``window``, as views."""
    return CandleWindow.from_arrays(*(column[rows] for column in columns_of(window).values()))


def columns_of(window: CandleWindow) -> Columns:
    """Time, open, high, low, close, volume, trades by name, in the order of a window's arrays."""
    values = {name: getattr(window, name) for name in FIELDS}
    return {TIME: window.time_ns, **values, "trades": window.trades}


def _write_file(path: Path, window: CandleWindow) -> None:
    write_checked(path, columns_of(window))


def _read(path: Path, interval: Interval) -> CandleWindow | None:
    """The candles in ``path``; None when there is no such file."""
    try:
        return _checked(path, interval)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ReadFailed(path, error) from None


def _checked(path: Path, interval: Interval) -> CandleWindow:
    columns = read_checked(path, (TIME, *FIELDS, "trades"))
    try:
        window = CandleWindow.from_arrays(*columns.values())
    except BadCandles as error:
        raise FileDamaged(path, str(error)) from None
    if len(window):
        ends = {name_at(int(window.time_ns[at]), interval) for at in (0, -1)}
        if ends != {path.stem}:
            raise FileDamaged(path, f"its candles are of {', '.join(sorted(ends))}")
    return window
