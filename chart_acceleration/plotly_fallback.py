"""The chart without pictures: the same candles, elements, colours and places as a Plotly figure.

For the tier in which no renderer runs. The figure is made as plain values of Plotly's JSON schema:
building ``graph_objects`` would validate every property again on each refresh (the tests do it
instead).
"""

from typing import Any

import numpy as np

from chart_acceleration.candles import columns, scan_rows
from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import AxisKind
from chart_acceleration.numbers import price_text, signed_text, volume_text
from chart_acceleration.palette import Role
from chart_acceleration.plotly_canvas import Canvas, annotation
from chart_acceleration.plotly_marks import level_labels, level_shapes, marker_traces
from chart_acceleration.plotly_prices import price_traces, volume_trace
from chart_acceleration.plotly_studies import (
    overlay_words,
    pane_axes,
    pane_shapes,
    pane_titles,
    study_traces,
)
from chart_acceleration.scales import VOLUME_SHARE
from chart_acceleration.spec import ChartSpec, Furniture

_FONT = "Inter, system-ui, sans-serif"
_AXIS_WIDTH, _AXIS_HEIGHT = 72, 24
_LEGEND_HEIGHT, _LEGEND_ROW = 56, 16
_TIME_TEXTS = [
    {"dtickrange": [None, 60_000], "value": "%H:%M:%S"},
    {"dtickrange": [60_000, 86_400_000], "value": "%H:%M"},
    {"dtickrange": [86_400_000, "M1"], "value": "%-d %b"},
    {"dtickrange": ["M1", None], "value": "%b %Y"},
]


def figure(data: ChartData, spec: ChartSpec, furniture: Furniture) -> dict[str, Any]:
    """A figure for ``dcc.Graph``: the last ``spec.bars`` candles with all elements, and a legend.

    ``spec.theme`` and ``furniture.stale`` choose the colours, ``furniture.decimals`` the digits.
    ``uirevision`` stays the same for one market and interval, so that a zoom outlives refreshes.
    Without candles: axes and one sentence. Raises :class:`BadCandles` and :class:`BadChartData`.
    """
    data.check(spec)
    canvas = Canvas(data, spec, furniture)
    scan_rows(columns(data.candles, canvas.first), canvas.first, np.zeros(3))
    layout = _layout(canvas)
    if len(data) == 0:
        layout["annotations"] = [_sentence("No candles yet", canvas)]
        return {"data": [], "layout": layout}
    layout["annotations"] = [_legend(canvas), *pane_titles(canvas), *level_labels(canvas)]
    layout["xaxis"]["range"] = canvas.span()
    layout["shapes"] = [*pane_shapes(canvas), *level_shapes(canvas)]
    volume = [volume_trace(canvas)] if spec.elements.volume else []
    return {
        "data": [
            *volume,
            *price_traces(canvas),
            *study_traces(canvas),
            *marker_traces(canvas),
        ],
        "layout": layout,
    }


def _legend(canvas: Canvas) -> dict[str, Any]:
    candles, spec, furniture = canvas.data.candles, canvas.spec, canvas.furniture
    close = float(candles.close[-1])
    before = float(candles.close[-2]) if len(candles) > 1 else float(candles.open[-1])
    share = 100.0 * (close - before) / before if before else 0.0
    change = signed_text(close - before, furniture.decimals)
    values = [
        f"{letter} {price_text(float(column[-1]), furniture.decimals)}"
        for letter, column in zip(
            "OHLC", (candles.open, candles.high, candles.low, candles.close), strict=True
        )
    ]
    context = f"{spec.interval} · {furniture.venue}" if furniture.venue else str(spec.interval)
    coloured = f"{'  '.join(values)}<br>{change} ({signed_text(share, 2)} %)"
    words = overlay_words(canvas)
    return annotation(
        f"<b>{spec.symbol}</b>  {context}<br>"
        f'<span style="color:{canvas.direction()}">{coloured}</span>'
        f"  Vol {volume_text(float(candles.volume[-1]))}" + (f"<br>{words}" if words else ""),
        yref="paper",
        x=0,
        y=1,
        xanchor="left",
        yanchor="bottom",
        xshift=8,
        align="left",
    )


def _sentence(text: str, canvas: Canvas) -> dict[str, Any]:
    font = {"color": canvas.colour(Role.TEXT), "size": 12}
    return annotation(text, yref="paper", x=0.5, y=0.5, font=font)


def _layout(canvas: Canvas) -> dict[str, Any]:
    spec, background = canvas.spec, canvas.colour(Role.BACKGROUND)
    overlays = len(canvas.panes) < len(spec.elements.studies)
    axis: dict[str, Any] = {
        "gridcolor": canvas.colour(Role.GRID),
        "linecolor": canvas.colour(Role.AXIS),
        "showline": True,
        "zeroline": False,
    }
    lowest = f"y{2 + len(canvas.panes)}"
    times = {
        "anchor": lowest,
        "type": "date",
        "tickformatstops": _TIME_TEXTS,  # one line each: the axis is 24 px high
        "rangeslider": {"visible": False},
    }
    return {
        "paper_bgcolor": background,
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": _FONT, "size": 11, "color": canvas.colour(Role.TEXT)},
        "margin": {
            "l": 0,
            "r": _AXIS_WIDTH,
            "t": _LEGEND_HEIGHT + (_LEGEND_ROW if overlays else 0),
            "b": _AXIS_HEIGHT,
        },
        "showlegend": False,
        "dragmode": "pan",
        "hovermode": "x",
        "bargap": 0.3,
        "uirevision": f"{spec.symbol} {spec.interval} {spec.elements.axis}",
        "xaxis": axis | times,
        **_price_axes(canvas, axis),
        **pane_axes(canvas, axis),
    }


def _price_axes(canvas: Canvas, axis: dict[str, Any]) -> dict[str, Any]:
    elements, furniture = canvas.spec.elements, canvas.furniture
    bottom, top = canvas.domain(-1)
    volume = bottom + VOLUME_SHARE * (top - bottom)
    percent = elements.axis is AxisKind.PERCENT
    return {
        "yaxis": axis
        | {
            # Plotly's own range would put low candles over the volume.
            "domain": [volume if elements.volume else bottom, top],
            "side": "right",
            "type": "log" if elements.axis is AxisKind.LOG else "linear",
            "tickformat": "+,.2f" if percent else f",.{furniture.decimals}f",
            "ticksuffix": " %" if percent else "",
        },
        "yaxis2": {
            "domain": [bottom, volume],
            "rangemode": "tozero",
            "fixedrange": True,
            "visible": False,
        },
    }
