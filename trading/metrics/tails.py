"""The ends of the returns' distribution, without sorting what lies between."""

from typing import NamedTuple

import numpy as np

from market.columns import F64
from market.kernel import lane_kernel

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
    """Of the returns of ``values`` (n,), n >= 2, all above zero; the mean over at least one."""
    place = (len(values) - 2) * TAIL
    below = int(place)
    lowest, highest = _ends(values, below + 2)
    low, high = (float(np.interp(place - below, (0, 1), end[-2:])) for end in (lowest, highest))
    return Tails(low, -high, float(lowest[: below + 1].mean()))


def _ends(values: F64, count: int) -> tuple[F64, F64]:
    """The ``count`` smallest of the returns and of minus the returns, their last two in order."""
    size = len(values) - 1
    if size > 4 * SAMPLED:
        sample = np.sort(_returns(values, size // SAMPLED))
        at = int(len(sample) * SURPLUS * count / size) + 8
        space = np.empty((2, 2 * count + 1))
        lows, highs = gather_ends(values, sample[at], sample[-1 - at], space[0], space[1])
        if count <= lows <= 2 * count and count <= highs <= 2 * count:
            return _smallest(space[0, :lows], count), _smallest(space[1, :highs], count)
    returns = _returns(values, 1)
    return _smallest(returns, count), _smallest(-returns, count)


def _returns(values: F64, step: int) -> F64:
    """Every ``step``-th return, as fractions."""
    found: F64 = values[1::step] / values[:-1:step] - 1.0
    return found


def _smallest(values: F64, count: int) -> F64:
    if len(values) < count:
        return np.append(values, values[-1:])
    return np.partition(values, [count - 2, count - 1])[:count]


@lane_kernel
def gather_ends(values: F64, low: float, high: float, lows: F64, highs: F64) -> tuple[int, int]:
    """Copy returns of ``values`` up to ``low`` to ``lows``, minus those from ``high`` to ``highs``.

    How many there are of each, though there be space for fewer. The last place of both is for those
    too many, and every return is written where the next would stand: no guess of the processor at
    which are copied can be wrong.
    """
    below, above, most, top = 0, 0, len(lows) - 1, len(highs) - 1
    for at in range(len(values) - 1):
        value = values[at + 1] / values[at] - 1.0
        lows[min(below, most)] = value
        highs[min(above, top)] = -value
        below += int(value <= low)
        above += int(value >= high)
    return below, above
