"""The curves of studies: projected once, then filled between and drawn."""

from dataclasses import dataclass
from math import log

import numpy as np

from chart_acceleration.chart_data import ChartData
from chart_acceleration.curves import dot_rects, line_rects
from chart_acceleration.elements import Curve, CurveStyle
from chart_acceleration.fills import fill_rects, histogram_rects
from chart_acceleration.frame import Frame
from chart_acceleration.ops import CurveColumns, LayoutBuffers
from chart_acceleration.palette import Role, half_shade
from chart_acceleration.panes import StudyPlace
from chart_acceleration.projection import project_curve
from chart_acceleration.scene import F64, I32
from chart_acceleration.strip import DOT, THICKNESS
from market.kernel import kernel

FILLED = (CurveStyle.BAND, CurveStyle.CLOUD)
RISING_FALLING = (Role.UP, Role.DOWN)


@dataclass(frozen=True, slots=True)
class Trace:
    """A curve of a study, projected: its first ``found`` columns."""

    place: StudyPlace
    curve: Curve
    x: I32
    values: F64
    found: int


@kernel
def clean_columns(values: F64, found: int, logarithmic: bool) -> None:
    """Make the first ``found`` columns (4, m) drawable: what is not finite becomes NaN; a
    logarithmic axis gets logarithms, what has none becomes NaN.
    """
    for field in range(values.shape[0]):
        for i in range(found):
            value = values[field, i]
            if logarithmic:
                value = log(value) if value > 0.0 else np.nan
            values[field, i] = value if np.isfinite(value) else np.nan


@kernel
def project_values(
    values: F64, numbers: F64, first: int, shift: int, logarithmic: bool, x: I32, out: F64
) -> int:
    """As :func:`project_curve`, drawable: one call instead of two, each of which costs 1 us."""
    found: int = project_curve(values, numbers, first, shift, x, out)
    clean_columns(out, found, logarithmic)
    return found


def trace(frame: Frame, data: ChartData, buffers: LayoutBuffers, first: int) -> list[Trace]:
    """All curves that are drawn, from visible column ``first`` on; from one before the first candle
    for the whole chart, so that lines enter it.
    """
    begin = len(data.candles) - frame.count
    found: list[Trace] = []
    for place in frame.studies:
        logarithmic = frame.scale.logarithmic and place.pane is None
        for number, curve in enumerate(place.study.curves):
            values = data.values[place.number][number]
            room = buffers.curve(len(found))
            shift = curve.shift - begin
            start = max(0, (first or -1) - shift)
            end = max(start, min(values.shape[0], frame.columns - shift))
            count = _project(data, place, number, (start, end, shift), logarithmic, room)
            found.append(Trace(place, curve, room.x, room.values, count))
    return found


def _project(
    data: ChartData,
    place: StudyPlace,
    number: int,
    rows: tuple[int, int, int],
    logarithmic: bool,
    into: CurveColumns,
) -> int:
    """Project curve ``number``, drawable; ``rows``: first value, end, and how far they are moved.
    Returns how many columns.
    """
    start, end, shift = rows
    if data.history is not None:
        curve = data.history.curves(place.number)[number]
        work = (into.x, into.row, into.values)
        found = curve.project(0, end, place.numbers, start, shift, work)
        clean_columns(into.values, found, logarithmic)
        return found
    values = data.values[place.number][number][:end]
    return project_values(values, place.numbers, start, shift, logarithmic, into.x, into.values)


def fill_traces(traces: list[Trace], buffers: LayoutBuffers, count: int) -> int:
    """Append what lies between a band's or cloud's edge and the study's next one of its style;
    returns the new number of rectangles.
    """
    for number, edge in enumerate(traces):
        if edge.curve.style not in FILLED:
            continue
        after = next((each for each in traces[number + 1 :] if _pairs(edge, each)), None)
        if after is not None:
            place = edge.place
            count = fill_rects(
                edge.x, edge.values, after.values, min(edge.found, after.found),
                place.numbers, place.whole, int(Role.GRID), int(Role.GRID), buffers.rects, count,
            )  # fmt: skip
    return count


def _pairs(edge: Trace, other: Trace) -> bool:
    return (
        other.place is edge.place
        and other.curve.style is edge.curve.style
        and other.curve.shift == edge.curve.shift
    )


def draw_traces(traces: list[Trace], scale: float, buffers: LayoutBuffers, count: int) -> int:
    """Append all curves; returns the new number of rectangles."""
    for each in traces:
        count = _draw(each, scale, buffers.rects, count)
    return count


def _draw(each: Trace, scale: float, out: I32, count: int) -> int:
    place, role = each.place, each.curve.role
    columns = (each.x, each.values, each.found, place.numbers, place.whole)
    if each.curve.style is CurveStyle.HISTOGRAM:
        return histogram_rects(*columns, _look(role), out, count)
    half = int(half_shade(role))
    if each.curve.style is CurveStyle.DOTS:
        return dot_rects(*columns, max(1, round(DOT * scale)), int(role), half, out, count)
    return line_rects(*columns, THICKNESS * scale, int(role), half, out, count)


def _look(role: Role) -> I32:
    """Colours of a histogram: rising and falling above zero, rising and falling below."""
    half = half_shade(role)
    look = (role, half, role, half)
    if role in RISING_FALLING:
        look = (Role.UP, Role.UP_SHADE, Role.DOWN_SHADE, Role.DOWN)
    return np.array(look, dtype=np.int32)
