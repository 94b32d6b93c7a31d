"""Sums over a run that its figures are made of, each in one pass and without a copy."""

from math import sqrt

from market.columns import F64, I64
from market.kernel import lean_kernel, sum_kernel

__all__ = [
    "co_moments", "drawdown_sums", "lowest_of", "return_sums", "under_water_ns",
]  # fmt: skip


@lean_kernel
def lowest_of(values: F64) -> float:
    """The lowest value, NaN left out."""
    lowest = values[0]
    for at in range(len(values)):
        lowest = min(lowest, values[at])
    return float(lowest)


@sum_kernel
def return_sums(values: F64, free: float) -> tuple[float, float, float, float, float]:
    """Of the returns r of ``values`` (n,), n >= 3, all above zero, with f = ``free``:

    mean(r), the sample's standard deviation (n - 1), Σ min(r - f, 0)², Σ max(r - f, 0) and
    Σ max(f - r, 0). Deviations are summed around the first return, so that little is lost.
    """
    count = len(values) - 1
    first = values[1] / values[0] - 1.0
    total, squares, downside, gains, losses = 0.0, 0.0, 0.0, 0.0, 0.0
    for at in range(count):
        found = values[at + 1] / values[at] - 1.0
        off, excess = found - first, found - free
        total += off
        squares += off * off
        under = min(excess, 0.0)
        downside += under * under
        losses -= under
        gains += max(excess, 0.0)
    variance = max(squares - total * total / count, 0.0) / (count - 1)
    return first + total / count, sqrt(variance), downside, gains, losses


@sum_kernel
def co_moments(values: F64, market: F64) -> tuple[float, float, float]:
    """Of the returns r of ``values`` and m of ``market``, both (n,), n >= 2, all above zero:

    mean(m), Σ (r - mean(r)) (m - mean(m)) and Σ (m - mean(m))².
    """
    count = len(values) - 1
    own_first, first = values[1] / values[0] - 1.0, market[1] / market[0] - 1.0
    own_total, total, products, squares = 0.0, 0.0, 0.0, 0.0
    for at in range(count):
        own = values[at + 1] / values[at] - 1.0 - own_first
        off = market[at + 1] / market[at] - 1.0 - first
        own_total += own
        total += off
        products += own * off
        squares += off * off
    together = products - own_total * total / count
    return first + total / count, together, max(squares - total * total / count, 0.0)


@lean_kernel
def drawdown_sums(equity: F64) -> tuple[float, float]:
    """Lowest drawdown and Σ drawdown²; a drawdown is equity / highest so far - 1."""
    peak, lowest, squares = equity[0], 0.0, 0.0
    for at in range(len(equity)):
        peak = max(peak, equity[at])
        fall = equity[at] / peak - 1.0
        lowest = min(lowest, fall)
        squares += fall * fall
    return lowest, squares


@lean_kernel
def under_water_ns(time_ns: I64, equity: F64) -> int:
    """Longest time from a peak to the first candle that is as high again, or to the last candle."""
    peak, longest, sank = 0, 0, False
    for at in range(1, len(equity)):
        back = equity[at] >= equity[peak]
        sank = sank or not back
        if sank and (back or at == len(equity) - 1):
            longest = max(longest, time_ns[at] - time_ns[peak])
        if back:
            peak, sank = at, False
    return longest
