"""The price scale: values to pixel rows, and back.

Rows are linear in *scale space*: a value itself, or its natural logarithm on a logarithmic axis.
"""

from dataclasses import dataclass
from math import exp, floor, log

TICK_SPACING = 44.0
"""CSS pixels between two price ticks, about."""
VOLUME_SHARE = 0.17
"""Share of the plot's height, from the bottom, that the volume bars may take."""
FLAT = 1e-12
"""Ranges below this share of the price leave float64 fewer than five steps to a row of 1,000."""
TINY = 1e-290
"""Ranges below this have no finite number of pixels per price."""
HUGE = 1e290
"""Prices further from zero than this are as good as this far: ranges stay finite."""
LARGEST_LOG = 709.0
"""Larger logarithms have no float64."""
PAD = 1e-3
"""Share of the price that is shown to each side of a flat range."""


@dataclass(frozen=True, slots=True)
class PriceScale:
    """``top`` is the scale space value at row ``y0``, ``per_price`` device pixels per unit of scale
    space, ``height`` rows.
    """

    top: float
    per_price: float
    y0: int
    height: int
    logarithmic: bool = False

    @property
    def bottom(self) -> float:
        """The scale space value at row y0 + height."""
        return self.top - self.height / self.per_price

    def to_scale(self, value: float) -> float:
        """``value`` in scale space; what has no logarithm lies infinitely low."""
        if not self.logarithmic:
            return value
        return log(value) if value > 0.0 else float("-inf")

    def row(self, price: float) -> int:
        """The pixel row of ``price``, clamped to the plot; halves go down, as in the candle
        kernel.
        """
        offset = (self.top - self.to_scale(price)) * self.per_price + 0.5
        return self.y0 + floor(min(max(offset, 0.0), self.height - 1.0))

    def price(self, offset: float) -> float:
        """The price ``offset`` device pixels below the plot's top."""
        value = self.top - offset / self.per_price
        return exp(min(value, LARGEST_LOG)) if self.logarithmic else value


def fit(
    low: float,
    high: float,
    y0: int,
    height: int,
    margins: tuple[float, float],
    logarithmic: bool = False,
) -> PriceScale:
    """The scale that puts ``high`` and ``low`` ``margins`` (top, bottom) device pixels inside the
    plot. Prices must be above zero for a logarithmic one.

    A flat range is widened by 0.1 % of the price to each side, so that one price sits in the
    middle. Flat is also a range that float64 cannot divide into rows.
    """
    if logarithmic:
        low, high = log(low), log(high)
        size, flat = 1.0, FLAT * max(1.0, abs(low), abs(high))
    else:
        low, high = min(max(low, -HUGE), HUGE), min(max(high, -HUGE), HUGE)
        size = max(abs(low), abs(high))
        flat = size * FLAT
    if not high - low > max(flat, TINY):
        pad = size * PAD if size * PAD > TINY else 1.0
        low, high = low - pad, high + pad
    top, bottom = margins
    per_price = max(1.0, height - top - bottom - 1.0) / (high - low)
    return PriceScale(high + top / per_price, per_price, y0, height, logarithmic)


def spanning(low: float, high: float, y0: int, height: int, logarithmic: bool) -> PriceScale:
    """The scale with ``high`` at the plot's top edge and ``low`` at its bottom edge. They differ,
    and are above zero for a logarithmic one.
    """
    if logarithmic:
        low, high = log(low), log(high)
    return PriceScale(high, height / (high - low), y0, height, logarithmic)
