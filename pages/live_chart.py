"""The live chart that several pages carry: its tree, its two tiers, the act of its lost strip."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs, urlencode

from dash import (
    ClientsideFunction,
    Input,
    Output,
    State,
    callback,
    clientside_callback,
    html,
    no_update,
)
from dash.development.base_component import Component

from components import ids
from components.chart_panel import chart_panel, plotly_chart, refused_chart
from components.feed_pill import note_strip
from components.toasts import refused_toast
from market.types import INTERVALS
from server.errors import RequestError
from server.services import current
from server.views import ChartQuery

PLOTLY_BARS = 120

Query = Mapping[str, str | Sequence[str]]
"""What an address says behind its question mark."""


def live_chart(symbol: str | None, interval: str | None, query: Query) -> html.Div:
    """The chart for an address; without a symbol in it, the shell fills in the last choice."""
    services = current()
    known = symbol if symbol in services.symbols() else ""
    length = interval if interval in set(INTERVALS) else ""
    chart = _chart(services.tier(), known or "", length or "", query)
    parts: list[Component] = [html.Div(chart, id=ids.CHART_HOST, className="chart-host")]
    if symbol and not known:
        followed = ", ".join(services.symbols())
        parts.insert(
            0, note_strip(f"{symbol} is not followed here.", f"This server follows {followed}.")
        )
    return html.Div(parts, className="live-chart")


def _chart(tier: str, symbol: str, interval: str, query: Query) -> html.Div:
    services = current()
    try:
        elements = services.elements(query)
    except RequestError as error:
        market = {"symbol": symbol, "interval": interval}
        known = {name: value for name, value in market.items() if value}
        return refused_chart(str(error), f"?{urlencode(known)}")
    if tier == "plotly":
        return plotly_chart()
    return chart_panel(symbol, interval, services.status().venue, json.dumps(asdict(elements)))


def _query(search: str | None) -> Query:
    return parse_qs((search or "").removeprefix("?"), keep_blank_values=True)


@callback(
    Output(ids.CHART_HOST, "children"),
    Input(ids.TIER, "data"),
    State(ids.SYMBOL, "value"),
    State(ids.INTERVAL, "value"),
    State(ids.LOCATION, "search"),
    prevent_initial_call=True,
)
async def change_tier(tier: str, symbol: str, interval: str, search: str | None) -> html.Div:
    """The server changed how it draws while the page was open."""
    return _chart(tier, symbol, interval, _query(search))


@callback(
    Output(ids.PLOTLY_CHART, "figure"),
    Input(ids.PLOTLY_TICK, "n_intervals"),
    Input(ids.SYMBOL, "value"),
    Input(ids.INTERVAL, "value"),
    Input(ids.THEME, "data"),
    State(ids.LOCATION, "search"),
)
async def draw_plotly(
    _: int | None, symbol: str, interval: str, theme: str, search: str | None
) -> Any:
    """The newest candles as a Plotly figure, once a second."""
    services = current()
    elements = services.elements(_query(search))
    query = ChartQuery(symbol, interval, PLOTLY_BARS, theme=theme, elements=elements)
    return await services.figure(query)


@callback(
    Output(ids.RETRY_FEED, "disabled"), Input(ids.RETRY_FEED, "n_clicks"), prevent_initial_call=True
)
async def retry_feed(clicks: int | None) -> Any:
    """Connects again at once instead of at the end of the wait."""
    if clicks:
        current().retry_feed()
    return no_update


@callback(
    Output(ids.TOASTS, "sendNotifications", allow_duplicate=True),
    Input(ids.TRY_LIVE, "n_clicks"),
    running=[(Output(ids.TRY_LIVE, "disabled"), True, False)],
    prevent_initial_call=True,
)
async def try_live(clicks: int | None) -> Any:
    """From the simulated market to the real one, if it brings data."""
    if clicks:
        try:
            await current().try_live()
        except RequestError as error:
            return [refused_toast("live", "The simulated market goes on", str(error))]
    return no_update


@callback(
    Output(ids.LOAD_HISTORY, "disabled"),
    Input(ids.LOAD_HISTORY, "n_clicks"),
    prevent_initial_call=True,
)
async def load_history(clicks: int | None) -> Any:
    """Asks the venue for what a chart without candles lacks."""
    if clicks:
        current().load_history()
    return no_update


clientside_callback(
    ClientsideFunction(namespace="candlecast", function_name="chart"),
    Output(ids.CHART, "data-symbol"),
    Output(ids.CHART, "data-interval"),
    Input(ids.SYMBOL, "value"),
    Input(ids.INTERVAL, "value"),
)
