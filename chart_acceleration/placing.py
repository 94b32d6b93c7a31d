"""Markers and drawings: from times and prices to pixels."""

from math import floor

import numpy as np

from chart_acceleration.candles import HIGH, LOW, PER_PRICE, PLOT_Y0, PLOT_Y1, TOP, offset
from chart_acceleration.chart_data import MarkerKind, Markers
from chart_acceleration.drawings import DASH, drawing_looks, drawing_rects
from chart_acceleration.elements import Drawing, HorizontalLine
from chart_acceleration.geometry import Geometry, Slots
from chart_acceleration.markers import MARKER_COLOURS, MARKER_SIZE, marker_rects
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.scales import PriceScale
from chart_acceleration.scene import F64, I32, I64
from chart_acceleration.spec import ChartSpec
from chart_acceleration.strip import THICKNESS
from market.columns import CandleWindow
from market.kernel import kernel

_ENTRY, _BUY_SIGNAL = int(MarkerKind.ENTRY), int(MarkerKind.BUY_SIGNAL)
RECTS_PER_PIXEL = 6
"""Rectangles of a drawing for a pixel of the plot's width and height, at most."""


@kernel
def place_markers(
    time_ns: I64, kind: I32, starts: I64, x: I32, row: I64, prices: F64, found: int,
    numbers: F64, whole: I32, out: I32,
) -> int:  # fmt: skip
    """Write x, y and kind of every marker that belongs to one of the ``found`` projected columns
    into ``out`` int32 (3, n); returns how many.

    ``time_ns``, ``kind``: the markers, oldest first. ``starts``: int64, start of every visible
    candle. ``y`` is the lowest row of the column's candle for entries and buy signals, the highest
    for the others.
    """
    height, placed, column = whole[PLOT_Y1] - whole[PLOT_Y0], 0, 0
    for i in range(time_ns.shape[0]):
        while column + 1 < found and starts[row[column + 1]] <= time_ns[i]:
            column += 1
        if found == 0 or starts[row[column]] > time_ns[i]:
            continue
        below = kind[i] == _ENTRY or kind[i] == _BUY_SIGNAL
        price = prices[LOW if below else HIGH, column]
        out[0, placed], out[2, placed] = x[column], kind[i]
        out[1, placed] = whole[PLOT_Y0] + offset(numbers[TOP], price, numbers[PER_PRICE], height)
        placed += 1
    return placed


def draw_markers(
    markers: Markers,
    candles: CandleWindow,
    count: int,
    found: int,
    parameters: tuple[F64, I32],
    spec: ChartSpec,
    buffers: LayoutBuffers,
    rects: int,
) -> int:
    """Append the markers of the ``found`` projected columns of the newest ``count`` candles;
    returns the new number of rectangles.
    """
    starts = candles.time_ns[len(candles) - count :]
    first = int(np.searchsorted(markers.time_ns, starts[0]))
    times, kinds = markers.time_ns[first:], markers.kind[first:]
    out = np.empty((3, len(times)), dtype=np.int32)
    placed = place_markers(
        times, kinds, starts, buffers.x, buffers.row, buffers.prices, found, *parameters, out
    )
    x, y, kind = out
    return marker_rects(
        x, y, kind, placed, parameters[1], spec.px(MARKER_SIZE), MARKER_COLOURS,
        buffers.rects, rects,
    )  # fmt: skip


def drawn_lines(
    candles: CandleWindow,
    spec: ChartSpec,
    place: Geometry,
    grid: Slots,
    scale: PriceScale,
    parameters: tuple[F64, I32],
    buffers: LayoutBuffers,
) -> I32:
    """The drawings of the view as rectangles, int32 (n, 5)."""
    drawings = spec.elements.drawings
    if not drawings or not len(candles):
        return np.zeros((0, 5), dtype=np.int32)
    buffers.reserve(RECTS_PER_PIXEL * len(drawings) * (place.plot.width + place.plot.height))
    places = _Columns(candles, spec, grid)
    points = np.array([_points(drawing, places, scale) for drawing in drawings])
    count = drawing_rects(
        points, drawing_looks(drawings), len(drawings), *parameters, THICKNESS * spec.scale,
        place.line, spec.px(DASH), buffers.rects, 0,
    )  # fmt: skip
    return buffers.rects[:count].copy()


def _points(
    drawing: Drawing, places: "_Columns", scale: PriceScale
) -> tuple[float, float, float, float]:
    """x, value, x, value of two points, in device pixels and scale space."""
    if isinstance(drawing, HorizontalLine):
        value = scale.to_scale(drawing.price)
        return 0.0, value, 1.0, value
    (start, price), (end, last) = drawing.start, drawing.end
    return places.x(start), scale.to_scale(price), places.x(end), scale.to_scale(last)


class _Columns:
    """Times to pixel columns: on a candle its middle, between two and beside all in proportion."""

    __slots__ = ("_first", "_grid", "_interval_ns", "_times")

    def __init__(self, candles: CandleWindow, spec: ChartSpec, grid: Slots) -> None:
        self._times = candles.time_ns
        self._first = max(0, len(candles) - spec.bars)
        self._interval_ns = spec.interval.nanoseconds
        self._grid = grid

    def x(self, time_ns: int) -> float:
        """Device pixels from the picture's left edge."""
        times, last = self._times, len(self._times) - 1
        row = int(np.searchsorted(times, time_ns, side="right")) - 1
        at = max(row, 0)
        length = int(times[at + 1] - times[at]) if 0 <= row < last else self._interval_ns
        place = at + (time_ns - int(times[at])) / length - self._first
        left = self._grid.left + place * self._grid.step
        whole = place == floor(place)
        return (floor(left + 0.5) if whole else left) + (self._grid.wick - 1) / 2
