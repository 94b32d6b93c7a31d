"""From candles to a scene: the whole chart, or only the strip that a tick changes, by the same
code.
"""

from dataclasses import dataclass, replace

from chart_acceleration.candles import candle_rects, columns
from chart_acceleration.chart_data import ChartData
from chart_acceleration.frame import Frame, build_frame
from chart_acceleration.geometry import LABEL_INSET
from chart_acceleration.legend import put_legend
from chart_acceleration.numbers import price_text
from chart_acceleration.ops import (
    NEVER_HIDDEN,
    GlyphList,
    LayoutBuffers,
    move,
    put_dots,
    put_visible,
)
from chart_acceleration.palette import Role
from chart_acceleration.ramps import ON_DOWN, ON_UP, RAMPS
from chart_acceleration.scene import Rect, Scene
from chart_acceleration.spec import ChartSpec, Furniture
from chart_acceleration.text import Face
from market.columns import CandleWindow

LABEL_HEIGHT = 18.0
CLEARANCE = 17.0
"""A tick label whose centre is nearer than this to the last-price label's is not drawn (CSS
pixels).
"""


@dataclass(frozen=True, slots=True)
class ChartLayout:
    """A laid out chart.

    ``scene`` is valid until the next layout with the same buffers; everything else stays. ``plot``
    and ``strip`` are device pixels; ``price_top`` and ``price_bottom`` the prices at the plot's
    top and bottom edge; ``first_index`` the absolute index of the first visible candle,
    ``x_first`` its centre, ``step`` pixels per candle; ``last_y`` the row of the last price (0
    without candles); ``strip`` reaches from the last candle to the right edge.
    """

    scene: Scene
    plot: Rect
    price_top: float
    price_bottom: float
    first_index: int
    x_first: float
    step: float
    last_y: int
    strip: Rect
    frame: Frame


def lay_out(
    data: ChartData, spec: ChartSpec, furniture: Furniture, buffers: LayoutBuffers
) -> ChartLayout:
    """Lay out the last ``spec.bars`` candles of ``data``, scales fitted to them. Raises
    :class:`BadCandles` and :class:`BadChartData`.
    """
    return lay_out_in(build_frame(data, spec, furniture, buffers), data, buffers)


def lay_out_in(frame: Frame, data: ChartData, buffers: LayoutBuffers) -> ChartLayout:
    """Lay out the last ``frame.count`` candles of ``data`` with the scales and axes of
    ``frame``.
    """
    candles = data.candles
    scale, slots = frame.scale, frame.slots
    return ChartLayout(
        scene=compose(frame, data, buffers, 0),
        plot=frame.geometry.plot,
        price_top=scale.top,
        price_bottom=scale.bottom,
        first_index=frame.first_index,
        x_first=slots.centre(0),
        step=slots.step,
        last_y=scale.row(float(candles.close[-1])) if frame.count else 0,
        strip=frame.strip,
        frame=frame,
    )


def lay_out_strip(
    frame: Frame, data: ChartData, buffers: LayoutBuffers, at: Rect, size: tuple[int, int]
) -> Scene:
    """The scene of ``frame.strip`` alone, moved to ``at`` in a picture of ``size`` (width, height).

    Reaches over ``at``: draw it with ``at`` as the clip.
    """
    scene = compose(frame, data, buffers, frame.strip_row)
    move(scene.rects, scene.glyphs, at.x0 - frame.strip.x0, at.y0 - frame.strip.y0)
    return replace(scene, width=size[0], height=size[1])


def compose(frame: Frame, data: ChartData, buffers: LayoutBuffers, first: int) -> Scene:
    """Grid and axes, candles from visible row ``first`` on, the last price, labels, legend."""
    candles, spec = data.candles, frame.spec
    rects, count = buffers.rects, len(frame.back)
    rects[:count] = frame.back
    glyphs = GlyphList(buffers.glyphs)
    hidden = NEVER_HIDDEN // 2
    if frame.count:
        count = _candles(frame, candles, buffers, count, first)
        last_y = frame.scale.row(float(candles.close[-1]))
        count = _last_price(frame, candles, buffers, count, glyphs, last_y)
        hidden = _box_top(frame, last_y) + spec.px(LABEL_HEIGHT) // 2
    glyphs.count = put_visible(frame.labels, hidden, spec.px(CLEARANCE), glyphs.rows, glyphs.count)
    if frame.furniture.legend:
        put_legend(
            glyphs,
            candles,
            frame.spec,
            frame.furniture,
            frame.decimals,
            frame.type,
            frame.geometry.plot.x1,
        )
    return Scene(
        spec.width, spec.height, rects[:count], glyphs.rows[: glyphs.count], frame.type.atlas, RAMPS
    )


def _candles(
    frame: Frame, candles: CandleWindow, buffers: LayoutBuffers, count: int, first: int
) -> int:
    rows = columns(candles, len(candles) - frame.count)
    return candle_rects(*rows, frame.numbers, frame.whole, buffers.rects, count, first)


def _box_top(frame: Frame, last_y: int) -> int:
    """First row of the last-price label: centred on the price, kept inside the plot."""
    height = frame.spec.px(LABEL_HEIGHT)
    plot = frame.geometry.plot
    return max(plot.y0, min(last_y - height // 2, plot.y1 - height))


def _last_price(
    frame: Frame,
    candles: CandleWindow,
    buffers: LayoutBuffers,
    count: int,
    glyphs: GlyphList,
    last_y: int,
) -> int:
    """Dotted line and label box; returns the new number of rectangles."""
    spec, place, rects = frame.spec, frame.geometry, buffers.rects
    close = float(candles.close[-1])
    rises = close >= float(candles.open[-1])
    colour = Role.UP if rises else Role.DOWN
    if frame.furniture.last_line and place.price_axis:
        plot = place.plot
        count = put_dots(
            rects, count, plot.x0, plot.x1, last_y, spec.px(2.0), place.line, int(colour)
        )
    if place.price_axis:
        top, height = _box_top(frame, last_y), spec.px(LABEL_HEIGHT)
        rects[count] = (place.plot.x1 + place.line, top, spec.width, top + height, colour)
        count += 1
        run = frame.type.run(price_text(close, frame.decimals), Face.STRONG)
        x = place.plot.x1 + spec.px(LABEL_INSET) + max(0, frame.label_width - run.width)
        glyphs.put(run, x, top + height // 2, ON_UP if rises else ON_DOWN)
    return count
