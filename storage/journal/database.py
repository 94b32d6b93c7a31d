"""The journal in a database, of whatever kind."""

import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, select
from sqlalchemy.exc import IntegrityError

from storage.errors import AccountBusy, JournalConflict, JournalDamaged, JournalFailed
from storage.journal.database_kind import UNREACHABLE, Database
from storage.journal.entry import Account, Entry, checksum, refuse_unfit
from storage.journal.schema import newest, revision, upgrade
from storage.journal.tables import ACCOUNTS, JOURNAL

LEAVING_S = 2.0
PAGE = 5_000
ENTRIES = select(
    JOURNAL.c.account, JOURNAL.c.seq, JOURNAL.c.time_ns, JOURNAL.c.kind, JOURNAL.c.body,
    JOURNAL.c.key, JOURNAL.c.crc,
)  # fmt: skip


class _Refused(Exception):
    """A constraint or a trigger of the tables refused rows."""


class DatabaseJournal:
    """See :class:`storage.journal.entry.Journal`. Call :meth:`open` first.

    One connection writes and holds the claims; after a failure it is thrown away, and the next
    write makes another and claims anew. All else takes a connection each time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._held: Connection | None = None
        self._claimed: set[int] = set()

    def open(self) -> None:
        """Make or update the tables; raises ``JournalFailed`` and ``BadDatabase``."""
        with self._connected() as connection:
            if revision(connection) == newest():
                return
        with self._connected(writes=True) as connection, connection.begin():
            self._database.exclude(connection)
            upgrade(connection, self._database.where)

    def accounts(self) -> tuple[Account, ...]:
        """All accounts, by id."""
        rows = self._rows(select(ACCOUNTS).order_by(ACCOUNTS.c.id))
        return tuple(Account(*row) for row in rows)

    def add_account(self, name: str, market: str, time_ns: int) -> Account:
        """A new account without entries; ``JournalConflict`` when ``market`` has that name."""
        values = {"name": name, "market": market, "opened_ns": time_ns}
        try:
            with self._connected(writes=True) as connection, connection.begin():
                added = connection.execute(insert(ACCOUNTS).values(values).returning(ACCOUNTS.c.id))
                number = added.scalar_one()
        except _Refused:
            raise self._conflict(f"there is a {market} account {name!r} already") from None
        return Account(number, name, market, time_ns)

    def claim(self, account: int) -> None:
        """Make this process the only one that writes to ``account``; raises ``AccountBusy``.

        A process that has just been killed may hold it for a moment.
        """
        end_s = time.monotonic() + LEAVING_S
        while True:
            try:
                with self._holding() as connection:
                    self._database.claim(connection, account)
                    self._claimed.add(account)
            except AccountBusy:
                if time.monotonic() > end_s:
                    raise
                time.sleep(LEAVING_S / 50)
            else:
                return

    def last(self, account: int) -> int:
        """The newest ``seq`` of ``account``, 0 without entries."""
        newest = select(func.max(JOURNAL.c.seq)).where(JOURNAL.c.account == account)
        return self._rows(newest)[0][0] or 0

    def entries(self, account: int, after: int = 0, most: int | None = None) -> Iterator[Entry]:
        """The entries of ``account`` behind ``after``, in order; at most ``most`` of them.

        A page of them is read at a time, so that no transaction stays open. Raises
        ``JournalDamaged`` where one is missing or is not what was written.
        """
        end = None if most is None else after + most
        while end is None or after < end:
            count = PAGE if end is None else min(PAGE, end - after)
            wanted = and_(JOURNAL.c.account == account, JOURNAL.c.seq > after)
            page = self._rows(ENTRIES.where(wanted).order_by(JOURNAL.c.seq).limit(count))
            for row in page:
                after += 1
                if row.seq != after:
                    raise JournalDamaged(account, after, "it is missing")
                yield _entry(row)
            if len(page) < PAGE:
                return

    def newest(
        self, account: int, before: int, most: int, without: Collection[str] = ()
    ) -> Sequence[Entry]:
        """The newest ``most`` entries of ``account`` with a seq below ``before``, newest first."""
        older = and_(JOURNAL.c.account == account, JOURNAL.c.seq < before)
        wanted = and_(older, JOURNAL.c.kind.not_in(without))
        rows = self._rows(ENTRIES.where(wanted).order_by(JOURNAL.c.seq.desc()).limit(most))
        return [_entry(row) for row in rows]

    def find(self, account: int, key: str) -> Entry | None:
        """The entry of ``account`` with that idempotency key."""
        rows = self._rows(ENTRIES.where(JOURNAL.c.account == account, JOURNAL.c.key == key))
        return _entry(rows[0]) if rows else None

    def append(self, entries: Sequence[Entry]) -> None:
        """Add all of ``entries`` or none; when it returns they are on the disk."""
        refuse_unfit(entries, self._database.where)
        if not entries:
            return
        try:
            self._add(entries)
        except _Refused:
            try:
                self._add(self._missing(entries))
            except _Refused as error:
                raise self._conflict(str(error)) from None

    def rest(self) -> None:
        """Do what is better done while nobody waits."""
        with self._holding() as connection:
            self._database.rest(connection)

    def close(self) -> None:
        """Give back accounts and connections; call once, last."""
        with self._lock:
            self._drop()
        self._database.close()

    def _add(self, entries: Sequence[Entry]) -> None:
        if entries:
            with self._holding() as connection:
                self._database.add(connection, entries)

    def _missing(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those of ``entries`` that are not there; ``JournalConflict`` where others are."""
        missing = []
        for account in {entry.account for entry in entries}:
            ours = [entry for entry in entries if entry.account == account]
            known = {entry.seq: entry for entry in self.entries(account, ours[0].seq - 1)}
            for entry in ours:
                if known.get(entry.seq, entry) != entry:
                    raise self._conflict(f"entry {entry.seq} of paper account {account} differs")
            missing += [entry for entry in ours if entry.seq not in known]
        return missing

    def _rows(self, query: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        """What ``query`` finds; a connection that was kept and has died meanwhile costs nothing."""
        try:
            return self._found(query)
        except JournalFailed:
            return self._found(query)

    def _found(self, query: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        with self._connected() as connection:
            return connection.execute(query).all()

    def _conflict(self, reason: str) -> JournalConflict:
        return JournalConflict(self._database.where, reason)

    @contextmanager
    def _connected(self, writes: bool = False) -> Iterator[Connection]:
        """A connection for once."""
        try:
            with self._database.engine.connect() as connection:
                yield connection.execution_options(writes=writes)
        except UNREACHABLE as error:
            raise self._meaning(error) from None

    @contextmanager
    def _holding(self) -> Iterator[Connection]:
        """The connection that stays, made anew where it failed; for one thread at a time."""
        with self._lock:
            try:
                yield self._connection()
            except UNREACHABLE as error:
                meaning = self._meaning(error)
                if isinstance(meaning, JournalFailed):
                    self._drop()
                raise meaning from None
            except JournalFailed:
                self._drop()
                raise

    def _connection(self) -> Connection:
        if self._held is None:
            self._held = self._database.hold()
            try:
                for account in self._claimed:
                    self._database.claim(self._held, account)
            except AccountBusy as error:
                raise JournalFailed(self._database.where, str(error)) from None
        return self._held

    def _drop(self) -> None:
        if self._held is not None:
            self._held.invalidate()
            self._held.close()
            self._held = None

    def _meaning(self, error: Exception) -> "JournalFailed | _Refused":
        cause = getattr(error, "orig", None) or error
        code, words = "", str(cause)
        if cause.args and isinstance(cause.args[0], dict):  # PostgreSQL's: C its kind, M its words
            code, words = (str(cause.args[0].get(part, "")) for part in "CM")
        if isinstance(error, IntegrityError) or code.startswith("23"):
            return _Refused(words)
        return JournalFailed(self._database.where, words)


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    """The entry in ``row``; raises ``JournalDamaged`` where it is not what was written."""
    entry = Entry(row.account, row.seq, row.time_ns, row.kind, bytes(row.body), row.key)
    if checksum(entry) != row.crc:
        raise JournalDamaged(entry.account, entry.seq, "its checksum is another")
    return entry
