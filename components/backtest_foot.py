"""The run button, which becomes the bar of how far a run is, and the line below it."""

from dash import html

from components import ids
from components.attributes import aria

AT_REST = [
    html.Span("Run backtest", className="no-sweep"),
    html.Span("Run sweep", className="only-sweep"),
]
"""What the button says while nothing runs; CSS chooses."""

RUN_CLASSES = "button button-primary button-main run-button"
HINT = html.Span("Ctrl Enter runs", className="keys-only")


def foot() -> html.Div:
    """At the lower end of the form; the line's place is kept while nothing runs."""
    run = html.Button(
        [
            html.Span(AT_REST, id=ids.BACKTEST_RUN_WORDS),
            html.Span("", id=ids.BACKTEST_RUN_SHARE, className="run-share"),
        ],
        id=ids.BACKTEST_RUN,
        className=RUN_CLASSES,
        **aria(keyshortcuts="Control+Enter"),
    )
    cancel = html.Button(
        "Cancel",
        id=ids.BACKTEST_CANCEL,
        className="button button-main run-cancel",
        hidden=True,
        **aria(keyshortcuts="Escape"),
    )
    line = html.Div(
        [
            html.Span(HINT, id=ids.BACKTEST_FOOT_WORDS),
            html.Span("", id=ids.BACKTEST_FOOT_LEFT),
        ],
        className="foot-line",
        role="status",
    )
    return html.Div([html.Div([run, cancel], className="foot-acts"), line], className="form-foot")
