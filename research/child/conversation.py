"""A conversation with a strategy that lives in a child, see :mod:`research.child.live_task`."""

import contextlib
import os
import select
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from market.columns import CandleWindow
from research.child.children import Children, Link, ending_of, failure_of
from research.child.limits import MEBIBYTE, Limits
from research.child.messages import Message, MessageReader, encode
from research.child.requests import request_of
from research.errors import BadRecord, ChildStopped
from research.strategy_ref import StrategyRef
from trading.backtest import Setup
from trading.errors import BadOrder
from trading.metrics import Convention

__all__ = ["LIVE_LIMITS", "Conversation", "conversation"]

PIECE = 1 << 16
LIVE_LIMITS = Limits(seconds=5.0, memory=512 * MEBIBYTE, answer=4 * MEBIBYTE)
"""A decision that takes longer comes too late for any market."""

BEGIN_S = 30.0
"""Until the user's file has been loaded and tried."""

Answering = Callable[..., Any]


class Conversation:
    """For one thread. ``form`` is ``signal`` or ``event``; ``answers`` answers an event strategy's
    questions and may raise :class:`BadOrder`.
    """

    def __init__(self, link: Link, limits: Limits, answers: Answering) -> None:
        self.form = ""
        self._link, self._limits, self._answers = link, limits, answers
        self._reader = MessageReader(limits.answer)
        self._come: list[Message] = []
        os.set_blocking(link.output, False)

    def begin(self, tree: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
        """Have the strategy loaded; raises as :meth:`ask` does."""
        self._link.socket.settimeout(BEGIN_S)
        self._send({"task": "live", "request": dict(tree), "file": tree["file"]}, arrays)
        self.form = str(self._until("ready", BEGIN_S))

    def ask(self, tree: Mapping[str, Any]) -> Any:
        """What is done of ``tree``. Raises :class:`StrategyFailed` with file and line, and
        :class:`ChildStopped` at a limit and where the process ended by itself.
        """
        self._link.socket.settimeout(self._limits.seconds)
        self._send(tree)
        return self._until("done", self._limits.seconds)

    def _send(self, tree: Mapping[str, Any], arrays: Mapping[str, Any] | None = None) -> None:
        try:
            self._link.socket.sendall(encode(Message(dict(tree), arrays or {})))
        except OSError:
            raise ChildStopped(self._why_ended()) from None

    def _until(self, wanted: str, seconds: float) -> Any:
        ends = time.monotonic() + seconds
        while True:
            message = self._next(ends, seconds)
            tree = message.tree if isinstance(message.tree, dict) else {}
            told = tree.get("tell") or {}
            if "ask" in told:
                self._send(self._answer(*told["ask"]))
            elif wanted in told:
                return told[wanted]
            elif "error" in tree:
                raise failure_of(tree["error"])
            elif "memory" in tree:
                most = self._limits.memory // MEBIBYTE
                raise ChildStopped(f"The strategy needed more than {most:,} MB of memory.")
            else:
                raise ChildStopped("The strategy's process told something without a meaning.")

    def _answer(self, question: Any, arguments: Any) -> dict[str, Any]:
        try:
            return {"answer": self._answers(str(question), *arguments)}
        except BadOrder as error:
            return {"refusal": str(error)}

    def _next(self, ends: float, seconds: float) -> Message:
        while not self._come:
            left = ends - time.monotonic()
            both: list[Any] = [self._link.socket, self._link.output]
            ready, _, _ = select.select(both, [], [], max(left, 0))
            if left <= 0:
                raise ChildStopped(f"The strategy took longer than {seconds:g} s.")
            if self._link.output in ready:
                self._drop_output()
            if self._link.socket in ready:
                self._take()
        return self._come.pop(0)

    def _take(self) -> None:
        try:
            piece = self._link.socket.recv(PIECE)
        except OSError:
            piece = b""
        if not piece:
            raise ChildStopped(self._why_ended())
        try:
            self._come += self._reader.feed(piece)
        except BadRecord as error:
            raise ChildStopped(f"The strategy was stopped: {error}") from None

    def _drop_output(self) -> None:
        """Nobody reads what it prints; but it must never wait for that."""
        with contextlib.suppress(BlockingIOError):
            if not os.read(self._link.output, PIECE):
                time.sleep(0.001)  # it closed its output; its socket says more

    def _why_ended(self) -> str:
        return ending_of(self._link.end())


@contextlib.contextmanager
def conversation(
    children: Children, strategy: StrategyRef, values: Mapping[str, float],
    history: Mapping[str, CandleWindow], interval_ns: int, answers: Answering,
    limits: Limits = LIVE_LIMITS,
) -> Iterator[Conversation]:  # fmt: skip
    """A conversation with ``strategy`` after ``history``; raises as :meth:`Conversation.ask` does,
    and :class:`ChildUnavailable`. However it ends, nothing of the process is left.
    """
    tree, arrays = request_of(strategy, values, history, Setup(), Convention())
    with children.link(limits) as link:
        talk = Conversation(link, limits, answers)
        talk.begin(tree | {"interval_ns": interval_ns}, arrays)
        yield talk
