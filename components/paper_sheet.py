"""On a phone: what lies below the chart as a sheet with tabs; wide screens show all of it."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from components.attributes import aria, data
from components.side_panel import sheet_handle

TABS = {
    "trade": "Trade",
    "positions": "Positions",
    "orders": "Orders",
    "fills": "Fills",
    "journal": "Journal",
    "results": "Results",
    "risk": "Risk",
}


def paper_sheet(parts: Sequence[Component]) -> html.Div:
    """``parts`` in the order of a wide page."""
    tabs = [
        html.Button(
            words,
            type="button",
            role="tab",
            className="side-tab",
            tabIndex=0 if key == "trade" else -1,
            **data(sheet_tab=key),
            **aria(selected="true" if key == "trade" else "false"),
        )
        for key, words in TABS.items()
    ]
    bar = html.Div(
        tabs, className="side-tabs paper-sheet-tabs", role="tablist", **aria(label="Paper trading")
    )
    return html.Div(
        [sheet_handle("Height of the trading panel"), bar, *parts],
        className="paper-sheet",
        **data(snap="half", show="trade"),
    )
