"""Paper trading: a chart with orders and positions on it, ticket, lists, risk, automation.

The page is made once; ``assets/90_paper_*.js`` to ``99_paper_page.js`` fill it with what
:mod:`server.paper_teller` tells, and send what is done on it to ``/api/paper``.
"""

from typing import Any

import dash
from dash import Input, Output, callback, html

from components import ids
from components.paper_account import account_menu, account_row, account_strips
from components.paper_dialogs import paper_dialogs
from components.paper_lists import equity_panel, paper_lists
from components.paper_sheet import paper_sheet
from components.paper_side import automation_panel, kill_switch, limits_panel
from components.paper_ticket import order_ticket
from components.ticks import tick
from pages.live_chart import live_chart
from pages.quote import fill_header, quote, quote_store
from server.services import current

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/paper", title="Paper trading · Candlecast"
)


def layout(symbol: str | None = None, interval: str | None = None, **query: str) -> html.Div:
    """The page at ``/paper?symbol=BTC-USD&interval=1m``, every place kept for its value."""
    scroll = html.Div(
        [order_ticket(), limits_panel(_gauges()), automation_panel()], className="paper-scroll"
    )
    right = html.Aside([scroll, kill_switch()], className="paper-right")
    return html.Div(
        [
            account_strips(),
            account_row(),
            live_chart(symbol, interval, query),
            paper_sheet([paper_lists(), equity_panel(), right]),
            account_menu(),
            *paper_dialogs(),
            tick(ids.PAPER_TICK),
            quote_store(ids.PAPER_HEADER),
        ],
        className="page page-paper",
    )


def _gauges() -> list[str]:
    """Names of the gauges of the account that is shown first."""
    paper = current().paper
    return [gauge.name for gauge in paper.account_view(paper.main()).gauges]


@callback(
    Output(ids.PAPER_HEADER, "data"),
    Input(ids.PAPER_TICK, "n_intervals"),
    Input(ids.SYMBOL, "value"),
)
async def refresh_header(_: int | None, symbol: str) -> Any:
    """The phone header's price."""
    return quote(symbol)


fill_header(ids.PAPER_HEADER)
