"""The journal of paper accounts: from an event to "it is on the disk", beside what the disk takes.

An order's entry goes through the writer's thread and is waited for. What one forced write of 4
KiB takes on the same disk (the folder of ``TMPDIR``) is measured in turn with it. PostgreSQL's
rows need Debian's package; its server runs with fsync on.
"""

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

from benchmarks.harness import Row, measure, measure_in_turn
from storage.journal.entry import Entry, Journal
from storage.journal.opening import open_journal
from storage.journal.writer import JournalWriter
from tests.storage.journal.postgres_server import PostgresServer, programs

BODY = b'{"id":123456,"order":{"symbol":"BTC-USD","side":"buy","kind":"limit","size":"0.25"}}' * 3
BURST = 10_000


@contextmanager
def writing(journal: Journal) -> Iterator[Callable[[int], None]]:
    """Writes that many entries to ``journal``, one by one, and waits for the last."""
    journal.claim(journal.add_account("Main", "live", 1).id)
    writer, numbers = JournalWriter(journal, print), count(1)

    def write(number: int) -> None:
        done = threading.Event()
        for left in range(number, 0, -1):
            entry = Entry(1, next(numbers), 1, "OrderAccepted", BODY)
            writer.write((entry,), _nothing if left > 1 else lambda _: done.set())
        done.wait()

    writer.start()
    try:
        yield write
    finally:
        writer.close()
        journal.close()


@contextmanager
def forcing(folder: Path) -> Iterator[Callable[[], None]]:
    """Forces 4 KiB to the disk, over and over in a file that is there already."""
    handle = os.open(folder / "forced", os.O_RDWR | os.O_CREAT)
    page, places = bytes(4096), count()
    os.pwrite(handle, bytes(4096 * 64), 0)
    os.fsync(handle)

    def write() -> None:
        os.pwrite(handle, page, next(places) % 64 * 4096)
        os.fdatasync(handle)

    try:
        yield write
    finally:
        os.close(handle)


def rows_of(name: str, journal: Journal, folder: Path) -> list[Row]:
    """One order alone beside a forced write, in turn; then a burst of orders."""
    with writing(journal) as write, forcing(folder) as force:
        forced, alone = measure_in_turn(
            (f"{name}: 4 KiB forced to the disk, in turn with", force),
            (f"{name}: one order, until it is durable", lambda: write(1)),
            runs=400,
            clock=time.perf_counter_ns,
        )
        burst = measure(
            f"{name}: {BURST:,} orders, until all are durable", lambda: write(BURST), runs=7
        )
    each = burst.median_ms / BURST * 1e3
    note = f"{each:.1f} µs each, {1e6 / each:,.0f} a second"
    return [forced, replace(alone, goal="<= 2 ms"), replace(burst, note=note)]


def run() -> list[Row]:
    """Memory and both databases."""
    folder = Path(tempfile.mkdtemp(prefix="candlecast-bench-"))
    try:
        rows = rows_of("memory", open_journal(None, None), folder)
        rows += rows_of("SQLite", open_journal(None, folder), folder)
        return rows + (_postgres(folder) if programs() is not None else [])
    finally:
        shutil.rmtree(folder)


def _postgres(folder: Path) -> list[Row]:
    server = PostgresServer(fsync=True)
    try:
        server.start()
        return rows_of("PostgreSQL", open_journal(server.new_database(), None), folder)
    finally:
        server.remove()


def _nothing(_: object) -> None:
    """Nobody waits for this one."""
