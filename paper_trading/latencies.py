"""How long it takes from a trade of the market to the order that a strategy answers it with."""

from collections.abc import Iterable

import numpy as np

__all__ = ["Latencies", "percentiles"]

KEPT = 500


class Latencies:
    """The newest times, in ns. One thread adds, any may read."""

    def __init__(self) -> None:
        self._newest: list[int] = []
        self._count = 0

    def add(self, nanoseconds: int) -> None:
        """Remember one."""
        if self._count < KEPT:
            self._newest.append(nanoseconds)
        else:
            self._newest[self._count % KEPT] = nanoseconds
        self._count += 1

    def all(self) -> list[int]:
        """Those that are remembered, in no order."""
        return self._newest[:]


def percentiles(all_of_them: Iterable[Latencies]) -> tuple[float | None, float | None]:
    """What half and 99 % of the newest took at most, in µs; None where there are none."""
    times = [time for each in all_of_them for time in each.all()]
    if not times:
        return None, None
    half, most = np.percentile(times, (50, 99)) / 1000
    return float(half), float(most)
