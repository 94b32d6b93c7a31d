"""Sliding windows by doubling, bar by bar: nothing is subtracted that was once added.

A window of ``2 m`` bars joins two of ``m``; one of ``2 m + 1`` bars takes the newest bar as well.
So 20 bars come from 10, those from 5, from 2, from 1: one join for every binary digit of the
period, 12 for the longest, 5,000. A value depends on the bars of its window alone, not on where the
series began; rounding errors grow with the logarithm of the length, as in pairwise summation
(Higham, "The accuracy of floating point summation", 1993); an outlier that has left leaves nothing
behind; squares of deviations join as in Chan, Golub and LeVeque ("Updating formulae", 1979), where
nothing cancels.

``push_...`` takes one bar. ``rings`` holds, for every length on the way, the newest windows of that
length, in a ring of a power of two. The same arithmetic over whole arrays, equal to the last bit,
is in ``sweeps`` and ``moment_sweeps``.
"""

from indicators.parts import F64
from market.kernel import inline_kernel, kernel

Moments = tuple[float, float, float]


@inline_kernel
def highest_power(period: int) -> int:
    """The highest power of two that is at most ``period``."""
    top = 1
    while 2 * top <= period:
        top *= 2
    return top


@kernel
def ring_cells(period: int) -> int:
    """Cells that a window with one value per bar keeps: 2 + 4 + 8 + ..., under twice its length."""
    return 2 * highest_power(period) - 2


@kernel
def push_sum(rings: F64, seen: int, period: int, value: float) -> float:
    """The sum of the newest ``period`` values, ``value`` among them; those before the first: 0."""
    total, length, base, room, bit = value, 1, 0, 2, highest_power(period) // 2
    while bit > 0:
        odd, mask = 1 if period & bit else 0, room - 1
        older = rings[base + ((seen - odd - length) & mask)]
        newer = rings[base + ((seen - 1) & mask)] if odd else total
        rings[base + (seen & mask)] = total
        total = newer + older
        if odd:
            total = value + total
        base, room, bit, length = base + room, 2 * room, bit // 2, 2 * length + odd
    return total


@kernel
def push_weighted(rings: F64, seen: int, period: int, value: float) -> float:
    """Σ weight · value over the newest ``period`` values, weights 1 (oldest) to ``period``.

    ``rings`` holds twice :func:`ring_cells`: plain sums first.
    """
    half = len(rings) // 2
    plain = weighted = value
    length, base, room, bit = 1, 0, 2, highest_power(period) // 2
    while bit > 0:
        odd, mask = 1 if period & bit else 0, room - 1
        old, last, now = (seen - odd - length) & mask, (seen - 1) & mask, seen & mask
        old_plain, old_weighted = rings[base + old], rings[half + base + old]
        new_plain = rings[base + last] if odd else plain
        new_weighted = rings[half + base + last] if odd else weighted
        rings[base + now], rings[half + base + now] = plain, weighted
        weighted = (new_weighted + length * new_plain) + old_weighted
        plain = new_plain + old_plain
        length *= 2
        if odd:
            length += 1
            weighted += length * value
            plain = value + plain
        base, room, bit = base + room, 2 * room, bit // 2
    return weighted


@kernel
def join_moments(newer: Moments, older: Moments, away: float, length: int) -> Moments:
    """Two windows of ``length`` bars; ``away``: the older's newest value less the newer's."""
    distance = older[0] + length * away
    apart = distance - newer[0]
    squares = (newer[1] + older[1]) + apart * apart * (0.5 / length)
    slant = (newer[2] + older[2]) - 0.5 * length * apart
    return newer[0] + distance, squares, slant


@kernel
def push_moments(rings: F64, seen: int, period: int, value: float) -> Moments:
    """Of the newest ``period`` values: Σ (x − value), Σ (x − mean)², Σ (t − mean t)(x − mean).

    ``t`` counts bars. ``rings`` holds four times :func:`ring_cells`: values, then these three. The
    third is the covariance of a line of least squares.
    """
    part = len(rings) // 4
    length, base, room, bit = 1, 0, 2, highest_power(period) // 2
    now = (0.0, 0.0, 0.0)
    while bit > 0:
        odd, mask = 1 if period & bit else 0, room - 1
        old, last, at = (
            base + ((seen - odd - length) & mask),
            base + ((seen - 1) & mask),
            base + (seen & mask),
        )
        before, older = (
            rings[old],
            (rings[part + old], rings[2 * part + old], rings[3 * part + old]),
        )
        anchor, newer = value, now
        if odd:
            anchor = rings[last]
            newer = rings[part + last], rings[2 * part + last], rings[3 * part + last]
        rings[at] = value
        rings[part + at], rings[2 * part + at], rings[3 * part + at] = now
        now = join_moments(newer, older, before - anchor, length)
        length *= 2
        if odd:
            distance = now[0] + length * (anchor - value)
            square = distance * distance * (1.0 / (length * (length + 1.0)))
            now = distance, now[1] + square, now[2] - 0.5 * distance
            length += 1
        base, room, bit = base + room, 2 * room, bit // 2
    return now
