"""What is drawn beside grid and axes: the style of the prices, studies, lines.

Plain values, hashable: a view is its :class:`chart_acceleration.spec.ChartSpec`, these included.
Numbers that change with the market (values of studies, markers, quotes) come as
:class:`chart_acceleration.chart_data.ChartData`.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from zoneinfo import ZoneInfo

from chart_acceleration.errors import BadChartSpec
from chart_acceleration.palette import Role

MOST_STUDIES = 12
MOST_CURVES = 8
MOST_DRAWINGS = 64
FURTHEST_SHIFT = 5000

LINE_ROLES = (
    Role.LINE_A, Role.LINE_B, Role.LINE_C, Role.LINE_D, Role.LINE_E, Role.UP, Role.DOWN, Role.TEXT,
)  # fmt: skip
"""The colours a curve or a drawing may have."""


class ChartStyle(StrEnum):
    """How the prices are drawn."""

    CANDLES = "candles"
    HOLLOW = "hollow"
    BARS = "bars"
    HEIKIN_ASHI = "heikin-ashi"
    LINE = "line"
    AREA = "area"


class AxisKind(StrEnum):
    """The price axis. ``PERCENT`` is linear, labelled with the change since the first visible
    candle's close.
    """

    LINEAR = "linear"
    LOG = "log"
    PERCENT = "percent"


class CurveStyle(StrEnum):
    """How a series of values is drawn. ``BAND`` and ``CLOUD``: an edge, filled to the next one's.

    ``HISTOGRAM``: bars from zero, rising ones stronger than falling ones.
    """

    LINE = "line"
    HISTOGRAM = "histogram"
    BAND = "band"
    DOTS = "dots"
    CLOUD = "cloud"


@dataclass(frozen=True, slots=True)
class Curve:
    """One series of a study. ``shift``: bars to draw it to the right, to the left if negative."""

    label: str
    style: CurveStyle = CurveStyle.LINE
    role: Role = Role.LINE_A
    shift: int = 0

    def __post_init__(self) -> None:
        if self.role not in LINE_ROLES:
            raise BadChartSpec("role", self.role.name, ", ".join(role.name for role in LINE_ROLES))
        if abs(self.shift) > FURTHEST_SHIFT:
            raise BadChartSpec("shift", self.shift, f"-{FURTHEST_SHIFT} to {FURTHEST_SHIFT} bars")


@dataclass(frozen=True, slots=True)
class StudyPane:
    """A pane below the prices with an axis of its own.

    ``low`` and ``high`` fix its range, None fits that end to the visible values; ``levels`` are
    guide lines. Raises :class:`BadChartSpec`.
    """

    low: float | None = None
    high: float | None = None
    levels: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        ends = [end for end in (self.low, self.high) if end is not None]
        if not all(map(isfinite, (*ends, *self.levels))):
            raise BadChartSpec("pane", self, "finite numbers")
        if ends != sorted(set(ends)):
            raise BadChartSpec("low", self.low, f"a number below high, which was {self.high}")


@dataclass(frozen=True, slots=True)
class Study:
    """An indicator as the chart sees it: a title, curves, and where they go.

    ``pane`` None: over the candles, on their axis.
    """

    title: str
    curves: tuple[Curve, ...]
    pane: StudyPane | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.curves) <= MOST_CURVES:
            raise BadChartSpec("curves", len(self.curves), f"1 to {MOST_CURVES} curves in a study")


class Extension(StrEnum):
    """How far a trend line goes beyond its two points."""

    NONE = "none"
    RIGHT = "right"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class HorizontalLine:
    """A price level across the plot, labelled on the axis."""

    price: float
    role: Role = Role.LINE_A
    dashed: bool = False

    def __post_init__(self) -> None:
        _check_line(self.role, (self.price,))


@dataclass(frozen=True, slots=True)
class TrendLine:
    """A straight line on the screen through two points (ns since the Unix epoch, price)."""

    start: tuple[int, float]
    end: tuple[int, float]
    role: Role = Role.LINE_A
    dashed: bool = False
    extend: Extension = Extension.NONE

    def __post_init__(self) -> None:
        _check_line(self.role, (self.start[1], self.end[1]))
        if self.start[0] >= self.end[0]:
            raise BadChartSpec(
                "end", self.end[0], f"a time after {self.start[0]} ns, the line's start"
            )


Drawing = HorizontalLine | TrendLine


def _check_line(role: Role, prices: tuple[float, ...]) -> None:
    if role not in LINE_ROLES:
        raise BadChartSpec("role", role.name, ", ".join(each.name for each in LINE_ROLES))
    for price in prices:
        if not isfinite(price):
            raise BadChartSpec("price", price, "any finite number")


@dataclass(frozen=True, slots=True)
class Elements:
    """What a view shows beside the view itself. ``zone``: an IANA time zone for the time axis.

    Raises :class:`BadChartSpec`.
    """

    style: ChartStyle = ChartStyle.CANDLES
    axis: AxisKind = AxisKind.LINEAR
    zone: str = "UTC"
    volume: bool = True
    studies: tuple[Study, ...] = ()
    drawings: tuple[Drawing, ...] = ()

    def __post_init__(self) -> None:
        if len(self.studies) > MOST_STUDIES:
            raise BadChartSpec("studies", len(self.studies), f"at most {MOST_STUDIES}")
        if len(self.drawings) > MOST_DRAWINGS:
            raise BadChartSpec("drawings", len(self.drawings), f"at most {MOST_DRAWINGS}")
        try:
            if self.zone != "UTC":  # known also where there is no database of zones
                ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):  # unknown, no name at all, a folder of names
            raise BadChartSpec("zone", self.zone, "an IANA name like Europe/Berlin") from None

    @property
    def wide(self) -> bool:
        """Whether a colour past the first sixteen is used: such pictures take a byte a pixel."""
        roles = [curve.role for study in self.studies for curve in study.curves]
        roles += [drawing.role for drawing in self.drawings]
        return any(role >= Role.LINE_D for role in roles)


PLAIN = Elements()
"""Candles and volume, nothing else."""
