"""The live chart that several pages carry: its tree, its two tiers, the act of its lost strip."""

from typing import Any

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
from components.chart_panel import chart_panel, plotly_chart
from components.feed_pill import note_strip
from market.types import INTERVALS
from server.services import current
from server.views import ChartQuery

PLOTLY_BARS = 120


def live_chart(symbol: str | None, interval: str | None) -> html.Div:
    """The chart for an address; without a symbol in it, the shell fills in the last choice."""
    services = current()
    known = symbol if symbol in services.symbols() else ""
    length = interval if interval in set(INTERVALS) else ""
    chart = _chart(services.tier(), known or "", length or "")
    parts: list[Component] = [html.Div(chart, id=ids.CHART_HOST, className="chart-host")]
    if symbol and not known:
        followed = ", ".join(services.symbols())
        parts.insert(
            0, note_strip(f"{symbol} is not followed here.", f"This server follows {followed}.")
        )
    return html.Div(parts, className="live-chart")


def _chart(tier: str, symbol: str, interval: str) -> html.Div:
    venue = current().status().venue
    return plotly_chart() if tier == "plotly" else chart_panel(symbol, interval, venue)


@callback(
    Output(ids.CHART_HOST, "children"),
    Input(ids.TIER, "data"),
    State(ids.SYMBOL, "value"),
    State(ids.INTERVAL, "value"),
    prevent_initial_call=True,
)
async def change_tier(tier: str, symbol: str, interval: str) -> html.Div:
    """The server changed how it draws while the page was open."""
    return _chart(tier, symbol, interval)


@callback(
    Output(ids.PLOTLY_CHART, "figure"),
    Input(ids.PLOTLY_TICK, "n_intervals"),
    Input(ids.SYMBOL, "value"),
    Input(ids.INTERVAL, "value"),
    Input(ids.THEME, "data"),
)
async def draw_plotly(_: int | None, symbol: str, interval: str, theme: str) -> Any:
    """The newest candles as a Plotly figure, once a second."""
    return await current().figure(ChartQuery(symbol, interval, PLOTLY_BARS, theme=theme))


@callback(
    Output(ids.RETRY_FEED, "disabled"), Input(ids.RETRY_FEED, "n_clicks"), prevent_initial_call=True
)
async def retry_feed(clicks: int | None) -> Any:
    """Connects again at once instead of at the end of the wait."""
    if clicks:
        current().retry_feed()
    return no_update


clientside_callback(
    ClientsideFunction(namespace="candlecast", function_name="chart"),
    Output(ids.CHART, "data-symbol"),
    Output(ids.CHART, "data-interval"),
    Input(ids.SYMBOL, "value"),
    Input(ids.INTERVAL, "value"),
)
