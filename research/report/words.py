"""Figures as the report writes them: thousands comma, point, U+2212, times in UTC."""

from math import isfinite

import numpy as np

from research.views import MetricView

__all__ = ["NONE", "figure", "moment", "number", "tone"]

NONE = "–"
MINUTE_NS, HOUR_NS, DAY_NS = 60 * 10**9, 3600 * 10**9, 86_400 * 10**9

LARGE = 1e9
"""From here on a figure is written with a power of ten: yearly rates of a few hours."""

_COLOURED = frozenset({"total_return", "cagr", "max_drawdown", "expectancy", "alpha"})
"""Figures whose sign is a gain or a loss."""


def number(value: float | None, decimals: int = 2, sign: str = "") -> str:
    """``−1,234.50``; ``sign`` ``+`` writes both."""
    if value is None or not isfinite(value):
        return NONE
    rounded = round(value, decimals) + 0.0  # adding zero makes −0 a 0
    text = f"{rounded:{sign if rounded else ''},.{decimals}f}"
    return text.replace("-", "−")


def tone(value: float | None) -> str:
    """The class of a gain or a loss."""
    return "" if not value else "up" if value > 0 else "down"


def moment(time_ns: int) -> str:
    """``2022-01-31 20:47``."""
    return str(np.datetime64(time_ns, "ns").astype("datetime64[m]")).replace("T", " ")


def figure(metric: MetricView) -> tuple[str, str]:
    """The value of a card as it is written, and its class."""
    value = metric.value
    if value is None or not isfinite(value):
        return NONE, ""
    if metric.unit == "ns":
        return _span(value), ""
    if metric.unit == "count":
        return number(value, 0), ""
    coloured = metric.key in _COLOURED
    sign = "+" if coloured else ""
    text = number(value, 2, sign) if abs(value) < LARGE else f"{value:{sign}.3g}"
    return (f"{text} %" if metric.unit == "%" else text), tone(value) if coloured else ""


def _span(span_ns: float) -> str:
    for unit, word in ((DAY_NS, "d"), (HOUR_NS, "h"), (MINUTE_NS, "min")):
        if span_ns >= unit:
            return f"{number(span_ns / unit, 1)} {word}"
    return f"{number(span_ns / 1e9, 0)} s"
