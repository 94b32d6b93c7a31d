"""What somebody asked to see: a view, and which numbers of the market go with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from chart_acceleration.elements import AxisKind, ChartStyle, Elements
from chart_acceleration.errors import ChartError
from chart_acceleration.spec import ChartSpec
from market.errors import MarketError
from market.market import Market
from market.types import Interval
from server.errors import RequestError
from server.lines import drawings
from server.studies import ChosenIndicator, chosen_indicators, studies
from server.views import ChartQuery, ElementsQuery

LIVE = ElementsQuery(indicators=("sma:20", "sma:50"), countdown=True)
"""What the pages' charts show unless their address says otherwise."""

_LEAD = 100

_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class ChartRequest:
    """Everything that makes a chart distinct; hashable, shared by all its viewers.

    ``indicators`` belong to ``spec.elements.studies``, in their order.
    """

    spec: ChartSpec
    indicators: tuple[ChosenIndicator, ...] = ()
    quote: bool = False
    countdown: bool = False
    trades: bool = False

    @property
    def rows(self) -> int:
        """Candles that its picture is made from: at least one more than are shown, for the change.

        A Heikin-Ashi candle is half of the one before: a hundred forget where they began. And a
        curve that is drawn to the right begins with candles left of the picture.
        """
        elements = self.spec.elements
        smoothed = elements.style is ChartStyle.HEIKIN_ASHI
        shifts = [curve.shift for study in elements.studies for curve in study.curves]
        return self.spec.bars + max([_LEAD if smoothed else 1, *shifts])

    def moved(
        self, bars: int, end: int | None, price_range: tuple[float, float] | None = None
    ) -> "ChartRequest":
        """The same after a zoom or pan. Raises :class:`RequestError`."""
        try:
            spec = replace(self.spec, bars=bars, end=end, price_range=price_range)
        except ChartError as error:
            raise RequestError(str(error)) from None
        return replace(self, spec=spec)


def chart_request(market: Market, query: ChartQuery, end: int | None = None) -> ChartRequest:
    """What ``query`` asks for, up to absolute index ``end``. Raises :class:`RequestError`."""
    wanted = query.elements
    chosen = chosen_indicators(wanted.indicators)
    try:
        market[query.symbol]
        spec = ChartSpec(
            symbol=query.symbol,
            interval=Interval.parse(query.interval),
            width=query.width,
            height=query.height,
            scale=query.scale,
            theme=query.theme,
            bars=query.bars,
            end=end,
            elements=_elements(wanted, chosen),
            price_range=query.price_range,
        )
    except (MarketError, ChartError) as error:
        raise RequestError(str(error)) from None
    return ChartRequest(spec, chosen, wanted.quote, wanted.countdown, wanted.trades)


def elements_query(given: Mapping[str, str | Sequence[str]]) -> ElementsQuery:
    """The elements that a page's address names, else those of :data:`LIVE`.

    Other names in ``given`` are left alone. Raises :class:`RequestError` where a chart with them
    cannot be.
    """
    read: dict[str, Any] = {
        field.name: _value(field.name, given[field.name], getattr(LIVE, field.name))
        for field in fields(ElementsQuery)
        if field.name in given
    }
    query = replace(LIVE, **read)
    chosen = chosen_indicators(query.indicators)
    try:
        _elements(query, chosen)
    except ChartError as error:
        raise RequestError(str(error)) from None
    return replace(query, indicators=tuple(each.text for each in chosen))


def _elements(query: ElementsQuery, chosen: Sequence[ChosenIndicator]) -> Elements:
    style = ChartStyle(_one_of("style", query.style, list(ChartStyle)))
    return Elements(
        style=style,
        axis=AxisKind(_one_of("axis", query.axis, list(AxisKind))),
        zone=query.zone,
        volume=query.volume,
        studies=studies(chosen, style),
        drawings=drawings(query.lines),
    )


def _value(
    name: str, given: str | Sequence[str], otherwise: object
) -> bool | str | tuple[str, ...]:
    texts = (given,) if isinstance(given, str) else tuple(given)
    if isinstance(otherwise, tuple):
        return texts
    if isinstance(otherwise, bool):
        return _FLAGS[_one_of(name, texts[-1].lower(), list(_FLAGS))]
    return texts[-1]


def _one_of(name: str, text: str, allowed: Sequence[str]) -> str:
    if text not in allowed:
        raise RequestError(f"{name} was {text[:40]!r}; allowed are {', '.join(allowed)}")
    return text
