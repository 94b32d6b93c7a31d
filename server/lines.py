"""Horizontal and trend lines as addresses write them.

``PRICE`` is a line across the chart, ``TIME@PRICE~TIME@PRICE`` one through two points. Words follow
behind slashes: a colour (a, b, c, d, e, up, down, text), ``dashed``, and for trend lines ``right``
or ``both``, to go on beyond the points. Commas part lines: ``38500/up/dashed,39000``.
"""

from collections.abc import Iterable
from typing import TypeVar

from chart_acceleration.elements import (
    LINE_ROLES,
    MOST_DRAWINGS,
    Drawing,
    Extension,
    HorizontalLine,
    TrendLine,
)
from chart_acceleration.errors import ChartError
from chart_acceleration.palette import Role
from server.errors import RequestError
from server.times import time_ns

LONGEST_TEXT = 2600
"""Characters of all lines of a chart together: a tab's message has room for them."""

T = TypeVar("T")

_COLOURS = {role.name.removeprefix("LINE_").lower(): role for role in LINE_ROLES}
_FAR = ("right", "both")


def drawings(texts: Iterable[str]) -> tuple[Drawing, ...]:
    """The lines that ``texts`` describe, in their order. Raises :class:`RequestError`."""
    whole = ",".join(texts)
    if len(whole) > LONGEST_TEXT:
        raise RequestError(f"lines had {len(whole):,} characters; allowed are {LONGEST_TEXT:,}")
    parts = [part.strip() for part in whole.split(",") if part.strip()]
    if len(parts) > MOST_DRAWINGS:
        raise RequestError(f"lines were {len(parts)}; allowed are at most {MOST_DRAWINGS}")
    return tuple(_drawing(part) for part in parts)


def _drawing(text: str) -> Drawing:
    place, *words = (word.strip() for word in text.split("/"))
    start, between, end = place.partition("~")
    role = _only(text, [_COLOURS[word] for word in words if word in _COLOURS], Role.LINE_A)
    far = _only(text, [Extension(word) for word in words if word in _FAR], Extension.NONE)
    unknown = [word for word in words if word not in {*_COLOURS, *_FAR, "dashed"}]
    if unknown or (far is not Extension.NONE and not between):
        raise _refused(text)
    dashed = "dashed" in words
    try:
        if between:
            return TrendLine(_point(text, start), _point(text, end), role, dashed, far)
        return HorizontalLine(_price(text, place), role, dashed)
    except ChartError as error:
        raise RequestError(f"line {text[:60]!r}: {error}") from None


def _only(text: str, found: list[T], otherwise: T) -> T:
    if len(found) > 1:
        raise _refused(text)
    return found[0] if found else otherwise


def _point(text: str, point: str) -> tuple[int, float]:
    time, at, price = point.partition("@")
    if not at:
        raise _refused(text)
    return time_ns("the time of a line", time), _price(text, price)


def _price(text: str, price: str) -> float:
    try:
        return float(price)
    except ValueError:
        raise _refused(text) from None


def _refused(text: str) -> RequestError:
    return RequestError(
        f"line was {text[:60]!r}; allowed are PRICE and TIME@PRICE~TIME@PRICE, then behind slashes "
        f"a colour ({', '.join(_COLOURS)}), dashed, and for the second kind right or both"
    )
