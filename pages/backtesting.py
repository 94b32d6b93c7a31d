"""Backtesting: a moving average cross over the candles in memory."""

from typing import Any

import dash
from dash import Input, Output, State, callback, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from components import ids
from components.backtest_form import CAPITAL, RULES, RUN_CLASSES, backtest_form, banner, problems
from components.backtest_report import report
from components.forms import unit_id
from components.shell import DEFAULT_INTERVAL
from components.states import failed, nothing_yet
from market.types import INTERVALS, quote_currency
from pages.backtest_words import report_facts
from server.errors import RequestError
from server.services import current

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/backtesting", title="Backtesting · Candlecast"
)

_VALUES = [State(rule.id, "value") for rule in RULES]
_BUSY = [
    (Output(ids.BACKTEST_RUN, "className"), f"{RUN_CLASSES} is-busy", RUN_CLASSES),
    (Output(ids.BACKTEST_RUN, "children"), "Running", "Run backtest"),
]  # fmt: skip


def layout(symbol: str | None = None, interval: str | None = None, **_: str) -> html.Div:
    """Runs nothing on a first visit: the result's place says what will be there."""
    services = current()
    symbols = services.symbols()
    chosen = symbol if symbol and symbol in symbols else symbols[0]
    length = interval if interval and interval in set(INTERVALS) else DEFAULT_INTERVAL
    run = html.Button("Run with these values", id=ids.BACKTEST_FIRST, className="button")
    empty = nothing_yet(
        "backtest",
        "No backtest yet",
        "Return, drawdown and every trade appear here, measured against buying and holding.",
        run,
    )
    return html.Div(
        [
            backtest_form(symbols, chosen, length),
            html.Div(
                [
                    html.Div(empty, id=ids.BACKTEST_EMPTY, className="backtest-empty"),
                    html.Div(id=ids.BACKTEST_RESULT, className="backtest-result"),
                ],
                className="backtest-main",
            ),
        ],
        className="page page-backtest",
    )


@callback(
    *(Output(rule.id, "error") for rule in RULES),
    Output(ids.BACKTEST_PROBLEMS, "children"),
    Output(ids.BACKTEST_RUN, "disabled"),
    Output(ids.BACKTEST_FIRST, "disabled"),
    *(Input(rule.id, "value") for rule in RULES),
)
async def check(*values: object) -> list[Any]:
    """A sentence below every value that cannot be used, and their number above the form."""
    found = problems(dict(zip((rule.id for rule in RULES), values, strict=True)))
    return [*(found.get(rule.id) for rule in RULES), banner(found), bool(found), bool(found)]


@callback(Output(unit_id(CAPITAL), "children"), Input(ids.BACKTEST_SYMBOL, "value"))
async def capital_unit(symbol: str) -> str:
    """Capital is in the currency that the symbol is paid in."""
    return quote_currency(symbol)


@callback(
    Output(ids.BACKTEST_RESULT, "children"),
    Output(ids.BACKTEST_EMPTY, "hidden"),
    Input(ids.BACKTEST_RUN, "n_clicks"),
    Input(ids.BACKTEST_FIRST, "n_clicks"),
    State(ids.BACKTEST_SYMBOL, "value"),
    State(ids.BACKTEST_INTERVAL, "value"),
    *_VALUES,
    prevent_initial_call=True,
    running=_BUSY,
)
async def run(
    clicks: int | None, first: int | None, symbol: str, interval: str, *values: Any
) -> tuple[Component, bool]:
    """One backtest; a refusal is shown in the place of the result."""
    if not (clicks or first) or problems(
        dict(zip((rule.id for rule in RULES), values, strict=True))
    ):
        raise PreventUpdate
    fast, slow, fee, slippage, capital = values
    services = current()
    try:
        view = await services.backtest(
            symbol, interval, int(fast), int(slow), fee, slippage, capital
        )
    except RequestError as refusal:
        kept = "Nothing was changed. The values in the form are kept."
        return failed(
            "Backtest", f"{symbol} {interval} could not be tested", str(refusal), kept
        ), True
    return report(report_facts(view, services.last(symbol).decimals)), True
