"""What may be asked for: one view of one market, and what is drawn around the candles."""

from dataclasses import dataclass
from math import isfinite
from numbers import Integral

from chart_acceleration.elements import PLAIN, AxisKind, Elements
from chart_acceleration.errors import BadChartSpec
from chart_acceleration.palette import theme
from chart_acceleration.scene import U8
from market.types import Interval

SMALLEST, LARGEST = 16, 4096
FEWEST_BARS, MOST_BARS = 2, 100_000_000
LEAST_SCALE, MOST_SCALE = 1.0, 4.0
MOST_DECIMALS = 12
LEAST_RANGE = 1e-9
"""Share of the price that a price range spans at least: below, float64 has too few steps."""
TINIEST_RANGE = 1e-290


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """Everything that makes a view distinct; hashable, shared by all its viewers.

    ``width`` and ``height`` are device pixels, ``scale`` is device pixels per CSS pixel, ``bars``
    how many candles are visible, ``end`` the absolute index one past the last visible candle (None
    follows the newest), ``elements`` what is drawn beside the view, ``price_range`` the prices at
    the plot's bottom and top edge (None fits them to the visible candles). Raises
    :class:`BadChartSpec` or :class:`UnknownTheme`.
    """

    symbol: str
    interval: Interval
    width: int
    height: int
    scale: float = 1.0
    theme: str = "dark"
    bars: int = 120
    end: int | None = None
    elements: Elements = PLAIN
    price_range: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        _check_whole("width", self.width, (SMALLEST, LARGEST), " device pixels")
        _check_whole("height", self.height, (SMALLEST, LARGEST), " device pixels")
        _check_whole("bars", self.bars, (FEWEST_BARS, MOST_BARS))
        if not isfinite(self.scale) or not LEAST_SCALE <= self.scale <= MOST_SCALE:
            raise BadChartSpec(
                "scale",
                self.scale,
                f"{LEAST_SCALE:g} to {MOST_SCALE:g} device pixels per CSS pixel",
            )
        if self.price_range is not None:
            self._check_range(*self.price_range)
        theme(self.theme)

    def _check_range(self, low: float, high: float) -> None:
        logarithmic = self.elements.axis is AxisKind.LOG
        least = LEAST_RANGE * max(abs(low), abs(high))
        if not (isfinite(low) and isfinite(high) and high - low > max(least, TINIEST_RANGE)):
            raise BadChartSpec(
                "price_range", (low, high), "two finite prices, the lower one first, not equal"
            )
        if logarithmic and low <= 0.0:
            raise BadChartSpec("price_range", (low, high), "prices above zero on a log axis")
        if not isfinite(high - low):
            raise BadChartSpec("price_range", (low, high), "prices with a finite difference")

    def px(self, css: float) -> int:
        """Whole device pixels of a CSS length, at least 1."""
        return max(1, round(css * self.scale))


@dataclass(frozen=True, slots=True)
class Furniture:
    """What is drawn beside candles and axes.

    A picture asked for by URL has the legend and the dotted last-price line drawn in; the live
    page keeps both as page elements. ``decimals``: digits after the point of the market's prices,
    0 to 12. ``stale`` greys the picture. ``quote_lines`` draws best bid and ask, ``countdown`` the
    time to the candle's close under the last price, where the data has them.
    """

    legend: bool
    last_line: bool
    venue: str = ""
    decimals: int = 2
    stale: bool = False
    quote_lines: bool = False
    countdown: bool = False

    def __post_init__(self) -> None:
        _check_whole("decimals", self.decimals, (0, MOST_DECIMALS))


def palette_of(spec: ChartSpec, furniture: Furniture) -> U8:
    """The colours of a picture: uint8 (16, 3), or (20, 3) where it needs more."""
    return theme(spec.theme).colours(wide=spec.elements.wide, stale=furniture.stale)


def _check_whole(name: str, value: object, bounds: tuple[int, int], unit: str = "") -> None:
    low, high = bounds
    if not isinstance(value, Integral) or not low <= int(value) <= high:
        raise BadChartSpec(name, value, f"a whole number from {low} to {high}{unit}")
