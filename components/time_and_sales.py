"""Time and sales: the newest trades of the active chart's symbol, large ones marked.

``assets/47_time_and_sales.js`` makes the rows, as many as there is room for.
"""

from dash import html

from components.attributes import aria, data
from components.panel_title import panel_state, panel_title


def time_and_sales() -> html.Section:
    """The panel."""
    head = html.Div(
        [
            panel_title("Time & sales", "trades"),
            html.Span("STALE", className="tag tag-down trades-stale"),
            html.Span(className="panel-space"),
            html.Span(className="panel-context trades-rate", title="Over the last ten seconds"),
        ],
        className="panel-head",
    )
    columns = html.Div(
        [
            html.Span("Price", **data(column="price")),
            html.Span("Size", **data(column="size")),
            html.Span("Time", title="UTC", **data(column="time")),
        ],
        className="side-columns",
    )
    body = html.Div(
        [columns, html.Div(className="trades-rows"), panel_state("Waiting for the first trade.")],
        className="panel-body",
    )
    return html.Section(
        [head, body],
        className="side-panel trades-panel",
        **data(panel="trades", state="waiting"),
        **aria(label="Time and sales"),
    )
