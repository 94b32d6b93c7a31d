"""The price chart of a run: a picture that the server draws, panned and zoomed by asking for more.

``assets/85_run_chart.js`` asks for pictures, ``data-`` attributes tell it of which run.
"""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components import ids
from components.attributes import aria, data
from components.icons import icon


def run_chart() -> html.Section:
    """The panel; the page's callback fills title and facts of a run."""
    acts = html.Div(
        [
            html.Button(
                "Log",
                type="button",
                className="button button-small chip",
                title="Logarithmic prices and equity",
                **data(run_chart="log"),
                **aria(pressed="false"),
            ),
            html.Button(
                icon("expand"),
                type="button",
                className="icon-button icon-button-small",
                title="All candles",
                **data(run_chart="all"),
                **aria(label="All candles"),
            ),
        ],
        className="run-chart-acts",
    )
    parts: list[Component] = [
        html.Img(className="run-picture", alt="", draggable="false", **data(run_chart="picture")),
        html.Div(className="run-cross", hidden=True, **data(run_chart="cross")),
        html.Div("", className="run-time", hidden=True, **data(run_chart="time")),
        html.Div(className="run-marked", hidden=True, **data(run_chart="marked")),
        html.Div("", className="run-chart-problem", hidden=True, **data(run_chart="problem")),
        html.Div(id=ids.BACKTEST_CHART_KEY, className="figure-legend run-legend"),
        dcc.Store(id=ids.BACKTEST_CHART_FACTS),
        dcc.Store(id=ids.BACKTEST_CHART_DONE),
        acts,
    ]
    return html.Section(
        html.Div(
            parts,
            id=ids.BACKTEST_CHART,
            className="run-chart",
            tabIndex=0,
            role="group",
            **aria(label="Prices and trades"),
        ),
        className="run-chart-panel",
    )


def chart_legend(symbol: str, interval: str, curves: Sequence[str]) -> list[Component]:
    """Title, the strategy's curves in the colours of the picture, and what the marks mean."""
    lines = [
        html.Span(name, className=f"figure-key line-{'abcde'[place % 5]}")
        for place, name in enumerate(curves)
    ]
    marks = [
        html.Span([html.I("▲"), " entry"]),
        html.Span([html.I("▼", className="up"), " exit, won"]),
        html.Span([html.I("▼", className="down"), " exit, lost"]),
    ]
    title = html.Span([html.B(symbol), html.Span(interval, className="caption")])
    return [title, *lines, html.Span(marks, className="run-marks")]


def chart_facts(run: str, bars: int, symbol: str, interval: str) -> dict[str, str | int]:
    """What the chart's script is told of a run."""
    return {"run": run, "bars": bars, "symbol": symbol, "interval": interval}
