"""Collects what a journal writer answers."""

import threading
from collections.abc import Callable, Sequence

from storage.errors import StorageError
from storage.journal.entry import Entry
from storage.journal.writer import JournalWriter

PATIENCE_S = 30.0


class Answers:
    """What a writer's caller was told, in the order of telling, and what the writer said itself."""

    def __init__(self) -> None:
        self.told: list[tuple[int, StorageError | None]] = []
        self.said: list[str] = []
        self._changed = threading.Condition()

    def say(self, words: str) -> None:
        """Take what the writer says of failures."""
        with self._changed:
            self.said.append(words)
            self._changed.notify_all()

    def done(self, number: int, error: StorageError | None) -> None:
        """Take an answer."""
        with self._changed:
            self.told.append((number, error))
            self._changed.notify_all()

    def write(self, writer: JournalWriter, written: Sequence[Entry]) -> None:
        """Write; the answer goes under the number of the last entry."""
        writer.write(written, lambda error: self.done(written[-1].seq, error))

    def wait_for(self, count: int) -> list[tuple[int, StorageError | None]]:
        """All answers, once there are ``count``."""
        self._wait(lambda: len(self.told) >= count)
        return self.told

    def wait_for_words(self, words: str) -> None:
        """Until the writer's newest sentence holds ``words``, or is empty for "" ."""
        self._wait(lambda: bool(self.said) and self._fits(self.said[-1], words))

    def _wait(self, ready: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(ready, PATIENCE_S), (self.said, self.told[-3:])

    @staticmethod
    def _fits(said: str, words: str) -> bool:
        return words in said if words else not said
