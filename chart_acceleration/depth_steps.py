"""Cumulative sizes of a book's side as steps: filled below, with an edge above."""

from math import floor

import numpy as np

from chart_acceleration.scene import F64, I32
from market.kernel import inline_kernel, kernel

RECTS = 3
"""Of one pixel column at most: fill, edge, riser."""


@kernel
def side_totals(prices: F64, sizes: F64, rising: bool, low: float, step: float, out: F64) -> None:
    """The running total at the middle of every pixel column, to ``out`` float64 (w,).

    ``prices`` and ``sizes`` float64 (n,), best first; ``rising`` for asks, whose total counts
    prices up to the column's, else prices from it on. Column c spans the prices from ``low`` +
    c·``step`` to one ``step`` further.
    """
    width, count = out.shape[0], prices.shape[0]
    total, taken = 0.0, 0
    for i in range(width):
        column = i if rising else width - 1 - i
        price = low + (column + 0.5) * step
        while taken < count and (prices[taken] <= price if rising else prices[taken] >= price):
            total += sizes[taken]
            taken += 1
        out[column] = total


@inline_kernel
def _row(total: float, per_unit: float, y0: int, y1: int) -> int:
    """The highest pixel row of a column; ``y1``, where nothing is, without a total."""
    if total <= 0.0:
        return y1
    row: int = max(y0, min(y1 - 1, y1 - floor(total * per_unit + 0.5)))
    return row


@inline_kernel
def _put(out: I32, count: int, x0: int, y0: int, x1: int, y1: int, colour: int) -> int:
    out[count, 0], out[count, 1], out[count, 2], out[count, 3] = x0, y0, x1, y1
    out[count, 4] = colour
    return count + 1


@kernel
def step_rects(
    totals: F64, per_unit: float, rising: bool, box: I32, thick: int, line: int, shade: int,
    out: I32, count: int,
) -> int:  # fmt: skip
    """Append the steps of ``totals`` float64 (w,) to ``out`` int32 (m, 5); returns the new count.

    Columns of one height are one step. ``box``: int32 (4,), x0, y0, x1, y1 of the plot;
    ``per_unit``: pixels of a unit of the totals; ``thick``: of the edge, in colour ``line``, over a
    fill in ``shade``.
    """
    x0, y0, y1 = box[0], box[1], box[3]
    width = totals.shape[0]
    start = 0
    while start < width:
        y = _row(totals[start], per_unit, y0, y1)
        end = start + 1
        while end < width and _row(totals[end], per_unit, y0, y1) == y:
            end += 1
        if y < y1:
            left, right = x0 + start, x0 + end
            edge = min(y + thick, y1)
            count = _put(out, count, left, edge, right, y1, shade)
            count = _put(out, count, left, y, right, edge, line)
            # The riser stands in the higher step, at its side towards the market.
            next_to = start - 1 if rising else end
            inside = 0 <= next_to < width
            lower = _row(totals[next_to], per_unit, y0, y1) if inside else y1
            foot = min(lower + thick, y1)
            if rising:
                count = _put(out, count, left, y, min(left + thick, right), foot, line)
            else:
                count = _put(out, count, max(right - thick, left), y, right, foot, line)
        start = end
    return count


def empty_steps(width: int) -> I32:
    """Room for the steps of both sides of a plot ``width`` pixels wide."""
    return np.empty((2 * RECTS * max(width, 1), 5), dtype=np.int32)
