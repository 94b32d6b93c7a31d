"""The trade list of a backtest in AG Grid, which sorts and draws only the rows in sight."""

from collections.abc import Sequence
from typing import Any

import dash_ag_grid as dag

from components import ids
from components.formats import NONE, moment
from components.grid_theme import grid_theme
from market.types import base_currency, quote_currency

_TONES = {
    # as written with two decimals: what rounds to zero has neither sign nor colour
    "cellClassRules": {"up": "params.value >= 0.005", "down": "params.value <= -0.005"},
}

Row = dict[str, str | float | int | None]


def trade_row(
    number: int,
    side: str,
    times_ns: tuple[int, int | None],
    prices: tuple[float, float | None],
    numbers: Row,
) -> Row:
    """One line; ``numbers`` holds ``size``, ``pnl`` and ``return`` (percent). None: still open."""
    entered, left = times_ns
    return {
        "number": number,
        "side": side,
        "entry": moment(entered),
        "exit": "open" if left is None else moment(left),
        "entry_price": prices[0],
        "exit_price": prices[1],
        **numbers,
    }


def trade_grid(symbol: str, rows: Sequence[Row], decimals: int) -> dag.AgGrid:
    """Newest first, as ``rows`` come; ``decimals`` is the precision of the two price columns."""
    return dag.AgGrid(
        id=ids.BACKTEST_TRADES,
        rowData=list(rows),
        columnDefs=_columns(symbol, decimals),
        defaultColDef={
            "sortable": True,
            "resizable": False,
            "suppressMovable": True,
            "suppressHeaderMenuButton": True,
        },
        dashGridOptions={
            "theme": grid_theme(size=11, row=24),
            "suppressCellFocus": False,
            "enableCellTextSelection": True,
            "animateRows": False,
            "suppressColumnMoveAnimation": True,
        },
        className="trade-grid",
        style={"height": "100%"},
    )


def _columns(symbol: str, decimals: int) -> list[dict[str, Any]]:
    money = quote_currency(symbol)
    return [
        {"field": "number", "headerName": "#", **_number(",d"), "flex": 52, "minWidth": 52},
        {"field": "side", "headerName": "Side", "flex": 64, "minWidth": 64},
        {"field": "entry", "headerName": "Entry UTC", "flex": 148, "minWidth": 148},
        {"field": "exit", "headerName": "Exit UTC", "flex": 148, "minWidth": 148},
        {
            "field": "entry_price",
            "headerName": "Entry price",
            **_number(f",.{decimals}f"),
            "flex": 110,
            "minWidth": 110,
        },
        {
            "field": "exit_price",
            "headerName": "Exit price",
            **_number(f",.{decimals}f"),
            "flex": 110,
            "minWidth": 110,
        },
        {
            "field": "size",
            "headerName": f"Size {base_currency(symbol)}",
            **_number(",.4f"),
            "flex": 104,
            "minWidth": 104,
        },
        {
            "field": "pnl",
            "headerName": f"P&L {money}",
            **_number("+,.2f"),
            **_TONES,
            "flex": 104,
            "minWidth": 104,
        },
        {
            "field": "return",
            "headerName": "Return %",
            **_number("+,.2f"),
            **_TONES,
            "flex": 88,
            "minWidth": 88,
        },
    ]


def _number(layout: str) -> dict[str, Any]:
    written = f"params.value == null ? '{NONE}' : d3.format('{layout}')(params.value)"
    if layout.startswith("+"):
        written = f"Math.abs(params.value) < 0.005 && params.value != null ? '0.00' : {written}"
    return {"type": "rightAligned", "valueFormatter": {"function": written}}
