"""What a journal holds, and what every kind of journal can do."""

import zlib
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, Protocol

from storage.errors import JournalConflict

LONGEST_KEY = 300


class Account(NamedTuple):
    """A paper account as the journal knows it; ``opened_ns`` is UTC."""

    id: int
    name: str
    market: str
    opened_ns: int


class Entry(NamedTuple):
    """One event of an account.

    ``seq`` counts from 1 in each account without holes; ``time_ns`` is UTC; ``kind`` says how
    ``body`` is to be read. ``key`` is the idempotency key of the command that led to it (1 to 300
    printable characters), None without one; an account has it once.
    """

    account: int
    seq: int
    time_ns: int
    kind: str
    body: bytes
    key: str | None = None


class Journal(Protocol):
    """Entries by account; once in, nothing is ever changed or removed.

    Methods are for any thread. Errors are those of :mod:`storage.errors`: ``JournalFailed`` for
    what may work a moment later, ``JournalConflict`` and ``JournalDamaged`` for what never will.
    """

    def accounts(self) -> tuple[Account, ...]:
        """All accounts, by id."""
        ...

    def add_account(self, name: str, market: str, time_ns: int) -> Account:
        """A new account without entries; ``JournalConflict`` when ``market`` has that name."""
        ...

    def claim(self, account: int) -> None:
        """Make this process the only one that writes to ``account``; raises ``AccountBusy``.

        The claim ends with the process, in whatever way that ends, or with :meth:`close`.
        """
        ...

    def last(self, account: int) -> int:
        """The newest ``seq`` of ``account``, 0 without entries."""
        ...

    def entries(self, account: int, after: int = 0, most: int | None = None) -> Iterator[Entry]:
        """The entries of ``account`` behind ``after``, in order; at most ``most`` of them.

        Reading keeps nobody from writing, however long it takes.
        """
        ...

    def newest(
        self, account: int, before: int, most: int, without: Collection[str] = ()
    ) -> Sequence[Entry]:
        """The newest ``most`` entries of ``account`` with a seq below ``before``, newest first.

        Those whose kind is one of ``without`` are left out.
        """
        ...

    def find(self, account: int, key: str) -> Entry | None:
        """The entry of ``account`` with that idempotency key."""
        ...

    def append(self, entries: Sequence[Entry]) -> None:
        """Add all of ``entries`` or none; when it returns they are on the disk.

        Entries that are there already, equal in every part, are not added again: after a
        ``JournalFailed``, which leaves open whether they were added, append them once more.
        """
        ...

    def rest(self) -> None:
        """Do what is better done while nobody waits."""
        ...

    def close(self) -> None:
        """Give back accounts and connections; call once, last."""
        ...


def checksum(entry: Entry) -> int:
    """CRC-32 of every part of ``entry``."""
    head = f"{entry.account} {entry.seq} {entry.time_ns} {entry.kind} {entry.key or ''} "
    return zlib.crc32(entry.body, zlib.crc32(head.encode()))


def refuse_unfit(entries: Sequence[Entry], where: str) -> None:
    """Raise ``JournalConflict`` for what no journal can keep."""
    for entry in entries:
        key = entry.key
        fits = key is None or (0 < len(key) <= LONGEST_KEY and key.isprintable())
        if not (fits and entry.kind.isprintable() and entry.seq > 0):
            raise JournalConflict(
                where,
                f"entry {entry.seq} of paper account {entry.account} was of kind {entry.kind!r} "
                f"with key {key!r}; allowed are printable kinds and keys, keys of 1 to "
                f"{LONGEST_KEY} characters",
            )
