"""The dashboard's charts with their menus, and the question that the indicator picker asks."""

from collections.abc import Sequence
from typing import Any

from dash import ClientsideFunction, Input, Output, callback, clientside_callback
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from components import ids
from components.chart_grid import chart_grid
from components.chart_toolbar import chart_menus
from components.indicator_picker import IndicatorChoice, ParameterField, indicator_picker
from market.types import INTERVALS
from pages.live_chart import Query, live_chart
from server.errors import RequestError
from server.services import current
from server.views import IndicatorView


def live_grid(symbol: str | None, interval: str | None, query: Query) -> Sequence[Component]:
    """Grid, menus and picker; its first chart is that of the address."""
    services = current()
    chart = live_chart(symbol, interval, query)
    grid = chart_grid(chart, services.symbols(), [each.value for each in INTERVALS])
    return [grid, *chart_menus(), indicator_picker([choice(v) for v in services.indicators()])]


def choice(view: IndicatorView) -> IndicatorChoice:
    """An indicator of the registry as the picker lists it."""
    return IndicatorChoice(
        key=view.key,
        title=view.title,
        description=view.description,
        family=view.family,
        parameters=tuple(
            ParameterField(p.name, p.label, p.default, p.low, p.high, p.step)
            for p in view.parameters
        ),
        lines=tuple(out.label for out in view.outputs),
    )


@callback(
    Output(ids.PICKER_ANSWER, "data"),
    Input(ids.PICKER_ASKED, "data"),
    prevent_initial_call=True,
)
async def check_indicators(asked: dict[str, Any] | None) -> dict[str, Any]:
    """Whether a chart can show these indicators: their full texts, or the registry's sentence.

    ``asked``: ``number`` of the question, given back, and ``indicators`` as texts.
    """
    if not asked:
        raise PreventUpdate
    answer = {"number": asked["number"], "indicators": [], "problem": None}
    try:
        elements = current().elements({"indicators": [str(text) for text in asked["indicators"]]})
    except RequestError as error:
        return answer | {"problem": str(error)}
    return answer | {"indicators": list(elements.indicators)}


clientside_callback(
    ClientsideFunction(namespace="candlecastGrid", function_name="answered"),
    Input(ids.PICKER_ANSWER, "data"),
    prevent_initial_call=True,
)
