"""The parameters of ``/api/chart.webp``: what each says, allows and has by default."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any

from fastapi import Depends, Query, Request

from chart_acceleration.elements import MOST_DRAWINGS, MOST_STUDIES
from chart_acceleration.sparkline import HIGHEST, LOWEST, NARROWEST, WIDEST
from chart_acceleration.spec import (
    FEWEST_BARS,
    LARGEST,
    LEAST_SCALE,
    MOST_SCALE,
    SMALLEST,
)  # fmt: skip
from server.errors import RequestError
from server.market_reader import MAX_CANDLES, MOST_BARS
from server.views import ChartQuery, ElementsQuery

LIMITS: Mapping[str, tuple[float, float]] = {
    "limit": (1, MAX_CANDLES),
    "bars": (FEWEST_BARS, MOST_BARS),
    "width": (SMALLEST, LARGEST),
    "height": (SMALLEST, LARGEST),
    "scale": (LEAST_SCALE, MOST_SCALE),
    "cell_width": (NARROWEST, WIDEST),
    "cell_height": (LOWEST, HIGHEST),
}
"""What numbers in queries may be, both ends included."""

LONGEST_WORD = 64
"""Characters of a style, a zone, a time; indicators and lines have limits of their own."""


def number(name: str, text: str) -> Any:
    """A parameter within :data:`LIMITS`."""
    low, high = LIMITS[name]
    return Query(ge=low, le=high, description=text)


Symbol = Annotated[str, Query(description="A pair from /api/symbols, like BTC-USD")]
IntervalText = Annotated[str, Query(description="1s, 5s, 15s, 1m, 5m, 15m, 1h, 4h or 1d")]


def _text(description: str, example: str) -> Any:
    return Query(description=description, examples=[example], max_length=LONGEST_WORD)


def _texts(description: str, example: str) -> Any:
    return Query(description=description, examples=[example])


Texts = list[str]
Style = Annotated[str, _text("candles, hollow, bars, heikin-ashi, line or area", "hollow")]
Axis = Annotated[str, _text("Price axis: linear, log or percent", "log")]
Zone = Annotated[str, _text("IANA time zone of the time axis", "Europe/Berlin")]
Indicators = Annotated[
    Texts,
    _texts(
        f"At most {MOST_STUDIES} keys from /api/indicators, comma list or repeated; parameters "
        "follow in order or by name, the others have their defaults; behind a slash a colour "
        "(a to e, or - for the usual one) for each of its lines, like macd/ab",
        "sma:20,bollinger:20:2,macd(slow=30),rsi",
    ),
]
Lines = Annotated[
    Texts,
    _texts(
        f"At most {MOST_DRAWINGS} lines, comma list or repeated: PRICE, or "
        "TIME@PRICE~TIME@PRICE (ISO 8601 or milliseconds); behind slashes a colour (a, b, c, d, e, "
        "up, down, text), dashed, and for trend lines right or both, to go on beyond the points",
        "38500/up/dashed,2026-01-31T20:00Z@38400~2026-01-31T21:00Z@38600/b/right",
    ),
]
End = Annotated[
    str | None,
    _text(
        "Show history up to the candle that this time falls in: ISO 8601 or milliseconds since "
        "1970; the newest without it",
        "2026-01-31T20:45Z",
    ),
]


PriceRange = Annotated[
    str | None,
    _text("Prices at the plot's bottom and top; fitted to the candles without it", "38000,39000"),
]


def _price_range(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        raise RequestError(
            f"price_range was {text[:40]!r}; allowed are two prices, like 38000,39000"
        ) from None
    return low, high


def _elements(
    style: Style = "candles",
    axis: Axis = "linear",
    zone: Zone = "UTC",
    volume: Annotated[bool, Query(description="Volume bars below the prices")] = True,
    indicators: Indicators = [],  # noqa: B006 - FastAPI copies it
    lines: Lines = [],  # noqa: B006
    quote: Annotated[bool, Query(description="Lines at best bid and ask")] = False,
    countdown: Annotated[bool, Query(description="Time to the candle's close")] = False,
    trades: Annotated[bool, Query(description="Mark the paper account's fills")] = False,
) -> ElementsQuery:
    return ElementsQuery(
        style, axis, zone, volume, tuple(indicators), tuple(lines), quote, countdown, trades
    )


def only_known(request: Request, names: set[str], of: str) -> None:
    """Raises :class:`RequestError` for a parameter that is none of ``names``."""
    unknown = sorted(set(request.query_params) - names)
    if unknown:
        raise RequestError(
            f"{unknown[0][:40]} is no parameter of {of}; allowed are {', '.join(sorted(names))}"
        )


_NAMES = {field.name for kind in (ChartQuery, ElementsQuery) for field in fields(kind)} - {
    "elements"
}


def _chart(
    request: Request,
    elements: Annotated[ElementsQuery, Depends(_elements)],
    symbol: Symbol,
    interval: IntervalText = "1m",
    bars: Annotated[int, number("bars", "Visible candles")] = 120,
    width: Annotated[int, number("width", "Device pixels")] = 1280,
    height: Annotated[int, number("height", "Device pixels")] = 720,
    theme: Annotated[str, Query(description="dark, light, dark-cb or light-cb")] = "dark",
    scale: Annotated[float, number("scale", "Device pixels per CSS pixel")] = 1.0,
    end: End = None,
    price_range: PriceRange = None,
) -> ChartQuery:
    only_known(request, _NAMES, "a chart")
    return ChartQuery(
        symbol,
        interval,
        bars,
        width,
        height,
        theme,
        scale,
        elements,
        end,
        _price_range(price_range),
    )


ChartParameters = Annotated[ChartQuery, Depends(_chart)]
"""All of them, read from an address."""


def sentence_for(problem: Mapping[str, Any]) -> str:
    """One sentence for one entry of FastAPI's validation errors."""
    name = next((part for part in reversed(problem["loc"]) if isinstance(part, str)), "query")
    received = str(problem["input"])[:40]
    if problem["type"] == "missing":
        return f"{name} is missing"
    if problem["type"].startswith("bool"):
        return f"{name} was {received!r}; allowed are true and false"
    if name not in LIMITS or problem["loc"][0] == "body":
        return f"{name} was {received!r}; {problem['msg'].lower()}"
    low, high = LIMITS[name]
    kind = "" if problem["type"].startswith("float") or name == "scale" else "whole numbers "
    return f"{name} was {received}; allowed are {kind}{low:,g} to {high:,g}"
