"""Starts the trader's lives, ends them, and remembers what they said they were told."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

from tests.conftest import ROOT

PATIENCE_S = 300.0


class Done(NamedTuple):
    """What a command was answered: an order's id or 0, and whether it was answered before."""

    order: int
    again: bool


class Began(NamedTuple):
    """An account as a life found it."""

    account: int
    seq: int
    cash: str


@dataclass
class Said:
    """What all lives said. ``done``: by number, every answer; ``told``: checksums by seq."""

    began: list[Began] = field(default_factory=list)
    done: dict[int, list[Done]] = field(default_factory=dict)
    told: dict[int, set[int]] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)

    def take(self, words: list[str]) -> None:
        """Take in a line."""
        kind, *rest = words
        if kind == "done":
            number, order, again = map(int, rest)
            self.done.setdefault(number, []).append(Done(order, bool(again)))
        elif kind == "told":
            self.told.setdefault(int(rest[0]), set()).add(int(rest[1]))
        elif kind == "began":
            self.began.append(Began(int(rest[0]), int(rest[1]), rest[2]))
        elif kind == "dead":
            self.ends.append(int(rest[0]))


class Watcher:
    """The parent of all lives; :meth:`close` ends it."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.paper_trading.crash.trader"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: SimpleQueue[str] = SimpleQueue()
        self._life = 0
        self._reader = Thread(target=self._read)
        self._reader.start()
        self._until("ready")

    def live(self, said: Said, address: str, first: int, until: int = -1) -> None:
        """Begin a life that goes on for ever, or ends by itself before command ``until``."""
        assert self._parent.stdin is not None
        self._parent.stdin.write(f"{first} {until} {address}\n")
        self._parent.stdin.flush()
        self._life = int(self._until("life", said)[1])

    def wait_for_answers(self, said: Said, number: int) -> None:
        """Until that many commands were answered."""
        for _ in range(number):
            self._until("done", said)

    def kill(self, said: Said) -> None:
        """``kill -9``; what the life had said before is taken in."""
        os.kill(self._life, signal.SIGKILL)
        self.wait_for_end(said)

    def wait_for_end(self, said: Said) -> None:
        """Until the life is over."""
        self._until("dead", said)

    def close(self) -> None:
        """End the parent, and a life that is left."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.kill()
        self._parent.wait()
        self._reader.join()
        self._parent.stdin.close()
        self._parent.stdout.close()

    def _read(self) -> None:
        assert self._parent.stdout is not None
        for line in self._parent.stdout:
            self._lines.put(line)
        self._lines.put("")

    def _until(self, kind: str, said: Said | None = None) -> list[str]:
        while True:
            words = self._lines.get(timeout=PATIENCE_S).split()
            assert words, "the trader has ended by itself"
            if said is not None:
                said.take(words)
            if words[0] == kind:
                return words
            assert words[0] != "dead", f"a life ended by itself: {words}"
