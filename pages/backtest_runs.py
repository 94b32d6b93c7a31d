"""Runs of the backtesting page: started, watched, cancelled, shown."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update
from dash.exceptions import PreventUpdate

from components import ids
from components.backtest_foot import AT_REST, HINT, RUN_CLASSES
from components.backtest_report import (
    NO_RUN,
    SHOWS_STATE,
    convention_words,
    failed_run,
    running_state,
)
from components.formats import plain
from pages.backtest_fields import Form, by_orders, convention_of, fields, problems, request_of
from pages.backtest_result import OUTPUTS, shown
from pages.backtest_values import chosen_strategy, convention_facts, strategy_facts
from server.research_views import BacktestRequest, ResearchError, RunView, StrategyView
from server.services import current

GOES_ON = frozenset({"queued", "running"})
_QUICK_S = 0.5
"""A run that is over by then is answered at once, without a bar."""
_LOOK_S = 0.01

_FOLLOW = {
    "ticket": (ids.BACKTEST_TICKET, "data"),
    "tick": (ids.BACKTEST_TICK, "disabled"),
    "shown": (ids.BACKTEST_SHOWN, "data"),
    "run_class": (ids.BACKTEST_RUN, "className"),
    "run_style": (ids.BACKTEST_RUN, "style"),
    "run_words": (ids.BACKTEST_RUN_WORDS, "children"),
    "run_share": (ids.BACKTEST_RUN_SHARE, "children"),
    "cancel": (ids.BACKTEST_CANCEL, "hidden"),
    "foot": (ids.BACKTEST_FOOT_WORDS, "children"),
    "left": (ids.BACKTEST_FOOT_LEFT, "children"),
    "main": (ids.BACKTEST_MAIN, "className"),
    "state": (ids.BACKTEST_STATE, "children"),
}


def _follow_outputs() -> dict[str, Output]:
    return {name: Output(*place, allow_duplicate=True) for name, place in _FOLLOW.items()}


@callback(
    output=_follow_outputs(),
    inputs={
        "clicks": Input(ids.BACKTEST_RUN, "n_clicks"),
        "first": Input(ids.BACKTEST_FIRST, "n_clicks"),
        "cell": Input(ids.BACKTEST_CELL, "data"),
        "convention": {
            "period": Input(ids.BACKTEST_PERIOD, "value"),
            "days": Input(ids.BACKTEST_DAYS, "value"),
            "risk_free": Input(ids.BACKTEST_RISK_FREE, "value"),
        },
    },
    state={
        "form": fields(State),
        "shown_run": State(ids.BACKTEST_SHOWN, "data"),
        "ticket": State(ids.BACKTEST_TICKET, "data"),
    },
    prevent_initial_call=True,
)
async def start(
    clicks: int | None,
    first: int | None,
    cell: Mapping[str, float] | None,
    convention: Mapping[str, Any],
    form: Form,
    shown_run: str | None,
    ticket: str | None,
) -> dict[str, Any]:
    """A run of the form's values, of a cell of the map, or of the shown run measured otherwise."""
    del convention
    if ticket is not None:
        raise PreventUpdate
    asked_by = ctx.triggered_id
    try:
        if asked_by in (ids.BACKTEST_RUN, ids.BACKTEST_FIRST):
            request = _form_request(form) if clicks or first else None
        elif asked_by == ids.BACKTEST_CELL:
            request = _cell_request(cell, shown_run)
        else:
            request = _measured_otherwise(form, shown_run)
        if request is None:
            raise PreventUpdate
        key = await asyncio.to_thread(current().research.start, request)
    except ResearchError as refusal:
        return _refused(str(refusal), shown_run)
    return _followed(await _settled(key), shown_run)


def _form_request(form: Form) -> BacktestRequest | None:
    services = current()
    strategies = [strategy_facts(each) for each in services.research.strategies()]
    chosen = chosen_strategy(strategies, form["strategy"])
    if len(problems(form, chosen)):
        return None
    request = request_of(form)
    return by_orders(request) if chosen.form == "event" else request


def _cell_request(
    cell: Mapping[str, float] | None, shown_run: str | None
) -> BacktestRequest | None:
    """The shown search's best run with the cell's values instead."""
    if not cell or shown_run is None:
        return None
    view = current().research.run(shown_run)
    sweep = view.result.sweep if view.result else None
    best = sweep.best if sweep else {}
    return replace(view.request, values={**view.request.values, **best, **cell}, sweep=None)


def _measured_otherwise(form: Form, shown_run: str | None) -> BacktestRequest | None:
    if shown_run is None:
        return None
    request = current().research.run(shown_run).request
    wanted = convention_of(form)
    return None if request.convention == wanted else replace(request, convention=wanted)


async def _settled(key: str) -> RunView:
    """The run once it is over, or after a moment as it stands."""
    research = current().research
    end = monotonic() + _QUICK_S
    view = research.run(key)
    while view.state in GOES_ON and monotonic() < end:
        await asyncio.sleep(_LOOK_S)
        view = research.run(key)
    return view


@callback(
    output=_follow_outputs(),
    inputs={"_ticks": Input(ids.BACKTEST_TICK, "n_intervals")},
    state={
        "ticket": State(ids.BACKTEST_TICKET, "data"),
        "shown_run": State(ids.BACKTEST_SHOWN, "data"),
    },
    prevent_initial_call=True,
)
async def follow(_ticks: int, ticket: str | None, shown_run: str | None) -> dict[str, Any]:
    """How far the run is; its result when it is over."""
    if ticket is None:
        raise PreventUpdate
    try:
        view = current().research.run(ticket)
    except ResearchError as lost:
        return _refused(str(lost), shown_run)
    return _followed(view, shown_run)


@callback(
    Output(ids.BACKTEST_FOOT_WORDS, "children", allow_duplicate=True),
    Input(ids.BACKTEST_CANCEL, "n_clicks"),
    State(ids.BACKTEST_TICKET, "data"),
    prevent_initial_call=True,
)
async def cancel(clicks: int | None, ticket: str | None) -> str:
    """Ask the run to end; the next look finds it cancelled."""
    if not clicks or ticket is None:
        raise PreventUpdate
    await asyncio.to_thread(current().research.cancel, ticket)
    return "Cancelling"


def _followed(view: RunView, shown_run: str | None) -> dict[str, Any]:
    if view.state in GOES_ON:
        return _running(view, shown_run)
    if view.state == "failed":
        return _refused(view.error or "The run ended without a word.", shown_run)
    over = {**_rest(), "shown": view.id}
    if view.state == "cancelled":
        where = f"after {plain(view.done, 0)} of {plain(view.of, 0)}" if view.of > 1 else ""
        words = f"Cancelled {where}".rstrip() + ". Nothing was saved."
        emptied = {} if shown_run else {"main": NO_RUN}
        over = {**_rest(), "foot": words, **emptied}
    return over


def _rest() -> dict[str, Any]:
    """The foot while nothing runs; what is shown stays."""
    return {
        "ticket": None,
        "tick": True,
        "shown": no_update,
        "run_class": RUN_CLASSES,
        "run_style": {},
        "run_words": AT_REST,
        "run_share": "",
        "cancel": True,
        "foot": HINT,
        "left": "",
        "main": no_update,
        "state": no_update,
    }


def _running(view: RunView, shown_run: str | None) -> dict[str, Any]:
    share = view.done / view.of if view.of else 0.0
    left = "" if view.seconds_left is None else f"{plain(view.seconds_left, 1)} s left"
    first = shown_run is None
    sweep = view.request.sweep is not None
    return {
        "ticket": view.id,
        "tick": False,
        "shown": no_update,
        "run_class": f"{RUN_CLASSES} is-busy is-running",
        "run_style": {"--done": f"{100 * share:.1f}%"},
        "run_words": "Sweep running" if sweep else "Running",
        "run_share": f"{100 * share:.0f} %" if view.of > 1 else "",
        "cancel": False,
        "foot": view.words,
        "left": left,
        "main": SHOWS_STATE if first else no_update,
        "state": running_state("Backtest runs", view.words) if first else no_update,
    }


def _refused(reason: str, shown_run: str | None) -> dict[str, Any]:
    first, *lines = reason.split("\n")
    earlier = f"/backtesting?run={shown_run}" if shown_run else None
    told = failed_run("The backtest could not run", first, lines, earlier)
    return {**_rest(), "main": SHOWS_STATE, "state": told}


@callback(
    Output(ids.parameter_field("value", ALL), "value"),  # type: ignore[arg-type]
    Input(ids.BACKTEST_CELL, "data"),
    State(ids.parameter_field("value", ALL), "id"),  # type: ignore[arg-type]
    prevent_initial_call=True,
)
async def fill(cell: Mapping[str, float] | None, names: list[dict[str, str]]) -> list[Any]:
    """The values of a cell stand in the form."""
    return [(cell or {}).get(name["name"], no_update) for name in names]


@callback(
    output=OUTPUTS,
    inputs={"run": Input(ids.BACKTEST_SHOWN, "data")},
)
async def show(run: str | None) -> dict[str, Any]:
    """The result of a run in every place of the report."""
    if run is None:
        raise PreventUpdate
    research = current().research
    try:
        view = research.run(run)
    except ResearchError:
        raise PreventUpdate from None
    if view.result is None:
        raise PreventUpdate
    return await asyncio.to_thread(shown, view, _strategy(view, research.strategies()))


def _strategy(view: RunView, strategies: tuple[StrategyView, ...]) -> StrategyView | None:
    return next((each for each in strategies if each.key == view.request.strategy), None)


@callback(
    Output(ids.BACKTEST_CONVENTION, "children"),
    Input(ids.BACKTEST_PERIOD, "value"),
    Input(ids.BACKTEST_DAYS, "value"),
    Input(ids.BACKTEST_RISK_FREE, "value"),
)
async def name_convention(period: str, days: str, risk_free: float | str) -> str:
    """The switch says what is chosen."""
    form = {"period": period, "days": days, "risk_free": risk_free}
    return convention_words(convention_facts(convention_of(form)))
