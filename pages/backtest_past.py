"""The history of the backtesting page: listed, opened, deleted, compared."""

import asyncio

from dash import ALL, Input, Output, State, callback, ctx
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from components import ids
from components.backtest_history import (
    MOST_COMPARED,
    ComparisonFacts,
    comparison,
    history_rows,
)
from components.formats import tone
from components.tables import Cell
from market.types import quote_currency
from pages.backtest_words import history_line, written
from server.research_views import ComparisonView, MetricView, ResearchError
from server.services import current

_TONED = frozenset({"total_return", "cagr", "max_drawdown", "expectancy", "alpha"})


@callback(
    Output(ids.BACKTEST_HISTORY, "opened"),
    Output(ids.BACKTEST_HISTORY_ROWS, "children"),
    Input(ids.BACKTEST_HISTORY_OPEN, "n_clicks"),
    Input(ids.BACKTEST_COMPARE_OPEN, "n_clicks"),
    Input(ids.BACKTEST_PAST_OPEN, "n_clicks"),
    State(ids.BACKTEST_SHOWN, "data"),
    prevent_initial_call=True,
)
async def open_history(
    clicks: int | None, compare: int | None, past: int | None, shown: str | None
) -> tuple[bool, Component]:
    """The runs so far, newest first."""
    if not (clicks or compare or past):
        raise PreventUpdate
    return True, await asyncio.to_thread(_rows, shown)


def _rows(shown: str | None) -> Component:
    return history_rows([history_line(row) for row in current().research.history()], shown)


@callback(
    Output(ids.BACKTEST_HISTORY_ROWS, "children", allow_duplicate=True),
    Input(ids.history_field("delete", ALL), "n_clicks"),  # type: ignore[arg-type]
    State(ids.BACKTEST_SHOWN, "data"),
    prevent_initial_call=True,
)
async def delete(clicks: list[int | None], shown: str | None) -> Component:
    """Remove one run; what is shown stays on the page."""
    if not any(clicks) or not isinstance(ctx.triggered_id, dict):
        raise PreventUpdate
    await asyncio.to_thread(current().research.delete, ctx.triggered_id["run"])
    return await asyncio.to_thread(_rows, shown)


@callback(
    Output(ids.BACKTEST_COMPARE, "disabled"),
    Output(ids.BACKTEST_COMPARE, "children"),
    Input(ids.history_field("chosen", ALL), "checked"),  # type: ignore[arg-type]
)
async def count(chosen: list[bool | None]) -> tuple[bool, str]:
    """Two to five runs can be compared."""
    number = sum(map(bool, chosen))
    words = f"Compare {number}" if number else "Compare"
    return not 2 <= number <= MOST_COMPARED, words


@callback(
    Output(ids.BACKTEST_COMPARISON, "opened"),
    Output(ids.BACKTEST_COMPARISON_BODY, "children"),
    Input(ids.BACKTEST_COMPARE, "n_clicks"),
    State(ids.history_field("chosen", ALL), "checked"),  # type: ignore[arg-type]
    State(ids.history_field("chosen", ALL), "id"),  # type: ignore[arg-type]
    prevent_initial_call=True,
)
async def compare(
    clicks: int | None, chosen: list[bool | None], names: list[dict[str, str]]
) -> tuple[bool, list[Component] | str]:
    """The chosen runs side by side, oldest first."""
    keys = [name["run"] for name, on in zip(names, chosen, strict=True) if on]
    if not clicks or len(keys) < 2:
        raise PreventUpdate
    try:
        view = await asyncio.to_thread(current().research.compare, keys[::-1])
    except ResearchError as refusal:
        return True, str(refusal)
    return True, comparison(comparison_facts(view))


def comparison_facts(view: ComparisonView) -> ComparisonFacts:
    """Every figure of the first run, as each run has it."""
    tables = [{each.key: each for each in metrics} for metrics in view.metrics]
    moneys = [quote_currency(row.symbol) for row in view.rows]
    lines = []
    for each in view.metrics[0]:
        found = [table.get(each.key) for table in tables]
        cells = [_cell(metric, money) for metric, money in zip(found, moneys, strict=True)]
        lines.append((each.label, cells))
    names = [f"{row.title} (run {row.number})" for row in view.rows]
    return ComparisonFacts(names, lines, view.time_ms, view.equity)


def _cell(metric: MetricView | None, money: str) -> Cell:
    if metric is None:
        return Cell("")
    words = written(metric, money)
    return Cell(words, tone(words) if metric.key in _TONED else "")
