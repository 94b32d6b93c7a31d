"""Parquet files that carry a checksum of their columns, and what becomes of damaged ones."""

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from storage.errors import FileDamaged
from storage.parquet import TIME, Columns, read_columns, write_columns

DAMAGED = ".damaged"
CHECKSUM = "candlecast.crc32"


def write_checked(path: Path, columns: Columns) -> None:
    """Write ``columns`` and their checksum; raises ``OSError``."""
    write_columns(path, columns, {CHECKSUM: _checksum(columns)})


def read_checked(path: Path, names: Sequence[str]) -> Columns:
    """The columns ``names`` of a file as they were written, times as int64.

    Raises :class:`FileDamaged` when it holds anything else, and ``OSError``.
    """
    columns, notes = read_columns(path)
    if TIME in columns and columns[TIME].dtype.kind == "M":
        columns[TIME] = columns[TIME].view(np.int64)
    if list(columns) != list(names):
        raise FileDamaged(path, f"its columns are {', '.join(columns)}; {', '.join(names)} belong")
    if notes.get(CHECKSUM) != _checksum(columns):
        raise FileDamaged(path, "its checksum is not that of its columns")
    return columns


def set_aside(path: Path) -> Path | None:
    """Rename a damaged file so that nobody reads it again; None if the system refuses."""
    for number in range(1, 1000):
        aside = path.with_name(f"{path.name}{DAMAGED}-{number}")
        if not aside.exists():
            try:
                return path.rename(aside)
            except OSError:
                return None
    return None


def _checksum(columns: Columns) -> str:
    crc = 0
    for values in columns.values():
        crc = zlib.crc32(np.ascontiguousarray(values).data, crc)
    return f"{crc:08x}"
