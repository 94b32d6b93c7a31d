"""Grid, axis lines and tick labels."""

import numpy as np

from chart_acceleration.geometry import LABEL_INSET, Geometry, Slots
from chart_acceleration.numbers import price_text
from chart_acceleration.ops import GlyphList, LayoutBuffers
from chart_acceleration.palette import Role
from chart_acceleration.ramps import TEXT
from chart_acceleration.scales import PriceScale, tick_prices
from chart_acceleration.scene import I32, I64
from chart_acceleration.spec import ChartSpec
from chart_acceleration.text import Face, Typesetter
from chart_acceleration.time_ticks import find_ticks, tick_text, tick_unit

TIME_SPACING = 84.0
EMPTY_CELL = (78.0, 42.0)
Rows = list[tuple[int, int, int, int, int]]
Prices = tuple[PriceScale, float, int, int]  # scale, tick step, decimals, width of the widest label


def back_and_labels(
    times: I64,
    spec: ChartSpec,
    place: Geometry,
    grid: Slots,
    prices: Prices,
    setter: Typesetter,
    buffers: LayoutBuffers,
) -> tuple[I32, I32]:
    """Grid and axis rectangles, int32 (n, 5), and tick label glyphs with their centre row, int32
    (m, 5).
    """
    rows: Rows = []
    labels = GlyphList(buffers.labels)
    if len(times) == 0:
        _empty_grid(spec, place, rows)
    else:
        _time_axis(times, spec, place, grid, setter, rows, labels, buffers)
        _price_axis(spec, place, prices, setter, rows, labels)
    _axis_lines(spec, place, rows)
    back = np.array(rows, dtype=np.int32).reshape(-1, 5)
    return back, buffers.labels[: labels.count].copy()


def _axis_lines(spec: ChartSpec, place: Geometry, rows: Rows) -> None:
    plot, line = place.plot, place.line
    if place.price_axis:
        rows.append((plot.x1, 0, plot.x1 + line, spec.height, Role.AXIS))
    if place.time_axis:
        rows.append((0, plot.y1, spec.width, plot.y1 + line, Role.AXIS))


def _empty_grid(spec: ChartSpec, place: Geometry, rows: Rows) -> None:
    plot, line = place.plot, place.line
    across, down = spec.px(EMPTY_CELL[0]), spec.px(EMPTY_CELL[1])
    rows.extend(
        (x, plot.y0, x + line, plot.y1, Role.GRID)
        for x in range(plot.x0 + across, plot.x1 - across // 3, across)
    )
    rows.extend(
        (plot.x0, y, plot.x1, y + line, Role.GRID)
        for y in range(plot.y0 + down, plot.y1 - down // 3, down)
    )


def _price_axis(
    spec: ChartSpec,
    place: Geometry,
    prices: Prices,
    setter: Typesetter,
    rows: Rows,
    labels: GlyphList,
) -> None:
    scale, step, decimals, widest = prices
    plot = place.plot
    right = plot.x1 + spec.px(LABEL_INSET) + widest
    room = spec.px(LABEL_INSET)
    for price in tick_prices(scale, step):
        y = scale.row(price)
        rows.append((plot.x0, y, plot.x1, min(y + place.line, plot.y1), Role.GRID))
        if place.price_axis and plot.y0 + room <= y <= plot.y1 - room:
            run = setter.run(price_text(price, decimals))
            labels.put(run, right - run.width, y, TEXT, y)


def _time_axis(
    times: I64,
    spec: ChartSpec,
    place: Geometry,
    grid: Slots,
    setter: Typesetter,
    rows: Rows,
    labels: GlyphList,
    buffers: LayoutBuffers,
) -> None:
    plot = place.plot
    spacing = TIME_SPACING * spec.scale
    length = spec.interval.nanoseconds
    kind, count = tick_unit(length, grid.step, spacing)
    index, level = buffers.tick_index, buffers.tick_level
    found = find_ticks(times, length, kind, count, grid.step, spacing, index, level)
    middle = plot.y1 + (spec.height - plot.y1 + place.line) // 2
    for row, change in zip(index[:found].tolist(), level[:found].tolist(), strict=True):
        x = grid.wick_left(row)
        rows.append((x, plot.y0, min(x + place.line, plot.x1), plot.y1, Role.GRID))
        if place.time_axis:
            text, strong = tick_text(int(times[row]), change, kind, spec.interval)
            run = setter.run(text, Face.STRONG if strong else Face.PLAIN)
            start = x + (place.line - run.width) // 2
            if start >= 2 and start + run.width <= plot.x1 - 2:
                labels.put(run, start, middle, TEXT)
