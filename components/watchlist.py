"""The symbols that this server follows; a row is a button that opens its chart."""

from collections.abc import Sequence
from typing import NamedTuple

from dash import html

from components import ids
from components.attributes import aria


class WatchRow(NamedTuple):
    """``price`` and ``change`` as written; ``tone`` is up, down or flat."""

    symbol: str
    price: str
    change: str
    tone: str


def part(kind: str, symbol: str) -> dict[str, str]:
    """The id of one part of the row of ``symbol``."""
    return {"type": kind, "symbol": symbol}


def watchlist(rows: Sequence[WatchRow], chosen: str | None) -> html.Section:
    """Rows of 30 px under a panel head."""
    head = html.Div(
        [html.H2("Watchlist"), html.Span(str(len(rows)), className="panel-context"),
         html.Span("change over 24 h", className="caption watch-note")],
        className="panel-head",
    )  # fmt: skip
    body = html.Div([_row(row, row.symbol == chosen) for row in rows], className="watch-rows")
    return html.Section([head, body], className="watchlist", **aria(label="Watchlist"))


def row_class(chosen: bool) -> str:
    """The class of a row; page_state.js writes the same when the symbol changes."""
    return "watch-row is-chosen" if chosen else "watch-row"


def _row(row: WatchRow, chosen: bool) -> html.Button:
    return html.Button(
        [
            html.B(row.symbol),
            html.Span(row.price, id=part(ids.WATCH_PRICE, row.symbol)),
            html.Span(row.change, id=part(ids.WATCH_CHANGE, row.symbol), className=row.tone),
        ],
        id=part(ids.WATCH_ROW, row.symbol),
        className=row_class(chosen),
        type="button",
    )
