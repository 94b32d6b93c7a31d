"""Files that are there wholly or not at all, folders of one writer, and names safe as folders."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from storage.errors import BadName, StoreBusy, WriteFailed
from storage.segments import sync_folder

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
TEMPORARY = ".new"

LOCK = ".lock"

WriteFile = Callable[[Path], None]


def checked_name(text: str) -> str:
    """``text``; raises :class:`BadName` unless it is safe as a folder's name."""
    if _NAME.fullmatch(text) is None:
        raise BadName(text)
    return text


def replace_files(files: Mapping[Path, WriteFile]) -> None:
    """Write all of ``files`` beside their places, force them to disk, then rename them into place.

    Several threads and processes may write the same file: the last one to finish wins. Raises
    :class:`WriteFailed`; then no file was changed, unless renaming itself failed halfway.
    """
    made: list[tuple[Path, Path]] = []
    path = Path()
    try:
        for path, write in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f".{path.name}.{os.urandom(8).hex()}{TEMPORARY}")
            made.append((new, path))
            write(new)
            _sync(new)
        for new, path in made:
            new.replace(path)
        for folder in {path.parent for path in files}:
            sync_folder(folder)
    except OSError as error:
        raise WriteFailed(path, error) from None
    finally:
        for new, _ in made:
            with suppress(OSError):
                new.unlink(missing_ok=True)


def write_synced(path: Path, content: bytes) -> None:
    """Write a new file and force it to disk; raises ``OSError``."""
    path.write_bytes(content)
    _sync(path)


def size_of(path: Path) -> int:
    """What a file takes on the disk; 0 when it is gone."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def turn_in(folder: Path) -> Iterator[None]:
    """Wait until no other thread or process is in here for the same ``folder``, which is there.

    Where the system cannot lock (Windows) nobody waits. Raises ``OSError``.
    """
    with FileIO(folder / LOCK, "ab") as file:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - not there on Windows

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def claim_folder(folder: Path) -> FileIO:
    """Make this process the only one that writes to ``folder``, until the file returned is closed.

    The system gives the folder back when the process ends in whatever way. Where it cannot lock
    (Windows) nobody is kept out. Raises :class:`StoreBusy`, :class:`WriteFailed`.
    """
    file = lock_file(folder / LOCK)
    if file is None:
        raise StoreBusy(folder)
    return file


def lock_file(path: Path) -> FileIO | None:
    """``path`` opened and locked until it is closed; None when another process has locked it.

    Where the system cannot lock (Windows) nobody is kept out. Raises :class:`WriteFailed`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = FileIO(path, "ab")
    except OSError as error:
        raise WriteFailed(path, error) from None
    if sys.platform != "win32":
        import fcntl  # noqa: PLC0415 - not there on Windows

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return None
    return file


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
