"""Commit before acknowledge: what happened to an account is told once the journal has it."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from storage.errors import StorageError
from storage.journal.entry import Entry
from storage.journal.writer import JournalWriter
from trading.paper.event_codec import encode, kind_of
from trading.paper.events import Event

__all__ = ["Numbered", "Recording"]


class Numbered(NamedTuple):
    """An event with its place in the account's journal."""

    seq: int
    event: Event


class _Waiter(NamedTuple):
    seq: int
    then: Callable[[StorageError | None], None]


class Recording:
    """The events of one account on their way into the journal. For the runner's thread.

    :meth:`record` numbers events, :meth:`flush` hands what was recorded to ``writer`` as one group.
    When the journal has them, ``told`` is called with them, then whoever asked :meth:`when`.
    """

    def __init__(
        self,
        account: int,
        seq: int,
        writer: JournalWriter,
        post: Callable[[Callable[[], None]], None],
        told: Callable[[Sequence[Numbered]], None],
    ) -> None:
        """``seq`` is the newest one that is in the journal already; ``post`` runs a job here."""
        self.account = account
        self.seq = seq
        self.committed = seq
        self.error: StorageError | None = None
        self._writer = writer
        self._post = post
        self._told = told
        self._new: list[Entry] = []
        self._flying: deque[Numbered] = deque()
        self._waiters: deque[_Waiter] = deque()

    def record(self, events: Sequence[Event], key: str | None = None) -> int:
        """Number ``events``, which are not empty; the first, whose seq returns, gets ``key``."""
        first = self.seq + 1
        for event in events:
            self.seq += 1
            kind, body = kind_of(event), encode(event)
            self._new.append(Entry(self.account, self.seq, event.time_ns, kind, body, key))
            self._flying.append(Numbered(self.seq, event))
            key = None
        return first

    def flush(self) -> None:
        """Write what was recorded since the last call."""
        if not self._new:
            return
        entries, self._new = self._new, []
        last = entries[-1].seq
        self._writer.write(entries, lambda error: self._post(lambda: self._done(last, error)))

    def when(self, seq: int, then: Callable[[StorageError | None], None]) -> None:
        """Call ``then`` once the journal has ``seq``, with an error if it never will."""
        if self.error is not None or seq <= self.committed:
            then(self.error)
        else:
            self._waiters.append(_Waiter(seq, then))

    @property
    def waiting(self) -> int:
        """Events that the journal does not have yet."""
        return self.seq - self.committed

    def _done(self, last: int, error: StorageError | None) -> None:
        if error is not None:
            self._fail(error)
            return
        self.committed = last
        whole = []
        while self._flying and self._flying[0].seq <= last:
            whole.append(self._flying.popleft())
        self._told(whole)
        while self._waiters and self._waiters[0].seq <= last:
            self._waiters.popleft().then(None)

    def _fail(self, error: StorageError) -> None:
        self.error = error
        waiters, self._waiters = self._waiters, deque()
        for waiter in waiters:
            waiter.then(error)
