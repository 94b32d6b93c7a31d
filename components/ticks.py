"""What makes a page ask its server once a second."""

from dash import dcc, html

from components.attributes import data


def tick(name: str) -> html.Div:
    """An interval called ``name``; ``33_ticks.js`` stops it while nobody looks or answers."""
    return html.Div(dcc.Interval(id=name, interval=1000), hidden=True, **data(tick=name))
