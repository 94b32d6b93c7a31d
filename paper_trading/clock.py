"""The time of paper trading: UTC of our own clock that never goes back."""

from collections.abc import Callable
from time import monotonic_ns, time_ns

from market.types import SECOND

__all__ = ["JUMP_NS", "SteadyClock"]

JUMP_NS = 5 * SECOND
"""A change of the wall clock against monotonic time from which on it counts as a jump."""


class SteadyClock:
    """Nanoseconds since 1970 that go on with monotonic time, whatever the wall clock does.

    It is put forward with the wall clock (a computer that slept has missed that time), never back:
    then it goes on from where it was. For one thread. It begins at ``least`` at the earliest.
    """

    def __init__(
        self,
        least: int = 0,
        wall: Callable[[], int] = time_ns,
        monotonic: Callable[[], int] = monotonic_ns,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._apart = wall() - monotonic()
        self._ahead = max(0, least - wall())

    def read(self) -> int:
        """The time of now; at least that of the call before."""
        return self._monotonic() + self._apart + self._ahead

    def begin_at(self, least: int) -> None:
        """Be at ``least`` or later from now on."""
        self._ahead += max(0, least - self.read())

    def jump(self) -> int:
        """How far the wall clock was put since the last call, in ns; 0 for less than 5 s.

        Small corrections, as a time service makes them, are followed forward only.
        """
        apart = self._wall() - self._monotonic()
        moved, self._apart = apart - self._apart, apart
        # What the wall clock lost is what this clock is ahead of it by; what it gained is made up.
        self._ahead = max(0, self._ahead - moved)
        return moved if abs(moved) >= JUMP_NS else 0
