"""How long it takes from a trade of the market to the order that a strategy answers it with."""

from collections import deque
from statistics import median

__all__ = ["Latencies"]

KEPT = 100


class Latencies:
    """The newest times. For one thread."""

    def __init__(self) -> None:
        self._newest: deque[int] = deque(maxlen=KEPT)

    def add(self, nanoseconds: int) -> None:
        """Remember one."""
        self._newest.append(nanoseconds)

    @property
    def median_us(self) -> float | None:
        """Half of the newest 100 took less; None before the first. In µs."""
        return median(self._newest) / 1000 if self._newest else None
