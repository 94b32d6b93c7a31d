"""Where and in which colours a Plotly figure of a chart draws: shared by all of its parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite, log10
from typing import Any

import numpy as np

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import AxisKind, Study
from chart_acceleration.numbers import price_text, signed_text
from chart_acceleration.palette import Role, theme
from chart_acceleration.scene import F64, I64
from chart_acceleration.spec import ChartSpec, Furniture
from chart_acceleration.time_zone import local_times
from market.types import Interval

NANOSECONDS_PER_MS = 1_000_000
MOST_PANES_SHARE, PANE_SHARE = 0.6, 0.22
"""Of the height: all panes of studies together at most, and each one if there is room."""
PANE_GAP = 0.02


@dataclass(frozen=True, slots=True)
class Canvas:
    """A chart's numbers, and how they become Plotly's: ``first`` is the first visible row."""

    data: ChartData
    spec: ChartSpec
    furniture: Furniture

    @property
    def first(self) -> int:
        """Row of the first visible candle."""
        return max(0, len(self.data) - self.spec.bars)

    def colour(self, role: Role) -> str:
        """Like ``#2FBD8C``."""
        chosen = theme(self.spec.theme)
        red, green, blue = (chosen.wide_stale if self.furniture.stale else chosen.wide)[role]
        return f"#{red:02X}{green:02X}{blue:02X}"

    def shade(self, role: Role, opacity: float) -> str:
        """The colour with something of what lies below it."""
        text = self.colour(role)
        red, green, blue = (int(text[at : at + 2], 16) for at in (1, 3, 5))
        return f"rgba({red},{green},{blue},{opacity:g})"

    def direction(self) -> str:
        """Colour of the newest candle."""
        candles = self.data.candles
        return self.colour(Role.UP if candles.close[-1] >= candles.open[-1] else Role.DOWN)

    # --- places -----------------------------------------------------------------------------

    @property
    def panes(self) -> list[Study]:
        """The studies with panes of their own, from the top."""
        return [study for study in self.spec.elements.studies if study.pane is not None]

    def domain(self, pane: int) -> tuple[float, float]:
        """Bottom and top of pane ``pane`` as shares of the height; -1 is that of the prices."""
        count = len(self.panes)
        share = min(PANE_SHARE, MOST_PANES_SHARE / count) if count else 0.0
        if pane < 0:
            return count * share, 1.0
        top = (count - pane) * share
        return top - share, top - PANE_GAP

    def times(self, times_ns: I64) -> list[int]:
        """Milliseconds of the chosen time zone's clock, which Plotly takes for UTC.

        A candle of a day is the day in UTC, whatever the zone.
        """
        daily = self.spec.interval is Interval.D1
        zone = "UTC" if daily else self.spec.elements.zone
        local: list[int] = (local_times(times_ns, zone) // NANOSECONDS_PER_MS).tolist()
        return local

    def span(self) -> list[int]:
        """First and last moment of the picture: curves drawn ahead or behind do not widen it."""
        known = self.data.candles.time_ns
        step = self.spec.interval.nanoseconds
        room = max(2, len(known[self.first :]) // 25)
        ends = np.array([known[self.first] - step // 2, known[-1] + room * step], np.int64)
        return self.times(ends)

    def first_of(self, shift: int) -> int:
        """The first row of a curve drawn ``shift`` bars to the right that can be seen."""
        return max(0, self.first - max(0, shift))

    def shifted_times(self, shift: int) -> list[int]:
        """Where the rows of such a curve stand, from :meth:`first_of` on."""
        known = self.data.candles.time_ns
        rows = np.arange(self.first_of(shift), len(known)) + shift
        beyond = np.maximum(rows - (len(known) - 1), 0) + np.minimum(rows, 0)
        times = known[np.clip(rows, 0, len(known) - 1)]
        return self.times(times + beyond * self.spec.interval.nanoseconds)

    # --- prices -----------------------------------------------------------------------------

    @property
    def base(self) -> float:
        """What the percent axis counts from."""
        return float(self.data.candles.close[self.first])

    def scaled(self, prices: F64) -> F64:
        """Prices as the price axis has them: of the percent axis their change."""
        if self.spec.elements.axis is not AxisKind.PERCENT:
            return prices
        with np.errstate(over="ignore", invalid="ignore"):  # what has no place is not drawn
            return (prices / self.base - 1.0) * 100.0 if self.base else prices * 0.0

    def prices(self, prices: F64) -> list[float | None]:
        """The visible rows of a column on the price axis."""
        return plain(self.scaled(prices[self.first :]))

    def height(self, price: float) -> float:
        """A price on the price axis."""
        return float(self.scaled(np.array([price]))[0])

    def written_height(self, price: float) -> float | None:
        """Where an annotation stands: Plotly wants logarithms there, and nowhere else."""
        height = self.height(price)
        if self.spec.elements.axis is AxisKind.LOG:
            return log10(height) if height > 0 else None
        return height if isfinite(height) else None

    def price_text(self, price: float) -> str:
        """A price as the axis writes it."""
        if self.spec.elements.axis is AxisKind.PERCENT:
            return f"{signed_text(self.height(price), 2)} %"
        return price_text(price, self.furniture.decimals)


def plain(values: F64) -> list[float | None]:
    """Numbers for JSON, which knows neither NaN nor infinity."""
    return [value if isfinite(value) else None for value in values.tolist()]


def annotation(text: str, **where: Any) -> dict[str, Any]:
    """A text on the paper, without an arrow."""
    return {"xref": "paper", "showarrow": False, "text": text, **where}


def label(canvas: Canvas, price: float, text: str, box: str) -> Iterable[dict[str, Any]]:
    """A filled box on the price axis."""
    height = canvas.written_height(price)
    if height is not None:
        yield annotation(
            text,
            x=1,
            xanchor="left",
            y=height,
            align="left",
            font={"color": canvas.colour(Role.BACKGROUND), "weight": 600},
            bgcolor=box,
            borderpad=3,
        )
