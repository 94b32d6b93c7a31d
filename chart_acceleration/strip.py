"""Where a patch begins: left of everything that the newest candle may change."""

from math import ceil

from chart_acceleration.elements import ChartStyle
from chart_acceleration.geometry import Slots
from chart_acceleration.markers import MARKER_SIZE
from chart_acceleration.spec import ChartSpec

THICKNESS = 1.5
"""Of lines, CSS pixels."""
DOT = 3.0
"""Of a curve drawn as dots, CSS pixels."""
MOST_SHARED = 16
"""Device pixels by which a patch may be widened to begin on a whole CSS pixel."""


def strip_span(spec: ChartSpec, grid: Slots, count: int, marked: bool) -> tuple[int, int]:
    """Left edge of the strip in device pixels, and the first visible row to draw for it.

    The strip reaches to the picture's right edge. It begins at the newest candle, or at what moves
    with it: the end of the segment from the candle before where there are lines, further left where
    curves are shifted, the newest candle's marker. It is an even number of pixels wide where that
    can be: rows that end within a byte take the encoder three times as long to bundle.

    The row is the first of its pixel column, as several share one when zoomed far out, and has
    everything that reaches into the strip.
    """
    newest = count - 1
    left, reach = grid.body_left(newest), grid.body - (grid.body - grid.wick) // 2
    if marked:
        reach = max(reach, spec.px(MARKER_SIZE) + 1)
        left = min(left, grid.wick_left(newest) - reach)
    shifts = _shifts(spec)
    if shifts:
        reach = max(reach, ceil(max(THICKNESS, DOT) * spec.scale) + 1)
        changed = newest + min(0, *shifts)
        before = min(grid.wick_left(changed - 1), grid.wick_left(changed) - 1)
        left = min(left, before - reach)
    left = max(0, left)
    shared = _shared_pixels(spec.scale)
    left -= left % shared
    if (spec.width - left) % 2 and shared % 2:
        left = max(0, left - shared)
    row = grid.first_from(left - reach + 1)
    if shifts:
        row = grid.first_from(grid.wick_left(row - 1))
    return left, min(max(row, 0), max(newest, 0))


def _shifts(spec: ChartSpec) -> list[int]:
    """Of every curve; a line through the closes counts too."""
    shifts = [curve.shift for study in spec.elements.studies for curve in study.curves]
    if spec.elements.style in (ChartStyle.LINE, ChartStyle.AREA):
        shifts.append(0)
    return shifts


def _shared_pixels(scale: float) -> int:
    """Device pixels between two common beginnings of device and CSS pixels; 1 if far apart."""
    for size in range(1, MOST_SHARED + 1):
        if abs(size / scale - round(size / scale)) < 1e-6:
            return size
    return 1
