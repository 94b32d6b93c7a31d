"""The ends of a distribution, without sorting what lies between."""

from typing import NamedTuple

import numpy as np

from market.columns import F64

__all__ = ["TAIL", "Tails", "tails_of"]

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
    lowest, highest = (_smallest(values, below + 2, side) for side in (1, -1))
    low, high = (float(np.interp(place - below, (0, 1), ends[-2:])) for ends in (lowest, highest))
    return Tails(low, -high, float(lowest[: below + 1].mean()))


def _smallest(values: F64, count: int, side: int) -> F64:
    """The ``count`` smallest of ``side`` × ``values``, the last two in order; padded with the last.

    Only what a sample says is small enough is looked at, if it turns out to be enough.
    """
    near = values
    if len(values) > 4 * SAMPLED:
        sample = np.sort(side * values[:: len(values) // SAMPLED])
        limit = sample[int(len(sample) * SURPLUS * count / len(values)) + 8]
        found = values[side * values <= limit] if side < 0 else values[values <= limit]
        near = found if len(found) >= count else values
    near = side * near
    if len(near) < count:
        return np.append(near, near[-1:])
    near.partition([count - 2, count - 1])
    return near[:count]
