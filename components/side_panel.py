"""The dashboard's side column: watchlist, order book, time and sales.

Wide screens show them below each other, each can be folded; narrower ones show one, by tabs. The
scripts ``assets/45_*.js`` to ``48_*.js`` fill them and keep the layout in this browser.
"""

from collections.abc import Mapping

from dash import html

from components.attributes import aria, data
from components.order_book import order_book, step_menu
from components.time_and_sales import time_and_sales
from components.watchlist import watchlist

TABS: Mapping[str, str] = {"watchlist": "Watchlist", "book": "Book", "trades": "Trades"}
"""By the panel's name."""


def side_panel(count: int, pictures: bool) -> html.Aside:
    """``count`` symbols are followed; ``pictures``: whether a renderer runs."""
    tabs = html.Div(
        [_tab(name, words) for name, words in TABS.items()],
        className="side-tabs",
        role="tablist",
        **aria(label="Side panel"),
    )
    panels = [watchlist(count, pictures), order_book(pictures), time_and_sales()]
    return html.Aside(
        [sheet_handle("Height of the side panel"), tabs, *panels, step_menu()],
        className="side",
        style={"--watched": count},
        **data(tab="watchlist", snap="half"),
    )


def sheet_handle(name: str) -> html.Div:
    """What a phone's sheet is drawn up and down by; ``44_sheet.js`` obeys it."""
    return html.Div(
        className="sheet-handle",
        role="slider",
        tabIndex=0,
        **aria(
            label=name,
            orientation="vertical",
            valuemin="0",
            valuemax="2",
            valuenow="1",
            valuetext="Half open",
        ),
    )


def _tab(name: str, words: str) -> html.Button:
    return html.Button(
        words,
        type="button",
        role="tab",
        className="side-tab",
        **data(side_tab=name),
        **aria(selected="true" if name == "watchlist" else "false"),
    )
