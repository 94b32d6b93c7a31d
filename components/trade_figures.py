"""How the returns of the trades are spread, and how the goal of a search is: two Plotly figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from dash import html
from dash.development.base_component import Component

from components.backtest_sweep import number_text
from components.formats import plain
from components.plotly_look import base_layout

F64 = npt.NDArray[np.float64]

_BINS = 40
_ONE_HUE = [[0, "rgba(92,140,244,0.10)"], [1, "rgba(92,140,244,1)"]]
"""The accent over whatever the panel is: the same in both themes."""


def returns_figure(returns: Sequence[float]) -> go.Figure:
    """A histogram of the trades' returns in percent; losses and gains are two traces."""
    figure = go.Figure()
    figure.update_layout(
        **base_layout(),
        margin={"l": 36, "r": 12, "t": 8, "b": 24},
        bargap=0.06,
        barmode="stack",
        hovermode="closest",
        xaxis=_axis(ticksuffix=" %", showline=True, tickangle=0),
        yaxis=_axis(nticks=4, showgrid=True, rangemode="tozero", tickformat=",d"),
    )
    values = np.asarray(returns, dtype=np.float64)
    if len(values) == 0:
        return figure
    edges = bin_edges(values)
    figure.update_xaxes(tick0=0, dtick=_tick_step(float(edges[-1] - edges[0])))
    for uid, part in (("losses", values[values < 0]), ("gains", values[values >= 0])):
        counts, _ = np.histogram(part, edges)
        figure.add_trace(
            go.Bar(
                uid=uid,
                x=(edges[:-1] + edges[1:]) / 2,
                y=counts,
                width=np.diff(edges),
                customdata=np.stack([edges[:-1], edges[1:]], axis=1),
                marker={"color": "black"},
                hovertemplate="%{y:,} trades of %{customdata[0]:.2f} to %{customdata[1]:.2f} %"
                "<extra></extra>",
            )
        )
    return figure


def bin_edges(values: F64) -> F64:
    """Equal bins from the lowest to the highest value, 0 between two of them: no bin mixes gains
    and losses.
    """
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    bins = int(np.clip(2 * np.sqrt(len(values)), 6, _BINS))
    width = (high - low) / bins or 1.0
    below, above = int(np.ceil(-low / width - 1e-9)), int(np.ceil(high / width + 1e-9))
    return np.arange(-below, max(above, 1) + 1, dtype=np.float64) * width


def _tick_step(span: float) -> float:
    """About five ticks at round numbers."""
    power = 10.0 ** floor(log10(span / 5))
    return next(each * power for each in (1, 2, 5, 10) if each * power >= span / 5)


@dataclass(frozen=True, slots=True, eq=False)
class MapFacts:
    """Goals ``matrix`` (ys, xs) over the values of one or two parameters, NaN where there is none.

    ``current`` are the values of the run that is shown.
    """

    goal: str
    labels: tuple[str, str]
    xs: Sequence[float]
    ys: Sequence[float]
    matrix: F64
    current: tuple[float | None, float | None]


def by_text(values: Sequence[float]) -> dict[str, float]:
    """What the names on an axis of the map stand for."""
    return {number_text(value): value for value in values}


def map_figure(facts: MapFacts | None) -> go.Figure:
    """Cells in one hue, the stronger the better; a click names the values of its cell."""
    figure = go.Figure()
    figure.update_layout(
        **base_layout(),
        margin={"l": 44, "r": 12, "t": 6, "b": 22},
        hovermode="closest",
        xaxis=_axis(type="category", showgrid=False),
        yaxis=_axis(type="category", showgrid=False, autorange="reversed"),
    )
    if facts is None:
        return figure
    x_label, y_label = facts.labels
    second = f", {y_label} %{{y}}" if y_label else ""
    figure.add_trace(
        go.Heatmap(
            uid="map",
            x=list(by_text(facts.xs)),
            y=list(by_text(facts.ys)) or [""],
            z=facts.matrix,
            colorscale=_ONE_HUE,
            showscale=False,
            xgap=2,
            ygap=2,
            hoverongaps=False,
            hovertemplate=f"{x_label} %{{x}}{second}: {facts.goal} %{{z:.3g}}<extra></extra>",
        )
    )
    figure.update_layout(shapes=_current(facts))
    return figure


def _current(facts: MapFacts) -> list[Mapping[str, object]]:
    """A frame around the cell of the run that is shown."""
    x, y = facts.current
    if x is None or x not in facts.xs or (facts.labels[1] and y not in facts.ys):
        return []
    column = list(facts.xs).index(x)
    row = list(facts.ys).index(y) if facts.labels[1] and y is not None else 0
    return [
        {
            "type": "rect",
            "x0": column - 0.5,
            "x1": column + 0.5,
            "y0": row - 0.5,
            "y1": row + 0.5,
            "line": {"width": 2, "color": "black"},
        }
    ]


def map_key(words: str, matrix: F64) -> list[Component]:
    """What the map shows, and the lowest and highest goal at the ends of its hue."""
    there = matrix[np.isfinite(matrix)]
    parts: list[Component] = [html.Span(words)]
    if len(there):
        low, high = plain(float(there.min())), plain(float(there.max()))
        scale = [html.Span(low), html.I(className="map-scale"), html.Span(high)]
        parts.append(html.Span(scale, className="map-range"))
    return parts


def _axis(**more: object) -> dict[str, object]:
    return {
        "fixedrange": True,
        "zeroline": False,
        "ticks": "",
        "automargin": False,
        "gridcolor": "black",
        "linecolor": "black",
        "ticklabelstandoff": 4,
        **more,
    }
