"""The price scale: prices to pixel rows, and where its ticks are."""

from dataclasses import dataclass
from math import ceil, floor, log10

STEPS = (1.0, 2.0, 2.5, 5.0)
TICK_SPACING = 44.0
"""CSS pixels between two price ticks, about."""
VOLUME_SHARE = 0.17
"""Share of the plot's height, from the bottom, that the volume bars may take."""
FLAT = 1e-12
"""Ranges below this share of the price leave float64 fewer than five steps to a row of 1,000."""
TINY = 1e-290
"""Ranges below this have no finite number of pixels per price."""


@dataclass(frozen=True, slots=True)
class PriceScale:
    """Linear: ``top`` is the price at row ``y0``, ``per_price`` device pixels per unit of price,
    ``height`` rows.
    """

    top: float
    per_price: float
    y0: int
    height: int

    @property
    def bottom(self) -> float:
        """The price at row y0 + height."""
        return self.top - self.height / self.per_price

    def row(self, price: float) -> int:
        """The pixel row of ``price``, clamped to the plot; halves go down, as in the candle
        kernel.
        """
        offset = floor((self.top - price) * self.per_price + 0.5)
        return self.y0 + min(max(offset, 0), self.height - 1)

    def price(self, offset: float) -> float:
        """The price ``offset`` device pixels below the plot's top."""
        return self.top - offset / self.per_price


def fit(low: float, high: float, y0: int, height: int, margins: tuple[float, float]) -> PriceScale:
    """The scale that puts ``high`` and ``low`` ``margins`` (top, bottom) device pixels inside the
    plot.

    A flat range is widened by 0.1 % of the price to each side, so that one price sits in the
    middle. Flat is also a range that float64 cannot divide into rows.
    """
    size = max(abs(low), abs(high))
    if not high - low > max(size * FLAT, TINY):
        pad = size * 1e-3 if size * 1e-3 > TINY else 1.0
        low, high = low - pad, high + pad
    top, bottom = margins
    per_price = max(1.0, height - top - bottom - 1.0) / (high - low)
    return PriceScale(high + top / per_price, per_price, y0, height)


def tick_step(price_per_tick: float) -> tuple[float, int]:
    """The step 1, 2, 2.5 or 5 times a power of ten nearest (by ratio) to ``price_per_tick``, and
    its decimals.
    """
    exponent = floor(log10(price_per_tick))
    candidates = [(digit, power) for power in (exponent, exponent + 1) for digit in STEPS]
    digit, power = min(
        candidates, key=lambda pair: abs(log10(pair[0] * 10.0 ** pair[1] / price_per_tick))
    )
    return digit * 10.0**power, max(0, (1 if digit == 2.5 else 0) - power)


def tick_prices(scale: PriceScale, step: float) -> list[float]:
    """Multiples of ``step`` inside the scale, highest first."""
    first, last = ceil(scale.bottom / step), floor(scale.top / step)
    return [number * step for number in range(last, first - 1, -1)]
