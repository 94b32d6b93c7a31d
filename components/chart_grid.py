"""The charts of the dashboard: one, four, nine or sixteen cells, the first of them from Dash.

``80_grid.js`` makes the others from it, and gives each its market and what it shows.
"""

import json
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from components import ids
from components.attributes import aria, data
from components.icons import icon

SIZES = (1, 4, 9, 16)


def chart_grid(first: Component, symbols: Sequence[str], intervals: Sequence[str]) -> html.Div:
    """``first`` in a cell; ``symbols`` and ``intervals``: what further cells are filled with."""
    return html.Div(
        [
            html.Div([first, _acts()], className="chart-cell is-active"),
            html.Div(className="chart-more"),  # the script's own: Dash finds no strangers elsewhere
            _swipe(),
        ],
        className="chart-grid",
        **data(grid="1", symbols=json.dumps(symbols), intervals=json.dumps(intervals)),
    )


def _swipe() -> html.Div:
    """On a phone, over the legend: a finger that goes across shows the next chart or symbol."""
    return html.Div(
        [
            html.Div(className="swipe-dots", **aria(hidden="true")),
            html.Span(className="visually-hidden", role="status"),
        ],
        className="chart-swipe",
    )


def _acts() -> html.Div:
    """Over the top right of a chart: what can be done with this one."""
    return html.Div(
        [
            _act("link", "Link symbol or interval", ids.LINK_MENU),
            _act("camera", "Picture of this view", ids.PICTURE_MENU),
            html.Button(
                icon("expand"),
                className="chart-act",
                type="button",
                title="Full screen",
                **data(act="full-screen"),
                **aria(label="Full screen", pressed="false"),
            ),
        ],
        className="chart-acts",
    )


def _act(picture: str, name: str, opens: str) -> html.Button:
    return html.Button(
        icon(picture),
        className=f"chart-act chart-act-{picture}",
        type="button",
        title=name,
        **data(opens=opens),
        **aria(label=name, haspopup="menu", expanded="false"),
    )
