"""Where a view puts candles and axes, whatever the prices are."""

from dataclasses import dataclass
from functools import lru_cache

from chart_acceleration.geometry import Geometry, Slots, geometry, slots
from chart_acceleration.panes import whole
from chart_acceleration.scene import I32, Rect
from chart_acceleration.spec import ChartSpec
from chart_acceleration.strip import strip_span


@dataclass(frozen=True, slots=True)
class Placement:
    """Fields as in :class:`chart_acceleration.frame.Frame`."""

    geometry: Geometry
    slots: Slots
    whole: I32
    columns: int
    strip: Rect
    strip_row: int


@lru_cache(maxsize=1024)
def placement(spec: ChartSpec, label_width: int, count: int, marked: bool) -> Placement:
    """The places of ``count`` candles, beside price labels of at most ``label_width`` device
    pixels; ``marked``: whether there are markers. Kept from one picture to the next, which differ
    in their prices: nobody writes to it.
    """
    place = geometry(spec, label_width)
    grid = slots(spec, place.plot, place.line, count)
    left, row = strip_span(spec, grid, count, marked)
    return Placement(
        geometry=place,
        slots=grid,
        whole=whole(place.plot, grid),
        columns=grid.first_from(place.plot.x1) + 1,
        strip=Rect(left, 0, spec.width, spec.height),
        strip_row=row,
    )
