"""Equity and drawdown of a backtest against buy & hold, a Plotly figure without own colours.

``assets/figure.css`` colours the traces by their ``uid`` with the theme's variables, so a theme
switch redraws nothing.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from dash import dcc, html

from components import ids
from components.formats import plain, share

CLEAR = "rgba(0,0,0,0)"
AXIS_WIDTH = 64
_TIME_TICKS = [
    {"dtickrange": [None, 60_000], "value": "%H:%M:%S"},
    {"dtickrange": [60_000, 86_400_000], "value": "%H:%M"},
    {"dtickrange": [86_400_000, "M1"], "value": "%-d %b"},
    {"dtickrange": ["M1", "M12"], "value": "%b %Y"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]
_FONT = {"family": "Inter", "size": 11}


def drawdown(equity: Sequence[float]) -> npt.NDArray[np.float64]:
    """Equity below its highest value so far, as a share (0 to −1) per bar."""
    values = np.asarray(equity, dtype=np.float64)
    if len(values) == 0:
        return values
    return values / np.maximum.accumulate(values) - 1.0


def equity_figure(
    time_ms: Sequence[int], equity: Sequence[float], buy_hold: Sequence[float]
) -> go.Figure:
    """Upper pane equity, lower pane drawdown in percent, one shared time axis (UTC)."""
    times = np.asarray(time_ms, dtype="datetime64[ms]")
    figure = go.Figure()
    figure.add_trace(_line("hold", times, np.asarray(buy_hold), "Buy & hold %{y:,.2f}", "y"))
    figure.add_trace(_line("equity", times, np.asarray(equity), "Strategy %{y:,.2f}", "y"))
    figure.add_trace(
        _line("holddown", times, drawdown(buy_hold) * 100, "Buy & hold %{y:.2f} %", "y2")
    )
    filled = _line("drawdown", times, drawdown(equity) * 100, "Drawdown %{y:.2f} %", "y2")
    figure.add_trace(filled.update(fill="tozeroy", fillcolor="black"))
    figure.update_layout(_layout())
    if len(equity) > 0:
        figure.update_layout(annotations=_last_values(equity, buy_hold))
    return figure


def _last_values(equity: Sequence[float], buy_hold: Sequence[float]) -> list[dict[str, object]]:
    """Boxes on the axis with the newest values; pushed apart where they would lie on each other."""
    both = np.concatenate([np.asarray(equity), np.asarray(buy_hold)])
    near = abs(equity[-1] - buy_hold[-1]) < 0.1 * float(both.max() - both.min())
    apart = (10 if equity[-1] >= buy_hold[-1] else -10) if near else 0
    return [_axis_box(buy_hold[-1], -apart), _axis_box(equity[-1], apart)]


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
        "font": _FONT,
    }


def _line(
    uid: str,
    times: npt.NDArray[np.datetime64],
    values: npt.NDArray[np.float64],
    hover: str,
    axis: str,
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
    vertical = {
        "side": "right",
        "fixedrange": True,
        "zeroline": False,
        "showline": True,
        "ticks": "",
        "automargin": False,
        "nticks": 6,
        "tickformat": ",~r",
        "gridcolor": "black",
        "ticklabelstandoff": 6,
        "linecolor": "black",
    }
    return {
        "template": "none",
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "margin": {"l": 0, "r": AXIS_WIDTH, "t": 34, "b": 24},
        "font": _FONT,
        "showlegend": False,
        "hovermode": "x unified",
        "dragmode": "zoom",
        "separators": ".,",
        "xaxis": {
            "fixedrange": False,
            "showgrid": True,
            "gridcolor": "black",
            "zeroline": False,
            "showline": True,
            "linecolor": "black",
            "ticks": "",
            "nticks": 8,
            "tickformatstops": _TIME_TICKS,
            "ticklabelstandoff": 4,
            "anchor": "y2",
            "showspikes": False,
            "hoverformat": "%d %b %Y %H:%M:%S",
        },
        "yaxis": {**vertical, "domain": [0.34, 1.0]},
        "yaxis2": {
            **vertical,
            "domain": [0.0, 0.28],
            "ticksuffix": " %",
            "rangemode": "tozero",
            "nticks": 4,
            "zeroline": True,
            "zerolinecolor": "black",
        },
    }


def equity_panel(
    figure: go.Figure, money: str, equity: Sequence[float], buy_hold: Sequence[float]
) -> html.Section:
    """The figure under its legend, which is page text like every chart's."""
    legend = [
        html.B("Equity"),
        html.Span(
            f"{money}, close of each candle" if money else "close of each candle",
            className="caption",
        ),
        _key("Strategy", plain(equity[-1]), "line-a"),
        _key("Buy & hold", plain(buy_hold[-1]), "hold"),
        _key("Drawdown, deepest", share(float(drawdown(equity).min()), 2), "down"),
    ]
    graph = dcc.Graph(
        id=ids.BACKTEST_EQUITY,
        figure=figure,
        className="equity-graph",
        config={"displayModeBar": False, "responsive": True},
    )
    return html.Section(
        [html.Div(legend, className="figure-legend"), graph], className="equity-panel"
    )


def _key(name: str, value: str, tone: str) -> html.Span:
    return html.Span([f"{name} ", html.Span(value, className=tone)], className="figure-key")
