"""One call, one process: what is asked of a child, and every way in which it can fail."""

import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from numpy.typing import NDArray

from research.child.limits import MEBIBYTE, Limits
from research.child.messages import Message, MessageReader, encode
from research.child.nursery import Nursery
from research.errors import BadRecord, ChildCancelled, ChildStopped, StrategyFailed

__all__ = ["Answer", "Cancelled", "Children", "Link", "ending_of", "failure_of", "never"]

Tell = Callable[[Any, Mapping[str, NDArray[Any]]], None]
Cancelled = Callable[[], bool]

PIECE = 1 << 20
LOOK_S = 0.05
"""How often a call looks whether it is still wanted."""


def never() -> bool:
    """The wish to cancel that nobody has."""
    return False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a task returned: JSON values and arrays; ``printed``: the beginning of its output."""

    tree: Any
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    printed: str = ""


class Link(NamedTuple):
    """A child's socket, the pipe with what it prints, and what ends it and says how it ended."""

    socket: socket.socket
    output: int
    end: Callable[[], int | None]


class Children:
    """Calls of tasks (:mod:`research.child.tasks`), each in a process of its own.

    Any thread may call, several at once. The first call waits for the template, about a second:
    ``warm`` starts it ahead of time.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._nursery = Nursery()

    def warm(self) -> None:
        """Start what children are forked from; raises :class:`ChildUnavailable`."""
        self._nursery.warm()

    def close(self) -> None:
        """End everything; calls that are under way raise."""
        self._nursery.close()

    def call(
        self,
        task: str,
        request: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]] | None = None,
        *,
        limits: Limits | None = None,
        cancelled: Cancelled = never,
        tell: Tell | None = None,
    ) -> Answer:
        """Have ``task`` done; blocks until its answer, an error, or ``cancelled()``.

        ``request["file"]``, if there, is the user's file, in whose lines errors are placed;
        ``tell`` gets what the task tells on its way. However it ends, nothing of the process is
        left. Raises :class:`StrategyFailed`, :class:`ChildStopped` at a limit and where the process
        ended by itself, :class:`ChildCancelled` within 0.1 s, and :class:`ChildUnavailable`.
        """
        limits = limits or self._limits
        file = request.get("file")
        sent = encode(Message({"task": task, "request": dict(request), "file": file}, arrays or {}))
        pid, link, output = self._nursery.start(limits)
        talk = _Talk(link, output, sent, limits, tell)
        try:
            answer = talk.run(cancelled)
        finally:
            status = self._nursery.end(pid)
            link.close()
            os.close(output)
        if answer is None:
            raise ChildStopped(ending_of(status))
        return answer

    @contextmanager
    def link(self, limits: Limits) -> Iterator[Link]:
        """A child to talk to for as long as it takes; raises :class:`ChildUnavailable`.

        However that ends, nothing of the process is left.
        """
        pid, link, output = self._nursery.start(limits)
        end = cache(lambda: self._nursery.end(pid))
        try:
            yield Link(link, output, end)
        finally:
            end()
            link.close()
            os.close(output)


class _Talk:
    """One conversation with one child."""

    def __init__(
        self, link: socket.socket, output: int, sent: bytearray, limits: Limits, tell: Tell | None
    ) -> None:
        link.setblocking(False)
        os.set_blocking(output, False)
        self._link, self._output = link, output
        self._unsent = memoryview(sent)
        self._limits = limits
        self._tell = tell
        self._reader = MessageReader(limits.answer)
        self._printed = bytearray()
        self._ends = 0.0

    def run(self, cancelled: Cancelled) -> Answer | None:
        """Until there is an answer; None when the child ended without one."""
        self._ends = time.monotonic() + self._limits.seconds
        with selectors.DefaultSelector() as selector:
            both = selectors.EVENT_READ | selectors.EVENT_WRITE
            selector.register(self._link, both)
            selector.register(self._output, selectors.EVENT_READ)
            while True:
                if cancelled():
                    raise ChildCancelled("The run was cancelled.")
                left = self._ends - time.monotonic()
                if left <= 0:
                    raise ChildStopped(
                        f"The run was stopped: it took longer than {self._limits.seconds:g} s."
                    )
                for key, events in selector.select(min(left, LOOK_S)):
                    if key.fileobj == self._output:
                        if not self._take_output():
                            selector.unregister(self._output)
                        continue
                    if events & selectors.EVENT_WRITE and self._send():
                        selector.modify(self._link, selectors.EVENT_READ)
                    if events & selectors.EVENT_READ:
                        piece = self._receive()
                        if piece == b"":
                            return None
                        answer = self._answer(piece)
                        if answer is not None:
                            return answer

    def _send(self) -> bool:
        """Write what fits; whether that was all."""
        try:
            self._unsent = self._unsent[self._link.send(self._unsent[:PIECE]) :]
        except BlockingIOError:
            return False
        except OSError:  # it ended: reading says so
            return True
        return not self._unsent

    def _receive(self) -> bytes | None:
        try:
            return self._link.recv(PIECE)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def _answer(self, piece: bytes | None) -> Answer | None:
        try:
            for message in self._reader.feed(piece or b""):
                answer = self._understood(message)
                if answer is not None:
                    return answer
        except BadRecord as error:
            raise ChildStopped(f"The run was stopped: {error}") from None
        return None

    def _understood(self, message: Message) -> Answer | None:
        tree = message.tree if isinstance(message.tree, dict) else {}
        if "tell" in tree:
            self._ends = time.monotonic() + self._limits.seconds
            if self._tell is not None:
                self._tell(tree["tell"], message.arrays)
            return None
        if "answer" in tree:
            self._take_output()  # all that it printed lies in the pipe by now
            return Answer(tree["answer"], message.arrays, self._printed.decode(errors="replace"))
        if "memory" in tree:
            raise ChildStopped(
                "The run was stopped: it needed more than "
                f"{self._limits.memory // MEBIBYTE:,} MB of memory."
            )
        error = tree.get("error")
        if not isinstance(error, dict):
            raise BadRecord("A message without a meaning came.")
        raise failure_of(error)

    def _take_output(self) -> bool:
        """Keep the beginning of what was printed, drop the rest; whether more may come."""
        try:
            piece = os.read(self._output, PIECE)
        except BlockingIOError:
            return False
        self._printed += piece[: max(0, self._limits.output - len(self._printed))]
        return bool(piece)


def failure_of(error: dict[str, Any]) -> StrategyFailed:
    """What is raised for an error that a child tells of."""
    reason, file, line = error.get("reason"), error.get("file"), error.get("line")
    return StrategyFailed(
        str(reason),
        file if isinstance(file, str) else None,
        line if isinstance(line, int) else None,
    )


def ending_of(status: int | None) -> str:
    """Why a child that ended with ``status`` brought no result."""
    if status is None:
        return "The run was stopped from outside before it had a result."
    if status < 0:
        name = signal.Signals(-status).name
        return f"The strategy's process was ended by {name} before it had a result."
    return f"The strategy ended its own process (exit code {status}) before it had a result."
