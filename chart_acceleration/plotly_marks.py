"""Lines, labels and markers over a Plotly figure's prices."""

from math import exp, isfinite, log
from typing import Any

import numpy as np

from chart_acceleration.chart_data import MarkerKind
from chart_acceleration.elements import AxisKind, Extension, HorizontalLine, TrendLine
from chart_acceleration.numbers import countdown_text
from chart_acceleration.palette import Role
from chart_acceleration.plotly_canvas import NANOSECONDS_PER_MS, Canvas, label, plain
from chart_acceleration.scene import F64

_SHAPES = {
    MarkerKind.ENTRY: ("▲", Role.TEXT),
    MarkerKind.EXIT_PROFIT: ("▼", Role.UP),
    MarkerKind.EXIT_LOSS: ("▼", Role.DOWN),
    MarkerKind.BUY_SIGNAL: ("▲", Role.UP),
    MarkerKind.SELL_SIGNAL: ("▼", Role.DOWN),
}
FURTHEST, FURTHEST_LOG = 1e300, 690.0
"""A line's end goes no further up or down: numbers beyond cannot be written."""
_BELOW = (MarkerKind.ENTRY, MarkerKind.BUY_SIGNAL)


def marker_traces(canvas: Canvas) -> list[dict[str, Any]]:
    """One trace per kind of marker, beside the candles they belong to."""
    candles, markers = canvas.data.candles, canvas.data.markers
    rows = np.searchsorted(candles.time_ns, markers.time_ns, side="right") - 1
    made = []
    for kind, (text, role) in _SHAPES.items():
        at = rows[(markers.kind == kind) & (rows >= canvas.first)]
        if len(at):
            below = kind in _BELOW
            edge: F64 = (candles.low if below else candles.high)[at]
            made.append(
                {
                    "type": "scatter",
                    "mode": "text",
                    "x": canvas.times(candles.time_ns[at]),
                    "y": plain(canvas.scaled(edge)),
                    "text": [text] * len(at),
                    "textposition": "bottom center" if below else "top center",
                    "textfont": {"color": canvas.colour(role)},
                    "hoverinfo": "skip",
                }
            )
    return made


def level_shapes(canvas: Canvas) -> list[dict[str, Any]]:
    """The user's lines, and those at best bid, best ask and last price."""
    last = float(canvas.data.candles.close[-1])
    levels = [(price, canvas.colour(role), "dot") for price, role in _quotes(canvas)]
    return [
        *(
            _across(canvas, line.price, canvas.colour(line.role), "dash" if line.dashed else None)
            if isinstance(line, HorizontalLine)
            else _trend(canvas, line)
            for line in canvas.spec.elements.drawings
        ),
        *(_across(canvas, *level) for level in levels),
        _across(canvas, last, canvas.direction(), "2px,2px"),
    ]


def level_labels(canvas: Canvas) -> list[dict[str, Any]]:
    """Their prices on the axis; the last price with the countdown comes last, above all others."""
    last = float(canvas.data.candles.close[-1])
    lines = [each for each in canvas.spec.elements.drawings if isinstance(each, HorizontalLine)]
    boxes = [(line.price, line.role) for line in lines] + _quotes(canvas)
    made = [
        found
        for price, role in boxes
        for found in label(canvas, price, canvas.price_text(price), canvas.colour(role))
    ]
    left = _countdown(canvas)
    text = canvas.price_text(last) + (f"<br>{left}" if left else "")
    return [*made, *label(canvas, last, text, canvas.direction())]


def _quotes(canvas: Canvas) -> list[tuple[float, Role]]:
    if not canvas.furniture.quote_lines:
        return []
    pairs = ((canvas.data.ask, Role.DOWN), (canvas.data.bid, Role.UP))
    return [(price, role) for price, role in pairs if price is not None and isfinite(price)]


def _countdown(canvas: Canvas) -> str:
    now = canvas.data.now_ns
    if not canvas.furniture.countdown or now is None:
        return ""
    length = canvas.spec.interval.nanoseconds
    return countdown_text(int(canvas.data.candles.time_ns[-1]) + length - now)


def _across(canvas: Canvas, price: float, colour: str, dash: str | None) -> dict[str, Any]:
    height = min(max(canvas.height(price), -FURTHEST), FURTHEST)
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": height,
        "y1": height,
        "line": {"color": colour, "width": 1, "dash": dash or "solid"},
    }


def _trend(canvas: Canvas, line: TrendLine) -> dict[str, Any]:
    """Straight on the screen: on a logarithmic axis the logarithms rise evenly."""
    times = canvas.times(np.array([line.start[0], line.end[0]], np.int64))
    heights = [canvas.height(line.start[1]), canvas.height(line.end[1])]
    bound = canvas.data.candles.time_ns[[canvas.first, -1]]
    start, end = canvas.times(bound)
    end += canvas.spec.interval.nanoseconds // NANOSECONDS_PER_MS
    x0 = min(start, times[0]) if line.extend is Extension.BOTH else times[0]
    x1 = max(end, times[1]) if line.extend is not Extension.NONE else times[1]
    curved = canvas.spec.elements.axis is AxisKind.LOG and min(heights) > 0
    ends = [log(height) for height in heights] if curved else heights
    slope = (ends[1] - ends[0]) / (times[1] - times[0]) if times[1] != times[0] else 0.0
    far = FURTHEST_LOG if curved else FURTHEST
    y0, y1 = (min(max(ends[0] + (x - times[0]) * slope, -far), far) for x in (x0, x1))
    return {
        "type": "line",
        "x0": x0,
        "x1": x1,
        "y0": exp(y0) if curved else y0,
        "y1": exp(y1) if curved else y1,
        "line": {
            "color": canvas.colour(line.role),
            "width": 1.5,
            "dash": "dash" if line.dashed else "solid",
        },
    }
