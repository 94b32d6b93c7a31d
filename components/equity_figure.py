"""Equity and drawdown of a backtest against buy & hold, a Plotly figure without own colours.

``assets/figure.css`` colours the traces by their ``uid`` with the theme's variables, so a theme
switch redraws nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from components import ids
from components.formats import percent, plain
from components.plotly_look import AXIS_WIDTH, FONT, PLOT, base_layout, vertical_axis

F64 = npt.NDArray[np.float64]

_TIME_TICKS = [
    {"dtickrange": [None, 60_000], "value": "%H:%M:%S"},
    {"dtickrange": [60_000, 86_400_000], "value": "%H:%M"},
    {"dtickrange": [86_400_000, "M1"], "value": "%-d %b"},
    {"dtickrange": ["M1", "M12"], "value": "%b %Y"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]


@dataclass(frozen=True, slots=True, eq=False)
class EquityCurves:
    """``time_ms`` int64 (n,); float64 (n,) equity and buy & hold, and equity at worst and best."""

    time_ms: npt.NDArray[np.int64]
    equity: F64
    market: F64
    band: tuple[F64, F64] | None = None


def drawdown(equity: Sequence[float] | F64) -> F64:
    """Equity below its highest value so far, as a share (0 to −1) per bar."""
    values = np.asarray(equity, dtype=np.float64)
    if len(values) == 0:
        return values
    return values / np.maximum.accumulate(values) - 1.0


def equity_figure(curves: EquityCurves) -> go.Figure:
    """Upper pane equity, lower pane drawdown in percent, one shared time axis (UTC)."""
    figure = go.Figure()
    figure.update_layout(_layout())
    if len(curves.equity) == 0:
        return figure
    times = curves.time_ms.astype("datetime64[ms]")
    for trace in _band(curves, times):
        figure.add_trace(trace)
    lines = (
        ("hold", curves.market, "Buy & hold %{y:,.2f}", "y"),
        ("equity", curves.equity, "Strategy %{y:,.2f}", "y"),
        ("holddown", drawdown(curves.market) * 100, "Buy & hold %{y:.2f} %", "y2"),
        ("drawdown", drawdown(curves.equity) * 100, "Drawdown %{y:.2f} %", "y2"),
    )
    for uid, values, hover, axis in lines:
        figure.add_trace(_line(uid, times, values, hover, axis))
    figure.data[-1].update(fill="tozeroy", fillcolor="black")
    figure.update_layout(annotations=_last_values(curves.equity, curves.market))
    return figure


def _band(curves: EquityCurves, times: npt.NDArray[np.datetime64]) -> list[go.Scatter]:
    """Worst and best case, the room between them filled."""
    if curves.band is None:
        return []
    worst, best = curves.band
    upper = _line("best", times, best, "Best case %{y:,.2f}", "y")
    lower = _line("worst", times, worst, "Worst case %{y:,.2f}", "y")
    return [upper, lower.update(fill="tonexty", fillcolor="black")]


def _last_values(equity: F64, market: F64) -> list[dict[str, object]]:
    """Boxes on the axis with the newest values; pushed apart where they would lie on each other."""
    both = np.concatenate([equity, market])
    near = abs(equity[-1] - market[-1]) < 0.1 * float(both.max() - both.min())
    apart = (10 if equity[-1] >= market[-1] else -10) if near else 0
    return [_axis_box(float(market[-1]), -apart), _axis_box(float(equity[-1]), apart)]


def _axis_box(value: float, shift: int) -> dict[str, object]:
    return {
        "xref": "paper",
        "x": 1,
        "xanchor": "left",
        "yref": "y",
        "y": value,
        "yanchor": "middle",
        "yshift": shift,
        "text": plain(value, 0 if value >= 1000 else 2),
        "showarrow": False,
        "bgcolor": "black",
        "borderpad": 2,
        "width": AXIS_WIDTH - 6,
        "height": 14,
        "align": "left",
        "font": FONT,
    }


def _line(
    uid: str, times: npt.NDArray[np.datetime64], values: F64, hover: str, axis: str
) -> go.Scatter:
    return go.Scatter(
        uid=uid,
        x=times,
        y=values,
        yaxis=axis,
        mode="lines",
        line={"width": 1.5 if uid == "equity" else 1, "color": "black"},
        hovertemplate=f"{hover}<extra></extra>",
    )


def _layout() -> dict[str, object]:
    """``uirevision`` is never the same: another run shows all of itself."""
    return {
        **base_layout(),
        "margin": {"l": 0, "r": AXIS_WIDTH, "t": 34, "b": 24},
        "hovermode": "x unified",
        "dragmode": "zoom",
        "xaxis": {
            "fixedrange": False,
            "showgrid": True,
            "gridcolor": "black",
            "zeroline": False,
            "showline": True,
            "linecolor": "black",
            "ticks": "",
            "tickangle": 0,
            "tickformatstops": _TIME_TICKS,
            "ticklabelstandoff": 4,
            "anchor": "y2",
            "showspikes": False,
            "hoverformat": "%d %b %Y %H:%M:%S",
        },
        "yaxis": {**vertical_axis(), "domain": [0.38, 1.0]},
        "yaxis2": {
            **vertical_axis(),
            "domain": [0.0, 0.32],
            "ticksuffix": " %",
            "rangemode": "tozero",
            "nticks": 4,
            "zeroline": True,
            "zerolinecolor": "black",
        },
    }


def equity_panel() -> html.Section:
    """The figure under its legend, which is page text like every chart's."""
    graph = dcc.Graph(
        id=ids.BACKTEST_EQUITY,
        figure=equity_figure(_NOTHING),
        className="equity-graph",
        config=PLOT,
    )
    legend = html.Div(id=ids.BACKTEST_EQUITY_KEY, className="figure-legend")
    return html.Section([legend, graph], className="equity-panel")


_EMPTY = np.zeros(0)
_NOTHING = EquityCurves(np.zeros(0, np.int64), _EMPTY, _EMPTY)


def equity_legend(curves: EquityCurves, money: str) -> list[Component]:
    """Names with the newest values in the curves' colours."""
    legend: list[Component] = [
        html.B("Equity"),
        html.Span(
            f"{money}, close of each candle" if money else "close of each candle",
            className="caption",
        ),
        _key("Strategy", plain(float(curves.equity[-1])), "line-a"),
        _key("Buy & hold", plain(float(curves.market[-1])), "hold"),
        _key("Drawdown, deepest", percent(float(drawdown(curves.equity).min()), 2), "down"),
    ]
    if curves.band is not None:
        worst, best = (plain(float(edge[-1])) for edge in curves.band)
        legend.append(_key("Inside a bar, worst to best", f"{worst} to {best}", "hold"))
    return legend


def _key(name: str, value: str, tone: str) -> html.Span:
    return html.Span([f"{name} ", html.Span(value, className=tone)], className="figure-key")
