"""Writes entries in a thread of its own: whatever waits goes to the disk in one commit.

Nobody is told of an entry before it is on the disk. While the journal is out of reach (locked,
gone, full) everything waits and is tried again; nothing is lost and nothing is written twice.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from storage.errors import JournalFailed, StorageError
from storage.journal.entry import Entry, Journal

log = logging.getLogger(__name__)

Done = Callable[[StorageError | None], None]

FIRST_WAIT_S = 0.05
LONGEST_WAIT_S = 2.0
MOST_AT_ONCE = 5_000
ROOM = 50_000
QUIET_S = 0.5
"""Seconds without an entry before the journal is told to rest."""
LOOK_S = 4.0
"""Seconds between rests while nothing is written: so a journal that is gone is told early."""


class JournalState(NamedTuple):
    """How far the journal is: entries that wait, and why they do (empty while nothing is wrong)."""

    waiting: int
    failing: str

    def __str__(self) -> str:
        if self.failing:
            return f"failing: {self.failing}"
        return f"behind {self.waiting:,}" if self.waiting else "in sync"


class _Group(NamedTuple):
    entries: Sequence[Entry]
    done: Done


class JournalWriter:
    """The one writer of ``journal``, whose accounts must have been claimed.

    ``failed`` is called in the writer's thread with a sentence when the journal gets out of reach
    and with "" when it is back. Methods are for any thread.
    """

    def __init__(self, journal: Journal, failed: Callable[[str], None]) -> None:
        self._journal = journal
        self._failed = failed
        self._waiting: deque[_Group] = deque()
        self._flying: list[_Group] = []
        self._count = self._lost = 0
        self._failing = ""
        self._refused: dict[int, StorageError] = {}
        self._ending = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def start(self) -> None:
        """Start the thread; call once."""
        self._thread.start()

    def write(self, entries: Sequence[Entry], done: Done) -> None:
        """Write ``entries``, which are not empty and all of one account, behind those before them.

        ``done`` is called once, in the order of the writes: with None when they are on the disk,
        with an error when they never will be (``JournalConflict``: then every later write to that
        account ends so too; ``JournalFailed``: the writer was closed before). It is called in the
        writer's thread, must be quick and must not raise.
        """
        with self._changed:
            if not self._ending:
                self._waiting.append(_Group(entries, done))
                self._count += len(entries)
                self._changed.notify()
                return
        done(JournalFailed("this program", "it is ending"))

    def state(self) -> JournalState:
        """How things stand; costs nothing."""
        return JournalState(self._count, self._failing)

    @property
    def full(self) -> bool:
        """Whether more than :data:`ROOM` entries wait: stop what makes them."""
        return self._count > ROOM

    def close(self, patience_s: float = 5.0) -> int:
        """Write what waits and end; returns how many entries could not be written in that time.

        They are answered with ``JournalFailed``. The journal stays open.
        """
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join(patience_s)
        self._give_up()
        return self._lost

    def _run(self) -> None:
        try:
            while self._take() and self._write():
                pass
        except BaseException as error:
            self._tell(f"the journal's writer has stopped: {error!r}")
            raise
        finally:
            with self._changed:
                self._ending = True
            self._give_up()

    def _take(self) -> bool:
        """Wait for entries and take them into ``_flying``; False when there will be none."""
        with self._changed:
            patience_s = QUIET_S
            while not self._waiting and not self._ending:
                if not self._changed.wait(patience_s):
                    self._rest()
                    patience_s = LOOK_S
            size = 0
            while self._waiting and size < MOST_AT_ONCE:
                self._flying.append(self._waiting.popleft())
                size += len(self._flying[-1].entries)
            return bool(self._flying)

    def _rest(self) -> None:
        """Let the journal rest, without keeping away those who write meanwhile."""
        self._changed.release()
        try:
            self._journal.rest()
        except StorageError as error:
            self._tell(str(error))
        else:
            self._tell("")
        finally:
            self._changed.acquire()

    def _write(self) -> bool:
        """Write ``_flying``, again and again; False when the writer ended before that succeeded."""
        groups = tuple(self._flying)
        wait_s = FIRST_WAIT_S
        while True:
            last_try = self._ending
            try:
                errors = self._append(groups)
            except JournalFailed as error:
                self._tell(str(error))
            else:
                break
            if last_try:
                return False
            with self._changed:
                self._changed.wait_for(lambda: self._ending, wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        self._tell("")
        with self._changed:
            given_up = not self._flying
            self._flying.clear()
            self._count -= 0 if given_up else sum(len(group.entries) for group in groups)
        for group, wrong in () if given_up else zip(groups, errors, strict=True):
            group.done(wrong)
        return True

    def _append(self, groups: Sequence[_Group]) -> list[StorageError | None]:
        """Append ``groups``; says what is wrong with each. Raises ``JournalFailed``.

        From its first conflict on nothing is written to an account.
        """
        accounts = [group.entries[0].account for group in groups]
        wanted = [group for group in groups if group.entries[0].account not in self._refused]
        try:
            self._journal.append([entry for group in wanted for entry in group.entries])
        except JournalFailed:
            raise
        except StorageError as error:
            if len(groups) > 1:
                return [self._append((group,))[0] for group in groups]
            log.error("%s; nothing more is written to paper account %d", error, accounts[0])
            self._refused[accounts[0]] = error
        return [self._refused.get(account) for account in accounts]

    def _tell(self, words: str) -> None:
        """Say what fails, once for each reason, and when it is over."""
        if words == self._failing:
            return
        self._failing = words
        if words:
            log.error("%s; it is tried again, %d entries wait", words, self._count)
        else:
            log.warning("the journal can be written again; nothing was lost")
        self._failed(words)

    def _give_up(self) -> None:
        """Answer whatever is left."""
        with self._changed:
            left = [*self._flying, *self._waiting]
            self._flying.clear()
            self._waiting.clear()
            self._lost += self._count
            self._count = 0
        for group in left:
            group.done(JournalFailed("this program", self._failing or "it is ending"))
