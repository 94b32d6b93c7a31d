"""Runs that wait, work and have ended: one heavy one at a time, beside it the quick ones.

A run is a job, called with its :class:`Progress`; what it returns is its outcome. Whatever it
raises becomes its error, and the next one begins.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from research.errors import ChildCancelled, RunCancelled, TooManyRuns
from research.progress import Progress
from research.views import RunState

__all__ = ["MOST_WAITING", "QueuedRun", "RunQueue"]

T = TypeVar("T")

MOST_WAITING = 16
"""Runs of a kind that may wait; more are refused."""

MOST_REMEMBERED = 100

log = logging.getLogger(__name__)


@dataclass(slots=True)
class QueuedRun(Generic[T]):
    """One run. ``state`` is set last, after ``outcome`` or ``error``."""

    id: str
    heavy: bool
    state: RunState = "queued"
    progress: Progress = field(default_factory=Progress)
    outcome: T | None = None
    error: str | None = None
    ended: threading.Event = field(default_factory=threading.Event)


class RunQueue(Generic[T]):
    """Threads and their runs by id. All methods may be called from any thread."""

    def __init__(self, expected: tuple[type[Exception], ...], quick: int = 2) -> None:
        """``expected`` errors have sentences for people; others are logged as defects."""
        self._expected = expected
        self._runs: dict[str, QueuedRun[T]] = {}
        self._lock = threading.Lock()
        self._quick = ThreadPoolExecutor(quick, thread_name_prefix="backtest")
        self._heavy = ThreadPoolExecutor(1, thread_name_prefix="search")

    def start(self, key: str, heavy: bool, job: Callable[[Progress], T]) -> QueuedRun[T]:
        """Let ``job`` run when its turn comes; raises :class:`TooManyRuns` when too many wait."""
        made: QueuedRun[T] = QueuedRun(key, heavy)
        with self._lock:
            waiting = [
                each
                for each in self._runs.values()
                if each.heavy == heavy and each.state == "queued"
            ]
            if len(waiting) >= MOST_WAITING:
                raise TooManyRuns(
                    f"{len(waiting)} runs are waiting, which is the most; "
                    "cancel one of them or try again when it has begun"
                )
            self._runs[key] = made
            self._forget()
        (self._heavy if heavy else self._quick).submit(self._work, made, job)
        return made

    def find(self, key: str) -> QueuedRun[T] | None:
        """The run called ``key``, unless it is unknown or long over."""
        return self._runs.get(key)

    def all(self) -> list[QueuedRun[T]]:
        """Those that are remembered, newest first."""
        with self._lock:
            return list(reversed(self._runs.values()))

    def cancel(self, run: QueuedRun[T]) -> None:
        """End it: at once while it waits, at its next step while it works."""
        run.progress.cancel()

    def forget(self, key: str) -> None:
        """Remember nothing of a run any more."""
        with self._lock:
            self._runs.pop(key, None)

    def close(self) -> None:
        """Cancel everything and wait for the threads."""
        for run in self.all():
            run.progress.cancel()
        self._quick.shutdown(cancel_futures=True)
        self._heavy.shutdown(cancel_futures=True)

    def _forget(self) -> None:
        over = [key for key, run in self._runs.items() if run.ended.is_set()]
        for key in over[: max(0, len(self._runs) - MOST_REMEMBERED)]:
            del self._runs[key]

    def _work(self, run: QueuedRun[T], job: Callable[[Progress], T]) -> None:
        run.state = "cancelled" if run.progress.cancelled else "running"
        try:
            if run.state == "running":
                run.progress.begin()
                run.outcome = job(run.progress)
                run.state = "done"
        except (RunCancelled, ChildCancelled):
            run.state = "cancelled"
        except self._expected as error:
            run.error, run.state = str(error), "failed"
        except Exception as error:
            log.exception("run %s failed", run.id)
            run.error, run.state = f"a defect of ours: {error!r}", "failed"
        finally:
            run.ended.set()
