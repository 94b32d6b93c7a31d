"""The time of paper trading: UTC of our own clock, which never goes back, or a replay's."""

from collections.abc import Callable
from time import monotonic_ns, time_ns

from market.types import SECOND
from trading.paper.terms import MarketMode

__all__ = ["JUMP_NS", "SteadyClock", "Times"]

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


class Times:
    """What time it is in each market: in a replay that of the newest trade, else our own.

    For one thread. ``replay_ns`` is set to the time at which a replay begins.
    """

    def __init__(self, own: SteadyClock) -> None:
        self.own = own
        self.replay_ns = 0

    def of(self, market: MarketMode) -> int:
        """The time of now in ``market``; it never falls while one replay is shown."""
        return self.replay_ns if market == "replay" else self.own.read()

    def heard(self, time_ns: int) -> None:
        """A replay has come to ``time_ns``."""
        self.replay_ns = max(self.replay_ns, time_ns)
