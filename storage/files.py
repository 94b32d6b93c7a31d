"""Files that are there wholly or not at all, and names that are safe as folders."""

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from storage.errors import BadName, WriteFailed
from storage.segments import sync_folder

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
TEMPORARY = ".new"

WriteFile = Callable[[Path], None]


def checked_name(text: str) -> str:
    """``text``; raises :class:`BadName` unless it is safe as a folder's name."""
    if _NAME.fullmatch(text) is None:
        raise BadName(text)
    return text


def replace_files(files: Mapping[Path, WriteFile]) -> None:
    """Write all of ``files`` beside their places, force them to disk, then rename them into place.

    Raises :class:`WriteFailed`; then no file was changed, unless renaming itself failed halfway.
    """
    made: list[tuple[Path, Path]] = []
    path = Path()
    try:
        for path, write in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
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


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
