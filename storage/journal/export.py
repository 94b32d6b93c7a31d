"""The journal of an account as a file for other programs: CSV, or a line of JSON an entry."""

import csv
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from storage.errors import JournalDamaged
from storage.files import replace_files
from storage.journal.entry import Entry

COLUMNS = ("account", "seq", "time", "time_ns", "kind", "key", "event")


def export_journal(path: Path, entries: Iterable[Entry]) -> int:
    """Write ``entries``, CSV where ``path`` ends so; returns how many.

    In CSV ``event`` is the event's JSON as text. The file is there wholly or not at all; raises
    ``WriteFailed``, ``JournalFailed`` and ``JournalDamaged``.
    """
    written = 0

    def write(new: Path) -> None:
        nonlocal written
        with new.open("w", encoding="utf-8", newline="") as file:
            written = (_csv if path.suffix == ".csv" else _lines)(file, entries)

    replace_files({path: write})
    return written


def _csv(file: TextIO, entries: Iterable[Entry]) -> int:
    rows, count = csv.writer(file, lineterminator="\n"), 0
    rows.writerow(COLUMNS)
    for entry in entries:
        rows.writerow([*_facts(entry), _text(entry)])
        count += 1
    return count


def _lines(file: TextIO, entries: Iterable[Entry]) -> int:
    count = 0
    for entry in entries:
        facts = dict(zip(COLUMNS, [*_facts(entry), json.loads(_text(entry))], strict=True))
        file.write(f"{json.dumps(facts, ensure_ascii=False)}\n")
        count += 1
    return count


def _facts(entry: Entry) -> list[int | str | None]:
    seconds, rest = divmod(entry.time_ns, 10**9)
    time = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
    return [entry.account, entry.seq, time, entry.time_ns, entry.kind, entry.key]


def _text(entry: Entry) -> str:
    """The event as it was written; raises ``JournalDamaged`` where that is no JSON."""
    try:
        text = entry.body.decode()
        json.loads(text)
    except ValueError as error:
        raise JournalDamaged(entry.account, entry.seq, str(error)) from None
    return text
