"""Sliding windows over whole arrays, the same arithmetic as ``windows``, equal to the last bit.

Bars go through in pieces that stay in the nearest cache. Every pass is a loop whose steps do not
depend on each other, so that the compiler fills the processor's lanes. The first three binary
digits of a period share a pass, and so do two doublings without an odd bar between them: what a
pass costs is reading and writing. Questions about the period stand inside the loops and do not
change there: the compiler makes a loop for either answer.
"""

import numpy as np

from indicators.parts import F64
from indicators.windows import highest_power
from market.kernel import kernel, lean_kernel

_PIECE = 704
_LATE = 24_576
"""Bars; five columns of them are half of a second cache of 2 MB."""


@kernel
def piece_bars(period: int) -> int:
    """Bars that go through at once."""
    return max(_PIECE, 4 * period)


@kernel
def late_start(count: int) -> int:
    """The bar where the late part of ``count`` bars begins; ``count``: there is none, the columns
    fit into the second cache.

    Whoever has just made or read the columns has left their ends there. Going through the early
    part pushes them out: the late part comes first.
    """
    return count - _LATE if count > 2 * _LATE else count


@kernel
def row_cells(count: int) -> int:
    """Cells of a work row, such that no two rows lie 4,096 bytes apart: a load would wait for the
    other row's store.
    """
    return (count + 511 - 120) // 512 * 512 + 120


@kernel
def _short(values: F64, period: int, scale: float, out: F64) -> None:
    """Windows of 1 to 3 bars."""
    newest, newer, older = values[period - 1 :], values[period // 2 :], values
    for i in range(len(out)):
        total = newer[i] + older[i] if period > 1 else newest[i]
        if period == 3:
            total = newest[i] + total
        out[i] = total * scale


@kernel
def _head(values: F64, odd: int, odd_next: int, scale: float, out: F64) -> None:
    """Windows of ``2 * (2 + odd) + odd_next`` bars, the first at the start of ``values``."""
    step = 2 + odd
    a, b, c = values[2 * step - 1 :], values[step + 1 :], values[step:]
    d, e, f = values[step - 1 :], values[1:], values
    newest = values[2 * step - 1 + odd_next :]
    for i in range(len(out)):
        newer, older = b[i] + c[i], e[i] + f[i]
        if odd:
            newer, older = a[i] + newer, d[i] + older
        total = newer + older
        if odd_next:
            total = newest[i] + total
        out[i] = total * scale


@kernel
def double(newest: F64, odd: int, newer: F64, older: F64, scale: float, out: F64) -> None:
    """One step of doubling, times ``scale``: ``newest`` counts where ``odd`` is 1."""
    for i in range(len(out)):
        total = newer[i] + older[i]
        if odd:
            total = newest[i] + total
        out[i] = total * scale


@kernel
def _quadruple(a: F64, b: F64, c: F64, d: F64, scale: float, out: F64) -> None:
    for i in range(len(out)):
        out[i] = ((a[i] + b[i]) + (c[i] + d[i])) * scale


@kernel
def work_rows(count: int, reach: int, bars: int) -> F64:
    """Rows for pieces of ``bars`` bars at most and the ``reach`` bars before them."""
    return np.empty((count, row_cells(min(piece_bars(reach + 1), bars) + reach)))


@kernel
def to_boundary(row: F64) -> int:
    """How many values come before the first that lies on a boundary of 32 bytes, as wide as what
    is written at once: where a loop does little else, writing across boundaries costs an eighth.
    """
    return -row.ctypes.data // 8 % 4


@kernel
def unknown(values: F64) -> int:
    """How many values are NaN or infinite."""
    count = 0
    for i in range(len(values)):
        count += not abs(values[i]) <= 1.7976931348623157e308
    return count


@kernel
def unknown_bars(a: F64, b: F64, c: F64) -> int:
    """In how many places the sum of the three is not finite: at least where one of them is not."""
    count = 0
    for i in range(len(a)):
        count += not abs(a[i] + b[i] + c[i]) <= 1.7976931348623157e308
    return count


@lean_kernel
def sum_piece(values: F64, period: int, scale: float, work: F64, out: F64) -> None:
    """Sum of the newest ``period`` values, times ``scale``, at every bar of ``out``.

    ``values`` begin ``period - 1`` bars before ``out``; ``work``: 2 of :func:`work_rows`.
    """
    if period < 4:
        _short(values, period, scale, out)
    else:
        _sum_piece(values, period, scale, work, out)


@lean_kernel
def _sum_piece(values: F64, period: int, scale: float, work: F64, out: F64) -> None:
    """Place 0 of a row is the first full window's."""
    bit = highest_power(period) // 4
    length, row = period // bit, 0
    one, size = (length // 2) % 2, len(values) - length + 1
    if bit == 1:
        _head(values, one, length % 2, scale, out)
        return
    current = work[0, :size]
    _head(values, one, length % 2, 1.0, current)
    while bit > 1:
        odd, bit, row = 1 if period & (bit // 2) else 0, bit // 2, 1 - row
        four = bit > 1 and odd == 0 and period & (bit // 2) == 0
        if four:
            bit //= 2
        size -= 3 * length if four else length + odd
        target, share = (out, scale) if bit == 1 else (work[row, :size], 1.0)
        if four:
            c, d = current[length:], current
            _quadruple(current[3 * length :], current[2 * length :], c, d, share, target)
        else:
            newest = values[2 * length + odd - 1 :]
            double(newest, odd, current[length:], current, share, target)
        current, length = target, 4 * length if four else 2 * length + odd


@kernel
def _scale(values: F64, scale: float, out: F64) -> None:
    for i in range(len(out)):
        out[i] = values[i] * scale


@kernel
def _weigh_short(values: F64, period: int, scale: float, out: F64) -> None:
    """Windows of 1 to 3 bars."""
    if period == 1:
        _scale(values, scale, out)
        return
    top, newest, newer, older = float(3 * (period % 2)), values[period - 1 :], values[1:], values
    for i in range(len(out)):
        out[i] = (((newer[i] + newer[i]) + older[i]) + top * newest[i]) * scale


@kernel
def _weigh_head(values: F64, odd: int, odd_next: int, out_s: F64, out_t: F64) -> None:
    """Like :func:`_head`, plain and weighted."""
    step = 2 + odd
    count, last = float(step), float(2 * step + 1)
    a, b, c = values[2 * step - 1 :], values[step + 1 :], values[step:]
    d, e, f = values[step - 1 :], values[1:], values
    newest = values[2 * step - 1 + odd_next :]
    for i in range(len(out_s)):
        newer, older = b[i] + c[i], e[i] + f[i]
        new_t, old_t = (b[i] + b[i]) + c[i], (e[i] + e[i]) + f[i]
        if odd:
            newer, older = a[i] + newer, d[i] + older
            new_t, old_t = new_t + 3.0 * a[i], old_t + 3.0 * d[i]
        plain, weighted = newer + older, (new_t + count * newer) + old_t
        if odd_next:
            plain, weighted = newest[i] + plain, weighted + last * newest[i]
        out_s[i], out_t[i] = plain, weighted


@kernel
def _weigh_double(
    newest: F64, odd: int, s: F64, t: F64, length: int, out_s: F64, out_t: F64
) -> None:  # fmt: skip
    count, weight = float(length), float(2 * length + 1)
    new_s, new_t = s[length:], t[length:]
    for i in range(len(out_s)):
        plain, weighted = new_s[i] + s[i], (new_t[i] + count * new_s[i]) + t[i]
        if odd:
            plain, weighted = newest[i] + plain, weighted + weight * newest[i]
        out_s[i], out_t[i] = plain, weighted


@kernel
def _weigh_last(
    newest: F64, odd: int, s: F64, t: F64, length: int, scale: float, out: F64
) -> None:  # fmt: skip
    count, weight = float(length), float(2 * length + 1)
    new_s, new_t = s[length:], t[length:]
    for i in range(len(out)):
        total = (new_t[i] + count * new_s[i]) + t[i]
        if odd:
            total += weight * newest[i]
        out[i] = total * scale


@kernel
def _weigh_last_four(s: F64, t: F64, length: int, scale: float, out: F64) -> None:
    """Two doublings without an odd bar."""
    one, two = float(length), 2.0 * length
    s_a, s_b, s_c = s[3 * length :], s[2 * length :], s[length:]
    t_a, t_b, t_c = t[3 * length :], t[2 * length :], t[length:]
    for i in range(len(out)):
        newer = (t_a[i] + one * s_a[i]) + t_b[i]
        older = (t_c[i] + one * s_c[i]) + t[i]
        out[i] = ((newer + two * (s_a[i] + s_b[i])) + older) * scale


@lean_kernel
def weigh_piece(values: F64, period: int, scale: float, work: F64, out: F64) -> None:
    """Σ weight · value over the newest ``period`` values, weights 1 (oldest) to ``period``, times
    ``scale``. Arrays as in :func:`sum_piece`, 4 rows of work.
    """
    if period < 4:
        _weigh_short(values, period, scale, out)
    else:
        _weigh_piece(values, period, scale, work, out)


@lean_kernel
def _weigh_piece(values: F64, period: int, scale: float, work: F64, out: F64) -> None:
    """Like :func:`_sum_piece`, two rows for every length."""
    bit = highest_power(period) // 4
    length, row = period // bit, 0
    size = len(values) - length + 1
    s, t = work[0, :size], work[1, :size]
    _weigh_head(values, (length // 2) % 2, length % 2, s, t)
    if bit == 1:
        _scale(t, scale, out)
        return
    while bit > 2:
        odd = 1 if period & (bit // 2) else 0
        if bit == 4 and period % 4 == 0:
            _weigh_last_four(s, t, length, scale, out)
            return
        row, bit, size = 2 - row, bit // 2, size - length - odd
        out_s, out_t = work[row, :size], work[row + 1, :size]
        _weigh_double(values[2 * length + odd - 1 :], odd, s, t, length, out_s, out_t)
        s, t, length = out_s, out_t, 2 * length + odd
    odd = period % 2
    _weigh_last(values[period - 1 :], odd, s, t, length, scale, out)
