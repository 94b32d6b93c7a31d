"""The growing lists of rectangles and glyphs of one layout: arrays that are kept and used again."""

import numpy as np

from chart_acceleration.scene import F64, I32, I64
from chart_acceleration.spec import LARGEST
from chart_acceleration.text import Run
from chart_acceleration.time_ticks import MOST_TICKS
from market.kernel import kernel

NEVER_HIDDEN = -(2**30)
"""Centre row of labels that no other label may hide."""


MOST_COLUMNS = LARGEST + 64
"""Pixel columns that a layout has, with the few beside the plot."""
FEWEST_RECTS = 4096


class CurveColumns:
    """Projected columns of one curve: ``x`` int32 (m,), ``row`` int64 (m,), ``values`` float64
    (4, m).
    """

    __slots__ = ("row", "values", "x")

    def __init__(self, most: int) -> None:
        self.x: I32 = np.zeros(most, dtype=np.int32)
        self.row: I64 = np.zeros(most, dtype=np.int64)
        self.values: F64 = np.zeros((4, most))


class LayoutBuffers:
    """Work arrays of the layout. One per thread; a scene made with them is valid until the next
    layout with them.

    ``x``, ``row``, ``prices``: the projected candles, ``close`` their closes as a curve; ``taken``:
    spans of the axis that labels stand on, int32 (k, 2), centre and half height with the room
    around.
    """

    def __init__(self) -> None:
        self.rects: I32 = np.zeros((FEWEST_RECTS, 5), dtype=np.int32)
        self.glyphs: I32 = np.zeros((4096, 4), dtype=np.int32)
        self.labels: I32 = np.zeros((8192, 5), dtype=np.int32)
        self.tick_index: I32 = np.zeros(MOST_TICKS, dtype=np.int32)
        self.tick_level: I32 = np.zeros(MOST_TICKS, dtype=np.int32)
        self.taken: I32 = np.zeros((128, 2), dtype=np.int32)
        self.extent: F64 = np.zeros(3)
        self.x: I32 = np.zeros(MOST_COLUMNS, dtype=np.int32)
        self.row: I64 = np.zeros(MOST_COLUMNS, dtype=np.int64)
        self.prices: F64 = np.zeros((5, MOST_COLUMNS))
        self.close = CurveColumns(MOST_COLUMNS)
        self._curves: list[CurveColumns] = []
        self._averages: F64 = np.zeros((4, 0))

    def curve(self, number: int) -> CurveColumns:
        """Room for the projected curve ``number`` of a layout."""
        while number >= len(self._curves):
            self._curves.append(CurveColumns(MOST_COLUMNS))
        return self._curves[number]

    def averages(self, rows: int) -> F64:
        """Room for averaged candles: float64 (4, at least ``rows``)."""
        if self._averages.shape[1] < rows:
            self._averages = np.zeros((4, rows))
        return self._averages

    def reserve(self, rects: int) -> None:
        """Make room for ``rects`` rectangles; what is in the list is lost."""
        if len(self.rects) < rects:
            self.rects = np.zeros((rects, 5), dtype=np.int32)


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
def put_runs(out: I32, glyphs: I32, places: I32) -> int:
    """Write ``glyphs`` (n, 4) of :func:`chart_acceleration.text.joined` into ``out`` (m, 5); what
    does not fit is left out. Returns how many.

    ``places``: of each run x, y of its pen, ramp and row of the label's centre, one after the
    other.
    """
    count: int = min(glyphs.shape[0], out.shape[0])
    for i in range(count):
        place = 4 * glyphs[i, 3]
        out[i, 0] = glyphs[i, 0] + places[place]
        out[i, 1] = glyphs[i, 1] + places[place + 1]
        out[i, 2] = glyphs[i, 2]
        out[i, 3] = places[place + 2]
        out[i, 4] = places[place + 3]
    return count


@kernel
def put_visible(labels: I32, taken: I32, out: I32, count: int) -> int:
    """Append those glyphs of ``labels`` (n, 5) whose centre is in none of the ``taken`` spans
    (k, 2), centre and half height; what does not fit is left out. Returns the new count.
    """
    for i in range(labels.shape[0]):
        free = count < out.shape[0]
        for k in range(taken.shape[0]):
            free = free and abs(labels[i, 4] - taken[k, 0]) >= taken[k, 1]
        if free:
            for field in range(4):
                out[count, field] = labels[i, field]
            count += 1
    return count


@kernel
def put_dots(
    out: I32, count: int, x0: int, x1: int, y: int, dot: int, gap: int, thick: int, colour: int
) -> int:
    """Append a dotted line from x1 leftwards to x0: ``dot`` pixels on, ``gap`` off; returns the new
    count. What does not fit is left out.
    """
    x = x1
    while x > x0 and count < out.shape[0]:
        x -= dot + gap
        row = out[count]
        row[0], row[1], row[2], row[3] = max(x + gap, x0), y, x + gap + dot, y + thick
        row[4] = colour
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
