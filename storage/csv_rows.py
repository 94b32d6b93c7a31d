"""Rows of delimited text, plain or packed by gzip or zip, with the numbers of their lines."""

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple, cast

from storage.errors import BadImport, ReadFailed

CHUNK = 65_536
"""Rows that are texts in memory at a time."""

DELIMITERS = ",;\t|"


class Rows(NamedTuple):
    """Some rows as texts, and the line on which each ends. ``member`` is the name inside a zip."""

    cells: list[list[str]]
    lines: list[int]
    member: str


def read_rows(path: Path) -> Iterator[Rows]:
    """All rows but empty ones, :data:`CHUNK` at a time.

    Raises :class:`BadImport` when the file is no text or is cut off, :class:`ReadFailed` when the
    system refuses it.
    """
    line = 0
    try:
        with ExitStack() as stack:
            file, member = _open(path, stack)
            text = io.TextIOWrapper(file, "utf-8-sig", errors="replace", newline="")
            reader = csv.reader(text, delimiter=_delimiter(text))
            numbered = ((row, reader.line_num) for row in reader if row)
            while chunk := list(islice(numbered, CHUNK)):
                line = chunk[-1][1]
                yield Rows([row for row, _ in chunk], [at for _, at in chunk], member)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise BadImport(path, f"it is cut off or damaged: {error}") from None
    except csv.Error as error:
        raise BadImport(path, f"it is no delimited text: {error}", line + 1) from None
    except OSError as error:
        raise ReadFailed(path, error) from None


def _open(path: Path, stack: ExitStack) -> tuple[IO[bytes], str]:
    file = stack.enter_context(path.open("rb"))
    start = file.read(4)
    file.seek(0)
    if start[:2] == b"\x1f\x8b":
        return cast(IO[bytes], stack.enter_context(gzip.open(file))), path.name
    if start == b"PK\x03\x04":
        archive = stack.enter_context(zipfile.ZipFile(file))
        names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
        if len(names) != 1:
            raise BadImport(path, f"it packs {len(names)} files; one belongs in it")
        return stack.enter_context(archive.open(names[0])), names[0]
    return file, path.name


def _delimiter(text: io.TextIOWrapper) -> str:
    """The one that parts the first line most often."""
    first = text.readline()
    text.seek(0)
    return max(DELIMITERS, key=first.count)
