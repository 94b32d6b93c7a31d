"""The prices and the volume of a Plotly figure, in every style."""

from typing import Any

import numpy as np

from chart_acceleration.elements import ChartStyle
from chart_acceleration.palette import Role
from chart_acceleration.plotly_canvas import Canvas, plain
from chart_acceleration.projection import heikin_ashi
from chart_acceleration.scene import F64

_MARGIN = 0.05


def price_traces(canvas: Canvas) -> list[dict[str, Any]]:
    """The traces that show the prices."""
    style = canvas.spec.elements.style
    if style in {ChartStyle.LINE, ChartStyle.AREA}:
        return _curve(canvas, filled=style is ChartStyle.AREA)
    return [_bars(canvas, "ohlc" if style is ChartStyle.BARS else "candlestick")]


def volume_trace(canvas: Canvas) -> dict[str, Any]:
    """Bars below the prices, in the candles' colours."""
    candles = canvas.data.candles
    rising = candles.close[canvas.first :] >= candles.open[canvas.first :]
    shades = (canvas.colour(Role.DOWN_SHADE), canvas.colour(Role.UP_SHADE))
    return {
        "type": "bar",
        "x": canvas.times(candles.time_ns[canvas.first :]),
        "y": plain(candles.volume[canvas.first :]),
        "yaxis": "y2",
        "marker": {"color": np.where(rising, shades[1], shades[0]).tolist()},
        "marker_line_width": 0,
        "hoverinfo": "skip",
    }


def _columns(canvas: Canvas) -> tuple[F64, F64, F64, F64]:
    candles = canvas.data.candles
    columns = (candles.open, candles.high, candles.low, candles.close)
    if canvas.spec.elements.style is not ChartStyle.HEIKIN_ASHI:
        return columns
    out = np.empty((4, len(candles)))
    heikin_ashi(*columns, out)
    return out[0], out[1], out[2], out[3]


def _bars(canvas: Canvas, kind: str) -> dict[str, Any]:
    names = ("open", "high", "low", "close")
    columns = zip(names, _columns(canvas), strict=True)
    made: dict[str, Any] = {
        "type": kind,
        "x": canvas.times(canvas.data.candles.time_ns[canvas.first :]),
        "name": "",
        **{name: canvas.prices(column) for name, column in columns},
    }
    hollow = canvas.spec.elements.style is ChartStyle.HOLLOW
    for side, role in (("increasing", Role.UP), ("decreasing", Role.DOWN)):
        colour = canvas.colour(role)
        made[side] = {"line": {"color": colour, "width": 1}}
        if kind == "candlestick":
            empty = hollow and role is Role.UP
            made[side]["fillcolor"] = canvas.colour(Role.BACKGROUND) if empty else colour
    return made


def _curve(canvas: Canvas, filled: bool) -> list[dict[str, Any]]:
    closes = canvas.prices(canvas.data.candles.close)
    line: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "x": canvas.times(canvas.data.candles.time_ns[canvas.first :]),
        "y": closes,
        "line": {"color": canvas.colour(Role.LINE_A), "width": 1.5},
        "name": "",
    }
    if not filled:
        return [line]
    # "tozeroy" would pull the axis down to zero, so the area ends at a line of its own.
    known = [close for close in closes if close is not None]
    ground = min(known) - _MARGIN * (max(known) - min(known))
    below = line | {"y": [ground] * len(closes), "line": {"width": 0}, "hoverinfo": "skip"}
    return [below, line | {"fill": "tonexty", "fillcolor": canvas.shade(Role.LINE_A, 0.2)}]
