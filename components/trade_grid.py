"""The trade list of a backtest in AG Grid, which sorts and draws only the rows in sight."""

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
_DAY_NS = 86_400_000_000_000

Row = dict[str, str | float | int | None]


def trade_row(
    number: int,
    side: str,
    times_ns: tuple[int, int | None],
    prices: tuple[float, float | None],
    numbers: Row,
) -> Row:
    """One line; ``numbers`` holds ``size``, ``pnl``, ``return``, ``mae`` and ``mfe`` (percent) and
    ``bars``. None: still open. Times at midnight are written as days.
    """
    entered, left = times_ns
    return {
        "number": number,
        "side": side,
        "entry": when(entered),
        "exit": "open" if left is None else when(left),
        "entry_price": prices[0],
        "exit_price": prices[1],
        **numbers,
    }


def when(time_ns: int) -> str:
    """``2022-01-31``, with the time where it is not midnight UTC."""
    return moment(time_ns)[:10] if time_ns % _DAY_NS == 0 else moment(time_ns, False)


def trade_grid() -> dag.AgGrid:
    """Newest first, as rows come; a click on one moves the chart there."""
    chosen = {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True}
    return dense_grid(ids.BACKTEST_TRADES, rowSelection=chosen)


def dense_grid(id: str, **options: Any) -> dag.AgGrid:
    """An empty list; columns and rows come with a run. ``options`` are AG Grid's."""
    return dag.AgGrid(
        id=id,
        rowData=[],
        columnDefs=[],
        defaultColDef={
            "sortable": True,
            "resizable": False,
            "suppressMovable": True,
            "suppressHeaderMenuButton": True,
        },
        dashGridOptions={
            "theme": grid_theme(size=11, row=24),
            "animateRows": False,
            "suppressColumnMoveAnimation": True,
            "suppressNoRowsOverlay": True,
            "tabToNextCell": {"function": "false"},  # out of the list; arrows go from cell to cell
            **options,
        },
        className="trade-grid",
        style={"height": "100%"},
    )


def trade_columns(symbol: str, decimals: int, several: bool = False) -> list[dict[str, Any]]:
    """``decimals`` is the precision of the two price columns; ``several`` symbols are named."""
    money = quote_currency(symbol)
    names = [text_column("symbol", "Symbol", 88)] if several else []
    return [
        number_column("number", "#", ",d", 60),
        text_column("side", "Side", 54),
        *names,
        text_column("entry", "Entry", 146),
        text_column("exit", "Exit", 146),
        number_column("entry_price", "Entry price", f",.{decimals}f", 92),
        number_column("exit_price", "Exit price", f",.{decimals}f", 92),
        number_column("size", f"Size {base_of(symbol)}".rstrip(), ",.4f", 86),
        number_column("bars", "Bars", ",d", 58),
        {**number_column("pnl", f"P&L {money}".rstrip(), "+,.2f", 104), **_TONES},
        {**number_column("return", "Return %", "+,.2f", 84), **_TONES},
        number_column("mae", "MAE %", "+,.1f", 72),
        number_column("mfe", "MFE %", "+,.1f", 76),
    ]


def base_of(symbol: str) -> str:
    """The currency that is bought, empty for the name of a file."""
    return base_currency(symbol) if quote_currency(symbol) else ""


def text_column(field: str, name: str, width: int) -> dict[str, Any]:
    """A column of words, at least ``width`` CSS pixels wide."""
    return {"field": field, "headerName": name, "flex": width, "minWidth": width}


def number_column(field: str, name: str, layout: str, width: int) -> dict[str, Any]:
    """A column of numbers at the right, written by d3's ``layout``."""
    written = f"params.value == null ? '{NONE}' : d3.format('{layout}')(params.value)"
    if layout.startswith("+"):
        zero = f"'{0:.{layout[-2]}f}'"
        near = 0.5 * 10 ** -int(layout[-2])
        written = f"Math.abs(params.value) < {near:g} && params.value != null ? {zero} : {written}"
    return {
        "type": "rightAligned",
        "valueFormatter": {"function": written},
        **text_column(field, name, width),
    }
