"""Dashboard: the live chart."""

import dash
from dash import html

from pages.live_chart import live_chart

dash.register_page(__name__, path="/", name="Dashboard", title="Candlecast")


def layout(symbol: str | None = None, interval: str | None = None, **_: str) -> html.Div:
    """The page at ``/?symbol=BTC-USD&interval=1m``."""
    return html.Div(live_chart(symbol, interval), className="page page-dashboard")
