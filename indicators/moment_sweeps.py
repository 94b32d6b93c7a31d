"""Means and deviations of sliding windows over whole arrays: see ``sweeps``; the arithmetic is that
of ``windows.push_moments``, equal to the last bit.
"""

from math import sqrt

import numpy as np

from indicators.parts import F64
from indicators.sweeps import piece_bars, row_cells
from indicators.windows import highest_power
from market.kernel import inline_kernel, kernel, lean_kernel


@inline_kernel
def _join(
    d: float, m: float, new_d: float, new_m: float, away: float, count: float, share: float
) -> tuple[float, float]:  # fmt: skip
    distance = d + count * away
    apart = distance - new_d
    return new_d + distance, (new_m + m) + apart * apart * share


@inline_kernel
def _append(d: float, m: float, away: float, count: float, share: float) -> tuple[float, float]:
    distance = d + count * away
    return distance, m + distance * distance * share


@kernel
def _head(values: F64, length: int, out_d: F64, out_m: F64) -> None:
    """Windows of ``length`` bars, 2 to 7: all their steps in one pass. A half is joined twice,
    which costs less than writing and reading it. Two bars are joined without their zeros.
    """
    step, odd = length // 2, length % 2
    x, before, newest = values[step - 1 + step :], values[step - 1 :], values[length - 1 :]
    near_x, near, far_x, far = values[step:], values[step + 1 :], values, values[1:]
    near_newest, far_newest = values[2 * step - 1 :], values[step - 1 :]
    count, half, twice = float(step), 0.5 / step, 2.0 * step
    last = 1.0 / (twice * (twice + 1.0))
    for i in range(len(out_d)):
        new_d = new_m = d = m = 0.0
        if step > 1:
            new_d, d = near_x[i] - near[i], far_x[i] - far[i]
            new_m, m = new_d * new_d * 0.5, d * d * 0.5
        if step > 2:
            new_d, new_m = _append(new_d, new_m, near[i] - near_newest[i], 2.0, 1.0 / 6.0)
            d, m = _append(d, m, far[i] - far_newest[i], 2.0, 1.0 / 6.0)
        distance, squares = _join(d, m, new_d, new_m, before[i] - x[i], count, half)
        if odd:
            distance, squares = _append(distance, squares, x[i] - newest[i], twice, last)
        out_d[i], out_m[i] = distance, squares


@kernel
def _double(values: F64, length: int, d: F64, m: F64, out_d: F64, out_m: F64) -> None:
    """Two windows of ``length`` bars; the older one's newest bar is the first of ``values``."""
    x, before, new_d, new_m = values[length:], values, d[length:], m[length:]
    count, share = float(length), 0.5 / length
    for i in range(len(out_d)):
        away = before[i] - x[i]
        out_d[i], out_m[i] = _join(d[i], m[i], new_d[i], new_m[i], away, count, share)


@kernel
def _double_one(values: F64, length: int, d: F64, m: F64, out_d: F64, out_m: F64) -> None:
    """As before, and one more bar."""
    x, before, new_d, new_m = values[length:], values, d[length:], m[length:]
    newest, count, share, twice = values[length + 1 :], float(length), 0.5 / length, 2.0 * length
    last = 1.0 / (twice * (twice + 1.0))
    for i in range(len(out_d)):
        away = before[i] - x[i]
        distance, squares = _join(d[i], m[i], new_d[i], new_m[i], away, count, share)
        out_d[i], out_m[i] = _append(distance, squares, x[i] - newest[i], twice, last)


@kernel
def _last(values: F64, length: int, d: F64, m: F64, share: float, out_d: F64, out: F64) -> None:
    """Like :func:`_double`; the root beside the sums costs less than in a pass of its own."""
    x, before, new_d, new_m = values[length:], values, d[length:], m[length:]
    count, half = float(length), 0.5 / length
    for i in range(len(out_d)):
        away = before[i] - x[i]
        out_d[i], squares = _join(d[i], m[i], new_d[i], new_m[i], away, count, half)
        out[i] = sqrt(squares * share)


@kernel
def _last_one(values: F64, length: int, d: F64, m: F64, share: float, out_d: F64, out: F64) -> None:
    x, before, new_d, new_m = values[length:], values, d[length:], m[length:]
    newest, count, half, twice = values[length + 1 :], float(length), 0.5 / length, 2.0 * length
    last = 1.0 / (twice * (twice + 1.0))
    for i in range(len(out_d)):
        away = before[i] - x[i]
        distance, squares = _join(d[i], m[i], new_d[i], new_m[i], away, count, half)
        out_d[i], squares = _append(distance, squares, x[i] - newest[i], twice, last)
        out[i] = sqrt(squares * share)


@kernel
def _last_four(
    values: F64, length: int, d: F64, m: F64, share: float, out_d: F64, out: F64
) -> None:  # fmt: skip
    """Two doublings without an odd bar, the root at the end: the halves are joined twice, which
    costs less than writing and reading them.
    """
    a, b, c = values[3 * length :], values[2 * length :], values[length:]
    d_a, d_b, d_c = d[3 * length :], d[2 * length :], d[length:]
    m_a, m_b, m_c = m[3 * length :], m[2 * length :], m[length:]
    one, two, half, quarter = float(length), 2.0 * length, 0.5 / length, 0.25 / length
    for i in range(len(out_d)):
        new_d, new_m = _join(d_b[i], m_b[i], d_a[i], m_a[i], b[i] - a[i], one, half)
        old_d, old_m = _join(d[i], m[i], d_c[i], m_c[i], values[i] - c[i], one, half)
        out_d[i], squares = _join(old_d, old_m, new_d, new_m, c[i] - a[i], two, quarter)
        out[i] = sqrt(squares * share)


@kernel
def moment_work(period: int, bars: int) -> F64:
    """Rows for :func:`piece_deviations` of at most :func:`piece_bars` bars of ``bars``."""
    return np.zeros((4, row_cells(min(piece_bars(period), bars) + period - 1)))


@lean_kernel
def piece_deviations(values: F64, period: int, work: F64, out: F64) -> int:
    """√(Σ (x − mean)² / period) of every full window of ``period`` values into ``out``, (m,).

    Returns the row of ``work`` whose first m are Σ (x − newest x), until the next call.
    """
    size, row, share = len(values), 0, 1.0 / period
    if period == 1:
        work[0], out[:] = 0.0, 0.0
        return 0
    bit = max(highest_power(period) // 4, 1)
    length = period // bit
    size -= length - 1
    if bit == 1:
        _head(values, length, work[0, :size], out)
        for i in range(size):
            out[i] = sqrt(out[i] * share)
        return 0
    _head(values, length, work[0, :size], work[1, :size])
    while bit > 1:
        here, d, m, row = values[length - 1 :], work[row], work[row + 1], 2 - row
        if bit == 4 and period % 4 == 0:
            _last_four(here, length, d, m, share, work[row, : len(out)], out)
            return row
        odd, bit = 1 if period & (bit // 2) else 0, bit // 2
        size -= length + odd
        next_d, next_m = work[row, :size], work[row + 1, :size]
        if bit == 1 and odd:
            _last_one(here, length, d, m, share, next_d, out)
        elif bit == 1:
            _last(here, length, d, m, share, next_d, out)
        elif odd:
            _double_one(here, length, d, m, next_d, next_m)
        else:
            _double(here, length, d, m, next_d, next_m)
        length = 2 * length + odd
    return row
