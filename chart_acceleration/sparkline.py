"""Sparklines: the course of many markets in small, all in one picture.

A sheet has one cell for each line, the first in the top left corner, filled downwards and then
column by column. A viewer decodes it once and shows each row of a table its cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite

import numpy as np

from chart_acceleration.candles import (
    LEFT,
    PER_PRICE,
    PLOT_X0,
    PLOT_X1,
    PLOT_Y0,
    PLOT_Y1,
    STEP,
    TOP,
)
from chart_acceleration.curves import EDGE, line_rects
from chart_acceleration.errors import BadChartData, BadChartSpec
from chart_acceleration.palette import Role, half_shade, theme
from chart_acceleration.projection import project_curve
from chart_acceleration.scene import F64, I32, U8, GlyphAtlas, Rect, Scene
from chart_acceleration.spec import LEAST_SCALE, MOST_SCALE
from chart_acceleration.strip import THICKNESS
from market.kernel import kernel

MOST_LINES = 512
NARROWEST, WIDEST = 16, 256
LOWEST, HIGHEST = 8, 96
MOST_ROWS = 4096
"""Device pixels of a sheet's height; more lines stand beside them."""
MOST_VALUE = 1e300
"""Two values further apart than this would have no finite difference."""

_NO_GLYPHS = GlyphAtlas(np.zeros(1, dtype=np.uint8), np.zeros((1, 3), dtype=np.int32))
_DRAWN_IN = {-1: Role.DOWN, 0: Role.TEXT, 1: Role.UP}


@dataclass(frozen=True, slots=True)
class SparklineSheet:
    """Sizes and colours of a picture of ``count`` sparklines.

    ``width`` and ``height`` of one cell in device pixels, ``scale`` device pixels per CSS pixel,
    ``stale`` takes the greys of a lost feed. Raises :class:`BadChartSpec` or ``UnknownTheme``.
    """

    count: int
    width: int
    height: int
    scale: float = 1.0
    theme: str = "dark"
    stale: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_LINES:
            raise BadChartSpec("sparklines", self.count, f"1 to {MOST_LINES}")
        if not NARROWEST <= self.width <= WIDEST:
            raise BadChartSpec("width", self.width, f"{NARROWEST} to {WIDEST} device pixels")
        if not LOWEST <= self.height <= HIGHEST:
            raise BadChartSpec("height", self.height, f"{LOWEST} to {HIGHEST} device pixels")
        if not isfinite(self.scale) or not LEAST_SCALE <= self.scale <= MOST_SCALE:
            allowed = f"{LEAST_SCALE:g} to {MOST_SCALE:g} device pixels per CSS pixel"
            raise BadChartSpec("scale", self.scale, allowed)
        theme(self.theme)

    @property
    def down(self) -> int:
        """Cells below each other."""
        return min(self.count, MOST_ROWS // self.height)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, device pixels."""
        return -(-self.count // self.down) * self.width, self.down * self.height

    @property
    def palette(self) -> U8:
        """Its sixteen colours, uint8 (16, 3)."""
        return theme(self.theme).colours(wide=False, stale=self.stale)

    def cell(self, number: int) -> Rect:
        """Where line ``number`` stands, counted from 0."""
        x, y = number // self.down * self.width, number % self.down * self.height
        return Rect(x, y, x + self.width, y + self.height)


@kernel
def sheet_rects(values: F64, look: I32, cells: I32, thickness: float, out: I32) -> int:
    """Write the rectangles of all lines into ``out`` int32 (m, 5); returns how many.

    ``values``: float64 (k, n), oldest first, NaN before the first known one. ``look``: int32
    (k, 2), colour and half shade; ``cells``: int32 (k, 4): x0, y0, x1, y1, device pixels, as is
    ``thickness``. Each line fills its cell, lowest value below, first value at the left; one
    without any difference runs through the middle. At most two rectangles a pixel column.
    """
    n, count = values.shape[1], 0
    numbers, whole = np.zeros(5), np.ones(6, dtype=np.int32)
    scaled, columns, x = np.empty(n), np.empty((4, n)), np.empty(n, dtype=np.int32)
    inset = ceil(thickness / 2 + EDGE)  # the line's edge touches the cell's
    for k in range(values.shape[0]):
        first = 0
        while first < n and np.isnan(values[k, first]):
            first += 1
        if first == n:
            continue
        lowest, highest = values[k, first], values[k, first]
        for i in range(first, n):
            lowest, highest = min(lowest, values[k, i]), max(highest, values[k, i])
        for i in range(first, n):
            apart = highest - lowest
            scaled[i] = (values[k, i] - lowest) / apart if apart > 0.0 else 0.5
        whole[PLOT_X0], whole[PLOT_Y0] = cells[k, 0], cells[k, 1]
        whole[PLOT_X1], whole[PLOT_Y1] = cells[k, 2], cells[k, 3]
        numbers[PER_PRICE] = max(1, cells[k, 3] - cells[k, 1] - 1 - 2 * inset)
        numbers[TOP] = 1.0 + inset / numbers[PER_PRICE]
        numbers[LEFT] = cells[k, 0] + inset
        numbers[STEP] = (cells[k, 2] - cells[k, 0] - 1 - 2 * inset) / max(1, n - first - 1)
        found = project_curve(scaled[first:], numbers, 0, 0, x, columns)
        count = line_rects(
            x, columns, found, numbers, whole, thickness, look[k, 0], look[k, 1], out, count
        )
    return count


def lay_out_sparklines(values: F64, directions: Sequence[int], sheet: SparklineSheet) -> Scene:
    """The scene of a sheet.

    ``values``: float64 (count, n), oldest first, NaN before the first known one; a row of NaN alone
    leaves its cell empty. ``directions``: 1 up, -1 down, 0 neither, the colour of each line.
    Raises :class:`BadChartData` for values that do not fit the sheet or cannot be drawn.
    """
    _check(values, directions, sheet)
    roles = [_DRAWN_IN[each] for each in directions]
    look = np.array([(role, half_shade(role)) for role in roles], dtype=np.int32)
    rects = [sheet.cell(number) for number in range(sheet.count)]
    cells = np.array([(each.x0, each.y0, each.x1, each.y1) for each in rects], dtype=np.int32)
    out = np.empty((2 * sheet.count * sheet.width, 5), dtype=np.int32)
    given = np.ascontiguousarray(values)
    count = sheet_rects(given, look, cells, THICKNESS * sheet.scale, out)
    ramps = np.zeros((1, 4), dtype=np.uint8)
    no_blits = np.empty((0, 4), dtype=np.int32)
    return Scene(*sheet.size, out[:count], no_blits, _NO_GLYPHS, ramps)


def _check(values: F64, directions: Sequence[int], sheet: SparklineSheet) -> None:
    if values.ndim != 2 or values.shape[0] != sheet.count or len(directions) != sheet.count:
        raise BadChartData(
            f"values were {values.shape} with {len(directions)} directions; "
            f"a sheet of {sheet.count} sparklines takes a row and a direction for each"
        )
    unknown = set(directions) - set(_DRAWN_IN)
    if unknown:
        raise BadChartData(f"direction was {min(unknown)}; allowed are -1, 0 and 1")
    missing = np.isnan(values)
    if (missing[:, 1:] & ~missing[:, :-1]).any() or (np.abs(values[~missing]) > MOST_VALUE).any():
        raise BadChartData(
            "values of a sparkline must be finite, with NaN only before the first known one"
        )
