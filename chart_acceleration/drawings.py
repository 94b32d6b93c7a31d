"""Horizontal and trend lines as rectangles."""

from collections.abc import Sequence
from math import ceil, floor, inf, isfinite

import numpy as np

from chart_acceleration.candles import PER_PRICE, PLOT_X0, PLOT_X1, PLOT_Y0, PLOT_Y1, TOP, put
from chart_acceleration.curves import EDGE, segment_of, segment_span
from chart_acceleration.elements import Drawing, Extension, HorizontalLine
from chart_acceleration.palette import half_shade
from chart_acceleration.scene import F64, I32
from market.kernel import inline_kernel, kernel

DASH = 4.0
"""CSS pixels of a dash, and of the gap after it."""
COLOUR, HALF, DASHED, EXTEND = range(4)
"""Fields of a drawing's look."""
SHORTEST = 1e-6
"""Pixels between two points in one place, so that there is a slope."""
_EXTENDS = {Extension.NONE: 0, Extension.RIGHT: 1, Extension.BOTH: 2}

Ends = tuple[float, float, float, float]  # x and row of both ends


def drawing_looks(drawings: Sequence[Drawing]) -> I32:
    """int32 (n, 4) for :func:`drawing_rects`: colour, half shade, whether dashed, extension."""
    looks = np.zeros((len(drawings), 4), dtype=np.int32)
    for look, drawing in zip(looks, drawings, strict=True):
        extend = Extension.BOTH if isinstance(drawing, HorizontalLine) else drawing.extend
        look[:] = drawing.role, half_shade(drawing.role), drawing.dashed, _EXTENDS[extend]
    return looks


@inline_kernel
def _narrow(
    low: float, high: float, start: float, way: float, edge: float, end: float
) -> tuple[float, float]:
    """The part of low..high where start + t * way stays between edge and end (Liang and Barsky,
    "A New Concept and Method for Line Clipping", ACM Transactions on Graphics 3, 1984).
    """
    if way == 0.0:
        outside = start < edge or start > end
        high = -inf if outside else high
    else:
        one, two = (edge - start) / way, (end - start) / way
        low, high = max(low, min(one, two)), min(high, max(one, two))
    return low, high


@kernel
def _straight(
    ends: Ends, clip: tuple[int, int, int, int], swapped: bool, radius: float, dash: int,
    colour: int, out: I32, count: int,
) -> int:  # fmt: skip
    """All pixels within ``radius`` of a straight line, equal neighbours as one rectangle.

    Goes along the line's longer direction: with ``swapped``, x and y of ``ends`` and ``clip`` are
    exchanged, and exchanged again in ``out``. ``dash`` 0: solid.
    """
    room = out.shape[0]
    segment = segment_of(ends[0], ends[1], max(ends[2], ends[0] + SHORTEST), ends[3])
    first = max(clip[0], floor(ends[0] - radius))
    last = min(clip[2], ceil(ends[2] + radius) + 1)
    start, low, high = first, 0, 0
    for along in range(first, last + 1):
        new_low, new_high = 0, 0
        shown = dash == 0 or (along - clip[0]) // dash % 2 == 0
        away = along - ends[0]
        if shown and along < last and -radius < away < segment[2] + radius:
            near, far = segment_span(away, radius, segment)
            new_low, new_high = max(ceil(near), clip[1]), min(ceil(far), clip[3])
        if new_low != low or new_high != high:
            if low < high and count < room:
                if swapped:
                    put(out, count, low, start, high, along, colour)
                else:
                    put(out, count, start, low, along, high, colour)
                count += 1
            start, low, high = along, new_low, new_high
    return count


@kernel
def drawing_rects(
    points: F64, looks: I32, count_in: int, numbers: F64, whole: I32,
    thickness: float, line: int, dash: int, out: I32, count: int,
) -> int:  # fmt: skip
    """Append straight lines, clipped to the plot, as rectangles; returns the new count.

    ``points``: float64 (n, 4): x, value, x, value of two points, the first left of the second; x
    in device pixels (the middle of a candle is its wick's left edge + (WICK - 1) / 2), however far
    outside the plot; values in scale space; a line with a number that is not finite is left out.
    ``looks``: int32 (n, 4), see :func:`drawing_looks`; the first ``count_in`` are used. ``numbers``
    and ``whole``: see :mod:`chart_acceleration.candles`. A line of equal values is ``line`` whole
    rows from the row of its value on, the others are ``thickness`` device pixels thick. Dashes of
    ``dash`` pixels begin at the plot's left edge, at its top for lines steeper than 45 degrees.
    What does not fit into ``out`` is left out.
    """
    for i in range(count_in):
        x, y = points[i, 0], (numbers[TOP] - points[i, 1]) * numbers[PER_PRICE] + whole[PLOT_Y0]
        across = points[i, 2] - x
        down = (points[i, 1] - points[i, 3]) * numbers[PER_PRICE]
        if not isfinite(x + y + across + down):
            continue
        level = down == 0.0
        radius, half = thickness / 2 - EDGE, thickness / 2 + EDGE
        if level:
            y, radius, half = floor(y + 0.5) + (line - 1) / 2, line / 2, 0.0
        margin = half + radius + 2.0
        extend = looks[i, EXTEND]
        low, high = -inf if extend == 2 else 0.0, inf if extend > 0 else 1.0
        low, high = _narrow(low, high, x, across, whole[PLOT_X0] - margin, whole[PLOT_X1] + margin)
        low, high = _narrow(low, high, y, down, whole[PLOT_Y0] - margin, whole[PLOT_Y1] + margin)
        if not low <= high or not isfinite(low + high):
            continue
        x0, y0, x1, y1 = x + low * across, y + low * down, x + high * across, y + high * down
        swapped = abs(down) > abs(across)
        clip = (
            int(whole[PLOT_X0]),
            int(whole[PLOT_Y0]),
            int(whole[PLOT_X1]),
            int(whole[PLOT_Y1]),
        )
        ends = (x0, y0, x1, y1)
        if swapped:
            clip = (clip[1], clip[0], clip[3], clip[2])
            ends = (y0, x0, y1, x1) if down > 0.0 else (y1, x1, y0, x0)
        dashes = dash if looks[i, DASHED] else 0
        if not level:
            count = _straight(ends, clip, swapped, half, dashes, looks[i, HALF], out, count)
        count = _straight(ends, clip, swapped, radius, dashes, looks[i, COLOUR], out, count)
    return count
