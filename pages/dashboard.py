"""Dashboard: the live charts, and beside them symbols, order book and newest trades."""

from dataclasses import asdict
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, html

from components import ids
from components.side_panel import side_panel
from components.ticks import tick
from pages.chart_grid import live_grid
from pages.quote import fill_header, quote, quote_store
from server.services import current

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/", name="Dashboard", title="Candlecast"
)


def layout(symbol: str | None = None, interval: str | None = None, **query: str) -> html.Div:
    """The page at ``/?symbol=BTC-USD&interval=1m``; what else its chart shows, see ``live_chart``.

    Like ``&style=hollow&axis=log&indicators=sma:20,rsi``: the names of ``/api/chart.webp``.
    """
    services = current()
    side = side_panel(len(services.symbols()), services.tier() == "picture")
    keepers = [tick(ids.WATCHLIST_TICK), quote_store(ids.WATCHLIST_QUOTE)]
    grid = live_grid(symbol, interval, query)
    return html.Div([*grid, side, *keepers], className="page page-dashboard")


@callback(
    Output(ids.WATCHLIST_ROWS, "data"),
    Output(ids.WATCHLIST_QUOTE, "data"),
    Input(ids.WATCHLIST_TICK, "n_intervals"),
    Input(ids.SYMBOL, "value"),
    State(ids.WATCHLIST_MOMENT, "data"),
)
async def refresh_watchlist(_: int | None, symbol: str, seen: int) -> tuple[Any, ...]:
    """What changed in the list, once a second, and the phone header's price of ``symbol``."""
    moment, rows = current().watch_rows.since(seen)
    return {"moment": moment, "rows": [asdict(row) for row in rows]}, quote(symbol)


def _script(name: str, *connected: Input | Output) -> None:
    """A function of the page's scripts, which change rows and cells themselves."""
    clientside_callback(ClientsideFunction(namespace="candlecast", function_name=name), *connected)


# the page says what it has got: an answer that was overtaken is asked for again
_script("watchRows", Output(ids.WATCHLIST_MOMENT, "data"), Input(ids.WATCHLIST_ROWS, "data"))
_script("watchSymbol", Input(ids.SYMBOL, "value"))
_script("watchFilter", Input(ids.WATCHLIST_FILTER, "value"))
fill_header(ids.WATCHLIST_QUOTE)
