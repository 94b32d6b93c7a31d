"""The parts that kernels are made of: one bar each, constant time on average, no drift.

The extremes of a sliding window cost constant time, however long it is (Gil and Werman, "Computing
2-D min, median, and max filters", 1993; van Herk, 1992). Time is cut into blocks of ``period``
bars. The window that ends at place ``k`` of a block is the tail of the block before, from place
``k + 1``, and the head of this one. ``ring`` holds the results of every tail from ``k + 1`` on and,
before that, what this block has brought so far; when the block is complete, one backward pass turns
its values into its tails. Sums, means and deviations of windows: ``windows``.
"""

from math import nan

import numpy as np
from numpy.typing import NDArray

from market.kernel import fused_kernel, inline_kernel, kernel

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


@inline_kernel
def poison(value: float) -> float:
    """What the guard of a state adds up: 0, or NaN where ``value``, an input or a sum of them, is
    not finite. A sum that overflows only costs the slower check.
    """
    return 0.0 if abs(value) <= 1.7976931348623157e308 else nan


@fused_kernel
def follow(average: float, seen: int, period: int, weight: float, value: float) -> float:
    """Exponential average after ``seen`` values: the plain mean of the first ``period``, then
    ``average + (value - average) * weight``, written such that a step waits for one fused product.
    """
    if seen < period:
        return average + (value - average) / (seen + 1)
    return average * (1.0 - weight) + value * weight


@inline_kernel
def smoothing(period: int) -> float:
    """2 / (period + 1), rounded such that it and the share of the past make exactly 1: where
    products are fused, the average of equal values is that value to the last bit.
    """
    return 1.0 - (1.0 - 2.0 / (period + 1))


@fused_kernel
def wilder(average: float, seen: int, period: int, weight: float, value: float) -> float:
    """Wilder's average, ``weight`` 1 / period: like :func:`follow`, written for a shorter chain."""
    if seen < period:
        return average + (value - average) / (seen + 1)
    return average * (1.0 - weight) + value * weight


@inline_kernel
def slide_high(ring: F64, k: int, head: float, value: float) -> tuple[float, float]:
    """The highest of this block so far, and of the window."""
    last = len(ring) - 1
    head = value if k == 0 else max(head, value)
    ring[k] = value
    if k < last:
        return head, max(ring[k + 1], head)
    for j in range(last - 1, 0, -1):
        ring[j] = max(ring[j], ring[j + 1])
    return head, head


@inline_kernel
def slide_low(ring: F64, k: int, head: float, value: float) -> tuple[float, float]:
    """The lowest of this block so far, and of the window."""
    last = len(ring) - 1
    head = value if k == 0 else min(head, value)
    ring[k] = value
    if k < last:
        return head, min(ring[k + 1], head)
    for j in range(last - 1, 0, -1):
        ring[j] = min(ring[j], ring[j + 1])
    return head, head


@inline_kernel
def slide_high_place(
    ring: F64, places: F64, k: int, head: tuple[float, float], value: float, place: float
) -> tuple[tuple[float, float], float]:
    """The highest of this block so far with its place, and the place of the window's highest.

    Of equal values the newest counts.
    """
    last = len(ring) - 1
    if k == 0 or value >= head[0]:
        head = (value, place)
    ring[k], places[k] = value, place
    if k < last:
        return head, places[k + 1] if ring[k + 1] > head[0] else head[1]
    for j in range(last - 1, 0, -1):
        if ring[j + 1] >= ring[j]:
            ring[j], places[j] = ring[j + 1], places[j + 1]
    return head, head[1]


@kernel
def true_range(high: float, low: float, before: float) -> float:
    """The bar's range, widened to the close before it (Wilder, "New Concepts", 1978); NaN where
    ``high`` or ``low`` is NaN.
    """
    top = before if before > high else high
    bottom = before if before < low else low
    return top - bottom
