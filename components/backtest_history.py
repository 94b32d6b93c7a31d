"""The drawer with the runs so far, and runs side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import dash_mantine_components as dmc
import numpy as np
import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from components import ids
from components.attributes import aria
from components.equity_figure import F64
from components.icons import icon
from components.plotly_look import AXIS_WIDTH, PLOT, base_layout, vertical_axis
from components.states import nothing_yet
from components.tables import Cell, Column, table

MOST_COMPARED = 5


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A run as written; ``values`` are return, Sharpe ratio, drawdown and trades."""

    run: str
    number: int
    title: str
    context: str
    values: tuple[Cell, Cell, Cell, Cell]
    problem: str = ""


def history_drawer() -> dmc.Drawer:
    """Opens at the right, over the result; the form stays in sight."""
    foot = html.Div(
        [
            html.Span("Choose two or more to compare", className="caption"),
            html.Button("Compare", id=ids.BACKTEST_COMPARE, className="button", disabled=True),
        ],
        className="drawer-foot",
    )
    return dmc.Drawer(
        [html.Div(id=ids.BACKTEST_HISTORY_ROWS, className="history-rows"), foot],
        id=ids.BACKTEST_HISTORY,
        title="History",
        position="right",
        size=440,
        withOverlay=False,
        lockScroll=False,
        trapFocus=False,
        transitionProps={"duration": 0},
        classNames={"content": "drawer", "header": "drawer-head", "body": "drawer-body"},
        closeButtonProps={"aria-label": "Close"},
    )


def history_rows(lines: Sequence[HistoryLine], shown: str | None) -> Component:
    """Newest first, each a link to its run."""
    if not lines:
        return nothing_yet("inbox", "No runs yet", "Every finished run is kept here.")
    names = ("Return %", "Sharpe", "Drawdown %", "Trades")
    head = html.Div([html.Span(name) for name in names], className="history-values history-head")
    return html.Div([head, *(_line(line, line.run == shown) for line in lines)])


def _line(line: HistoryLine, shown: bool) -> html.Div:
    tick = dmc.Checkbox(
        id=ids.history_field("chosen", line.run),
        size="xs",
        attributes={"input": {"aria-label": f"Compare run {line.number}"}},
    )
    name = html.Div(
        [html.B(line.title), html.Span(f"run {line.number}", className="tag")],
        className="history-name",
    )
    values = [html.Span(cell.text, className=cell.tone) for cell in line.values]
    below: Component = (
        html.Div(line.problem, className="down")
        if line.problem
        else html.Div(values, className="history-values")
    )
    link = dcc.Link(
        [name, html.Div(line.context, className="caption"), below],
        href=f"/backtesting?run={line.run}",
        className="history-link",
    )
    delete = html.Button(
        icon("close"),
        id=ids.history_field("delete", line.run),
        className="icon-button icon-button-small",
        title=f"Delete run {line.number}",
        **aria(label=f"Delete run {line.number}"),
    )
    return html.Div(
        [tick, link, delete], className=f"history-line {'is-shown' if shown else ''}".rstrip()
    )


def comparison_dialog() -> dmc.Modal:
    """Runs side by side, over the page."""
    return dmc.Modal(
        html.Div(id=ids.BACKTEST_COMPARISON_BODY),
        id=ids.BACKTEST_COMPARISON,
        title="Compare",
        size="min(960px, 94vw)",
        centered=True,
        transitionProps={"duration": 0},
        classNames={"content": "dialog", "header": "dialog-head", "body": "dialog-body"},
        closeButtonProps={"aria-label": "Close"},
    )


@dataclass(frozen=True, slots=True, eq=False)
class ComparisonFacts:
    """``names`` of the runs; ``metrics``: label and a cell for each run; growth in percent."""

    names: Sequence[str]
    metrics: Sequence[tuple[str, Sequence[Cell]]]
    time_ms: np.ndarray[tuple[int], np.dtype[np.int64]]
    growth: Sequence[F64]


def comparison(facts: ComparisonFacts) -> list[Component]:
    """The curves over each other, then the figures beside each other."""
    keys = [
        html.Span([html.I(className=f"swatch run-{place}"), name], className="figure-key")
        for place, name in enumerate(facts.names)
    ]
    columns = [Column("Figure"), *(Column(name, number=True) for name in facts.names)]
    rows: list[list[Cell | str]] = [[label, *cells] for label, cells in facts.metrics]
    return [
        html.Div(keys, className="comparison-key"),
        dcc.Graph(
            id="backtest-comparison-figure",
            figure=growth_figure(facts),
            className="growth-graph",
            config=PLOT,
        ),
        html.Div(table("Figures of the runs", columns, rows), className="table-body"),
    ]


def growth_figure(facts: ComparisonFacts) -> go.Figure:
    """Growth of each run in percent of its start over one time axis."""
    figure = go.Figure()
    figure.update_layout(
        **base_layout(),
        margin={"l": 0, "r": AXIS_WIDTH, "t": 8, "b": 24},
        height=240,
        hovermode="x unified",
        xaxis={
            "showgrid": True,
            "gridcolor": "black",
            "zeroline": False,
            "ticks": "",
            "tickangle": 0,
            "linecolor": "black",
            "hoverformat": "%d %b %Y %H:%M",
        },
        yaxis={**vertical_axis(), "ticksuffix": " %"},
    )
    times = np.asarray(facts.time_ms)
    for place, (name, growth) in enumerate(zip(facts.names, facts.growth, strict=True)):
        figure.add_trace(
            go.Scatter(
                uid=f"run{place}",
                x=times.astype("datetime64[ms]"),
                y=growth,
                mode="lines",
                line={"width": 1.5, "color": "black"},
                hovertemplate=f"{name} %{{y:,.2f}} %<extra></extra>",
            )
        )
    return figure
