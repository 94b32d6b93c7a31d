"""The studies of a Plotly figure: over the candles, and in panes with axes of their own."""

from itertools import pairwise
from typing import Any

import numpy as np

from chart_acceleration.elements import Curve, CurveStyle, Study
from chart_acceleration.extent import shown_value
from chart_acceleration.palette import Role
from chart_acceleration.plotly_canvas import Canvas, annotation, plain
from chart_acceleration.price_ticks import short_text
from chart_acceleration.scene import F64

_EDGES = (CurveStyle.BAND, CurveStyle.CLOUD)
_FILL = 0.12
_FIRST_PANE_AXIS = 3
"""``y`` are the prices, ``y2`` the volume, ``y3`` the first pane."""


def study_traces(canvas: Canvas) -> list[dict[str, Any]]:
    """All curves of all studies, what is filled below what is drawn."""
    made: list[dict[str, Any]] = []
    pane = 0
    for study, values in zip(canvas.spec.elements.studies, canvas.data.values, strict=True):
        axis = "y"
        if study.pane is not None:
            axis = f"y{_FIRST_PANE_AXIS + pane}"
            pane += 1
        made += [trace | {"yaxis": axis} for trace in _traces(canvas, study, values)]
    return made


def pane_axes(canvas: Canvas, axis: dict[str, Any]) -> dict[str, Any]:
    """The axes of the panes by their names in the layout, made from the look of ``axis``."""
    made = {}
    for pane, study in enumerate(canvas.panes):
        assert study.pane is not None
        low, high = study.pane.low, study.pane.high
        made[f"yaxis{_FIRST_PANE_AXIS + pane}"] = axis | {
            "domain": list(canvas.domain(pane)),
            "side": "right",
            "nticks": 4,
            "range": [low, high],
            "autorange": low is None and high is None,
        }
    return made


def pane_shapes(canvas: Canvas) -> list[dict[str, Any]]:
    """Guide lines."""
    return [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "yref": f"y{_FIRST_PANE_AXIS + pane}",
            "y0": level,
            "y1": level,
            "line": {"color": canvas.colour(Role.AXIS), "width": 1, "dash": "dot"},
        }
        for pane, study in enumerate(canvas.panes)
        for level in (study.pane.levels if study.pane is not None else ())
    ]


def pane_titles(canvas: Canvas) -> list[dict[str, Any]]:
    """Title and newest values at the top left of each pane."""
    pairs = zip(canvas.spec.elements.studies, canvas.data.values, strict=True)
    own = [(study, values) for study, values in pairs if study.pane is not None]
    return [
        annotation(
            f"{study.title}  {_values(canvas, study, values)}",
            yref="paper",
            x=0,
            y=canvas.domain(pane)[1],
            xanchor="left",
            yanchor="top",
            xshift=8,
        )
        for pane, (study, values) in enumerate(own)
    ]


def overlay_words(canvas: Canvas) -> str:
    """Titles and newest values of the studies over the candles, in their colours."""
    pairs = zip(canvas.spec.elements.studies, canvas.data.values, strict=True)
    return "  ".join(
        f"{study.title} {_values(canvas, study, values)}"
        for study, values in pairs
        if study.pane is None
    )


def _values(canvas: Canvas, study: Study, values: F64) -> str:
    words = []
    for curve, row in zip(study.curves, values, strict=True):
        value = shown_value(curve, row)
        if value is not None:
            text = canvas.price_text(value) if study.pane is None else short_text(value, 2)
            words.append(f'<span style="color:{canvas.colour(curve.role)}">{text}</span>')
    return " ".join(words)


def _traces(canvas: Canvas, study: Study, values: F64) -> list[dict[str, Any]]:
    curves = list(zip(study.curves, values, strict=True))
    edges = [(curve, row) for curve, row in curves if curve.style in _EDGES]
    fills: list[dict[str, Any]] = []
    for (curve, row), (_, other) in list(pairwise(edges))[::2]:
        one, two = (_shown(canvas, study, curve, each) for each in (row, other))
        fills += _fills(canvas, curve, edges[1][0], one, two)
    lines = []
    for curve, row in curves:
        draw = _histogram if curve.style is CurveStyle.HISTOGRAM else _line
        lines.append(draw(canvas, curve, _shown(canvas, study, curve, row)))
    return [*fills, *lines]


def _shown(canvas: Canvas, study: Study, curve: Curve, row: F64) -> F64:
    """The values that stand in the picture, on the axis of the study."""
    values = row[canvas.first_of(curve.shift) :]
    return canvas.scaled(values) if study.pane is None else values


def _fills(
    canvas: Canvas, curve: Curve, below: Curve, row: F64, other: F64
) -> list[dict[str, Any]]:
    """From the second edge up to the first and down to it, each in its own colour."""
    ground = _line(canvas, curve, other) | {"line": {"width": 0}}
    made = []
    for edge, role in ((np.maximum(row, other), curve.role), (np.minimum(row, other), below.role)):
        filled = {"y": plain(edge), "fill": "tonexty", "fillcolor": canvas.shade(role, _FILL)}
        made += [ground, ground | filled]
    return made


def _line(canvas: Canvas, curve: Curve, row: F64) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "scatter",
        "x": canvas.shifted_times(curve.shift),
        "y": plain(row),
        "name": curve.label,
        "hoverinfo": "skip",
    }
    colour = canvas.colour(curve.role)
    if curve.style is CurveStyle.DOTS:
        return made | {"mode": "markers", "marker": {"color": colour, "size": 4}}
    return made | {"mode": "lines", "line": {"color": colour, "width": 1.5}}


def _histogram(canvas: Canvas, curve: Curve, row: F64) -> dict[str, Any]:
    with np.errstate(over="ignore", invalid="ignore"):  # as of what is not finite and not drawn
        rising = np.diff(row, prepend=row[:1]) >= 0
    strong, weak = (Role.UP, Role.DOWN), (Role.UP_SHADE, Role.DOWN_SHADE)
    roles = [
        (strong if up == (value >= 0) else weak)[0 if value >= 0 else 1]
        for value, up in zip(row.tolist(), rising.tolist(), strict=True)
    ]
    return {
        "type": "bar",
        "x": canvas.shifted_times(curve.shift),
        "y": plain(row),
        "marker": {"color": [canvas.colour(role) for role in roles]},
        "marker_line_width": 0,
        "name": curve.label,
        "hoverinfo": "skip",
    }
