"""Finished backtests on disk: a folder for each, there as a whole or not at all.

``ROOT/runs/000012/`` holds ``run.json``, ``arrays.npz`` (numpy, nothing pickled) and
``SHA256SUMS`` of both, as the program of that name reads it. It is written under a temporary name,
forced to disk and renamed, so a process that dies leaves the runs before it as they were; what it
left is removed an hour later. Candles lie once for all runs over them, in
``ROOT/runs/candles/KEY.parquet``.
"""

import hashlib
import io
import os
import shutil
import time
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from market.columns import CandleWindow
from storage.candle_files import candles_in, put_candles
from storage.errors import FileDamaged, ReadFailed, WriteFailed
from storage.files import TEMPORARY, checked_name, replace_files, turn_in, write_synced
from storage.segments import sync_folder

__all__ = ["RunStore"]

DOCUMENT, ARRAYS, SUMS = "run.json", "arrays.npz", "SHA256SUMS"
LAST = "last"
LEFT_S = 3600.0
"""Age from which something half written is nobody's work any more."""

Arrays = Mapping[str, NDArray[Any]]


class RunStore:
    """The runs under ``root``, by number. Nothing is created before the first is added.

    Any thread or process may read and add. Errors are those of :mod:`storage.errors`.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / "runs"

    def add(self, document: bytes, arrays: Arrays) -> int:
        """Keep a run; returns its number, which none had before. Raises ``WriteFailed``."""
        new = self.folder / f".{os.urandom(8).hex()}{TEMPORARY}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._clear()
            new.mkdir()
            _write_run(new, document, arrays)
            with turn_in(self.folder):
                number = self._place(new)
            sync_folder(self.folder)
        except OSError as error:
            raise WriteFailed(self.folder, error) from None
        finally:
            shutil.rmtree(new, ignore_errors=True)
        return number

    def numbers(self) -> list[int]:
        """Of all runs, lowest first."""
        found = (path.name for path in self.folder.glob("[0-9]*") if path.is_dir())
        return sorted(int(name) for name in found if name.isdecimal())

    def document(self, number: int) -> bytes:
        """The text of a run; raises ``FileDamaged`` and ``ReadFailed``."""
        return self._checked(number, DOCUMENT)

    def arrays(self, number: int) -> dict[str, NDArray[Any]]:
        """The arrays of a run, read-only; raises ``FileDamaged`` and ``ReadFailed``."""
        content = self._checked(number, ARRAYS)
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as kept:
                found = {name: kept[name] for name in kept.files}
        except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise FileDamaged(self._path(number) / ARRAYS, str(error)) from None
        for array in found.values():
            array.flags.writeable = False
        return found

    def remove(self, number: int) -> None:
        """Forget a run; one that is not there is forgotten already. Raises ``WriteFailed``."""
        path = self._path(number)
        gone = self.folder / f".{os.urandom(8).hex()}{TEMPORARY}"
        try:
            with turn_in(self.folder):
                last = f"{self._last()}\n"
                # No number is given again, wherever this ends.
                replace_files({self.folder / LAST: lambda new: _write_text(new, last)})
                path.rename(gone)  # first out of sight as a whole, then file by file
            shutil.rmtree(gone)
        except FileNotFoundError:
            return
        except OSError as error:
            raise WriteFailed(path, error) from None

    def keep_candles(self, key: str, candles: CandleWindow) -> None:
        """Keep ``candles`` unless something is kept under ``key``; raises ``WriteFailed``."""
        path = self._candles_path(key)
        if not path.exists():
            put_candles(path, candles)

    def candles(self, key: str) -> CandleWindow:
        """What was kept under ``key``; raises ``FileDamaged`` and ``ReadFailed``."""
        return candles_in(self._candles_path(key))

    def drop_candles(self, wanted: Iterable[str]) -> None:
        """Remove all candles but those ``wanted``; what the system refuses stays."""
        keep = {f"{key}.parquet" for key in wanted}
        for path in (self.folder / "candles").glob("*.parquet"):
            if path.name not in keep:
                path.unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}"

    def _candles_path(self, key: str) -> Path:
        return self.folder / "candles" / f"{checked_name(key)}.parquet"

    def _place(self, new: Path) -> int:
        """Rename ``new`` to the next number that no other process takes meanwhile."""
        number = self._last() + 1
        while True:
            try:
                new.rename(self._path(number))
            except OSError:
                if not self._path(number).exists():
                    raise
                number += 1
            else:
                return number

    def _last(self) -> int:
        """The highest number that was given."""
        try:
            removed = int((self.folder / LAST).read_text())
        except (OSError, ValueError):
            removed = 0
        return max(*self.numbers(), removed, 0)

    def _clear(self) -> None:
        """Remove what a process that is gone left half written."""
        for path in self.folder.glob(f".*{TEMPORARY}"):
            with suppress(FileNotFoundError):  # another's work, finished since it was listed
                if path.stat().st_mtime < time.time() - LEFT_S:
                    shutil.rmtree(path, ignore_errors=True)

    def _checked(self, number: int, name: str) -> bytes:
        path = self._path(number) / name
        try:
            content = path.read_bytes()
            sums = (self._path(number) / SUMS).read_text(errors="replace")
        except OSError as error:
            raise ReadFailed(path, error) from None
        if _sum_line(name, content) not in sums.splitlines():
            raise FileDamaged(path, "it is not what was written")
        return content


def _write_run(folder: Path, document: bytes, arrays: Arrays) -> None:
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **arrays)
    contents = {DOCUMENT: document, ARRAYS: packed.getvalue()}
    sums = "".join(f"{_sum_line(name, content)}\n" for name, content in contents.items())
    for name, content in {**contents, SUMS: sums.encode()}.items():
        write_synced(folder / name, content)
    sync_folder(folder)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text)


def _sum_line(name: str, content: bytes) -> str:
    return f"{hashlib.sha256(content).hexdigest()}  {name}"
