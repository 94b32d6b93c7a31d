"""From candles to a scene: the whole chart, or only the strip that a tick changes, by the same
code.

Stages: extent and scale (:mod:`chart_acceleration.frame`), projection of rows to pixel columns,
elements as rectangles, labels (:mod:`chart_acceleration.compose`).
"""

from dataclasses import dataclass, replace

from chart_acceleration.chart_data import ChartData
from chart_acceleration.compose import compose
from chart_acceleration.frame import Frame, build_frame
from chart_acceleration.ops import LayoutBuffers, move
from chart_acceleration.scene import Rect, Scene
from chart_acceleration.spec import ChartSpec, Furniture


@dataclass(frozen=True, slots=True)
class PaneLayout:
    """Where a study is: ``plot`` None over the candles and where it was left out for want of room;
    ``top`` and ``bottom`` the values at its plot's edges, of the prices over the candles.
    """

    title: str
    plot: Rect | None
    top: float
    bottom: float
    left_out: bool


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

    @property
    def panes(self) -> tuple[PaneLayout, ...]:
        """One for every study of the view, in its order."""
        return _panes(self.frame)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Titles of the studies that had no room."""
        return tuple(pane.title for pane in self.panes if pane.left_out)


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
    scale, slots = frame.scale, frame.slots
    return ChartLayout(
        scene=compose(frame, data, buffers, 0),
        plot=frame.geometry.plot,
        price_top=scale.price(0.0),
        price_bottom=scale.price(scale.height),
        first_index=frame.first_index,
        x_first=slots.centre(0),
        step=slots.step,
        last_y=scale.row(float(data.candles.close[-1])) if frame.count else 0,
        strip=frame.strip,
        frame=frame,
    )


def _panes(frame: Frame) -> tuple[PaneLayout, ...]:
    drawn = {place.number: place for place in frame.studies}
    found = []
    for number, study in enumerate(frame.spec.elements.studies):
        place = drawn.get(number)
        pane = place.pane if place is not None else None
        scale = pane.scale if pane is not None else frame.scale
        plot = Rect(0, scale.y0, frame.geometry.plot.x1, scale.y0 + scale.height)
        found.append(
            PaneLayout(
                study.title,
                plot if pane is not None else None,
                scale.price(0.0),
                scale.price(scale.height),
                left_out=place is None,
            )
        )
    return tuple(found)


def lay_out_strip(
    frame: Frame, data: ChartData, buffers: LayoutBuffers, at: Rect, size: tuple[int, int]
) -> Scene:
    """The scene of ``frame.strip`` alone, moved to ``at`` in a picture of ``size`` (width, height).

    Reaches over ``at``: draw it with ``at`` as the clip.
    """
    scene = compose(frame, data, buffers, frame.strip_row)
    move(scene.rects, scene.glyphs, at.x0 - frame.strip.x0, at.y0 - frame.strip.y0)
    return replace(scene, width=size[0], height=size[1])
