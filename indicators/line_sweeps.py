"""Lines of least squares of sliding windows over whole arrays: see ``moment_sweeps``, of which this
is the form with a covariance, equal to the last bit to ``windows.push_moments``.
"""

from math import sqrt

import numpy as np

from indicators.parts import F64
from indicators.sweeps import piece_bars, row_cells
from indicators.windows import Moments, highest_power
from market.kernel import inline_kernel, kernel, lean_kernel


@inline_kernel
def _join(newer: Moments, older: Moments, away: float, count: float, half: float) -> Moments:
    distance = older[0] + count * away
    apart = distance - newer[0]
    squares = (newer[1] + older[1]) + apart * apart * half
    return newer[0] + distance, squares, (newer[2] + older[2]) - 0.5 * count * apart


@inline_kernel
def _append(window: Moments, away: float, count: float, share: float) -> Moments:
    distance = window[0] + count * away
    return distance, window[1] + distance * distance * share, window[2] - 0.5 * distance


@inline_kernel
def line_end(total: float, squares: float, slant: float, period: int) -> tuple[float, float]:
    """End of the line above the newest value, and the deviation from the line, of what
    ``push_moments`` gives. The slope is Σ (t − mean t)(x − mean x) / Σ (t − mean t)².
    """
    share, slope = 1.0 / period, slant * (12.0 / (period * (period * period - 1.0)))
    end = total * share + slope * ((period - 1) / 2.0)
    return end, sqrt(max(squares - slope * slant, 0.0) * share)


@inline_kernel
def _pair(away: float) -> Moments:
    """Two bars."""
    return away, away * away * 0.5, 0.0 - 0.5 * away


@kernel
def _head(values: F64, length: int, out_d: F64, out_m: F64, out_c: F64) -> None:
    """Windows of ``length`` bars, 2 to 7, as in ``moment_sweeps``."""
    step, odd = length // 2, length % 2
    x, before, newest = values[step - 1 + step :], values[step - 1 :], values[length - 1 :]
    near_x, near, far_x, far = values[step:], values[step + 1 :], values, values[1:]
    near_newest, far_newest = values[2 * step - 1 :], values[step - 1 :]
    count, half, twice = float(step), 0.5 / step, 2.0 * step
    last = 1.0 / (twice * (twice + 1.0))
    for i in range(len(out_d)):
        newer = older = (0.0, 0.0, 0.0)
        if step > 1:
            newer, older = _pair(near_x[i] - near[i]), _pair(far_x[i] - far[i])
        if step > 2:
            newer = _append(newer, near[i] - near_newest[i], 2.0, 1.0 / 6.0)
            older = _append(older, far[i] - far_newest[i], 2.0, 1.0 / 6.0)
        window = _join(newer, older, before[i] - x[i], count, half)
        if odd:
            window = _append(window, x[i] - newest[i], twice, last)
        out_d[i], out_m[i], out_c[i] = window


@kernel
def _double(
    values: F64, length: int, d: F64, m: F64, c: F64, out_d: F64, out_m: F64, out_c: F64
) -> None:  # fmt: skip
    """Two windows of ``length`` bars; the older one's newest bar is the first of ``values``."""
    x, before, count, half = values[length:], values, float(length), 0.5 / length
    new_d, new_m, new_c = d[length:], m[length:], c[length:]
    for i in range(len(out_d)):
        newer, older = (new_d[i], new_m[i], new_c[i]), (d[i], m[i], c[i])
        out_d[i], out_m[i], out_c[i] = _join(newer, older, before[i] - x[i], count, half)


@kernel
def _double_one(
    values: F64, length: int, d: F64, m: F64, c: F64, out_d: F64, out_m: F64, out_c: F64
) -> None:  # fmt: skip
    """As before, and one more bar."""
    x, before, newest = values[length:], values, values[length + 1 :]
    new_d, new_m, new_c = d[length:], m[length:], c[length:]
    count, half, twice = float(length), 0.5 / length, 2.0 * length
    last = 1.0 / (twice * (twice + 1.0))
    for i in range(len(out_d)):
        newer, older = (new_d[i], new_m[i], new_c[i]), (d[i], m[i], c[i])
        window = _join(newer, older, before[i] - x[i], count, half)
        out_d[i], out_m[i], out_c[i] = _append(window, x[i] - newest[i], twice, last)


@kernel
def _ends(
    values: F64, period: int, width: float, d: F64, m: F64, c: F64,
    upper: F64, middle: F64, lower: F64,
) -> None:  # fmt: skip
    for i in range(len(middle)):
        end, spread = line_end(d[i], m[i], c[i], period)
        value, reach = values[i] + end, width * spread
        upper[i], middle[i], lower[i] = value + reach, value, value - reach


@kernel
def _last_four(
    values: F64, period: int, width: float, d: F64, m: F64, c: F64,
    upper: F64, middle: F64, lower: F64,
) -> None:  # fmt: skip
    """Two doublings without an odd bar, of the windows A (newest), B, C and D, and their ends: the
    arithmetic is done while the results are on their way to memory.
    """
    length = period // 4
    x_a, x_b, x_c = values[3 * length :], values[2 * length :], values[length:]
    d_a, d_b, d_c = d[3 * length :], d[2 * length :], d[length:]
    m_a, m_b, m_c = m[3 * length :], m[2 * length :], m[length:]
    c_a, c_b, c_c = c[3 * length :], c[2 * length :], c[length:]
    one, two, half, quarter = float(length), 2.0 * length, 0.5 / length, 0.25 / length
    for i in range(len(middle)):
        window, older = (d_a[i], m_a[i], c_a[i]), (d_b[i], m_b[i], c_b[i])
        newer = _join(window, older, x_b[i] - x_a[i], one, half)
        window, older = (d_c[i], m_c[i], c_c[i]), (d[i], m[i], c[i])
        older = _join(window, older, values[i] - x_c[i], one, half)
        window = _join(newer, older, x_c[i] - x_a[i], two, quarter)
        end, spread = line_end(window[0], window[1], window[2], period)
        value, reach = x_a[i] + end, width * spread
        upper[i], middle[i], lower[i] = value + reach, value, value - reach


@kernel
def line_work(period: int, bars: int) -> F64:
    """Rows for :func:`piece_lines`, as ``moment_sweeps.moment_work``."""
    return np.zeros((6, row_cells(min(piece_bars(period), bars) + period - 1)))


@lean_kernel
def piece_lines(
    values: F64, period: int, width: float, work: F64, upper: F64, middle: F64, lower: F64
) -> None:  # fmt: skip
    """End of the line through every full window of ``period`` values, 2 or more, into ``middle``,
    (m,), and ``width`` deviations from the line above and below it.
    """
    bit, row = max(highest_power(period) // 4, 1), 0
    length = period // bit
    size = len(values) - length + 1
    d, m, c = work[0, :size], work[1, :size], work[2, :size]
    _head(values, length, d, m, c)
    while bit > 1:
        here = values[length - 1 :]
        if bit == 4 and period % 4 == 0:
            _last_four(here, period, width, d, m, c, upper, middle, lower)
            return
        bit, row = bit // 2, 3 - row
        odd = 1 if period & bit else 0
        size -= length + odd
        next_d, next_m, next_c = work[row, :size], work[row + 1, :size], work[row + 2, :size]
        if odd:
            _double_one(here, length, d, m, c, next_d, next_m, next_c)
        else:
            _double(here, length, d, m, c, next_d, next_m, next_c)
        d, m, c, length = next_d, next_m, next_c, 2 * length + odd
    _ends(values[period - 1 :], period, width, d, m, c, upper, middle, lower)
