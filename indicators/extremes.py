"""Highest and lowest values of sliding windows over whole arrays, in pieces as in ``sweeps``.

Windows may overlap here: two of a power of two bars make any length.
"""

from indicators.parts import F64
from market.kernel import kernel, lean_kernel


@kernel
def _widen(high_a: F64, high_b: F64, low_a: F64, low_b: F64, tops: F64, bottoms: F64) -> None:
    for i in range(len(tops)):
        tops[i] = high_a[i] if high_a[i] > high_b[i] else high_b[i]
        bottoms[i] = low_a[i] if low_a[i] < low_b[i] else low_b[i]


@kernel
def _widen_twice(high: F64, low: F64, length: int, tops: F64, bottoms: F64) -> None:
    """Four windows of ``length`` bars behind each other."""
    a, b, c = high[3 * length :], high[2 * length :], high[length:]
    d, e, f = low[3 * length :], low[2 * length :], low[length:]
    for i in range(len(tops)):
        newer, older = a[i] if a[i] > b[i] else b[i], c[i] if c[i] > high[i] else high[i]
        tops[i] = newer if newer > older else older
        newer, older = d[i] if d[i] < e[i] else e[i], f[i] if f[i] < low[i] else low[i]
        bottoms[i] = newer if newer < older else older


@lean_kernel
def range_piece(high: F64, low: F64, period: int, work: F64, tops: F64, bottoms: F64) -> None:
    """The highest of the newest ``period`` of ``high`` and the lowest of ``low``.

    ``high`` and ``low`` begin ``period - 1`` bars before ``tops`` and ``bottoms``; ``work``: 4 of
    :func:`indicators.sweeps.work_rows`.
    """
    length, row, size = 1, 0, len(high)
    while 2 * length <= period:
        four = 4 * length <= period
        size -= 3 * length if four else length
        next_high, next_low = work[row, :size], work[row + 1, :size]
        if four:
            _widen_twice(high, low, length, next_high, next_low)
        else:
            _widen(high[length:], high, low[length:], low, next_high, next_low)
        high, low, length, row = next_high, next_low, 4 * length if four else 2 * length, 2 - row
    rest = period - length
    _widen(high[rest:], high, low[rest:], low, tops, bottoms)
