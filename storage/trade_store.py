"""Trades on disk, in Parquet files by venue, symbol and day.

``ROOT/trades/VENUE/SYMBOL/DAY.0-00000001.parquet``. Every batch is a file of its own, so nothing
that was stored is touched by the next one, and what is cut off by the end of the process is one
batch. When :data:`FILES` files of a day's level have come together they become one file of the next
level; the trades of a day are all of its files, each id once, so that a process that ends between
the new file and the removal of the old ones does no harm. No name is given twice: the number of a
batch is above all others of its day, that of a merged file is the highest of its parts. So who has
read the names and comes late finds files gone, never others in their place.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from market.types import DAY
from storage.checked_files import read_checked, set_aside, write_checked
from storage.errors import FileDamaged, ReadFailed, StorageError
from storage.files import checked_name, replace_files, size_of
from storage.trade_columns import NAMES, TradeColumns, joined

log = logging.getLogger(__name__)

FILES = 32
ATTEMPTS = 100
SUFFIX = ".parquet"

Tell = Callable[[StorageError], None]


def _log(error: StorageError) -> None:
    log.warning("%s", error)


class TradeStore:
    """The trades of one venue under ``root``. Any thread may read; writers wait for each other.

    ``tell`` hears of damaged files, which are set aside. Nothing is created before the first write.
    Every method raises :class:`storage.errors.BadName` for a symbol that cannot name a folder.
    """

    def __init__(self, root: Path, venue: str, tell: Tell = _log) -> None:
        self.folder = root / "trades" / checked_name(venue)
        self._tell = tell
        self._writing = threading.Lock()

    def add(self, symbol: str, trades: TradeColumns) -> None:
        """Store a batch, in a file for each day; ids that are stored already are kept once.

        Raises :class:`storage.errors.WriteFailed`; then nothing of the batch is stored.
        """
        folder = self._folder(symbol)
        with self._writing:
            days = trades.time // DAY
            files = {}
            for day in np.unique(days).tolist():
                part = joined([trades.rows(days == day)])
                files[_next(folder, day_name(day))] = partial(_write, trades=part)
            replace_files(files)
            for path in files:
                self._merge_full_levels(folder, path.name.partition(".")[0])

    def merge_day(self, symbol: str, day: str) -> None:
        """Make all files of a day one; raises :class:`storage.errors.WriteFailed`."""
        folder = self._folder(symbol)
        with self._writing:
            paths = _files(folder, day)
            if len(paths) > 1:
                self._merge(folder, day, paths, max(map(_level, paths)) + 1)

    def read(self, symbol: str, day: str) -> TradeColumns:
        """The trades of the UTC ``day``, like ``2026-11-21``, by id; perhaps none.

        A file that the system refuses is told and left out. Raises :class:`ReadFailed` when files
        are merged faster than they can be read.
        """
        for _ in range(ATTEMPTS):
            try:
                return joined(self._parts(_files(self._folder(symbol), day), strict=False))
            except FileNotFoundError:
                continue  # merged into another file since its name was read
        raise ReadFailed(self._folder(symbol), OSError("its files change too often"))

    def days(self, symbol: str) -> list[str]:
        """Days with trades, oldest first."""
        return sorted({path.name.partition(".")[0] for path in _files(self._folder(symbol), "*")})

    def bytes_of(self, symbol: str, day: str) -> int:
        """What the day's files take on the disk."""
        return sum(size_of(path) for path in _files(self._folder(symbol), day))

    def symbols(self) -> list[str]:
        """Symbols with a folder, in order of the alphabet."""
        return sorted(path.name for path in self.folder.glob("*") if path.is_dir())

    def _folder(self, symbol: str) -> Path:
        return self.folder / checked_name(symbol)

    def _merge_full_levels(self, folder: Path, day: str) -> None:
        level = 0
        while True:
            paths = [path for path in _files(folder, day) if _level(path) == level]
            if len(paths) < FILES:
                return
            level += 1
            self._merge(folder, day, paths, level)

    def _merge(self, folder: Path, day: str, paths: list[Path], level: int) -> None:
        """Put ``paths`` into one file of ``level``; none is removed while one cannot be read."""
        try:
            trades = joined(self._parts(paths, strict=True))
        except OSError as error:
            self._tell(ReadFailed(folder, error))
            return
        if trades.number:
            merged = _name(folder, day, level, max(map(_number, paths)))
            replace_files({merged: partial(_write, trades=trades)})
        for path in paths:
            path.unlink(missing_ok=True)

    def _parts(self, paths: list[Path], *, strict: bool) -> Iterator[TradeColumns]:
        for path in paths:
            try:
                yield TradeColumns(*read_checked(path, NAMES).values())
            except FileDamaged as error:
                self._tell(FileDamaged(path, error.reason, set_aside(path)))
            except OSError as error:
                if strict or isinstance(error, FileNotFoundError):
                    raise
                self._tell(ReadFailed(path, error))


def day_name(day: int) -> str:
    """``2026-11-21`` of a number of days since 1970."""
    return str(np.datetime64(day, "D"))


def _write(path: Path, trades: TradeColumns) -> None:
    write_checked(path, dict(zip(NAMES, trades, strict=True)))


def _files(folder: Path, day: str) -> list[Path]:
    return sorted(folder.glob(f"{day}.[0-9]*-[0-9]*{SUFFIX}"))


def _level(path: Path) -> int:
    return int(path.name.split(".")[1].partition("-")[0])


def _number(path: Path) -> int:
    return int(path.name.split(".")[1].partition("-")[2])


def _next(folder: Path, day: str) -> Path:
    """The name of a further batch, which none of the day had before."""
    taken = folder.glob(f"{day}.[0-9]*-[0-9]*{SUFFIX}*")
    return _name(folder, day, 0, max(map(_number, taken), default=0) + 1)


def _name(folder: Path, day: str, level: int, number: int) -> Path:
    return folder / f"{day}.{level}-{number:08d}{SUFFIX}"
