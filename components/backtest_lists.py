"""Below the figures of a run: fills, drawdowns, and the log of warnings, checks and windows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from components import ids
from components.icons import icon
from components.states import nothing_yet
from components.tables import Cell, Column, table
from components.trade_grid import base_of, dense_grid, number_column, text_column
from market.types import quote_currency

Row = dict[str, Any]

_DRAWDOWNS = (
    Column("From"), Column("Lowest"), Column("Recovered"), Column("Depth %", number=True),
    Column("Days down", number=True, wide=True), Column("Days", number=True),
)  # fmt: skip


def fill_grid() -> dag.AgGrid:
    """Every execution, newest first; the columns and rows come with a run."""
    return dense_grid(ids.BACKTEST_FILLS, enableCellTextSelection=True)


def fill_columns(symbol: str, decimals: int) -> list[dict[str, Any]]:
    """Columns of :func:`fill_grid` for the rows of a run over ``symbol``."""
    money = quote_currency(symbol)
    return [
        number_column("number", "#", ",d", 52),
        text_column("time", "Time UTC", 148),
        text_column("symbol", "Symbol", 96),
        text_column("side", "Side", 64),
        number_column("price", "Price", f",.{decimals}f", 110),
        number_column("reference", "Before slippage", f",.{decimals}f", 116),
        number_column("size", f"Size {base_of(symbol)}".rstrip(), ",.4f", 104),
        number_column("value", f"Value {money}".rstrip(), ",.2f", 116),
        number_column("fee", f"Fee {money}".rstrip(), ",.2f", 96),
        text_column("kind", "Kind", 72),
    ]


def drawdown_table(rows: Sequence[Sequence[Cell | str]]) -> Component:
    """The deepest falls of equity."""
    if not rows:
        return nothing_yet("inbox", "No drawdown", "Equity never fell below an earlier value.")
    return table("Drawdowns, deepest first", _DRAWDOWNS, rows)


@dataclass(frozen=True, slots=True)
class LogLine:
    """``kind``: warning, good, bad or note."""

    kind: str
    title: str
    words: str


_ICONS = {"warning": "warning", "good": "check", "bad": "error", "note": "info"}


def log_list(lines: Sequence[LogLine], windows: html.Table | None = None) -> list[Component]:
    """Warnings first, then checks, then what was run, then the windows of a walk-forward."""
    items = [
        html.Li(
            [icon(_ICONS[line.kind]), html.B(line.title), html.Span(line.words)],
            className=f"log-{line.kind}",
        )
        for line in lines
    ]
    return [html.Ul(items, className="run-log"), *([windows] if windows is not None else [])]


def window_table(
    names: Sequence[str], goal: str, rows: Sequence[Sequence[Cell | str]]
) -> html.Table:
    """Walk-forward: the values that won in each window, and what they did after it."""
    columns = [
        Column("Searched from"),
        Column("Tried from"),
        Column("to"),
        *(Column(name, number=True) for name in names),
        Column(f"{goal}, searched", number=True),
        Column(f"{goal}, tried", number=True),
        Column("Return, tried %", number=True),
    ]
    return table("Walk-forward", columns, rows)
