"""Sizes in whole steps, written so that a person reads the decimals that were meant.

A multiple of a step below one is a quotient of integers, not a product of floats: 3 / 10 is 0.3,
3 * 0.1 is not. So sums of sizes stay what they are in decimals.
"""

from math import inf

import numpy as np

from market.kernel import lean_kernel
from trading.engine.records import DUST

__all__ = ["FINEST", "nearest_steps", "whole_steps"]

FINEST = 1e-8
"""The step of live matching where a symbol has none of its own."""

ROUNDING = 1e-15
"""Relative error that a few operations on floats may leave."""


@lean_kernel
def _of_steps(steps: float, step: float) -> float:
    """``steps`` × ``step``, as the float next to that decimal."""
    share = 1.0 / step
    whole = np.floor(share + 0.5)
    if step < 1 and abs(share - whole) <= DUST * whole:
        return float(steps / whole)
    return steps * step


@lean_kernel
def nearest_steps(size: float, step: float) -> float:
    """``size``, either sign, which is whole steps but for rounding, without that."""
    return _of_steps(np.floor(size / step + 0.5), step)


@lean_kernel
def whole_steps(size: float, step: float) -> float:
    """``size`` >= 0 cut to whole steps; an infinite one stays."""
    if size == inf:
        return inf
    steps = size / step
    return _of_steps(np.floor(steps + DUST + ROUNDING * steps), step)
