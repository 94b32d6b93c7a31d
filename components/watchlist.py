"""The symbols that this server follows, in AG Grid; a click or Enter on a row opens its chart.

``assets/watchlist.js`` fills the rows, changes single cells and places the small lines.
"""

from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import dcc, html

from components import ids
from components.attributes import aria, data
from components.grid_theme import grid_theme
from components.icons import icon
from components.panel_title import panel_title

Definition = dict[str, Any]


def watchlist(count: int, pictures: bool) -> html.Section:
    """The panel of ``count`` symbols; ``pictures``: whether there is a renderer for the lines.

    Its rows come with the first tick: ``symbol``, ``price``, ``change_pct`` (percent),
    ``turnover``, ``decimals``, None where there is no value.
    """
    head = html.Div(
        [
            panel_title("Watchlist", "watchlist"),
            html.Span(str(count), className="panel-context watch-count", role="status"),
            html.Span("STALE", className="tag watch-stale"),
            dmc.TextInput(
                id=ids.WATCHLIST_FILTER,
                value="",
                placeholder="Filter",
                leftSection=icon("search"),
                leftSectionPointerEvents="none",
                className="control watch-filter",
                attributes={"input": {"aria-label": "Filter symbols", "maxLength": 32}},
            ),
        ],
        className="panel-head",
    )
    keepers = [
        dcc.Store(id=ids.WATCHLIST_ROWS),
        dcc.Store(id=ids.WATCHLIST_MOMENT, data=0),
    ]
    return html.Section(
        [head, _grid(pictures), *keepers],
        className="side-panel watchlist",
        **data(panel="watchlist"),
        **aria(label="Watchlist"),
    )


def _grid(pictures: bool) -> dag.AgGrid:
    return dag.AgGrid(
        id=ids.WATCHLIST_GRID,
        columnDefs=_columns(pictures),
        defaultColDef={
            "sortable": True,
            "resizable": False,
            "suppressMovable": True,
            "suppressHeaderMenuButton": True,
            "sortingOrder": ["desc", "asc", None],
        },
        getRowId="params.data.symbol",
        rowClassRules={"is-chosen": "params.data.chosen"},
        dashGridOptions={
            "theme": grid_theme(size=12, row=30),
            "animateRows": False,
            "suppressColumnMoveAnimation": True,
            "cellFlashDuration": 120,
            "cellFadeDuration": 0,
            "suppressScrollOnNewData": True,
            "tabToNextCell": {"function": "false"},  # out of the list; arrows go from cell to cell
            "localeText": {
                "loadingOoo": "Loading symbols",
                "noRowsToShow": "No symbol is followed",
                "noMatchingRows": "No symbol matches the filter",
            },
        },
        className="watch-grid",
        style={"height": "100%"},
    )


def _columns(pictures: bool) -> list[Definition]:
    line = {
        "colId": "line",
        "headerName": "24 h",
        "headerTooltip": "Closes of the last 24 hours, or of what is held",
        "cellRenderer": "WatchLine",
        "sortable": False,
        "cellClass": "watch-line",
        "getQuickFilterText": {"function": "''"},
        **_width(45),
    }
    return [
        {
            "field": "symbol",
            "headerName": "Symbol",
            "cellClass": "watch-symbol",
            "cellRenderer": "WatchSymbol",
            "sortingOrder": ["asc", "desc", None],
            **_width(78),
        },
        *([line] if pictures else []),
        {
            "field": "price",
            "headerName": "Price",
            **_number("watchPrice(params)"),
            "enableCellChangeFlash": True,
            "cellClassRules": {
                "has-risen": "params.data.moved > 0",
                "has-fallen": "params.data.moved < 0",
            },
            "sortable": False,
            **_width(70),
        },
        {
            "field": "change_pct",
            "headerName": "Change",
            "headerTooltip": "Over the last 24 hours, or since the oldest candle held",
            **_number("watchChange(params)"),
            # as written with two decimals: what rounds to zero has neither sign nor colour
            "cellClassRules": {"up": "params.value >= 0.005", "down": "params.value <= -0.005"},
            **_width(71),
        },
        {
            "field": "turnover",
            "headerName": "Vol",
            "headerTooltip": "Traded in the last 24 hours, in the currency of the price",
            **_number("watchVolume(params)"),
            "cellClass": ["ag-right-aligned-cell", "watch-volume"],  # it replaces the type's
            **_width(52),
        },
    ]


def _number(written: str) -> Definition:
    return {
        "type": "rightAligned",
        "valueFormatter": {"function": written},
        "getQuickFilterText": {"function": "''"},
    }


def _width(css: int) -> Definition:
    """Columns share the panel in these proportions, and are never narrower."""
    return {"flex": css, "minWidth": css}
