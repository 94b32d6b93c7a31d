"""The places of studies: over the candles, or in a pane with a scale of its own."""

from dataclasses import dataclass
from math import inf

import numpy as np

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import Study, StudyPane
from chart_acceleration.extent import values_extent
from chart_acceleration.geometry import Geometry, Slots, split
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.price_ticks import PriceTicks, pane_ticks
from chart_acceleration.scales import PriceScale, fit
from chart_acceleration.scene import F64, I32, Rect
from chart_acceleration.spec import ChartSpec

HOLD = 0.4
"""Share of the free space above and below what is drawn that the newest value may still use before
the scale changes.
"""
TITLE_ROOM = 19.0
"""CSS pixels at the top of a pane for its title."""
EDGE_ROOM = 4.0
"""CSS pixels between the ends of a fixed range and the pane's edges."""
FREE = 0.08
"""Share of a pane's height kept free above and below its values."""

Held = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PaneScale:
    """A pane before its width is known: scale, ticks, and the lowest and highest newest value that
    it can show unchanged. ``number`` counts the view's studies.
    """

    number: int
    scale: PriceScale
    ticks: PriceTicks
    held: Held


@dataclass(frozen=True, slots=True)
class StudyPlace:
    """Where a study is drawn: ``numbers`` and ``whole`` are the parameters of its kernels; ``pane``
    is None over the candles.
    """

    number: int
    study: Study
    numbers: F64
    whole: I32
    held: Held
    pane: PaneScale | None


def pane_scales(
    data: ChartData, spec: ChartSpec, first: int, buffers: LayoutBuffers
) -> list[PaneScale]:
    """Scales of the panes that have room, from the top down."""
    rows = split(spec)[1]
    numbers = [n for n, study in enumerate(spec.elements.studies) if study.pane is not None]
    line = max(1, int(spec.scale))
    return [
        _pane_scale(data, spec, number, (y0 + line, y1), first, buffers)
        for number, (y0, y1) in zip(numbers, rows, strict=False)
    ]


def _pane_scale(
    data: ChartData,
    spec: ChartSpec,
    number: int,
    rows: tuple[int, int],
    first: int,
    buffers: LayoutBuffers,
) -> PaneScale:
    study, height = spec.elements.studies[number], rows[1] - rows[0]
    pane = study.pane or StudyPane()
    low, high = values_extent(data, number, study, first, buffers)
    known = low <= high or None not in (pane.low, pane.high)
    if not low <= high:
        low, high = (0.0, 1.0)
    top, bottom = max(FREE * height, TITLE_ROOM * spec.scale), FREE * height
    if pane.high is not None:
        high, top = pane.high, EDGE_ROOM * spec.scale
    if pane.low is not None:
        low, bottom = pane.low, EDGE_ROOM * spec.scale
    scale = fit(min(low, high), max(low, high), rows[0], height, (top, bottom))
    held = (
        -inf if pane.low is not None else scale.price(height - bottom * (1 - HOLD)),
        inf if pane.high is not None else scale.price(top * (1 - HOLD)),
    )
    return PaneScale(number, scale, pane_ticks(scale, spec.scale, known), held)


def study_places(
    spec: ChartSpec,
    place: Geometry,
    grid: Slots,
    main: tuple[F64, I32, Held],
    scales: list[PaneScale],
) -> tuple[StudyPlace, ...]:
    """The studies that are drawn. ``main``: parameters and held range of the prices."""
    by_number = {scale.number: scale for scale in scales}
    found = []
    for number, study in enumerate(spec.elements.studies):
        pane = by_number.get(number)
        if study.pane is None:
            found.append(StudyPlace(number, study, *main, None))
        elif pane is not None:
            numbers = np.array([pane.scale.top, pane.scale.per_price, 0.0, grid.left, grid.step])
            plot = Rect(
                place.plot.x0, pane.scale.y0, place.plot.x1, pane.scale.y0 + pane.scale.height
            )
            found.append(StudyPlace(number, study, numbers, whole(plot, grid), pane.held, pane))
    return tuple(found)


def whole(plot: Rect, grid: Slots) -> I32:
    """The integer parameters of the kernels that draw in ``plot``."""
    return np.array([plot.x0, plot.y0, plot.x1, plot.y1, grid.wick, grid.body], dtype=np.int32)
