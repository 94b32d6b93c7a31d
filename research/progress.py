"""How far a run is: told by the thread that works, read by everybody."""

import threading
from time import monotonic

from research.errors import RunCancelled

__all__ = ["Progress"]

LEAST_SHARE = 0.02
"""Of the work that must be done before the rest of it is estimated."""


class Progress:
    """Steps done of all, a word on what is being done, and the wish to cancel.

    Reading is allowed from any thread; :meth:`tell` is for the one that works.
    """

    def __init__(self) -> None:
        self.done, self.of, self.words = 0, 1, "Waiting"
        self._cancelled = threading.Event()
        self._started: float | None = None

    @property
    def cancelled(self) -> bool:
        """Whether somebody wants the run to end."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the run to end at its next step."""
        self._cancelled.set()

    def begin(self) -> None:
        """The work begins now."""
        self._started = monotonic()

    def tell(self, done: int, of: int, words: str) -> None:
        """``done`` of ``of`` steps are over; raises :class:`RunCancelled` when asked to end."""
        self.note(done, of, words)
        if self.cancelled:
            raise RunCancelled("the run was cancelled")

    def note(self, done: int, of: int, words: str) -> None:
        """The same where the work looks at :attr:`cancelled` itself."""
        self.done, self.of, self.words = done, max(of, 1), words

    @property
    def seconds_left(self) -> float | None:
        """At the pace so far; None before that can be said."""
        started, share = self._started, self.done / self.of
        if started is None or share < LEAST_SHARE:
            return None
        return (monotonic() - started) * (1 - share) / share
