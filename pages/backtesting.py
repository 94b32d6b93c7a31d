"""Backtesting: a strategy over candles, its figures, and every run before it."""

import asyncio
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
from dash.exceptions import PreventUpdate

from components import ids
from components.attributes import data
from components.backtest_facts import StrategyFacts
from components.backtest_form import backtest_form
from components.backtest_history import comparison_dialog, history_drawer
from components.backtest_market import FILE, market_choices
from components.backtest_report import report_area, view_tabs
from components.backtest_sweep import (
    combination_words,
    combinations,
    parameter_rows,
    strategy_note,
)
from components.forms import problem_banner
from components.shell import DEFAULT_INTERVAL
from market.types import INTERVALS
from pages import backtest_past, backtest_runs  # noqa: F401 - their callbacks
from pages.backtest_coverage import coverage_words
from pages.backtest_fields import (
    Form,
    fields,
    market_request,
    parameter_values,
    problems,
    swept_ranges,
)
from pages.backtest_values import chosen_strategy, convention_facts, form_facts, strategy_facts
from server.research_views import BacktestRequest, ResearchError, RunView
from server.services import Services, current

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/backtesting", title="Backtesting · Candlecast"
)

TICK_MS = 120
"""Between two questions for how far a run is; only while one goes on."""

_FIELDS = (
    ids.BACKTEST_STRATEGY, ids.BACKTEST_OTHERS, ids.BACKTEST_FROM, ids.BACKTEST_TO,
    ids.BACKTEST_FEE, ids.BACKTEST_SLIPPAGE, ids.BACKTEST_CAPITAL, ids.BACKTEST_SIZE,
    ids.BACKTEST_LEVERAGE, ids.BACKTEST_STOP, ids.BACKTEST_TARGET, ids.BACKTEST_TRIALS,
    ids.BACKTEST_WALK_FORWARD,
)  # fmt: skip
"""Those with a place for a sentence of their own."""


def layout(
    run: str | None = None, symbol: str | None = None, interval: str | None = None, **_: str
) -> html.Div:
    """The run that the address names, else an empty result: nothing runs unasked."""
    services = current()
    view = _known(services, run)
    request = view.request if view else _first_request(services, symbol, interval)
    going_on = view is not None and view.state in backtest_runs.GOES_ON
    return html.Div(
        [
            view_tabs(),
            html.Div(
                backtest_form(form_facts(services, request)),
                id=ids.BACKTEST_FORM,
                className="backtest-side",
            ),
            report_area(convention_facts(request.convention)),
            history_drawer(),
            comparison_dialog(),
            dcc.Store(id=ids.BACKTEST_TICKET, data=view.id if view and going_on else None),
            dcc.Store(id=ids.BACKTEST_SHOWN, data=view.id if view and not going_on else None),
            dcc.Store(id=ids.BACKTEST_CELL),
            dcc.Store(id=ids.BACKTEST_MAP_AXES),
            dcc.Store(id=ids.BACKTEST_ADDRESS),
            dcc.Interval(id=ids.BACKTEST_TICK, interval=TICK_MS, disabled=not going_on),
        ],
        id=ids.BACKTEST_PAGE,
        className="page page-backtest",
        **data(view="form"),
    )


def _known(services: Services, run: str | None) -> RunView | None:
    """None for a run that was deleted, or none of ours."""
    if not run:
        return None
    try:
        return services.research.run(run)
    except ResearchError:
        return None


def _first_request(services: Services, symbol: str | None, interval: str | None) -> BacktestRequest:
    symbols = services.symbols()
    return BacktestRequest(
        strategy=services.research.strategies()[0].key,
        symbol=symbol if symbol and symbol in symbols else symbols[0],
        interval=interval if interval and interval in set(INTERVALS) else DEFAULT_INTERVAL,
    )


@callback(
    Output(ids.BACKTEST_PARAMETERS, "children"),
    Output(ids.BACKTEST_STRATEGY_NOTE, "children"),
    Output(ids.BACKTEST_STRATEGY_FORM, "children"),
    Input(ids.BACKTEST_STRATEGY, "value"),
    prevent_initial_call=True,
)
async def choose(key: str) -> tuple[Any, Any, str]:
    """The parameters of another strategy, at their defaults."""
    services = current()
    facts = form_facts(services, BacktestRequest(strategy=key, symbol=services.symbols()[0]))
    chosen = facts.chosen
    return parameter_rows(chosen, facts.values), strategy_note(chosen), chosen.form


@callback(
    output={
        "fields": [Output(field, "error") for field in _FIELDS],
        "values": Output(ids.parameter_field("value", ALL), "error"),  # type: ignore[arg-type]
        "ranges": Output(ids.parameter_field("from", ALL), "error"),  # type: ignore[arg-type]
        "banner": Output(ids.BACKTEST_PROBLEMS, "children"),
        "run": Output(ids.BACKTEST_RUN, "disabled"),
        "count": Output(ids.BACKTEST_COMBINATIONS, "children"),
        "look": Output(ids.BACKTEST_FORM, "className"),
    },
    inputs={"form": fields(Input)},
)
async def check(form: Form) -> dict[str, Any]:
    """A sentence below every value that cannot be used, and their number above the form."""
    strategies = [strategy_facts(each) for each in current().research.strategies()]
    chosen = chosen_strategy(strategies, form["strategy"])
    found = problems(form, chosen)
    names = [each["name"] for each in form["names"]]
    few = form["sweep"] and not found.ranges and not found.values
    return {
        "fields": [found.fields.get(field) for field in _FIELDS],
        "values": [found.values.get(name) for name in names],
        "ranges": [found.ranges.get(name) for name in names],
        "banner": problem_banner(len(found)) if len(found) else None,
        "run": bool(len(found)),
        "count": _count(form, chosen.rules) if few else "",
        "look": _look(form, chosen),
    }


def _count(form: Form, rules: tuple[tuple[str, str], ...]) -> str:
    known = parameter_values(form)
    usable = [rule for rule in rules if rule[0] in known and rule[1] in known]
    return combination_words(*combinations(swept_ranges(form), known, usable))


def _look(form: Form, chosen: StrategyFacts) -> str:
    """Classes by which CSS leaves out what does not apply."""
    kept = (
        ("is-sweep", form["sweep"]),
        ("is-guided", form["method"] != "grid"),
        ("is-pair", chosen.symbols > 1),
        ("is-event", chosen.form == "event"),
        ("is-file", str(form["symbol"]).startswith(FILE)),
    )
    return " ".join(("backtest-side", *(name for name, on in kept if on)))


@callback(
    Output(ids.BACKTEST_COVERAGE, "children"),
    inputs={
        "symbol": Input(ids.BACKTEST_SYMBOL, "value"),
        "interval": Input(ids.BACKTEST_INTERVAL, "value"),
        "first": Input(ids.BACKTEST_FROM, "value"),
        "last": Input(ids.BACKTEST_TO, "value"),
    },
)
async def cover(symbol: str, interval: str, first: str, last: str) -> Any:
    """How many candles there are, and how many are missing among them."""
    try:
        request = market_request(symbol, interval, (first, last))
        view = await asyncio.to_thread(current().research.coverage, request)
    except (ValueError, ResearchError):
        return ""
    return coverage_words(view)


@callback(
    Output(ids.BACKTEST_SYMBOL, "data"),
    Output(ids.BACKTEST_SYMBOL, "value"),
    Output(ids.BACKTEST_INTERVAL, "value"),
    Input(ids.BACKTEST_UPLOADED, "data"),
    prevent_initial_call=True,
)
async def uploaded(key: str | None) -> tuple[Any, str, str]:
    """A file that has arrived stands in the list of symbols, chosen."""
    services = current()
    files = {each.key: each for each in services.research.datasets()}
    if key is None or key not in files:
        raise PreventUpdate
    choices = market_choices(services.symbols(), {each.key: each.name for each in files.values()})
    return choices, FILE + key, files[key].interval


clientside_callback(
    ClientsideFunction(namespace="candlecastBacktest", function_name="address"),
    Output(ids.BACKTEST_ADDRESS, "data"),
    Input(ids.BACKTEST_SHOWN, "data"),
    Input(ids.BACKTEST_TICKET, "data"),
)
clientside_callback(
    ClientsideFunction(namespace="candlecastBacktest", function_name="chart"),
    Output(ids.BACKTEST_CHART_DONE, "data"),
    Input(ids.BACKTEST_CHART_FACTS, "data"),
    Input(ids.BACKTEST_TRADES, "selectedRows"),
)
clientside_callback(
    ClientsideFunction(namespace="candlecastBacktest", function_name="cell"),
    Output(ids.BACKTEST_CELL, "data"),
    Input(ids.BACKTEST_MAP, "clickData"),
    State(ids.BACKTEST_MAP_AXES, "data"),
)
