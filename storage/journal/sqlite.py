"""The journal in an SQLite file: write-ahead log, each commit forced to the disk."""

import os
import sqlite3
from collections.abc import Sequence
from io import FileIO
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import NullPool

from storage.errors import AccountBusy, JournalFailed, WriteFailed
from storage.files import lock_file
from storage.journal.entry import Entry, checksum

BUSY_S = 1.0
"""How long a lock of another program is waited for before that is told."""
LOG_PAGES = 4_000
"""Pages of the log (16 MB) at which a commit also moves them to the file, if there was no rest."""
INSERT = (
    "INSERT INTO journal (account, seq, time_ns, kind, body, key, crc) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
GONE = "the file was removed or replaced"
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=ON",  # macOS: past the drive's own cache
    "foreign_keys=ON",
    f"wal_autocheckpoint={LOG_PAGES}",
)


class SqliteDatabase:
    """See :class:`storage.journal.database_kind.Database`. The file is made if it is not there."""

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._path = path
        self._file: tuple[int, int] | None = None
        self._locks: dict[int, FileIO] = {}
        self.engine = create_engine(
            "sqlite://", creator=self._connect, poolclass=NullPool, hide_parameters=True
        )
        event.listen(self.engine, "begin", _begin)

    def exclude(self, connection: Connection) -> None:
        """Nothing to do: a writer is alone."""

    def hold(self) -> Connection:
        """A connection for writing."""
        return self.engine.connect().execution_options(writes=True)

    def claim(self, connection: Connection, account: int) -> None:
        """Lock a file beside the database; raises ``AccountBusy``."""
        if account in self._locks:
            return
        try:
            lock = lock_file(self._path.with_name(f"{self._path.name}.account-{account}.lock"))
        except WriteFailed as error:
            raise JournalFailed(self.where, str(error)) from None
        if lock is None:
            raise AccountBusy(account, self.where)
        self._locks[account] = lock

    def add(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Commit ``entries`` to the file that is at its path."""
        rows = [(*entry, checksum(entry)) for entry in entries]
        with connection.begin():
            connection.exec_driver_sql(INSERT, rows)
        if self._file != _identity(self._path):
            raise JournalFailed(self.where, GONE)

    def rest(self, connection: Connection) -> None:
        """Move what the log holds to the file, as far as no reader is in the way."""
        with self.engine.connect() as aside:  # inside of a writer's transaction it is refused
            aside.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Give the accounts back."""
        for lock in self._locks.values():
            lock.close()
        self._locks.clear()
        self.engine.dispose()

    def _connect(self) -> sqlite3.Connection:
        """Only the first connection may make the file; later ones go to no other.

        What is in the log of the file that was there would end up in a file put in its place.
        """
        if self._file not in {None, _identity(self._path)}:
            raise JournalFailed(self.where, GONE)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise JournalFailed(self.where, error.strerror or str(error)) from None
        mode = "rwc" if self._file is None else "rw"
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise
        self._file = self._file or _identity(self._path)
        return connection


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file is at ``path``; None without one."""
    try:
        found = os.stat(path)  # noqa: PTH116 - at every commit
    except OSError:
        return None
    return found.st_dev, found.st_ino
