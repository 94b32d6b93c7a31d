"""Paper trading: market orders against the live price, with position, profit and loss."""

from collections.abc import Sequence
from typing import Any

import dash
from dash import Input, Output, State, callback, ctx, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from components import ids
from components.account_row import account_row
from components.attributes import aria
from components.order_ticket import order_ticket, order_words, quote_words, size_problem
from components.ticks import tick
from components.toasts import filled_toast, refusal
from market.types import base_currency
from pages.live_chart import live_chart
from pages.paper_words import (
    account_figures,
    estimate,
    fill_words,
    fills_panel,
    positions_panel,
    prices,
)
from pages.quote import fill_header, quote, quote_store
from server.errors import RequestError
from server.services import current
from server.views import PaperView

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/paper", title="Paper trading · Candlecast"
)


def layout(symbol: str | None = None, interval: str | None = None, **query: str) -> html.Div:
    """Account, chart and positions at the left; ticket and fills at the right."""
    services = current()
    chosen = symbol if symbol and symbol in services.symbols() else services.symbols()[0]
    view = services.paper_summary()
    left = html.Div(
        [
            html.Div(
                account_row(account_figures(view)),
                id=ids.PAPER_ACCOUNT,
                className="account-row",
                tabIndex=0,  # it scrolls sideways on a phone
                role="group",
                **aria(label="Account"),
            ),
            live_chart(symbol, interval, query),
            html.Section(
                positions_panel(view, _decimals(view)),
                id=ids.PAPER_POSITIONS,
                className="positions",
            ),
        ],
        className="paper-left",
    )
    right = html.Div(
        [
            order_ticket(base_currency(chosen)),
            html.Section(fills_panel(view, _decimals(view)), id=ids.PAPER_FILLS, className="fills"),
        ],
        className="paper-right",
    )
    keepers = [
        tick(ids.PAPER_TICK),
        dcc.Store(id=ids.PAPER_ORDER),
        quote_store(ids.PAPER_HEADER),
    ]
    return html.Div([left, right, *keepers], className="page page-paper")


def _decimals(view: PaperView) -> dict[str, int]:
    symbols = {item.symbol for item in view.positions} | {item.symbol for item in view.fills}
    return {symbol: current().last(symbol).decimals for symbol in symbols}


@callback(
    Output(ids.PAPER_ACCOUNT, "children"),
    Output(ids.PAPER_POSITIONS, "children"),
    Output(ids.PAPER_FILLS, "children"),
    Input(ids.PAPER_TICK, "n_intervals"),
    Input(ids.PAPER_ORDER, "data"),
    prevent_initial_call=True,
)
async def refresh_account(_: int | None, __: Any) -> tuple[Sequence[Component], ...]:
    """Marks the account at the newest prices, once a second and after every order."""
    view = current().paper_summary()
    decimals = _decimals(view)
    return (
        account_row(account_figures(view)),
        positions_panel(view, decimals),
        fills_panel(view, decimals),
    )


@callback(
    Output(ids.PAPER_QUOTE, "children"),
    Output(ids.PAPER_BUY, "children"),
    Output(ids.PAPER_SELL, "children"),
    Output(ids.PAPER_ESTIMATE, "children"),
    Output(ids.PAPER_SIZE_UNIT, "children"),
    Output(ids.PAPER_SIZE, "error"),
    Output(ids.PAPER_BUY, "disabled"),
    Output(ids.PAPER_SELL, "disabled"),
    Output(ids.PAPER_HEADER, "data"),
    Input(ids.PAPER_TICK, "n_intervals"),
    Input(ids.SYMBOL, "value"),
    Input(ids.PAPER_SIZE, "value"),
)
async def refresh_ticket(_: int | None, symbol: str, size: str | None) -> tuple[Any, ...]:
    """Live bid and ask on the ticket, and what the typed size would cost."""
    last = current().last(symbol)
    bid, ask = prices(last)
    problem = size_problem(size)
    blocked = problem is not None or last.price is None
    return (
        quote_words(bid, ask),
        order_words("Buy", ask),
        order_words("Sell", bid),
        estimate(last, size if problem is None else None),
        base_currency(symbol),
        problem,
        blocked,
        blocked,
        quote(symbol),
    )


@callback(
    Output(ids.PAPER_ORDER, "data"),
    Output(ids.PAPER_MESSAGE, "children"),
    Output(ids.TOASTS, "sendNotifications"),
    Input(ids.PAPER_BUY, "n_clicks"),
    Input(ids.PAPER_SELL, "n_clicks"),
    State(ids.SYMBOL, "value"),
    State(ids.PAPER_SIZE, "value"),
    prevent_initial_call=True,
)
async def order(
    buys: int | None, sells: int | None, symbol: str, size: str | None
) -> tuple[Any, ...]:
    """A click on one of the two order buttons."""
    if not (buys or sells) or size_problem(size) is not None:
        raise PreventUpdate  # the buttons came with the page, nobody pressed one
    return await place_order(
        symbol, "buy" if ctx.triggered_id == ids.PAPER_BUY else "sell", size or ""
    )


async def place_order(symbol: str, side: str, size: str) -> tuple[Any, ...]:
    """Sends a market order; gives the fill's number, the ticket's message and the toasts."""
    services = current()
    try:
        fill = await services.paper_order(symbol, side, size.strip().replace(",", ""))
    except RequestError as refused:
        return dash.no_update, refusal(str(refused)), []
    title, detail = fill_words(fill, services.last(symbol).decimals)
    # Two orders may fill at the same moment of the market: only the number tells them apart.
    return fill.number, None, [filled_toast(f"fill-{fill.number}", title, detail)]


fill_header(ids.PAPER_HEADER)
