"""One scene from a frame and the numbers of now: projection, elements, labels, text."""

import numpy as np

from chart_acceleration.candles import (
    CLOSE,
    HIGH,
    LOW,
    VOLUME,
    VOLUME_ROWS,
    candle_rects,
    volume_rects,
)
from chart_acceleration.chart_data import ChartData
from chart_acceleration.curves import line_rects
from chart_acceleration.elements import ChartStyle, CurveStyle
from chart_acceleration.extent import price_columns
from chart_acceleration.fills import area_rects
from chart_acceleration.frame import Frame
from chart_acceleration.labels import AxisLabels, put_labels
from chart_acceleration.legend import Legend, put_legend, put_pane_legend
from chart_acceleration.ops import GlyphList, LayoutBuffers, put_visible
from chart_acceleration.palette import Role
from chart_acceleration.placing import draw_markers
from chart_acceleration.prices import bar_rects, hollow_rects
from chart_acceleration.projection import log_columns, project_candles
from chart_acceleration.ramps import RAMPS
from chart_acceleration.scene import F64, I32, Scene
from chart_acceleration.strip import THICKNESS
from chart_acceleration.studies import draw_traces, fill_traces, trace

BY_STYLE = {
    ChartStyle.CANDLES: candle_rects,
    ChartStyle.HEIKIN_ASHI: candle_rects,
    ChartStyle.HOLLOW: hollow_rects,
    ChartStyle.BARS: bar_rects,
}
RECTS_PER_COLUMN, RECTS_PER_CURVE, RECTS_PER_DOT = 8, 4, 24
"""No layout has more rectangles in a pixel column for the prices, for a curve, for one of dots."""
RECTS_PER_MARKER, RECTS_BESIDE = 32, 8192
"""Nor more for a marker, and for labels and their lines."""


def compose(frame: Frame, data: ChartData, buffers: LayoutBuffers, first: int) -> Scene:
    """Everything from visible row ``first`` on, in painter's order: fills, grid, volume, prices,
    curves, lines and labels; then text.
    """
    buffers.reserve(_most_rects(frame, len(data.markers)))
    found = _project(frame, data, buffers, first) if frame.count else 0
    traces = trace(frame, data, buffers, first) if frame.studies else []
    count = _area(frame, buffers, found)
    count = fill_traces(traces, buffers, count)
    count = _append(frame.back, buffers, count)
    count = _prices(frame, buffers, found, count)
    count = draw_traces(traces, frame.spec.scale, buffers, count)
    count = _append(frame.lines, buffers, count)
    count = _markers(frame, data, buffers, found, count)
    glyphs = GlyphList(buffers.glyphs)
    labels = AxisLabels(frame, buffers, glyphs, count)
    if frame.count:
        put_labels(labels, data, frame.scale.row(float(data.candles.close[-1])))
    taken = buffers.taken[: labels.taken]
    glyphs.count = put_visible(frame.labels, taken, glyphs.rows, glyphs.count)
    if frame.furniture.legend:
        _legend(frame, data, glyphs)
    return Scene(
        frame.spec.width,
        frame.spec.height,
        buffers.rects[: labels.count],
        glyphs.rows[: glyphs.count],
        frame.type.atlas,
        RAMPS,
    )


def _most_rects(frame: Frame, markers: int) -> int:
    per_column = RECTS_PER_COLUMN + RECTS_PER_CURVE
    for place in frame.studies:
        for curve in place.study.curves:
            dots = curve.style is CurveStyle.DOTS
            per_column += RECTS_PER_DOT if dots else RECTS_PER_CURVE
    fixed = len(frame.back) + len(frame.lines) + RECTS_BESIDE
    return per_column * frame.spec.width + fixed + RECTS_PER_MARKER * markers


def _project(frame: Frame, data: ChartData, buffers: LayoutBuffers, first: int) -> int:
    """Columns of the visible rows from ``first`` on into the work arrays; returns how many."""
    work = (buffers.x, buffers.row, buffers.prices)
    start, end = len(data.candles) - frame.count, len(data.candles)
    if data.history is not None:
        averaged = frame.spec.elements.style is ChartStyle.HEIKIN_ASHI
        rows = data.history.heikin_ashi if averaged else data.history.candles
        found = rows.project(start, end, frame.numbers, first, work)
    else:
        columns = price_columns(data, frame.spec, start, frame.seed, buffers)
        found = project_candles(*columns, frame.numbers, first, *work)
    if frame.scale.logarithmic:
        log_columns(buffers.prices[:VOLUME, :found])
    return found


def _area(frame: Frame, buffers: LayoutBuffers, found: int) -> int:
    """The closes as a curve, for the styles that draw one, and what lies under it; returns the
    number of rectangles.
    """
    style = frame.spec.elements.style
    if style not in BY_STYLE:
        buffers.close.x[:found] = buffers.x[:found]
        buffers.close.values[:, :found] = buffers.prices[CLOSE, :found]
    if style is not ChartStyle.AREA or not found:
        return 0
    close = buffers.close
    return area_rects(
        close.x, close.values, found, frame.numbers, frame.whole, int(Role.GRID), buffers.rects, 0
    )


def _append(rects: I32, buffers: LayoutBuffers, count: int) -> int:
    buffers.rects[count : count + len(rects)] = rects
    return count + len(rects)


def _markers(frame: Frame, data: ChartData, buffers: LayoutBuffers, found: int, count: int) -> int:
    if not found or not len(data.markers):
        return count
    parameters = (frame.numbers, frame.whole)
    return draw_markers(
        data.markers, data.candles, frame.count, found, parameters, frame.spec, buffers, count
    )


def _prices(frame: Frame, buffers: LayoutBuffers, found: int, count: int) -> int:
    """Volume and prices in the view's style; returns the new number of rectangles."""
    out, style = buffers.rects, frame.spec.elements.style
    columns = (buffers.x, buffers.prices, found, frame.numbers, frame.whole)
    if frame.numbers[VOLUME_ROWS] > 0.0:
        count = volume_rects(*columns, out, count)
    if style in BY_STYLE:
        if frame.spec.price_range is not None:
            columns = _in_sight(frame, buffers, found)
        return BY_STYLE[style](*columns, out, count)
    close = buffers.close
    return line_rects(
        close.x, close.values, found, frame.numbers, frame.whole,
        THICKNESS * frame.spec.scale, int(Role.LINE_A), int(Role.LINE_A_HALF), out, count,
    )  # fmt: skip


def _in_sight(frame: Frame, buffers: LayoutBuffers, found: int) -> tuple[I32, F64, int, F64, I32]:
    """The columns that a fixed price range shows a part of: others would leave a mark at its edge.

    Their lowest and highest decide in scale space, where the projected prices are.
    """
    prices, scale = buffers.prices[:, :found], frame.scale
    seen = (prices[HIGH] >= scale.bottom) & (prices[LOW] <= scale.top)
    x = np.compress(seen, buffers.x[:found])
    return x, np.compress(seen, prices, axis=1), len(x), frame.numbers, frame.whole


def _legend(frame: Frame, data: ChartData, glyphs: GlyphList) -> None:
    legend = Legend(glyphs, frame.spec, frame.type, frame.geometry.plot.x1)
    put_legend(legend, data, frame.furniture, frame.ticks.decimals)
    for place in frame.studies:
        if place.pane is not None:
            values, pane = data.values[place.number], place.pane
            put_pane_legend(legend, place.study, values, pane.ticks.text, pane.scale.y0)
