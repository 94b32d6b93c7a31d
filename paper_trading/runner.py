"""The thread in which all accounts live: it does one job after the other, as they came."""

import logging
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from time import monotonic

__all__ = ["Job", "Runner"]

Job = Callable[[], None]

log = logging.getLogger(__name__)


class Runner:
    """Does jobs, and ``rest`` whenever none waits; that returns how many seconds may pass until it
    is called again (None: until the next job). A job that raises is logged and ends no other.

    Posting costs about a microsecond and never waits, so any thread may do it, the feed's too.
    """

    def __init__(self, rest: Callable[[], float | None], name: str = "paper") -> None:
        self.failure: str | None = None
        self._rest = rest
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread; call once. What was posted before is done first."""
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the thread does jobs."""
        return self._thread.is_alive()

    def post(self, job: Job) -> None:
        """Have ``job`` done in the thread."""
        self._jobs.put(job)

    def close(self, patience_s: float = 10.0) -> None:
        """Let the thread do what waits and end; closing twice or before the start does nothing."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join(patience_s)

    def _run(self) -> None:
        wait_s: float | None = 0.0
        while True:
            try:
                job = self._jobs.get(timeout=wait_s) if wait_s != 0.0 else self._jobs.get_nowait()
            except Empty:
                wait_s = self._rested()
                continue
            if job is None:
                return
            self._done(job)
            wait_s = 0.0

    def _done(self, job: Job) -> None:
        try:
            job()
        except Exception as error:
            self.failure = f"paper trading met a defect of its own: {error!r}"
            log.exception("a job of paper trading failed")

    def _rested(self) -> float | None:
        started = monotonic()
        try:
            wait_s = self._rest()
        except Exception as error:
            self.failure = f"paper trading met a defect of its own: {error!r}"
            log.exception("paper trading could not look after its accounts")
            return 1.0
        return None if wait_s is None else max(wait_s - (monotonic() - started), 0.0005)
