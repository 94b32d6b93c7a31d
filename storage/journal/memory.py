"""A journal that ends with the program: for replays, and for a program that is to keep nothing."""

import threading
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from storage.errors import JournalConflict
from storage.journal.entry import Account, Entry, refuse_unfit

WHERE = "memory"


class MemoryJournal:
    """See :class:`storage.journal.entry.Journal`; nothing is on a disk, nobody else can write."""

    def __init__(self) -> None:
        self._accounts: list[Account] = []
        self._entries: dict[int, list[Entry]] = {}
        self._keys: dict[tuple[int, str], Entry] = {}
        self._lock = threading.Lock()

    def accounts(self) -> tuple[Account, ...]:
        """All accounts, by id."""
        return tuple(self._accounts)

    def add_account(self, name: str, market: str, time_ns: int) -> Account:
        """A new account without entries; ``JournalConflict`` when ``market`` has that name."""
        with self._lock:
            if any((known.name, known.market) == (name, market) for known in self._accounts):
                raise JournalConflict(WHERE, f"there is a {market} account {name!r} already")
            account = Account(len(self._accounts) + 1, name, market, time_ns)
            self._entries[account.id] = []
            self._accounts.append(account)
            return account

    def claim(self, account: int) -> None:
        """Nothing to do: memory is nobody else's."""

    def last(self, account: int) -> int:
        """The newest ``seq`` of ``account``, 0 without entries."""
        return len(self._entries.get(account, ()))

    def entries(self, account: int, after: int = 0, most: int | None = None) -> Iterator[Entry]:
        """The entries of ``account`` behind ``after``, in order; at most ``most`` of them."""
        end = None if most is None else after + most
        return iter(self._entries.get(account, [])[after:end])

    def newest(
        self, account: int, before: int, most: int, without: Collection[str] = ()
    ) -> Sequence[Entry]:
        """The newest ``most`` entries of ``account`` with a seq below ``before``, newest first."""
        older = reversed(self._entries.get(account, [])[: max(before - 1, 0)])
        return list(islice((entry for entry in older if entry.kind not in without), most))

    def find(self, account: int, key: str) -> Entry | None:
        """The entry of ``account`` with that idempotency key."""
        return self._keys.get((account, key))

    def append(self, entries: Sequence[Entry]) -> None:
        """Add all of ``entries`` or none; raises ``JournalConflict``."""
        refuse_unfit(entries, WHERE)
        with self._lock:
            new = [entry for entry in entries if not self._has(entry)]
            ends: dict[int, int] = {}
            keys: set[tuple[int, str]] = set()
            for entry in new:
                if entry.account not in self._entries:
                    raise JournalConflict(WHERE, f"there is no paper account {entry.account}")
                end = ends.get(entry.account, len(self._entries[entry.account]))
                if entry.seq != end + 1:
                    raise JournalConflict(WHERE, _no_place(entry, end))
                ends[entry.account] = entry.seq
                if entry.key is not None:
                    keyed = (entry.account, entry.key)
                    if keyed in self._keys or keyed in keys:
                        raise JournalConflict(WHERE, f"key {entry.key!r} was used before")
                    keys.add(keyed)
            for entry in new:
                self._entries[entry.account].append(entry)
                if entry.key is not None:
                    self._keys[entry.account, entry.key] = entry

    def rest(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""

    def _has(self, entry: Entry) -> bool:
        known = self._entries.get(entry.account, [])
        return entry.seq <= len(known) and known[entry.seq - 1] == entry


def _no_place(entry: Entry, end: int) -> str:
    return f"entry {entry.seq} of paper account {entry.account} was to follow entry {end}"
