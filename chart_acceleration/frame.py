"""The frame of a chart: everything that stays while only the newest candle changes."""

from dataclasses import dataclass

import numpy as np

from chart_acceleration.axes import back_and_labels
from chart_acceleration.candles import columns, scan
from chart_acceleration.chart_data import ChartData
from chart_acceleration.errors import BadCandles
from chart_acceleration.geometry import Geometry, Slots, geometry, slots
from chart_acceleration.legend import ROOM, legend_rows
from chart_acceleration.numbers import price_text
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.scales import TICK_SPACING, VOLUME_SHARE, PriceScale, fit, tick_step
from chart_acceleration.scene import F64, I32, Rect
from chart_acceleration.spec import ChartSpec, Furniture
from chart_acceleration.text import Face, Typesetter, typesetter
from market.columns import CandleWindow

HOLD = 0.4
"""Share of the free space above and below the candles that the newest one may still use before the
scale changes.
"""

MOST_SHARED = 16
"""Device pixels by which a patch may be widened to begin on a whole CSS pixel."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Scales, axes and grid of a chart.

    ``count`` visible candles, the first with absolute index ``first_index``. ``back``: int32 (n,
    5) grid and axis rectangles; ``labels``: int32 (m, 5) tick label glyphs with their centre row.
    ``numbers``, ``whole``: parameters of the candle kernel. ``held``: lowest and highest price and
    greatest volume that the frozen scales can show. ``strip``: from the newest candle's left edge,
    or a few pixels before, to the picture's right edge; ``strip_row`` the first visible row drawn
    in it. ``label_width``: the widest price label in device pixels.
    """

    spec: ChartSpec
    furniture: Furniture
    geometry: Geometry
    slots: Slots
    scale: PriceScale
    type: Typesetter
    decimals: int
    count: int
    first_index: int
    back: I32
    labels: I32
    numbers: F64
    whole: I32
    held: tuple[float, float, float]
    strip: Rect
    strip_row: int
    label_width: int


def visible(candles: CandleWindow, spec: ChartSpec) -> int:
    """Row of the first candle that is shown: the last ``spec.bars`` are."""
    return max(0, len(candles) - spec.bars)


def extent(candles: CandleWindow, first: int, buffers: LayoutBuffers) -> tuple[float, float, float]:
    """Lowest and highest price and greatest volume from row ``first`` on; raises
    :class:`BadCandles`.
    """
    rows = columns(candles, first)
    bad = scan(*rows, buffers.extent)
    if bad >= 0:
        names = ("open", "high", "low", "close", "volume")
        values = ", ".join(
            f"{name} {column[bad]}" for name, column in zip(names, rows, strict=True)
        )
        raise BadCandles(first + bad, values)
    return float(buffers.extent[0]), float(buffers.extent[1]), float(buffers.extent[2])


def build_frame(
    data: ChartData, spec: ChartSpec, furniture: Furniture, buffers: LayoutBuffers
) -> Frame:
    """Scales fitted to the visible candles, with the axes they need. Raises :class:`BadCandles`
    and :class:`BadChartData`.
    """
    data.check(spec)
    candles = data.candles
    first = visible(candles, spec)
    count = len(candles) - first
    low, high, most = extent(candles, first, buffers) if count else (0.0, 1.0, 0.0)
    height = geometry(spec, 0).plot.height
    margins = _margins(spec, height, most)
    scale = fit(low, high, 0, height, margins)
    step, step_decimals = tick_step(spec.px(TICK_SPACING) / scale.per_price)
    decimals = max(furniture.decimals, min(step_decimals, 15))
    setter = typesetter(spec.scale)
    ends = (price_text(scale.top, decimals), price_text(scale.bottom, decimals))
    label_width = max(setter.run(text, Face.STRONG).width for text in ends) if count else 0
    place = geometry(spec, label_width)
    grid = slots(spec, place.plot, place.line, count)
    volume_rows = VOLUME_SHARE * height / most if most > 0.0 and height >= 40 * spec.scale else 0.0
    back, labels = back_and_labels(
        candles.time_ns[first:],
        spec,
        place,
        grid,
        (scale, step, decimals, label_width),
        setter,
        buffers,
    )
    strip_left = _strip_left(grid, count, spec.scale)
    return Frame(
        spec=spec,
        furniture=furniture,
        geometry=place,
        slots=grid,
        scale=scale,
        type=setter,
        decimals=decimals,
        count=count,
        first_index=candles.first_index + first,
        back=back,
        labels=labels,
        numbers=np.array([scale.top, scale.per_price, volume_rows, grid.left, grid.step]),
        whole=_whole(place, grid),
        held=(
            scale.price(height - margins[1] * (1 - HOLD)),
            scale.price(margins[0] * (1 - HOLD)),
            most * 1.1,
        ),
        strip=Rect(strip_left, 0, spec.width, spec.height),
        strip_row=_strip_row(grid, count, strip_left),
        label_width=label_width,
    )


def _margins(spec: ChartSpec, height: int, most_volume: float) -> tuple[float, float]:
    """Device pixels kept free above the highest and below the lowest price."""
    top = max(0.08 * height, ROOM[legend_rows(spec)] * spec.scale)
    return top, (0.20 if most_volume > 0.0 and height >= 40 * spec.scale else 0.08) * height


def _whole(place: Geometry, grid: Slots) -> I32:
    plot = place.plot
    return np.array([plot.x0, plot.y0, plot.x1, plot.y1, grid.wick, grid.body], dtype=np.int32)


def _strip_left(grid: Slots, count: int, scale: float) -> int:
    """The newest candle's left edge, moved left to where a device and a CSS pixel begin together.

    A browser then places the patch on whole CSS pixels, which none of them rounds.
    """
    left = max(0, grid.body_left(count - 1))
    return left - left % _shared_pixels(scale)


def _shared_pixels(scale: float) -> int:
    """Device pixels between two common beginnings of device and CSS pixels; 1 if far apart."""
    for size in range(1, MOST_SHARED + 1):
        if abs(size / scale - round(size / scale)) < 1e-6:
            return size
    return 1


def _strip_row(grid: Slots, count: int, left: int) -> int:
    """The first row with pixels from ``left`` on; several share a column when zoomed far out."""
    row = max(0, count - 1)
    while row > 0 and grid.body_left(row - 1) + grid.body > left:
        row -= 1
    return row
