"""The 24 px line at the bottom: what draws, how often, how old, how fast; the script fills it."""

from dash import html

from components.attributes import data
from components.formats import NONE

_ITEMS = (
    ("Renderer", "renderer"),
    ("Frames", "frames"),
    ("Data age", "age"),
    ("Tick → pixel p95", "latency"),
    ("Gaps", "gaps"),
)
_PAPER = (("Journal", "paper-journal"), ("Tick → order", "paper-order"))
"""On the paper page only."""


def status_bar() -> html.Footer:
    """The places of all values, kept while there are none."""
    items = [
        html.Span([f"{caption} ", html.B(NONE, **data(status=key))], className="status-item")
        for caption, key in _ITEMS
    ]
    charts = html.Span(
        [html.Span(), " ", html.B("synced")],
        className="status-item status-charts",
        hidden=True,
        **data(status="charts"),
    )
    paper = [
        html.Span(
            [f"{caption} ", html.B(NONE, **data(status=key))], className="status-item status-paper"
        )
        for caption, key in _PAPER
    ]
    clock = html.Span(className="status-clock", **data(status="clock"))
    return html.Footer([*items, charts, *paper, clock], className="status-bar")
