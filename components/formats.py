"""Numbers and times as the interface writes them: thousands comma, point, U+2212, times in UTC."""

from datetime import UTC, datetime
from decimal import Decimal
from math import isfinite

MINUS = "\u2212"
NONE = "–"

Number = int | float | Decimal


def _written(value: Number | None, decimals: int, sign: str) -> str:
    if value is None or not isfinite(value):
        return NONE
    text = f"{value:{sign},.{decimals}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("+-")  # no sign on a zero that rounding made
    return text.replace("-", MINUS)


def plain(value: Number | None, decimals: int = 2) -> str:
    """``−1,234.50``; ``–`` for None, NaN and infinities."""
    return _written(value, decimals, "")


def signed(value: Number | None, decimals: int = 2) -> str:
    """As :func:`plain` with a sign in front, none on zero: ``+171.88``."""
    return _written(value, decimals, "+")


def percent(fraction: Number | None, decimals: int = 2) -> str:
    """A signed share in percent: 0.0162 gives ``+1.62 %``."""
    if fraction is None or not isfinite(fraction):
        return NONE
    return f"{signed(fraction * 100, decimals)} %"


def share(fraction: Number | None, decimals: int = 1) -> str:
    """An unsigned share in percent: 0.586 gives ``58.6 %``."""
    if fraction is None or not isfinite(fraction):
        return NONE
    return f"{plain(fraction * 100, decimals)} %"


def tone(written: str) -> str:
    """The class that colours a signed value as :func:`signed` or :func:`percent` wrote it.

    ``up``, ``down`` or ``flat``: what rounds to zero has no colour.
    """
    return {"+": "up", MINUS: "down"}.get(written[:1], "flat")


def moment(time_ns: int, with_seconds: bool = True) -> str:
    """``2022-01-31 20:47:18`` in UTC."""
    layout = "%Y-%m-%d %H:%M:%S" if with_seconds else "%Y-%m-%d %H:%M"
    return datetime.fromtimestamp(time_ns / 1e9, UTC).strftime(layout)


def clock(time_ns: int) -> str:
    """``20:47:18`` in UTC."""
    return datetime.fromtimestamp(time_ns / 1e9, UTC).strftime("%H:%M:%S")
