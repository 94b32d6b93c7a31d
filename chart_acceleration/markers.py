"""Triangles beside candles: trades and signals."""

from math import floor

import numpy as np

from chart_acceleration.candles import PLOT_X0, PLOT_X1, PLOT_Y0, PLOT_Y1, WICK, put
from chart_acceleration.chart_data import MarkerKind
from chart_acceleration.palette import Role
from chart_acceleration.scene import I32
from market.kernel import kernel

MARKER_SIZE = 7.0
"""CSS pixels from corner to corner of a marker's flat side."""
MARKER_COLOURS: I32 = np.array(
    [Role.TEXT, Role.UP, Role.DOWN, Role.LINE_A, Role.LINE_B], dtype=np.int32
)
"""By kind; exits by their result, signals unlike all of them."""
MARKER_COLOURS.flags.writeable = False

_BUY_SIGNAL, _ENTRY = int(MarkerKind.BUY_SIGNAL), int(MarkerKind.ENTRY)


@kernel
def marker_rects(
    x: I32, y: I32, kind: I32, count_in: int, whole: I32, size: int, colours: I32,
    out: I32, count: int,
) -> int:  # fmt: skip
    """Append a triangle for each marker, clipped to the plot; returns the new count.

    ``x``: int32 (n,), left edges of the wicks, never falling. ``y``: int32 (n,), the candle's
    highest row, its lowest for entries and buy signals, which point up from below it; the others
    point down from above. ``kind``: int32 (n,), see MarkerKind; the first ``count_in`` are used.
    Several of one column and side are stacked outwards. ``whole``: see
    :mod:`chart_acceleration.candles`. ``size``: width in device pixels, one more if the middle of
    the wick asks for it; the height is that of an equilateral triangle. ``colours``: int32 (5,) by
    kind. What does not fit into ``out`` is left out.
    """
    room = out.shape[0]
    width = size + (size - whole[WICK]) % 2
    height = max(1, floor(width * 0.866 + 0.5))
    gap, apart = (width + 1) // 2, (width + 3) // 4
    above, below = 0, 0
    for i in range(count_in):
        if i == 0 or x[i] != x[i - 1]:
            above, below = 0, 0
        points_up = kind[i] in (_ENTRY, _BUY_SIGNAL)
        left = x[i] - (width - whole[WICK]) // 2
        if points_up:
            base, side = y[i] + gap + below * (height + apart) + height, -1
            below += 1
        else:
            base, side = y[i] - gap - above * (height + apart) - height, 1
            above += 1
        row = 0
        while row < height:
            # a row of the triangle, from its flat side, and all further ones as wide
            inset = floor((row + 0.5) * width / (2 * height))
            end = row + 1
            while end < height and floor((end + 0.5) * width / (2 * height)) == inset:
                end += 1
            one, two = base + side * row, base + side * end
            x0, x1 = max(left + inset, whole[PLOT_X0]), min(left + width - inset, whole[PLOT_X1])
            y0, y1 = max(min(one, two), whole[PLOT_Y0]), min(max(one, two), whole[PLOT_Y1])
            if x0 < x1 and y0 < y1 and count < room:
                put(out, count, x0, y0, x1, y1, colours[kind[i]])
                count += 1
            row = end
    return count
