"""Plain tables for a few rows that change every second: rows of 24 px, numbers at the right."""

from collections.abc import Sequence
from typing import NamedTuple

from dash import html


class Column(NamedTuple):
    """``name`` with its unit; ``number`` stands at the right; ``wide`` leaves narrow pages."""

    name: str
    number: bool = False
    wide: bool = False


class Cell(NamedTuple):
    """A written value and the class that colours it."""

    text: str
    tone: str = ""


def table(
    caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell | str]]
) -> html.Table:
    """A table whose caption is for screen readers."""
    head = html.Tr(
        [html.Th(column.name, className=_classes(column), scope="col") for column in columns]
    )
    body = [
        html.Tr([_cell(column, value) for column, value in zip(columns, row, strict=True)])
        for row in rows
    ]
    return html.Table(
        [html.Caption(caption, className="visually-hidden"), html.Thead(head), html.Tbody(body)],
        className="table",
    )


def _cell(column: Column, value: Cell | str) -> html.Td:
    cell = value if isinstance(value, Cell) else Cell(value)
    return html.Td(cell.text, className=f"{_classes(column)} {cell.tone}".strip())


def _classes(column: Column) -> str:
    return " ".join(name for name, on in (("number", column.number), ("wide", column.wide)) if on)
