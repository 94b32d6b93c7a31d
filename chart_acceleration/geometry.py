"""Where things are: plot, axes, and how wide a candle is."""

from dataclasses import dataclass
from math import ceil, floor

from chart_acceleration.scene import Rect
from chart_acceleration.spec import ChartSpec

TIME_AXIS = 24.0
PRICE_AXIS = 64.0
AXIS_UNIT = 8.0
LABEL_INSET, LABEL_END = 8.0, 5.0  # before and after a price label
WIDEST_BODY = 41.0
PANE_SHARES = (0.22, 0.18, 0.15)
"""Share of the height that each of one, two, or three and more panes takes."""
LEAST_MAIN = 0.45
"""Share of the height that the panes leave to the prices."""
LEAST_PANE = 36.0
"""CSS pixels of the lowest pane that is drawn."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Device pixels. ``plot`` holds the prices, ``panes`` lie below it, each with a divider of one
    ``line`` (the thickness of a hairline) above it; ``price_axis``, ``time_axis``: whether there
    is room.
    """

    plot: Rect
    panes: tuple[Rect, ...]
    line: int
    price_axis: bool
    time_axis: bool

    @property
    def bottom(self) -> int:
        """One past the last row of prices and panes."""
        return self.panes[-1].y1 if self.panes else self.plot.y1


@dataclass(frozen=True, slots=True)
class Slots:
    """Candle row i (0 is the first visible) has its wick's left edge at floor(left + i * step +
    0.5).

    ``wick`` and ``body`` are widths of equal parity, so that the wick is in the middle; the body
    starts ``(body - wick) // 2`` left of the wick.
    """

    left: float
    step: float
    wick: int
    body: int

    def wick_left(self, row: int) -> int:
        """Leftmost pixel column of the wick of ``row``."""
        return floor(self.left + row * self.step + 0.5)

    def body_left(self, row: int) -> int:
        """Leftmost pixel column of the body of ``row``."""
        return self.wick_left(row) - (self.body - self.wick) // 2

    def centre(self, row: int) -> float:
        """Middle of ``row``, in device pixels from the picture's left edge."""
        return self.left + row * self.step + self.wick / 2

    def first_from(self, x: int) -> int:
        """The first row, below 0 too, whose wick begins at pixel column ``x`` or right of it."""
        row = floor((x - 0.5 - self.left) / self.step)
        while self.wick_left(row) < x:
            row += 1
        while self.wick_left(row - 1) >= x:
            row -= 1
        return row


def has_price_axis(spec: ChartSpec) -> bool:
    """Whether prices fit beside the plot."""
    return spec.width >= 180 * spec.scale and spec.height >= 72 * spec.scale


def geometry(spec: ChartSpec, label_width: int) -> Geometry:
    """Plot and axes; ``label_width`` is the widest price label in device pixels.

    The price axis is 64 CSS pixels, or as many steps of 8 more as the labels need; an axis without
    room is left out.
    """
    line = max(1, floor(spec.scale))
    width = spec.width
    needed = label_width / spec.scale + LABEL_INSET + LABEL_END
    wanted = max(PRICE_AXIS, AXIS_UNIT * ceil(needed / AXIS_UNIT))
    axis = round(wanted * spec.scale)
    with_prices = has_price_axis(spec) and axis <= 0.4 * width
    right = width - axis if with_prices else width
    main, rows = split(spec)
    panes = tuple(Rect(0, y0 + line, right, y1) for y0, y1 in rows)
    return Geometry(Rect(0, 0, right, main), panes, line, with_prices, has_time_axis(spec))


def has_time_axis(spec: ChartSpec) -> bool:
    """Whether times fit below the plot."""
    return spec.width >= 120 * spec.scale and spec.height >= 96 * spec.scale


def split(spec: ChartSpec) -> tuple[int, list[tuple[int, int]]]:
    """Height of the prices, and first row and end of every pane that has room, dividers included.

    Of more panes than have room the first ones are drawn.
    """
    height = spec.height - (spec.px(TIME_AXIS) if has_time_axis(spec) else 0)
    wanted = sum(study.pane is not None for study in spec.elements.studies)
    for count in range(wanted, 0, -1):
        share = min(PANE_SHARES[min(count, len(PANE_SHARES)) - 1], (1.0 - LEAST_MAIN) / count)
        rows = floor(share * height)
        if rows >= LEAST_PANE * spec.scale:
            ends = [height - rows * number for number in range(count - 1, -1, -1)]
            return height - rows * count, [(end - rows, end) for end in ends]
    return height, []


def slots(spec: ChartSpec, plot: Rect, line: int, count: int) -> Slots:
    """Where ``count`` candles go, the newest at the right with a little room before the axis.

    Whole pixels between candles where the room that is left over is small, for even gaps; else
    fractions.
    """
    step = float(plot.width // (spec.bars + 2))
    margin = plot.width - step * spec.bars
    if step < 3.0 or margin > max(0.065 * plot.width, 2.5 * step):
        margin = min(0.04 * plot.width, max(2.0 * plot.width / spec.bars, 6.0 * spec.scale))
        step = (plot.width - margin) / spec.bars
    wick, body = candle_widths(step, line, WIDEST_BODY * spec.scale)
    newest = floor(plot.x1 - margin - step / 2)
    return Slots(newest - (max(count, 1) - 1) * step, step, wick, body)


def candle_widths(step: float, line: int, widest: float) -> tuple[int, int]:
    """(wick, body): body about 70 % of ``step``, of the wick's parity, with a gap of 1 below 5 px
    and 2 from there.
    """
    wick = line if step >= 3 * line else 1
    gap = (1 if step < 5 * line else 2) * min(line, max(1, floor(step / 3)))
    room = floor(step - gap)
    body = wick + 2 * round((0.7 * min(step, widest / 0.7) - wick) / 2)
    while body > max(room, wick):
        body -= 2
    return wick, max(wick, body)
