"""The growing lists of rectangles and glyphs of one layout: arrays that are kept and used again."""

import numpy as np

from chart_acceleration.scene import F64, I32
from chart_acceleration.text import Run
from chart_acceleration.time_ticks import MOST_TICKS
from market.kernel import kernel

NEVER_HIDDEN = -(2**30)
"""Centre row of labels that no other label may hide."""


class LayoutBuffers:
    """Work arrays of the layout. One per thread; a scene made with them is valid until the next
    layout with them.
    """

    def __init__(self, most_bars: int = 5000) -> None:
        self.rects: I32 = np.zeros((3 * most_bars + 4096, 5), dtype=np.int32)
        self.glyphs: I32 = np.zeros((4096, 4), dtype=np.int32)
        self.labels: I32 = np.zeros((4096, 5), dtype=np.int32)
        self.tick_index: I32 = np.zeros(MOST_TICKS, dtype=np.int32)
        self.tick_level: I32 = np.zeros(MOST_TICKS, dtype=np.int32)
        self.extent: F64 = np.zeros(3)


class GlyphList:
    """Appends runs to ``rows``: int32 (n, 4), or (n, 5) with the row of the label's centre in the
    last column.
    """

    __slots__ = ("count", "rows")

    def __init__(self, rows: I32, count: int = 0) -> None:
        self.rows = rows
        self.count = count

    def put(self, run: Run, x: int, y: int, ramp: int, centre: int = NEVER_HIDDEN) -> None:
        """Append ``run`` with its pen starting at ``x`` and its capitals centred on row ``y``."""
        self.count = put_run(self.rows, self.count, run.glyphs, x, y + run.middle, ramp, centre)


@kernel
def put_run(out: I32, count: int, glyphs: I32, x: int, y: int, ramp: int, centre: int) -> int:
    """Append ``glyphs`` moved by x, y to ``out``; what does not fit is left out. Returns the new
    count.
    """
    for i in range(min(glyphs.shape[0], out.shape[0] - count)):
        row = out[count + i]
        row[0] = glyphs[i, 0] + x
        row[1] = glyphs[i, 1] + y
        row[2] = glyphs[i, 2]
        row[3] = ramp
        if out.shape[1] > 4:
            row[4] = centre
    end: int = min(count + glyphs.shape[0], out.shape[0])
    return end


@kernel
def put_visible(labels: I32, hidden_row: int, distance: int, out: I32, count: int) -> int:
    """Append those glyphs of ``labels`` (n, 5) whose centre is not within ``distance`` of
    ``hidden_row``; what does not fit is left out. Returns the new count.
    """
    for i in range(labels.shape[0]):
        if count < out.shape[0] and abs(labels[i, 4] - hidden_row) >= distance:
            for field in range(4):
                out[count, field] = labels[i, field]
            count += 1
    return count


@kernel
def put_dots(
    out: I32, count: int, x0: int, x1: int, y: int, dot: int, thick: int, colour: int
) -> int:
    """Append a dotted line from x1 leftwards to x0: ``dot`` pixels on, as many off."""
    x = x1
    while x > x0:
        x -= 2 * dot
        row = out[count]
        row[0], row[1], row[2], row[3], row[4] = max(x + dot, x0), y, x + 2 * dot, y + thick, colour
        count += 1
    return count


@kernel
def move(rects: I32, glyphs: I32, dx: int, dy: int) -> None:
    """Move everything by dx, dy."""
    for i in range(rects.shape[0]):
        rects[i, 0] += dx
        rects[i, 1] += dy
        rects[i, 2] += dx
        rects[i, 3] += dy
    for i in range(glyphs.shape[0]):
        glyphs[i, 0] += dx
        glyphs[i, 1] += dy
