"""Sliding windows over whole arrays, the same arithmetic as ``windows``, equal to the last bit.

Bars go through in pieces that stay in the nearest cache. Every pass is a loop whose steps do not
depend on each other, so that the compiler fills the processor's lanes. The first three binary
digits of a period share a pass, and so do two doublings without an odd bar between them: what a
pass costs is reading and writing. An odd bar is added times 1 or 0, which changes no bit.
"""

from math import nan

import numpy as np

from indicators.parts import F64
from indicators.windows import highest_power
from market.kernel import kernel

_PIECE = 896


@kernel
def piece_bars(period: int) -> int:
    """Bars that go through at once."""
    return max(_PIECE, 4 * period)


@kernel
def row_cells(count: int) -> int:
    """Cells of a work row, such that no two rows lie 4,096 bytes apart: a load would wait for the
    other row's store.
    """
    return (count + 511 - 120) // 512 * 512 + 120


@kernel
def _short(values: F64, period: int, scale: float, out: F64) -> None:
    """Windows of 1 to 3 bars."""
    one, two = float(period % 2), float(period // 2)
    newest, newer, older = values[period - 1 :], values[period // 2 :], values
    for i in range(len(out)):
        out[i] = (one * newest[i] + two * (newer[i] + older[i])) * scale


@kernel
def _head(values: F64, odd: int, odd_next: int, scale: float, out: F64) -> None:
    """Windows of ``2 * (2 + odd) + odd_next`` bars, the first at the start of ``values``."""
    one, one_next, step = float(odd), float(odd_next), 2 + odd
    a, b, c = values[2 * step - 1 :], values[step + 1 :], values[step:]
    d, e, f = values[step - 1 :], values[1:], values
    newest = values[2 * step - 1 + odd_next :]
    for i in range(len(out)):
        newer = one * a[i] + (b[i] + c[i])
        older = one * d[i] + (e[i] + f[i])
        out[i] = (one_next * newest[i] + (newer + older)) * scale


@kernel
def _double(newest: F64, odd: int, newer: F64, older: F64, scale: float, out: F64) -> None:
    one = float(odd)
    for i in range(len(out)):
        out[i] = (one * newest[i] + (newer[i] + older[i])) * scale


@kernel
def _quadruple(a: F64, b: F64, c: F64, d: F64, scale: float, out: F64) -> None:
    for i in range(len(out)):
        out[i] = ((a[i] + b[i]) + (c[i] + d[i])) * scale


@kernel
def window_sums(values: F64, period: int, scale: float, out: F64) -> None:
    """Sum of the newest ``period`` values at every bar, times ``scale``; NaN while warming up.

    All arrays float64 (n,); ``out`` must not overlap ``values``.
    """
    reach, piece = period - 1, piece_bars(period)
    out[: min(reach, len(out))] = nan
    work = np.empty((2, row_cells(min(piece, len(out)) + reach)))
    for start in range(reach, len(values), piece):
        here, result = values[start - reach : start + piece], out[start : start + piece]
        if period < 4:
            _short(here, period, scale, result)
        else:
            _sum_piece(here, period, scale, work, result)


@kernel
def _sum_piece(values: F64, period: int, scale: float, work: F64, out: F64) -> None:
    """``values`` begin ``period - 1`` bars before ``out``. Place 0 of a row is the first full
    window's.
    """
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
            _double(newest, odd, current[length:], current, share, target)
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
    one, one_next, step = float(odd), float(odd_next), 2 + odd
    three, count, last = 3.0 * one, float(step), one_next * (2 * step + 1)
    a, b, c = values[2 * step - 1 :], values[step + 1 :], values[step:]
    d, e, f = values[step - 1 :], values[1:], values
    newest = values[2 * step - 1 + odd_next :]
    for i in range(len(out_s)):
        newer = one * a[i] + (b[i] + c[i])
        older = one * d[i] + (e[i] + f[i])
        new_t = ((b[i] + b[i]) + c[i]) + three * a[i]
        old_t = ((e[i] + e[i]) + f[i]) + three * d[i]
        out_t[i] = ((new_t + count * newer) + old_t) + last * newest[i]
        out_s[i] = one_next * newest[i] + (newer + older)


@kernel
def _weigh_double(
    newest: F64, odd: int, s: F64, t: F64, length: int, out_s: F64, out_t: F64
) -> None:  # fmt: skip
    one, count, weight = float(odd), float(length), float(odd * (2 * length + 1))
    new_s, new_t = s[length:], t[length:]
    for i in range(len(out_s)):
        out_t[i] = ((new_t[i] + count * new_s[i]) + t[i]) + weight * newest[i]
        out_s[i] = one * newest[i] + (new_s[i] + s[i])


@kernel
def _weigh_last(
    newest: F64, odd: int, s: F64, t: F64, length: int, scale: float, out: F64
) -> None:  # fmt: skip
    count, weight = float(length), float(odd * (2 * length + 1))
    new_s, new_t = s[length:], t[length:]
    for i in range(len(out)):
        out[i] = (((new_t[i] + count * new_s[i]) + t[i]) + weight * newest[i]) * scale


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


@kernel
def window_weighted(values: F64, period: int, scale: float, out: F64) -> None:
    """Σ weight · value over the newest ``period`` values, weights 1 (oldest) to ``period``, times
    ``scale``; NaN while warming up. Arrays as in :func:`window_sums`.
    """
    reach, piece = period - 1, piece_bars(period)
    out[: min(reach, len(out))] = nan
    work = np.empty((4, row_cells(min(piece, len(out)) + reach)))
    for start in range(reach, len(values), piece):
        here, result = values[start - reach : start + piece], out[start : start + piece]
        if period < 4:
            _weigh_short(here, period, scale, result)
        else:
            _weigh_piece(here, period, scale, work, result)


@kernel
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


@kernel
def _higher(a: F64, b: F64, out: F64) -> None:
    for i in range(len(out)):
        out[i] = a[i] if a[i] > b[i] else b[i]


@kernel
def _highest_of_four(a: F64, b: F64, c: F64, d: F64, out: F64) -> None:
    for i in range(len(out)):
        first = a[i] if a[i] > b[i] else b[i]
        second = c[i] if c[i] > d[i] else d[i]
        out[i] = first if first > second else second


@kernel
def _negated(values: F64, out: F64) -> None:
    for i in range(len(out)):
        out[i] = -values[i]


@kernel
def window_highs(values: F64, period: int, out: F64) -> None:
    """The highest of the newest ``period`` values; NaN while warming up. Windows may overlap here:
    two of a power of two make any length. Arrays as in :func:`window_sums`.
    """
    reach, piece = period - 1, piece_bars(period)
    out[: min(reach, len(out))] = nan
    work = np.empty((2, row_cells(min(piece, len(out)) + reach)))
    for start in range(reach, len(values), piece):
        _highest_piece(
            values[start - reach : start + piece], period, work, out[start : start + piece]
        )


@kernel
def window_lows(values: F64, period: int, out: F64) -> None:
    """The lowest of the newest ``period`` values; NaN while warming up. As :func:`window_highs`."""
    reach, piece = period - 1, piece_bars(period)
    out[: min(reach, len(out))] = nan
    work = np.empty((3, row_cells(min(piece, len(out)) + reach)))
    for start in range(reach, len(values), piece):
        here, result = values[start - reach : start + piece], out[start : start + piece]
        mirrored = work[2, : len(here)]
        _negated(here, mirrored)
        _highest_piece(mirrored, period, work, result)
        _negated(result, result)


@kernel
def _highest_piece(values: F64, period: int, work: F64, out: F64) -> None:
    current, length, row, size = values, 1, 0, len(values)
    while 2 * length <= period:
        four = 4 * length <= period
        size -= 3 * length if four else length
        target = work[row, :size]
        if four:
            a, b, c = current[3 * length :], current[2 * length :], current[length:]
            _highest_of_four(a, b, c, current, target)
        else:
            _higher(current[length:], current, target)
        current, length, row = target, 4 * length if four else 2 * length, 1 - row
    _higher(current[period - length :], current, out)
