"""What an unknown address shows."""

import dash
from dash import dcc, html

from components.states import nothing_yet

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, title="Not found · Candlecast"
)


def layout(**_: str) -> html.Div:
    """One act: back to the dashboard."""
    act = dcc.Link("Open the dashboard", href="/", className="button")
    return html.Div(
        nothing_yet(
            "search", "There is no page at this address", "The pages are in the navigation.", act
        ),
        className="page page-centred",
    )
