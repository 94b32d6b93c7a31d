"""Errors of the chart package (the encoders keep their own root in
``chart_acceleration.encoders.errors``).

ChartError
├── BadChartSpec          a view that cannot be drawn: size, scale, bars
├── UnknownTheme          a text that names no theme
├── BadCandles            candles that cannot be drawn: not finite, negative volume
├── BadChartData          values, markers or quotes that do not fit the candles or the view
├── BadPatch              patches that cannot share one picture
└── RendererUnavailable   a renderer that was asked for by name and cannot start
"""

from collections.abc import Iterable


class ChartError(ValueError):
    """Root of every error raised by ``chart_acceleration`` outside the encoders."""


class BadChartSpec(ChartError):
    """A view that cannot be drawn: ``field`` names what was wrong, ``value`` was received."""

    def __init__(self, field: str, value: object, allowed: str) -> None:
        self.field = field
        self.value = value
        super().__init__(f"{field} was {value!r}; allowed is {allowed}")


class UnknownTheme(ChartError):
    """A text that names no theme."""

    def __init__(self, text: str, allowed: Iterable[str]) -> None:
        self.text = text
        self.allowed = tuple(allowed)
        super().__init__(f"theme was {text!r}; allowed are {', '.join(self.allowed)}")


class BadCandles(ChartError):
    """A candle that cannot be drawn. ``row`` counts from the oldest candle handed in."""

    def __init__(
        self,
        row: int,
        values: str,
        allowed: str = "prices must be finite, volume finite and not negative",
    ) -> None:
        self.row = row
        super().__init__(f"candle {row} has {values}; {allowed}")


class BadChartData(ChartError):
    """Values, markers or quotes that do not fit the candles or the view."""


class BadPatch(ChartError):
    """Patches that cannot be drawn or cannot share one picture."""


class RendererUnavailable(ChartError):
    """A renderer that was asked for by name and cannot start."""

    def __init__(self, name: str, why: str, available: Iterable[str]) -> None:
        self.name = name
        self.why = why
        self.available = tuple(available)
        others = f"; available are {', '.join(self.available)}" if self.available else ""
        super().__init__(f"renderer {name!r} is not available: {why}{others}")
