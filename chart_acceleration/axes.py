"""Grid, axis lines and tick labels: what stays while only the newest candle changes."""

from functools import lru_cache

import numpy as np

from chart_acceleration.geometry import LABEL_INSET, Geometry, Slots
from chart_acceleration.ops import NEVER_HIDDEN, LayoutBuffers, put_dots, put_runs
from chart_acceleration.palette import Role
from chart_acceleration.panes import PaneScale
from chart_acceleration.price_ticks import PriceTicks
from chart_acceleration.ramps import TEXT
from chart_acceleration.scales import PriceScale
from chart_acceleration.scene import I32, I64, Rect
from chart_acceleration.spec import ChartSpec
from chart_acceleration.text import Face, Run, Typesetter, joined
from chart_acceleration.time_ticks import find_ticks, tick_text, tick_unit
from chart_acceleration.time_zone import local_times

TIME_SPACING = 84.0
GRID, AXIS = int(Role.GRID), int(Role.AXIS)
EMPTY_CELL = (78.0, 42.0)
DASH = 4.0
"""CSS pixels of a guide level's dashes, and of the gaps between them."""
LEVEL_CLEARANCE = 14.0
"""A pane's tick nearer than this to a guide level gives way to it (CSS pixels)."""
SAMPLED = 65_536
"""From so many candles on, time ticks are looked for at one candle a pixel column."""

_tick_text = lru_cache(maxsize=8192)(tick_text)


class Axes:
    """Collects grid and axis rectangles and tick labels of one picture.

    ``rows`` are the numbers of rectangles, five each; the dashes of guide levels gather in the
    layout's own list until :meth:`finish`.
    """

    def __init__(
        self, spec: ChartSpec, place: Geometry, setter: Typesetter, buffers: LayoutBuffers
    ) -> None:
        self.spec = spec
        self.place = place
        self.setter = setter
        self.buffers = buffers
        self.rows: list[int] = []
        self._runs: list[Run] = []
        self._places: list[int] = []
        self.dashes = 0

    def finish(self) -> tuple[I32, I32]:
        """Rectangles, int32 (n, 5), and tick label glyphs with their centre row, int32 (m, 5)."""
        self._axis_lines()
        back = np.array(self.rows, dtype=np.int32).reshape(-1, 5)
        if self.dashes:
            back = np.concatenate((self.buffers.rects[: self.dashes], back))
        return back, self._labels()

    def _labels(self) -> I32:
        if not self._runs:
            return np.zeros((0, 5), dtype=np.int32)
        places = np.array(self._places, dtype=np.int32)
        count = put_runs(self.buffers.labels, joined(tuple(self._runs)), places)
        return self.buffers.labels[:count].copy()

    def _put(self, run: Run, x: int, y: int, centre: int) -> None:
        """A label whose pen starts at ``x``, in the middle of row ``y``."""
        self._runs.append(run)
        self._places += (x, y + run.middle, TEXT, centre)

    def empty(self) -> None:
        """The grid of a chart without candles."""
        spec, plot, line = self.spec, self.place.plot, self.place.line
        across, down = spec.px(EMPTY_CELL[0]), spec.px(EMPTY_CELL[1])
        for x in range(plot.x0 + across, plot.x1 - across // 3, across):
            self.rows += (x, plot.y0, x + line, plot.y1, GRID)
        for y in range(plot.y0 + down, plot.y1 - down // 3, down):
            self.rows += (plot.x0, y, plot.x1, y + line, GRID)

    def times(self, times: I64, grid: Slots) -> None:
        """Vertical lines through prices and panes, and their times. ``times``: int64 (n,), starts
        of the visible candles.
        """
        spec, place = self.spec, self.place
        spacing, length = TIME_SPACING * spec.scale, spec.interval.nanoseconds
        kind, count = tick_unit(length, grid.step, spacing)
        index, level, step = self.buffers.tick_index, self.buffers.tick_level, grid.step
        sample = _sample(len(times), grid, place.plot)
        if sample is not None:
            times, step = times[sample], 1.0
        times = local_times(times, spec.elements.zone)
        found = find_ticks(times, length, kind, count, step, spacing, index, level)
        bottom = place.bottom
        middle = bottom + (spec.height - bottom + place.line) // 2
        for at, change in zip(index[:found].tolist(), level[:found].tolist(), strict=True):
            x = grid.wick_left(at if sample is None else int(sample[at]))
            self.rows += (x, 0, min(x + place.line, place.plot.x1), bottom, GRID)
            if place.time_axis:
                text, strong = _tick_text(int(times[at]), change, kind, spec.interval)
                run = self.setter.run(text, Face.STRONG if strong else Face.PLAIN)
                start = x + (place.line - run.width) // 2
                if start >= 2 and start + run.width <= place.plot.x1 - 2:
                    self._put(run, start, middle, NEVER_HIDDEN)

    def prices(self, scale: PriceScale, ticks: PriceTicks, widest: int) -> None:
        """Horizontal lines at ``ticks`` of the prices, with labels of at most ``widest`` device
        pixels.
        """
        plot, line, room = self.place.plot, self.place.line, self.spec.px(LABEL_INSET)
        right, top, end = plot.x1 + room + widest, plot.y0 + room, plot.y1 - room
        for price in ticks.values:
            y = scale.row(price)
            self.rows += (plot.x0, y, plot.x1, min(y + line, plot.y1), GRID)
            if self.place.price_axis and top <= y <= end:
                run = self.setter.run(ticks.text(price))
                self._put(run, right - run.width, y, y)

    def pane(self, plot: Rect, pane: PaneScale, levels: tuple[float, ...], widest: int) -> None:
        """Divider, ticks and guide ``levels`` of a study's pane."""
        line, scale = self.place.line, pane.scale
        self.rows += (0, plot.y0 - line, self.spec.width, plot.y0, AXIS)
        seen = [scale.row(level) for level in levels if scale.bottom <= level <= scale.top]
        clearance = self.spec.px(LEVEL_CLEARANCE)
        for value in pane.ticks.values:
            y = scale.row(value)
            if all(abs(y - row) >= clearance for row in seen):
                self.rows += (plot.x0, y, plot.x1, min(y + line, plot.y1), GRID)
                self._label(plot, y, pane.ticks.text(value), widest)
        for level in levels:
            if scale.bottom <= level <= scale.top:
                self._level(plot, scale.row(level), pane.ticks.text(level), widest)

    def _level(self, plot: Rect, y: int, text: str, widest: int) -> None:
        dash = self.spec.px(DASH)
        thick = min(self.place.line, plot.y1 - y)
        self.dashes = put_dots(
            self.buffers.rects, self.dashes, plot.x0, plot.x1, y, dash, dash, thick, AXIS
        )
        self._label(plot, y, text, widest)

    def _label(self, plot: Rect, y: int, text: str, widest: int) -> None:
        room = self.spec.px(LABEL_INSET)
        if self.place.price_axis and plot.y0 + room <= y <= plot.y1 - room:
            run = self.setter.run(text)
            self._put(run, plot.x1 + room + widest - run.width, y, y)

    def _axis_lines(self) -> None:
        place, line, spec = self.place, self.place.line, self.spec
        right, bottom = place.plot.x1, place.bottom
        if place.price_axis:
            self.rows += (right, 0, right + line, spec.height, AXIS)
        if place.time_axis:
            self.rows += (0, bottom, spec.width, bottom + line, AXIS)


def _sample(count: int, grid: Slots, plot: Rect) -> I64 | None:
    """The first candle of every pixel column, where there are very many candles."""
    if count < SAMPLED:
        return None
    first = max(grid.wick_left(0), plot.x0)
    columns = np.arange(first, min(grid.wick_left(count - 1) + 1, plot.x1))
    rows = np.ceil((columns - 0.5 - grid.left) / grid.step).astype(np.int64)
    found: I64 = np.clip(rows, 0, count - 1)
    return found
