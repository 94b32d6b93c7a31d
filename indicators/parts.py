"""The parts that kernels are made of: one bar each, constant time on average, no drift.

A sliding window of ``period`` values costs constant time, however long it is, and never subtracts
what it once added (Gil and Werman, "Computing 2-D min, median, and max filters", 1993; van Herk,
1992). Time is cut into blocks of ``period`` bars. The window that ends at place ``k`` of a block is
the tail of the block before, from place ``k + 1``, and the head of this one. ``ring`` holds the
results of every tail from ``k + 1`` on and, before that, what this block has brought so far; when
the block is complete, one backward pass turns its values into its tails. So an old value that
dwarfs the rest leaves no rounding error behind, and extremes need no queue.

Which part is inlined was measured: the plain sum is twice as fast as a function of its own, the
others when they vanish into their callers.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from market.kernel import fused_kernel, inline_kernel, kernel

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


@fused_kernel
def follow(average: float, seen: int, period: int, weight: float, value: float) -> float:
    """Exponential average after ``seen`` values: the plain mean of the first ``period``, then
    ``average += (value - average) * weight``.
    """
    if seen < period:
        return average + (value - average) / (seen + 1)
    return average + (value - average) * weight


@fused_kernel
def wilder(average: float, seen: int, period: int, weight: float, value: float) -> float:
    """Wilder's average, ``weight`` 1 / period: like :func:`follow`, written for a shorter chain."""
    if seen < period:
        return average + (value - average) / (seen + 1)
    return average * (1.0 - weight) + value * weight


@kernel
def slide_sum(ring: F64, k: int, head: float, value: float) -> tuple[float, float]:
    """The sum of this block so far, to be given back at ``k + 1``, and that of the window."""
    last = len(ring) - 1
    head += value
    ring[k] = value
    if k < last:
        return head, ring[k + 1] + head
    for j in range(last - 1, 0, -1):
        ring[j] += ring[j + 1]
    return 0.0, head


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


@inline_kernel
def slide_weighted(
    ring: F64, k: int, head: float, weighted: float, value: float
) -> tuple[float, float, float]:
    """Sum and weighted sum of this block so far, and the window's sum with weights 1 (oldest) to
    ``period``.
    """
    last = len(ring) - 1
    head += value
    weighted += (k + 1) * value
    ring[k] = value
    if k < last:
        return head, weighted, ring[k + 1] + (weighted + (last - k) * head)
    plain = tail = 0.0
    for j in range(last, 0, -1):
        plain += ring[j]
        tail += plain
        ring[j] = tail
    return 0.0, 0.0, weighted


@inline_kernel
def slide_moments(
    first: F64, second: F64, k: int, moments: tuple[float, float, float, float], value: float
) -> tuple[tuple[float, float, float, float], float, float]:
    """Sums of the window's deviations, and of their squares, from the newest block's first value.

    ``moments``: that value, the two sums over this block so far, and the last value of the block
    before. Deviations are taken from a value of the window itself, whose squared distance from the
    mean is at most ``period`` times the variance: cancellation costs at most ``log2(period)`` bits.
    """
    last = len(first) - 1
    anchor, plain, squares, before = moments
    if k == 0:
        anchor, plain, squares = value, 0.0, 0.0
    distance = value - anchor
    plain += distance
    squares += distance * distance
    first[k] = value
    if k < last:
        shift = before - anchor
        old, tail = last - k, first[k + 1]
        total = plain + (tail + old * shift)
        total_squares = squares + (second[k + 1] + shift * (2.0 * tail + old * shift))
        return (anchor, plain, squares, before), total, total_squares
    tail = tail_squares = 0.0
    for j in range(last, 0, -1):
        distance = first[j] - value
        tail += distance
        tail_squares += distance * distance
        first[j], second[j] = tail, tail_squares
    return (anchor, plain, squares, value), plain, squares


@kernel
def deviation(total: float, squares: float, period: int) -> float:
    """Population standard deviation from the sums of :func:`slide_moments`."""
    share = 1.0 / period
    variance = (squares - total * total * share) * share
    return sqrt(variance) if variance > 0.0 else 0.0


@kernel
def true_range(high: float, low: float, before: float) -> float:
    """The bar's range, widened to the close before it (Wilder, "New Concepts", 1978)."""
    top = high if high > before else before
    bottom = low if low < before else before
    return top - bottom
