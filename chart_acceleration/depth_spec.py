"""What a depth chart shows: size and colours, and the ranges of its axes."""

from dataclasses import dataclass
from math import floor, isfinite, log10

import numpy as np

from chart_acceleration.errors import BadChartData, BadChartSpec
from chart_acceleration.palette import theme
from chart_acceleration.scene import F64, U8
from chart_acceleration.spec import LARGEST, LEAST_SCALE, MOST_SCALE, SMALLEST

REACH = 60
"""So many levels of the longer side are shown at least."""
ROOM = 1.15
"""Height of the plot over the largest total: the texts stand there."""
FINE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""First digits of the ranges shown: a picture's scale stays while little changes."""
MOST_LEVELS = 4096
MOST_VALUE = 1e15


@dataclass(frozen=True, slots=True)
class DepthSpec:
    """Size and colours of a depth chart.

    ``width`` and ``height`` in device pixels, ``scale`` device pixels per CSS pixel, ``stale``
    takes the greys of a lost feed, ``decimals``: digits of the market's prices. ``span`` is how far
    prices reach from the middle to each side, in percent of it; None chooses by the levels. Raises
    :class:`BadChartSpec` or ``UnknownTheme``.
    """

    width: int
    height: int
    scale: float = 1.0
    theme: str = "dark"
    stale: bool = False
    decimals: int = 2
    span: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("width", self.width), ("height", self.height)):
            if not SMALLEST <= value <= LARGEST:
                raise BadChartSpec(name, value, f"{SMALLEST} to {LARGEST} device pixels")
        if not isfinite(self.scale) or not LEAST_SCALE <= self.scale <= MOST_SCALE:
            allowed = f"{LEAST_SCALE:g} to {MOST_SCALE:g} device pixels per CSS pixel"
            raise BadChartSpec("scale", self.scale, allowed)
        if self.span is not None and not 0.001 <= self.span <= 99.0:
            raise BadChartSpec("span", self.span, "0.001 to 99 percent")
        theme(self.theme)

    @property
    def palette(self) -> U8:
        """Its sixteen colours, uint8 (16, 3)."""
        return theme(self.theme).colours(wide=False, stale=self.stale)

    def px(self, css: float) -> int:
        """Whole device pixels of a CSS length, at least 1."""
        return max(1, round(css * self.scale))


@dataclass(frozen=True, slots=True)
class DepthRange:
    """What the axes show: prices from ``low`` to ``high``, totals from 0 to ``most``."""

    low: float
    high: float
    most: float
    middle: float


def depth_range(bids: F64, asks: F64, span: float | None) -> DepthRange | None:
    """The ranges of both axes; None without a level."""
    best = [float(side[0, 0]) for side in (bids, asks) if side.shape[1]]
    if not best:
        return None
    middle = sum(best) / len(best)
    if span is None:
        far = [float(side[0, :REACH][-1]) for side in (bids, asks) if side.size]
        half = fine_above(max(1e-6 * middle, *(abs(price - middle) for price in far)))
    else:
        half = middle * span / 100.0
    low, high = middle - half, middle + half
    inside = (float(bids[1][bids[0] >= low].sum()), float(asks[1][asks[0] <= high].sum()))
    return DepthRange(low, high, fine_above(ROOM * max(*inside, 1e-12)), middle)


def fine_above(value: float) -> float:
    """The least of :data:`FINE` times a power of ten that is not below ``value`` > 0."""
    power = floor(log10(value))
    unit = 10.0**power
    return next((first * unit for first in FINE if first * unit >= value), 10.0 * unit)


def check_levels(side: F64, sign: float) -> None:
    """Raises :class:`BadChartData` unless prices rise by ``sign`` and all numbers can be drawn."""
    if side.ndim != 2 or side.shape[0] != 2 or side.shape[1] > MOST_LEVELS:
        raise BadChartData(
            f"levels were {side.shape}; a depth chart takes prices and sizes of at most "
            f"{MOST_LEVELS:,} levels"
        )
    good = np.isfinite(side).all() and (side > 0.0).all() and (sign * np.diff(side[0]) > 0.0).all()
    if not good or (side.size and side.max() > MOST_VALUE):
        raise BadChartData(
            "levels of a depth chart must be above zero and below 1e15, the best price first"
        )
