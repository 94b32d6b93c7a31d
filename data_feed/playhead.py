"""How a replay goes on: at a pace, paused, step by step, or as fast as possible to a place."""

import asyncio
import threading
import time
from collections.abc import Callable

from market.types import SECOND

BURST = 200
"""Frames played in a row before other tasks get their turn."""

LOOK_S = 0.05
"""How often a replay that waits looks whether it is told something else."""

Count = Callable[[], int]
"""Something that a step changes; called in the feed's thread between two frames."""


class Playhead:
    """For one pass over a recording. The feed's thread awaits :meth:`due`, any may call the rest.

    ``at_ns`` is the recorder's clock at the frame played last, 0 before the first; ``speed`` 1 is
    the recorded pace, inf knows none. Frames before ``until_ns`` are played without any pause.
    """

    def __init__(self, speed: float, paused: bool = False, until_ns: int = 0) -> None:
        self.at_ns = 0
        self.speed = speed
        self.paused = paused
        self._until_ns = until_ns
        self._step: Callable[[], bool] | None = None
        self._played = 0
        self._anchor: tuple[int, int] | None = None  # monotonic, recorder's clock
        self._lock = threading.Lock()

    @property
    def seeking(self) -> bool:
        """Whether it is on the way to a place."""
        return self._until_ns > 0

    def pace(self, speed: float) -> None:
        """Go on at ``speed``."""
        with self._lock:
            self.speed, self._anchor = speed, None

    def pause(self, paused: bool) -> None:
        """Stand still, or go on; ends a step that is under way."""
        with self._lock:
            self.paused, self._step, self._anchor = paused, None, None

    def seek(self, time_ns: int) -> None:
        """Play everything before ``time_ns``, which is not before ``at_ns``, without a pause."""
        with self._lock:
            self._until_ns = time_ns

    def step(self, number: Count) -> None:
        """Play frame after frame, one at least, until ``number()`` is another; then stand still."""
        before: int | None = None

        def there() -> bool:
            nonlocal before
            if before is None:  # only now: what came before may be another market's
                before = number()
                return False
            return number() != before

        with self._lock:
            self.paused, self._step = True, there

    async def due(self, time_ns: int) -> None:
        """Wait until the frame recorded at ``time_ns`` is to be played."""
        # Told by any thread and looked at twenty times a second: no event crosses the threads.
        while (wait_s := self._wait_s(time_ns)) > 0:  # noqa: ASYNC110
            await asyncio.sleep(wait_s)
        self._played += 1
        if self._played % BURST == 0:
            await asyncio.sleep(0)
        self.at_ns = time_ns

    def _wait_s(self, time_ns: int) -> float:
        """How long to wait before the next look, 0 when the frame is due."""
        with self._lock:
            if time_ns < self._until_ns:
                return 0.0
            if self._until_ns:
                self.at_ns, self._until_ns, self._anchor = self._until_ns, 0, None
            if self._step is not None:
                if not self._step():
                    return 0.0
                self._step = None
            if self.paused:
                return LOOK_S
            now_ns = time.monotonic_ns()
            if self._anchor is None:
                self._anchor = now_ns, time_ns
            due_ns = self._anchor[0] + (time_ns - self._anchor[1]) / self.speed
            return min(max(0.0, due_ns - now_ns) / SECOND, LOOK_S)
