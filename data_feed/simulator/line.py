"""Carries out the faults between publisher and socket. Sans-IO: the time is handed in.

For one seed the n-th frame of the k-th connection, and the n-th request to REST, meet the same
fate, except for what a script ties to moments.
"""

import random
from collections import Counter
from typing import NamedTuple

from data_feed.simulator.corruption import corrupted
from data_feed.simulator.faults import LINE_KINDS, NO_FAULTS, REST_KINDS, Faults, Window

_FARTHEST = 5
"""A frame out of order comes at most this many frames late."""

_LONGEST_HOLD_S = 2.0
"""And no later than this, should the line fall quiet."""


class Fate(NamedTuple):
    """What becomes of a frame: first ``wait_s``, then ``frames`` are sent, then perhaps the end."""

    frames: tuple[str | bytes, ...] = ()
    wait_s: float = 0.0
    breaks: bool = False


class RestFate(NamedTuple):
    """What becomes of a request: ``status`` 0 is the true one, ``share`` of the body is sent."""

    status: int = 0
    wait_s: float = 0.0
    share: float = 1.0


class FaultPlan:
    """The faults of one server, which may be changed while it runs, and what they have done.

    ``done`` counts by kind; the kinds are those of :mod:`data_feed.simulator.faults`.
    """

    def __init__(self, faults: Faults = NO_FAULTS, seed: int = 7) -> None:
        self.faults = faults
        self.done: Counter[str] = Counter()
        self._seed = seed
        self._lines = 0
        self._requests = 0
        self._struck: set[Window] = set()

    def line(self) -> "Line":
        """The line to the next client."""
        self._lines += 1
        return Line(self, f"{self._seed}:line:{self._lines}")

    def strikes(self, kind: str, now_s: float, generator: random.Random) -> bool:
        """Whether ``kind`` strikes now; counted if so. Draws one number, whatever the answer."""
        probability: float = getattr(self.faults, kind)
        struck = generator.random() < probability
        for window in self.faults.script:
            if window.kind == kind and self._within(window, now_s):
                struck = True
        self.done[kind] += struck
        return struck

    def request(self, now_s: float) -> RestFate:
        """What becomes of the next request to REST, ``now_s`` seconds after the start."""
        if self.faults is NO_FAULTS:
            return RestFate()
        self._requests += 1
        draw = random.Random(f"{self._seed}:rest:{self._requests}")
        error, limit, cut, slow = (self.strikes(kind, now_s, draw) for kind in REST_KINDS)
        status = 429 if limit else 500 if error else 0
        return RestFate(status, self.faults.slow_s if slow else 0.0, draw.random() if cut else 1.0)

    def in_window(self, kind: str, now_s: float) -> bool:
        """Whether a window with a length is open for ``kind``."""
        script = self.faults.script
        return any(w.kind == kind and w.length_s and self._within(w, now_s) for w in script)

    def _within(self, window: Window, now_s: float) -> bool:
        if window.length_s:
            return window.start_s <= now_s < window.start_s + window.length_s
        if now_s < window.start_s or window in self._struck:
            return False
        self._struck.add(window)
        return True


class Line:
    """The way to one client."""

    def __init__(self, plan: FaultPlan, seed: str) -> None:
        self._plan = plan
        self._seed = seed
        self._frames = 0
        self._silent_until_s = 0.0
        self._held: list[tuple[int, float, str | bytes]] = []

    def carry(self, text: str, now_s: float) -> Fate:
        """What becomes of the next frame, handed in ``now_s`` seconds after the server's start."""
        plan = self._plan
        if plan.faults is NO_FAULTS:
            return Fate((*self._due(now_s), text))
        self._frames += 1
        # A generator for each frame: what befell earlier ones does not change its fate.
        draw = random.Random(f"{self._seed}:{self._frames}")
        struck = {kind for kind in LINE_KINDS if plan.strikes(kind, now_s, draw)}
        if "disconnect" in struck:
            return Fate(breaks=True)
        if "stall" in struck and not plan.in_window("stall", now_s):
            self._silent_until_s = now_s + plan.faults.stall_s
        if "stall" in struck or now_s < self._silent_until_s:
            return Fate()
        wait_s = draw.random() * plan.faults.delay_s if "delay" in struck else 0.0
        return Fate((*self._due(now_s), *self._changed(text, now_s, struck, draw)), wait_s)

    def _changed(
        self, text: str, now_s: float, struck: set[str], draw: random.Random
    ) -> tuple[str | bytes, ...]:
        if "drop" in struck:
            return ()
        frame = corrupted(text, draw) if "corrupt" in struck else text
        if "reorder" in struck:
            places = draw.randint(1, _FARTHEST)
            self._held.append((places, now_s + _LONGEST_HOLD_S, frame))
            return ()
        return (frame, frame) if "duplicate" in struck else (frame,)

    def _due(self, now_s: float) -> list[str | bytes]:
        """Frames held back that have been overtaken often or long enough."""
        if not self._held:
            return []
        healed = self._plan.faults is NO_FAULTS
        due = [frame for left, end_s, frame in self._held if healed or not left or now_s > end_s]
        self._held = [
            (left - 1, end_s, frame)
            for left, end_s, frame in self._held
            if not healed and left and now_s <= end_s
        ]
        return due
