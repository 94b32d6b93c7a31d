"""Means and deviations of sliding windows over whole arrays: see ``sweeps``; the arithmetic is that
of ``windows.push_moments``, equal to the last bit.
"""

from math import sqrt

import numpy as np

from indicators.parts import F64
from indicators.sweeps import piece_bars, row_cells
from indicators.windows import highest_power
from market.kernel import inline_kernel, kernel


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
    which costs less than writing and reading it.
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
            new_d, new_m = _join(0.0, 0.0, 0.0, 0.0, near_x[i] - near[i], 1.0, 0.5)
            d, m = _join(0.0, 0.0, 0.0, 0.0, far_x[i] - far[i], 1.0, 0.5)
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
def moment_work(period: int, bars: int) -> F64:
    """Rows for :func:`piece_deviations` of at most :func:`piece_bars` bars of ``bars``."""
    return np.zeros((4, row_cells(min(piece_bars(period), bars) + period - 1)))


@kernel
def piece_deviations(values: F64, period: int, work: F64) -> tuple[F64, F64]:
    """Σ (x − newest x) and √(Σ (x − mean)² / period) of every full window of ``period`` values.

    Both float64 (m,), rows of ``work``, to be used before the next call.
    """
    size, row, share = len(values), 0, 1.0 / period
    if period == 1:
        work[:2] = 0.0
        return work[0, :size], work[1, :size]
    bit = max(highest_power(period) // 4, 1)
    length = period // bit
    size -= length - 1
    d, m = work[0, :size], work[1, :size]
    _head(values, length, d, m)
    if bit == 1:
        for i in range(size):
            m[i] = sqrt(m[i] * share)
    while bit > 1:
        odd, bit, row = 1 if period & (bit // 2) else 0, bit // 2, 2 - row
        size -= length + odd
        here, next_d, next_m = values[length - 1 :], work[row, :size], work[row + 1, :size]
        if bit == 1 and odd:
            _last_one(here, length, d, m, share, next_d, next_m)
        elif bit == 1:
            _last(here, length, d, m, share, next_d, next_m)
        elif odd:
            _double_one(here, length, d, m, next_d, next_m)
        else:
            _double(here, length, d, m, next_d, next_m)
        d, m, length = next_d, next_m, 2 * length + odd
    return d, m


@kernel
def _double_line(
    values: F64, length: int, odd: int, d: F64, m: F64, c: F64, out_d: F64, out_m: F64, out_c: F64
) -> None:  # fmt: skip
    """Like :func:`_double` and, where ``odd`` is 1, :func:`_double_one`, with the covariance."""
    x, before, newest = values[length:], values, values[length + odd :]
    new_d, new_m, new_c = d[length:], m[length:], c[length:]
    count, half, twice, slant = float(length), 0.5 / length, 2.0 * length, 0.5 * odd
    lever, last = 0.5 * length, odd * (1.0 / (twice * (twice + 1.0)))
    for i in range(len(out_d)):
        distance = d[i] + count * (before[i] - x[i])
        apart = distance - new_d[i]
        squares = (new_m[i] + m[i]) + apart * apart * half
        distance = (new_d[i] + distance) + twice * (x[i] - newest[i])
        out_d[i] = distance
        out_m[i] = squares + distance * distance * last
        out_c[i] = ((new_c[i] + c[i]) - lever * apart) - slant * distance


@kernel
def line_work(period: int, bars: int) -> F64:
    """Rows for :func:`piece_lines`, as :func:`moment_work`."""
    return np.zeros((9, row_cells(min(piece_bars(period), bars) + period - 1)))


@kernel
def piece_lines(values: F64, period: int, work: F64) -> tuple[F64, F64, F64]:
    """Of every full window of ``period`` values, 2 or more, what ``windows.push_moments`` gives.

    Three of float64 (m,), rows of ``work``, to be used before the next call.
    """
    length, bit, row, size = 1, highest_power(period) // 2, 0, len(values)
    d, m, c = work[6, :size], work[7, :size], work[8, :size]
    while bit > 0:
        odd = 1 if period & bit else 0
        size -= length + odd
        next_d, next_m, next_c = work[row, :size], work[row + 1, :size], work[row + 2, :size]
        _double_line(values[length - 1 :], length, odd, d, m, c, next_d, next_m, next_c)
        d, m, c, length, bit, row = next_d, next_m, next_c, 2 * length + odd, bit // 2, 3 - row
    return d, m, c
