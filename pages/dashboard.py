"""Dashboard: the live chart, and beside it the symbols to choose from."""

from typing import Any

import dash
from dash import (
    ALL,
    ClientsideFunction,
    Input,
    Output,
    State,
    callback,
    clientside_callback,
    dcc,
    html,
)

from components import ids
from components.watchlist import WatchRow, watchlist
from pages.live_chart import live_chart
from pages.quote import fill_header, price_words, quote, quote_store
from server.services import current

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/", name="Dashboard", title="Candlecast"
)


def layout(symbol: str | None = None, interval: str | None = None, **query: str) -> html.Div:
    """The page at ``/?symbol=BTC-USD&interval=1m``; what else its chart shows, see ``live_chart``.

    Like ``&style=hollow&axis=log&indicators=sma:20,rsi``: the names of ``/api/chart.webp``.
    """
    rows = [watch_row(name) for name in current().symbols()]
    side = html.Aside(watchlist(rows, symbol), className="side")
    tick = dcc.Interval(id=ids.WATCHLIST_TICK, interval=1000)
    keepers = [tick, quote_store(ids.WATCHLIST_QUOTE)]
    return html.Div(
        [live_chart(symbol, interval, query), side, *keepers], className="page page-dashboard"
    )


def watch_row(symbol: str) -> WatchRow:
    """Price and change of ``symbol`` as the watchlist writes them."""
    return WatchRow(symbol, *price_words(current().last(symbol)))


@callback(
    Output({"type": ids.WATCH_PRICE, "symbol": ALL}, "children"),
    Output({"type": ids.WATCH_CHANGE, "symbol": ALL}, "children"),
    Output({"type": ids.WATCH_CHANGE, "symbol": ALL}, "className"),
    Output(ids.WATCHLIST_QUOTE, "data"),
    Input(ids.WATCHLIST_TICK, "n_intervals"),
    Input(ids.SYMBOL, "value"),
    State({"type": ids.WATCH_PRICE, "symbol": ALL}, "id"),
)
async def refresh_watchlist(
    _: int | None, symbol: str, parts: list[dict[str, str]]
) -> tuple[Any, ...]:
    """The newest prices, once a second, and that of the chosen symbol for the phone's header."""
    rows = [watch_row(part["symbol"]) for part in parts]
    return (
        [row.price for row in rows],
        [row.change for row in rows],
        [row.tone for row in rows],
        quote(symbol),
    )


clientside_callback(
    ClientsideFunction(namespace="candlecast", function_name="pickSymbol"),
    Output(ids.SYMBOL, "value", allow_duplicate=True),
    Input({"type": ids.WATCH_ROW, "symbol": ALL}, "n_clicks"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction(namespace="candlecast", function_name="markSymbol"),
    Output({"type": ids.WATCH_ROW, "symbol": ALL}, "className"),
    Input(ids.SYMBOL, "value"),
    State({"type": ids.WATCH_ROW, "symbol": ALL}, "id"),
)
fill_header(ids.WATCHLIST_QUOTE)
