"""The frame of a chart: everything that stays while only the newest candle changes."""

from dataclasses import dataclass
from math import inf

import numpy as np

from chart_acceleration.axes import Axes
from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import AxisKind
from chart_acceleration.errors import BadCandles
from chart_acceleration.extent import price_extent, seed_rows, visible, widened
from chart_acceleration.geometry import Geometry, Slots, split
from chart_acceleration.legend import ROOM, legend_rows
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.panes import (
    HOLD,
    PaneScale,
    StudyPlace,
    pane_scales,
    study_places,
)
from chart_acceleration.placement import placement
from chart_acceleration.placing import drawn_lines
from chart_acceleration.price_ticks import PriceTicks, linear_ticks, log_ticks, percent_ticks
from chart_acceleration.scales import TINY, VOLUME_SHARE, PriceScale, fit, spanning
from chart_acceleration.scene import F64, I32, Rect
from chart_acceleration.spec import ChartSpec, Furniture
from chart_acceleration.text import Face, Typesetter, typesetter

MOST_VOLUME = 1.1
"""Times the greatest visible volume that the newest candle may reach before the scale changes."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Scales, axes and grid of a chart.

    ``count`` visible candles, the first with absolute index ``first_index``; ``seed`` rows before
    it that averaged candles start from; ``columns`` candle places up to the plot's right edge.
    ``back``: int32 (n, 5) grid and axis rectangles, ``lines`` those of the drawings; ``labels``:
    int32 (m, 5) tick label glyphs with their centre row. ``numbers``, ``whole``: parameters of the
    candle kernels. ``held``: lowest and highest price and greatest volume that the frozen scales
    can show. ``strip``: from the newest candle's left edge, or what moves with it, to the
    picture's right edge; ``strip_row`` the first visible row drawn in it. ``label_width``: the
    widest price label in device pixels.
    """

    spec: ChartSpec
    furniture: Furniture
    geometry: Geometry
    slots: Slots
    scale: PriceScale
    ticks: PriceTicks
    studies: tuple[StudyPlace, ...]
    type: Typesetter
    count: int
    seed: int
    columns: int
    first_index: int
    back: I32
    lines: I32
    labels: I32
    numbers: F64
    whole: I32
    held: tuple[float, float, float]
    strip: Rect
    strip_row: int
    label_width: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """Scales and ticks of prices and panes, before the width of the labels is known.

    ``held`` as in :class:`Frame`; ``most``: the greatest visible volume.
    """

    scale: PriceScale
    ticks: PriceTicks
    panes: list[PaneScale]
    held: tuple[float, float, float]
    most: float


def build_frame(
    data: ChartData, spec: ChartSpec, furniture: Furniture, buffers: LayoutBuffers
) -> Frame:
    """Scales fitted to the visible candles, or as the view fixes them, with the axes they need.
    Raises :class:`BadCandles` and :class:`BadChartData`.
    """
    data.check(spec)
    first = visible(data.candles, spec)
    count = len(data.candles) - first
    fitted = _fit(data, spec, furniture, first, buffers)
    scale, setter = fitted.scale, typesetter(spec.scale)
    widest = _label_width(fitted, setter) if count else 0
    layout = placement(spec, widest, count, len(data.markers) > 0)
    place, grid, integers = layout.geometry, layout.slots, layout.whole
    height = place.plot.height
    tall = fitted.most > 0.0 and height >= 40 * spec.scale
    volume_rows = VOLUME_SHARE * height / fitted.most if tall else 0.0
    numbers = np.array([scale.top, scale.per_price, volume_rows, grid.left, grid.step])
    back, labels = _axes(data, spec, place, grid, fitted, widest, buffers)
    return Frame(
        spec=spec,
        furniture=furniture,
        geometry=place,
        slots=grid,
        scale=scale,
        ticks=fitted.ticks,
        studies=study_places(spec, place, grid, (numbers, integers, fitted.held[:2]), fitted.panes),
        type=setter,
        count=count,
        seed=seed_rows(first, spec),
        columns=layout.columns,
        first_index=data.candles.first_index + first,
        back=back,
        lines=drawn_lines(data.candles, spec, place, grid, scale, (numbers, integers), buffers),
        labels=labels,
        numbers=numbers,
        whole=integers,
        held=fitted.held,
        strip=layout.strip,
        strip_row=layout.strip_row,
        label_width=widest,
    )


def _fit(
    data: ChartData, spec: ChartSpec, furniture: Furniture, first: int, buffers: LayoutBuffers
) -> Fitted:
    """Extents, scales and ticks of prices and panes. Raises :class:`BadCandles`."""
    elements, height = spec.elements, split(spec)[0]
    logarithmic = elements.axis is AxisKind.LOG
    low, high, most = (1.0, 2.0, 0.0) if logarithmic else (0.0, 1.0, 0.0)
    if first < len(data.candles):
        low, high, most = price_extent(data, spec, first, buffers)
        if logarithmic and low <= 0.0:
            raise _not_above_zero(data, first)
        if elements.studies:
            low, high = widened(low, high, data, spec, first, buffers)
    most = most if elements.volume else 0.0
    margins = _margins(spec, height, most)
    if spec.price_range is None:
        scale = fit(low, high, 0, height, margins, logarithmic)
        held = (
            scale.price(height - margins[1] * (1 - HOLD)),
            scale.price(margins[0] * (1 - HOLD)),
        )
    else:
        scale, held = spanning(*spec.price_range, 0, height, logarithmic), (-inf, inf)
    return Fitted(
        scale,
        _ticks(scale, data, spec, furniture, first),
        pane_scales(data, spec, first, buffers) if elements.studies else [],
        (*held, most * MOST_VOLUME),
        most,
    )


def _not_above_zero(data: ChartData, first: int) -> BadCandles:
    lowest = data.candles.low[first:]
    row = int(lowest.argmin())
    return BadCandles(
        first + row, f"low {lowest[row]}", "a logarithmic axis needs prices above zero"
    )


def _ticks(
    scale: PriceScale, data: ChartData, spec: ChartSpec, furniture: Furniture, first: int
) -> PriceTicks:
    axis, decimals = spec.elements.axis, furniture.decimals
    if axis is AxisKind.LOG:
        return log_ticks(scale, decimals, spec.scale)
    if axis is AxisKind.PERCENT and first < len(data.candles):
        base = float(data.candles.close[first])
        if abs(base) < TINY:
            raise BadCandles(
                first,
                f"close {base}",
                "a percent axis needs a first visible close that is not zero",
            )
        return percent_ticks(scale, base, decimals, spec.scale)
    return linear_ticks(scale, decimals, spec.scale)


def _label_width(fitted: Fitted, setter: Typesetter) -> int:
    """The widest label of prices and panes, in device pixels."""
    scale = fitted.scale
    ends = (scale.price(0.0), scale.price(scale.height))
    widest = max(setter.run(fitted.ticks.text(end), Face.STRONG).width for end in ends)
    for pane in fitted.panes:
        for value in pane.ticks.values:
            widest = max(widest, setter.run(pane.ticks.text(value), Face.STRONG).width)
    return widest


def _axes(
    data: ChartData,
    spec: ChartSpec,
    place: Geometry,
    grid: Slots,
    fitted: Fitted,
    widest: int,
    buffers: LayoutBuffers,
) -> tuple[I32, I32]:
    """Grid and axis rectangles, int32 (n, 5), and tick label glyphs with their centre row, int32
    (m, 5).
    """
    axes = Axes(spec, place, typesetter(spec.scale), buffers)
    times = data.candles.time_ns[visible(data.candles, spec) :]
    if len(times) == 0:
        axes.empty()
    else:
        axes.times(times, grid)
        axes.prices(fitted.scale, fitted.ticks, widest)
    for plot, pane in zip(place.panes, fitted.panes, strict=True):
        study = spec.elements.studies[pane.number]
        axes.pane(plot, pane, study.pane.levels if study.pane else (), widest)
    return axes.finish()


def _margins(spec: ChartSpec, height: int, most_volume: float) -> tuple[float, float]:
    """Device pixels kept free above the highest and below the lowest price."""
    top = max(0.08 * height, ROOM[legend_rows(spec)] * spec.scale)
    return top, (0.20 if most_volume > 0.0 and height >= 40 * spec.scale else 0.08) * height
