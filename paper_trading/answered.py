"""Work for the runner's thread whose result, or error, somebody waits for."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from paper_trading.errors import PaperClosed
from paper_trading.runner import Runner

__all__ = ["Answered", "settle"]

T = TypeVar("T")


class Answered:
    """Posts work to ``runner``, until :meth:`close`. For any thread."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._closed = False

    def close(self) -> bool:
        """Take no more work; whether that was done before."""
        closed, self._closed = self._closed, True
        return closed

    def post(self, work: Callable[[], None], answer: Future[Any]) -> None:
        """Have ``work`` done, which settles ``answer``; what it raises is the answer.

        Not at all if ``answer`` is cancelled before; :class:`PaperClosed` after the end.
        """
        if self._closed:
            answer.set_exception(PaperClosed("Paper trading has ended with the program."))
        else:
            self._post(work, answer)

    def ask(self, work: Callable[[], None]) -> Future[None]:
        """Have ``work`` done, after the end too; settled when it is."""
        done: Future[None] = Future()

        def job() -> None:
            work()
            done.set_result(None)

        self._post(job, done)
        return done

    def _post(self, work: Callable[[], None], answer: Future[Any]) -> None:
        def job() -> None:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                work()
            except Exception as error:  # noqa: BLE001 - it is told
                answer.set_exception(error)

        self._runner.post(job)


def settle(answer: Future[T], value: T, error: Exception | None) -> None:
    """Answer with ``error`` if there is one, else with ``value``."""
    if error is None:
        answer.set_result(value)
    else:
        answer.set_exception(error)
