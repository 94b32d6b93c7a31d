"""The ends of a distribution, without sorting what lies between."""

from typing import NamedTuple

import numpy as np

from market.columns import F64
from market.kernel import lean_kernel

__all__ = ["TAIL", "Tails", "gather_ends", "tails_of"]

TAIL = 0.05
SAMPLED = 4096
SURPLUS = 1.3
"""How many more than needed the sample's guess lets in; with fewer everything is looked at."""


class Tails(NamedTuple):
    """The 5th and the 95th percentile, linear between two values, and the mean of the worst 5 %."""

    low: float
    high: float
    worst_mean: float


def tails_of(values: F64) -> Tails:
    """Of ``values`` (n,), n >= 1, the mean over at least one."""
    place = (len(values) - 1) * TAIL
    below = int(place)
    lowest, highest = _ends(values, below + 2)
    low, high = (float(np.interp(place - below, (0, 1), end[-2:])) for end in (lowest, highest))
    return Tails(low, -high, float(lowest[: below + 1].mean()))


def _ends(values: F64, count: int) -> tuple[F64, F64]:
    """The ``count`` smallest of ``values`` and of -``values``, each with its last two in order."""
    low, high = values, -values if len(values) <= 4 * SAMPLED else values[:0]
    if len(values) > 4 * SAMPLED:
        sample = np.sort(values[:: len(values) // SAMPLED])
        at = int(len(sample) * SURPLUS * count / len(values)) + 8
        space = np.empty((2, 2 * count))
        lows, highs = gather_ends(values, sample[at], sample[-1 - at], space[0], space[1])
        low = space[0, :lows] if count <= lows <= 2 * count else values
        high = space[1, :highs] if count <= highs <= 2 * count else -values
    return _smallest(low, count), _smallest(high, count)


def _smallest(values: F64, count: int) -> F64:
    if len(values) < count:
        return np.append(values, values[-1:])
    return np.partition(values, [count - 2, count - 1])[:count]


@lean_kernel
def gather_ends(values: F64, low: float, high: float, lows: F64, highs: F64) -> tuple[int, int]:
    """Copy values up to ``low`` to ``lows`` and minus those from ``high`` on to ``highs``.

    How many there are of each, though there be space for fewer.
    """
    below, above = 0, 0
    for value in values:
        if value <= low:
            if below < len(lows):
                lows[below] = value
            below += 1
        if value >= high:
            if above < len(highs):
                highs[above] = -value
            above += 1
    return below, above
