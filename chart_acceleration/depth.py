"""The depth chart: how much of a book lies between the market and each price, as two stairs.

Bids fall from the left towards the middle, asks rise from it to the right. Prices run along the
bottom, sizes up the right side; a dashed line stands at the middle of the best bid and ask.
"""

from math import floor

import numpy as np

from chart_acceleration.depth_spec import DepthRange, DepthSpec, check_levels, depth_range
from chart_acceleration.depth_steps import empty_steps, side_totals, step_rects
from chart_acceleration.geometry import LABEL_END, LABEL_INSET, TIME_AXIS
from chart_acceleration.numbers import price_text
from chart_acceleration.ops import GlyphList
from chart_acceleration.palette import Role
from chart_acceleration.price_ticks import MOST_DECIMALS, multiples, short_text, tick_step
from chart_acceleration.ramps import DOWN, RAMPS, TEXT, UP
from chart_acceleration.scene import F64, Rect, Scene
from chart_acceleration.text import Face, Run, typesetter

SIZE_SPACING, PRICE_SPACING = 36.0, 84.0
"""CSS pixels between ticks, about."""
EDGE = 1.5
DASH = 3.0
GLYPHS = 1024
MOST_SIZE_DECIMALS = 4


def lay_out_depth(bids: F64, asks: F64, spec: DepthSpec) -> Scene:
    """The scene of a book's sides, float64 (2, n) each: prices and sizes, best first.

    A side, or both, may be empty. Raises :class:`BadChartData` for levels that are none.
    """
    check_levels(bids, -1.0)
    check_levels(asks, 1.0)
    shown = depth_range(bids, asks, spec.span)
    painter = _Painter(spec, shown)
    painter.axes()
    if shown is not None:
        painter.stairs(bids, asks)
        painter.middle()
    return painter.scene()


def plot_of(spec: DepthSpec, shown: DepthRange) -> Rect:
    """Where the stairs of :func:`lay_out_depth` are, in device pixels."""
    return _Painter(spec, shown).plot


class _Painter:
    """Collects the rectangles and glyphs of one depth chart."""

    def __init__(self, spec: DepthSpec, shown: DepthRange | None) -> None:
        self._spec = spec
        self._shown = shown
        self._setter = typesetter(spec.scale)
        self._line = max(1, floor(spec.scale))
        self._glyphs = GlyphList(np.zeros((GLYPHS, 4), dtype=np.int32))
        self._rows: list[tuple[int, int, int, int, int]] = []
        self._front: list[tuple[int, int, int, int, int]] = []
        self._steps = empty_steps(0)[:0]
        self._size_ticks, self._size_decimals = self._sizes()
        self.plot = self._placed()

    def scene(self) -> Scene:
        """Everything collected, in painter's order: grid, stairs, middle and axes."""
        rows = [np.array(part, dtype=np.int32).reshape(-1, 5) for part in (self._rows, self._front)]
        rects = np.concatenate((rows[0], self._steps, rows[1]))
        glyphs = self._glyphs.rows[: self._glyphs.count].copy()
        size = self._spec.width, self._spec.height
        return Scene(*size, rects, glyphs, self._setter.atlas, RAMPS)

    def axes(self) -> None:
        """Grid lines, their labels, and the lines of both axes."""
        plot, line, spec = self.plot, self._line, self._spec
        if self._shown is not None:
            self._size_axis(self._shown)
            self._price_axis(self._shown)
        if plot.x1 < spec.width:
            self._front.append((plot.x1, 0, plot.x1 + line, spec.height, Role.AXIS))
        if plot.y1 < spec.height:
            self._front.append((0, plot.y1, spec.width, plot.y1 + line, Role.AXIS))

    def stairs(self, bids: F64, asks: F64) -> None:
        """Both sides, and their totals in the upper corners."""
        plot, shown = self.plot, self._shown
        assert shown is not None
        out, count = empty_steps(plot.width), 0
        box = np.array([plot.x0, plot.y0, plot.x1, plot.y1], dtype=np.int32)
        step = (shown.high - shown.low) / max(1, plot.width)
        thick = self._spec.px(EDGE)
        for side, rising, line, shade in (
            (bids, False, Role.UP, Role.UP_SHADE), (asks, True, Role.DOWN, Role.DOWN_SHADE),
        ):  # fmt: skip
            totals = np.zeros(max(1, plot.width))
            prices, sizes = np.ascontiguousarray(side[0]), np.ascontiguousarray(side[1])
            side_totals(prices, sizes, rising, shown.low, step, totals)
            count = step_rects(
                totals, plot.height / shown.most, rising, box, thick, int(line), int(shade),
                out, count,
            )  # fmt: skip
            self._total(float(totals.max()), rising)
        self._steps = out[:count]

    def middle(self) -> None:
        """A dashed line between the sides, with its price above."""
        plot, spec, shown = self.plot, self._spec, self._shown
        assert shown is not None
        x, dash = plot.x0 + plot.width // 2, spec.px(DASH)
        for y in range(plot.y0, plot.y1, 2 * dash):
            end = min(y + dash, plot.y1)
            self._front.append((x, y, x + self._line, end, Role.TEXT_2))
        run = self._setter.run(price_text(shown.middle, spec.decimals), Face.STRONG)
        pad = spec.px(4)
        left, top = x - run.width // 2, spec.px(6)
        if run.width + 2 * pad < plot.width / 2 and plot.height > 4 * spec.px(12):
            box = (left - pad, 0, left + run.width + pad, top + spec.px(13), Role.BACKGROUND)
            self._front.append(box)
            self._glyphs.put(run, left, top + spec.px(6), TEXT)

    def _total(self, total: float, rising: bool) -> None:
        plot, spec = self.plot, self._spec
        words = short_text(total, self._size_decimals + 1)
        run = self._setter.run(f"{'Asks' if rising else 'Bids'} {words}")
        inset = spec.px(LABEL_INSET)
        if 4 * (run.width + 2 * inset) < plot.width * 1.2 and plot.height > 4 * spec.px(12):
            x = plot.x1 - inset - run.width if rising else plot.x0 + inset
            self._glyphs.put(run, x, spec.px(12), DOWN if rising else UP)

    def _sizes(self) -> tuple[tuple[float, ...], int]:
        """Ticks of the totals and their decimals."""
        if self._shown is None:
            return (), 0
        rows = max(1.0, self._spec.height - TIME_AXIS * self._spec.scale)
        step, decimals = tick_step(SIZE_SPACING * self._spec.scale * self._shown.most / rows)
        ticks = multiples(step / 2, 0.94 * self._shown.most, step)
        return ticks, min(decimals, MOST_SIZE_DECIMALS)

    def _placed(self) -> Rect:
        """The plot: an axis without room is left out."""
        spec = self._spec
        runs = [self._size_run(tick).width for tick in self._size_ticks]
        axis = spec.px(LABEL_INSET) + max(runs, default=spec.px(24)) + spec.px(LABEL_END)
        right = spec.width - axis if axis <= 0.3 * spec.width else spec.width
        tall = spec.height >= 72 * spec.scale
        return Rect(0, 0, right, spec.height - spec.px(TIME_AXIS) if tall else spec.height)

    def _size_run(self, value: float) -> Run:
        return self._setter.run(short_text(value, self._size_decimals))

    def _size_axis(self, shown: DepthRange) -> None:
        plot, spec = self.plot, self._spec
        for value in self._size_ticks:
            y = plot.y1 - round(value * plot.height / shown.most)
            self._rows.append((plot.x0, y, plot.x1, min(y + self._line, plot.y1), Role.GRID))
            run = self._size_run(value)
            if plot.x1 < spec.width and y >= spec.px(8):
                x = spec.width - spec.px(LABEL_END) - run.width
                self._glyphs.put(run, x, y, TEXT)

    def _price_axis(self, shown: DepthRange) -> None:
        plot, spec = self.plot, self._spec
        per_price = plot.width / (shown.high - shown.low)
        step, decimals = tick_step(PRICE_SPACING * spec.scale / per_price)
        digits = max(min(decimals, MOST_DECIMALS), 0)
        middle = plot.y1 + (spec.height - plot.y1 + self._line) // 2
        for price in multiples(shown.low, shown.high, step):
            x = plot.x0 + round((price - shown.low) * per_price)
            self._rows.append((x, plot.y0, min(x + self._line, plot.x1), plot.y1, Role.GRID))
            run = self._setter.run(price_text(price, digits))
            left = x - run.width // 2
            if plot.y1 < spec.height and left >= 2 and left + run.width <= plot.x1 - 2:
                self._glyphs.put(run, left, middle, TEXT)
