"""Labels on the axis and the lines they belong to: last price, bid and ask, levels, studies.

The last price always has its label. Bid and ask stand beside it where they would overlap, other
labels are left out there; tick labels give way to all of them.
"""

from dataclasses import dataclass

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import HorizontalLine
from chart_acceleration.extent import shown_value
from chart_acceleration.frame import Frame
from chart_acceleration.geometry import LABEL_INSET
from chart_acceleration.numbers import countdown_text
from chart_acceleration.ops import GlyphList, LayoutBuffers, put_dots
from chart_acceleration.palette import Role
from chart_acceleration.panes import StudyPlace
from chart_acceleration.ramps import IN_COLOUR, ON_COLOUR
from chart_acceleration.scene import Rect
from chart_acceleration.text import Face

LABEL_HEIGHT = 18.0
TALL_LABEL = 32.0
"""With the countdown."""
SMALL_LABEL = 16.0
SECOND_LINE = 23.0
"""Middle of the countdown below the label's top."""
CLEARANCE, TALL_CLEARANCE, SMALL_CLEARANCE = 17.0, 24.0, 13.0
"""A tick label whose centre is nearer than this to that of such a label is not drawn (CSS
pixels).
"""


@dataclass(frozen=True, slots=True)
class Box:
    """A label's place: rows top..end - 1, its colour, filled or an outline."""

    top: int
    end: int
    role: Role
    filled: bool


class AxisLabels:
    """Puts labels beside the plot, each where the ones before leave room.

    ``count`` rectangles are in the list of ``buffers``, ``taken`` spans of rows on the axis.
    """

    def __init__(self, frame: Frame, buffers: LayoutBuffers, glyphs: GlyphList, count: int) -> None:
        self.frame = frame
        self.buffers = buffers
        self.glyphs = glyphs
        self.count = count
        self.taken = 0
        self.spans: list[tuple[int, int]] = []

    def put(
        self, box: Box, text: str, face: Face, middle: int, clearance: float = SMALL_CLEARANCE
    ) -> None:
        """A box with ``text`` on row ``middle``."""
        frame, rects = self.frame, self.buffers.rects
        if self.taken >= len(self.buffers.taken) or self.count + 2 > len(rects):
            return
        x0, x1 = frame.geometry.plot.x1 + frame.geometry.line, frame.spec.width
        line = frame.geometry.line
        rects[self.count] = (x0, box.top, x1, box.end, box.role)
        self.count += 1
        if not box.filled:
            rects[self.count] = (
                x0 + line, box.top + line, x1 - line, box.end - line, Role.BACKGROUND
            )  # fmt: skip
            self.count += 1
        self.text(box, text, face, self.left(text, face), middle)
        half = (box.end - box.top) // 2
        self.buffers.taken[self.taken] = (box.top + half, frame.spec.px(clearance))
        self.spans.append((box.top, box.end))
        self.taken += 1

    def left(self, text: str, face: Face) -> int:
        """Where a text begins whose end is that of the tick labels."""
        frame = self.frame
        room = max(0, frame.label_width - frame.type.run(text, face).width)
        return frame.geometry.plot.x1 + frame.spec.px(LABEL_INSET) + room

    def text(self, box: Box, text: str, face: Face, x: int, middle: int) -> None:
        """Text in a box, in the colour that is read on it."""
        ramps = ON_COLOUR if box.filled else IN_COLOUR
        self.glyphs.put(self.frame.type.run(text, face), x, middle, ramps[box.role])

    def free(self, top: int, end: int) -> bool:
        """Whether no label stands on rows top..end - 1."""
        return all(end <= other_top or top >= other_end for other_top, other_end in self.spans)


def put_labels(labels: AxisLabels, data: ChartData, last_y: int) -> None:
    """All labels of a chart with candles, and the lines of the last price, bid and ask."""
    last = _last_price(labels, data, last_y)
    if labels.frame.furniture.quote_lines:
        _quote(labels, data.ask, Role.DOWN, last, above=True)
        _quote(labels, data.bid, Role.UP, last, above=False)
    if not labels.frame.geometry.price_axis:
        return
    for drawing in labels.frame.spec.elements.drawings:
        if isinstance(drawing, HorizontalLine):
            _level(labels, drawing)
    for place in labels.frame.studies:
        if place.pane is not None:
            _study(labels, data, place)


def _last_price(labels: AxisLabels, data: ChartData, last_y: int) -> Rect:
    """Dotted line and label box; the rows the box takes, empty without an axis."""
    frame, candles = labels.frame, data.candles
    spec, plot = frame.spec, frame.geometry.plot
    close = float(candles.close[-1])
    role = Role.UP if close >= float(candles.open[-1]) else Role.DOWN
    if not frame.geometry.price_axis:
        return Rect(0, last_y, 0, last_y)
    if frame.furniture.last_line:
        _dots(labels, last_y, 2.0, 2.0, role)
    counts = frame.furniture.countdown and data.now_ns is not None
    height, upper = spec.px(TALL_LABEL if counts else LABEL_HEIGHT), spec.px(LABEL_HEIGHT) // 2
    top = max(plot.y0, min(last_y - upper, plot.y1 - height))
    box = Box(top, top + height, role, filled=True)
    clearance = TALL_CLEARANCE if counts else CLEARANCE
    labels.put(box, frame.ticks.text(close), Face.STRONG, top + upper, clearance)
    if counts and data.now_ns is not None:
        end_ns = int(candles.time_ns[-1]) + spec.interval.nanoseconds
        left = labels.left(frame.ticks.text(close), Face.STRONG)
        remaining = countdown_text(end_ns - data.now_ns)
        labels.text(box, remaining, Face.PLAIN, left, top + spec.px(SECOND_LINE))
    return Rect(0, top, 0, top + height)


def _dots(labels: AxisLabels, y: int, dot: float, gap: float, role: Role) -> None:
    spec, place = labels.frame.spec, labels.frame.geometry
    labels.count = put_dots(
        labels.buffers.rects, labels.count, place.plot.x0, place.plot.x1, y,
        spec.px(dot), spec.px(gap), place.line, int(role),
    )  # fmt: skip


def _quote(labels: AxisLabels, price: float | None, role: Role, last: Rect, above: bool) -> None:
    """A quote's line, and its label on it, or beside the last price's where both would overlap."""
    frame = labels.frame
    scale, plot = frame.scale, frame.geometry.plot
    if price is None or not scale.price(plot.height) <= price <= scale.price(0.0):
        return
    y, height = scale.row(price), frame.spec.px(SMALL_LABEL)
    _dots(labels, y, 1.0, 3.0, role)
    top = max(plot.y0, min(y - height // 2, plot.y1 - height))
    if top < last.y1 and top + height > last.y0:
        top = last.y0 - height if above else last.y1
    inside = plot.y0 <= top and top + height <= plot.y1
    if inside and frame.geometry.price_axis and labels.free(top, top + height):
        box = Box(top, top + height, role, filled=False)
        labels.put(box, frame.ticks.text(price), Face.PLAIN, top + height // 2)


def _level(labels: AxisLabels, drawing: HorizontalLine) -> None:
    frame = labels.frame
    scale, plot = frame.scale, frame.geometry.plot
    if scale.price(plot.height) <= drawing.price <= scale.price(0.0):
        box = _small(labels, scale.row(drawing.price), plot, drawing.role, filled=False)
        if labels.free(box.top, box.end):
            labels.put(box, frame.ticks.text(drawing.price), Face.PLAIN, (box.top + box.end) // 2)


def _study(labels: AxisLabels, data: ChartData, place: StudyPlace) -> None:
    """The last value of a pane's first curve."""
    curve, pane = place.study.curves[0], place.pane
    value = shown_value(curve, data.values[place.number][0])
    if pane is None or value is None:
        return
    scale = pane.scale
    plot = Rect(0, scale.y0, 0, scale.y0 + scale.height)
    box = _small(labels, scale.row(value), plot, curve.role, filled=True)
    labels.put(box, pane.ticks.text(value), Face.STRONG, (box.top + box.end) // 2)


def _small(labels: AxisLabels, y: int, plot: Rect, role: Role, filled: bool) -> Box:
    height = labels.frame.spec.px(SMALL_LABEL)
    top = max(plot.y0, min(y - height // 2, plot.y1 - height))
    return Box(top, top + height, role, filled)
