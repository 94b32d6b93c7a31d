"""How a search goes: what is known, what is told, what is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from research.search.goals import best_row, lower_is_better
from research.search.lanes import Batch, Lanes
from research.search.partial import save_partial
from research.search.progress import Progress

__all__ = ["Course", "Keeping", "Report"]

F64 = NDArray[np.float64]
Report = Callable[[Progress], None]

SAVE_S = 5.0


@dataclass(frozen=True, slots=True)
class Keeping:
    """The file of a search that is not over, and the fingerprint of that search."""

    path: Path
    key: str


class Course:
    """One search under way, used by the thread that asked for it.

    ``before`` is what an earlier search had done already; ``of`` how many combinations are wanted.
    """

    def __init__(
        self, names: tuple[str, ...], goal: str, before: Batch | None, report: Report,
        cancelled: Callable[[], bool], keeping: Keeping | None,
    ) -> None:  # fmt: skip
        self.names, self.goal, self.of = names, goal, 0
        self.batch = Batch(np.empty((0, len(names))))
        self._before = before
        self._row_before = {} if before is None else _rows(before.points)
        self._report, self._cancelled, self._keeping = report, cancelled, keeping
        self._started = self._saved = monotonic()
        self._taken = 0

    def run(self, points: F64, lanes: Lanes) -> Batch:
        """Run ``points`` (k, p), those left out that are known; they join ``batch``."""
        first = len(self.batch.points)
        self.batch = _joined(self.batch, points)
        for row in range(first, len(self.batch.points)) if self._before is not None else ():
            known = self._row_before.get(tuple(self.batch.points[row].tolist()))
            if known is not None:
                self._take(row, known)
        lanes.run(self.batch, self._tick)
        return self.batch

    @property
    def complete(self) -> bool:
        """Whether every row is done."""
        return bool(self.batch.done.all())

    def keep(self) -> None:
        """Write down what is done, should there be any and a place for it."""
        if self._keeping is not None and self.batch.done.any():
            save_partial(self._keeping.path, self._keeping.key, self.batch)
            self._saved = monotonic()

    def end(self) -> None:
        """Tell the last progress; the file goes once everything is done."""
        self._report(self.progress())
        if self._keeping is not None and self.complete:
            self._keeping.path.unlink(missing_ok=True)

    def progress(self) -> Progress:
        """How far it is."""
        rows = np.flatnonzero(self.batch.done)
        goals = self.batch.goals[rows]
        at = best_row(goals, lower_is_better(self.goal)) if len(rows) else None
        fresh = len(rows) - self._taken
        pace_s = (monotonic() - self._started) / fresh if fresh else None
        best, values = None, {}
        if at is not None:
            best = float(goals[at])
            values = dict(zip(self.names, self.batch.points[rows[at]].tolist(), strict=True))
        left = None if pace_s is None else pace_s * (self.of - len(rows))
        return Progress(len(rows), self.of, best, values, left)

    def _take(self, row: int, known: int) -> None:
        before = self._before
        if before is not None:
            self.batch.put(row, float(before.goals[known]), before.failures.get(known))
            self._taken += 1

    def _tick(self) -> bool:
        self._report(self.progress())
        if self._keeping is not None and monotonic() - self._saved > SAVE_S:
            self.keep()
        return not self._cancelled()


def _rows(points: F64) -> dict[tuple[float, ...], int]:
    return {tuple(point): row for row, point in enumerate(points.tolist())}


def _joined(batch: Batch, points: F64) -> Batch:
    joined = Batch(np.concatenate([batch.points, points]))
    held = len(batch.points)
    joined.goals[:held], joined.done[:held] = batch.goals, batch.done
    joined.failures = batch.failures
    return joined
