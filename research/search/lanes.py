"""Many combinations through several lanes at once: threads, processes or machines."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Condition, Event
from time import monotonic
from types import TracebackType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from research.errors import SearchFailed

__all__ = ["Batch", "Done", "Lanes", "Scorer"]

F64 = NDArray[np.float64]
Cancelled = Callable[[], bool]
Done = Callable[[int, float, str | None], None]
"""Tells that a row is done: its goal, NaN where there is none, and why it failed, if it did."""

TICK_S = 0.05


class Scorer(Protocol):
    """Runs combinations. ``lanes`` calls of ``score`` go on at once, from threads of their own."""

    @property
    def lanes(self) -> int:
        """How many there should be."""
        ...

    @property
    def chunk_s(self) -> float:
        """How long one call should take: short for an even end, long for little talk."""
        ...

    def score(self, points: F64, done: Done, cancelled: Cancelled) -> None:
        """Run each row of ``points`` (k, p) and tell it; return soon after ``cancelled()``.

        What one combination raises is its failure. What this raises ends the search.
        """
        ...


class Batch:
    """Points (k, p) and what is known of them, filled by several threads at once.

    ``goals`` (k,), NaN where there is none; ``done`` (k,); ``failures`` by row.
    """

    def __init__(self, points: F64) -> None:
        self.points = points
        self.goals: F64 = np.full(len(points), np.nan)
        self.done = np.zeros(len(points), np.bool_)
        self.failures: dict[int, str] = {}

    def put(self, row: int, goal: float, failure: str | None) -> None:
        """A row is done."""
        self.goals[row] = goal
        if failure is not None:
            self.failures[row] = failure
        self.done[row] = True


class Lanes:
    """A pool of threads that hand chunks of points to a scorer, each sized by the pace so far.

    Use it as a context.
    """

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._pool = ThreadPoolExecutor(scorer.lanes, thread_name_prefix="search")
        self._changed = Condition()
        self._pace_s = 0.0
        self._waiting: list[np.intp] = []
        self._working = 0
        self._stop = Event()
        self._error: BaseException | None = None

    def __enter__(self) -> "Lanes":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._pool.shutdown()

    def run(self, batch: Batch, tick: Callable[[], bool]) -> None:
        """Score the rows of ``batch`` that are not done; rows stay undone after a cancel.

        ``tick`` is called here every :data:`TICK_S`; False cancels. What it or a scorer raises
        passes through, once all lanes have stopped.
        """
        self._waiting = list(np.flatnonzero(~batch.done)[::-1])
        self._stop.clear()
        self._working = min(self._scorer.lanes, len(self._waiting))
        for _ in range(self._working):
            self._pool.submit(self._work, batch)
        try:
            while tick() and not self._ended(TICK_S):
                pass
        finally:
            self._stop.set()
            self._ended(None)
        if self._error is not None:
            raise self._error

    def _ended(self, timeout_s: float | None) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._working, timeout_s)

    def _work(self, batch: Batch) -> None:
        try:
            while not self._stop.is_set() and (rows := self._take()):
                self._score(batch, rows)
        except BaseException as error:  # noqa: BLE001 - raised again where the search was asked for
            self._error = self._error or error
            self._stop.set()
        finally:
            with self._changed:
                self._working -= 1
                self._changed.notify_all()

    def _take(self) -> list[np.intp]:
        with self._changed:
            wanted = int(self._scorer.chunk_s / self._pace_s) if self._pace_s else 1
            share = -(-len(self._waiting) // self._scorer.lanes)
            return [self._waiting.pop() for _ in range(min(max(wanted, 1), share))]

    def _score(self, batch: Batch, rows: list[np.intp]) -> None:
        started = monotonic()
        self._scorer.score(
            batch.points[rows],
            lambda row, goal, failure: batch.put(int(rows[row]), goal, failure),
            self._stop.is_set,
        )
        if not self._stop.is_set():
            if not batch.done[rows].all():
                raise SearchFailed("Some combinations came back without a result.")
            self._pace_s = max(monotonic() - started, 1e-9) / len(rows)
