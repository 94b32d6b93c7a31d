"""The table of symbols on the performance page: state, age and what was put right of each."""

from collections.abc import Sequence
from typing import NamedTuple

from dash import html

from components.tables import Cell, Column, table

_COLUMNS = (
    Column("Symbol"), Column("State"), Column("Age ms", True), Column("Last trade", True, True),
    Column("Gaps", True), Column("Fixed", True), Column("Dupl.", True, True),
    Column("Order", True, True), Column("Bad", True, True),
)  # fmt: skip


class SymbolRow(NamedTuple):
    """One symbol, figures as written; ``tone`` colours the state's dot."""

    symbol: str
    state: str
    tone: str
    age: str
    last_trade: str
    counters: tuple[str, str, str, str, str]


def symbol_table(rows: Sequence[SymbolRow]) -> html.Table:
    """Gaps, repairs, duplicates, late trades and unreadable messages by symbol."""
    return table("Symbols", _COLUMNS, [_cells(row) for row in rows])


def _cells(row: SymbolRow) -> list[Cell | str]:
    gaps, *others = row.counters
    return [
        row.symbol,
        Cell(row.state, f"dotted {row.tone}"),
        row.age,
        row.last_trade,
        Cell(gaps, "warn" if gaps != "0" else ""),
        *others,
    ]
