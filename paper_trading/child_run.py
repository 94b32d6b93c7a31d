"""A run whose strategy is a user's file: it lives in a process of its own, and is never waited for.

What it is to do is put into a queue; a thread talks to the process. Its questions about the account
are answered in the runner's thread, its orders placed there.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import numpy as np

from market.columns import CandleWindow
from market.types import Candle
from paper_trading.account_hand import AccountHand
from research.catalogue import Catalogue
from research.child import Children
from research.child.conversation import Conversation, conversation
from trading.backtest import Setup
from trading.desk import Desk
from trading.paper.event_automation import Present
from trading.paper.signal_automation import SignalRun
from trading.paper.steps import Step
from trading.paper.told_desk import DeskAnswers, Recording
from trading.series import Track

__all__ = ["ChildRun", "ChildTerms", "ChildTools", "Done"]

Moments = Sequence[Mapping[str, Candle]]
Done = Callable[[str, Exception | None], None]
"""``done(told, error)``, called in the runner's thread."""


@dataclass(frozen=True, slots=True)
class ChildTools:
    """``post`` has a job done in the runner's thread."""

    catalogue: Catalogue
    children: Children
    post: Callable[[Callable[[], None]], None]


@dataclass(frozen=True, slots=True)
class ChildTerms:
    """What it trades; ``values`` as they were given, the file says which there are."""

    key: str
    values: Mapping[str, Any]
    symbols: tuple[str, ...]
    interval_ns: int
    setup: Setup


class _Told:
    """The target that the process told last, see :class:`SignalRun`."""

    def __init__(self) -> None:
        self.newest = 0.0

    def close(self, candle: Candle) -> None:
        """The process has it."""

    def target(self) -> float:
        """What it told."""
        return self.newest

    def tidy(self) -> None:
        """Nothing is kept here."""


class ChildRun:
    """Made and called in the runner's thread; every ``done`` is called there, in order.

    After an error nothing more is done: the process is gone.
    """

    def __init__(
        self, terms: ChildTerms, history: Mapping[str, CandleWindow], hand: AccountHand,
        tools: ChildTools,
    ) -> None:  # fmt: skip
        self._terms, self._history, self._hand, self._tools = terms, history, hand, tools
        self._target = _Told()
        self._signal = SignalRun(terms.symbols[0], terms.setup, self._target, hand)
        nothing = CandleWindow.from_arrays(*[np.empty(0)] * 6)
        tracks = {symbol: Track(nothing) for symbol in terms.symbols}
        desk = Desk(hand, tracks, terms.interval_ns, Present())
        self._answers = Recording(DeskAnswers(desk, hand))
        self._jobs: SimpleQueue[tuple[Mapping[str, Any], Done] | None] = SimpleQueue()
        self._form = ""
        threading.Thread(target=self._run, name="strategy", daemon=True).start()

    def begin(self, done: Done) -> None:
        """Load the file and let it prepare."""
        self._jobs.put(({"do": "begin"}, done))

    def recall(self, steps: Sequence[Step], done: Done) -> None:
        """Come to where the run was that took ``steps``; no orders."""
        told = [[_rows(step.candles), step.told] for step in steps]
        acted = [step.told for step in steps if step.told and step.told[0] != "["]
        if acted:
            self._signal.acted = float(acted[-1])
        self._jobs.put(({"do": "recall", "steps": told}, done))

    def step(self, moments: Moments, *, act: bool, done: Done) -> None:
        """Take ``moments``, and act at the newest if it is to."""
        rows = [_rows(candles) for candles in moments]
        self._jobs.put(({"do": "step", "moments": rows, "act": act}, done))

    def close(self) -> None:
        """End the process, after what it is doing."""
        self._jobs.put(None)

    # --- in the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        done: Done = _nobody
        try:
            first = self._jobs.get()
            if first is None:
                return
            job: tuple[Mapping[str, Any], Done] | None = first
            done = first[1]
            with self._begun() as talk:
                self._form = talk.form
                while job is not None:
                    what, done = job
                    self._finish(what, talk.ask(what), done)
                    job = self._jobs.get()
        except Exception as error:  # noqa: BLE001 - it is told
            self._post(done, "", error)

    def _begun(self) -> AbstractContextManager[Conversation]:
        """The conversation with its process, the values checked by what the file says."""
        terms, tools = self._terms, self._tools
        chosen = tools.catalogue.find(terms.key)
        chosen.check_symbols(len(terms.symbols))
        values = chosen.values({name: float(each) for name, each in terms.values.items()})
        return conversation(
            tools.children, chosen.ref, values, self._history, terms.interval_ns, self._asked
        )

    def _asked(self, question: str, *arguments: Any) -> Any:
        """An answer of the account, from the runner's thread."""
        answer: Future[Any] = Future()

        def job() -> None:
            try:
                self._present()
                answer.set_result(self._answers(question, *arguments))
            except Exception as error:  # noqa: BLE001 - it is the answer
                answer.set_exception(error)

        self._tools.post(job)
        return answer.result()

    def _finish(self, what: Mapping[str, Any], found: float | None, done: Done) -> None:
        """Have the orders of a target placed, and say that it is done."""

        def job() -> None:
            error: Exception | None = None
            told = self._answers.taken()
            if self._form == "signal" and what.get("act"):
                self._target.newest = float(found or 0.0)
                try:
                    self._present()
                    self._signal.act()
                    told = self._signal.told
                except Exception as caught:  # noqa: BLE001 - it is told
                    error = caught
            done(told, error)

        self._tools.post(job)

    def _present(self) -> None:
        self._hand.begin(self._hand.newest_ns)

    def _post(self, done: Done, told: str, error: Exception) -> None:
        self._tools.post(lambda: done(told or self._answers.taken(), error))


def _nobody(_: str, __: Exception | None) -> None:
    """Nothing was asked for yet."""


def _rows(candles: Mapping[str, Candle]) -> dict[str, list[Any]]:
    return {symbol: list(candle) for symbol, candle in candles.items()}
