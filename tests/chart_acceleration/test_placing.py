"""Markers and drawings: from times and prices to pixels."""

from bisect import bisect_right

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import Elements, Extension, TrendLine
from chart_acceleration.layout import lay_out
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.palette import Role
from chart_acceleration.placing import place_markers
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.scene import F64
from chart_acceleration.spec import ChartSpec, Furniture
from market.types import MINUTE, Interval
from tests.chart_acceleration.made_candles import made_candles

pytestmark = pytest.mark.kernel


@given(
    st.lists(st.integers(0, 400), max_size=12),
    st.lists(st.integers(1, 300), min_size=1, max_size=8, unique=True),
    st.data(),
)
@settings(max_examples=80, deadline=None)
def test_a_marker_stands_at_the_last_column_that_began_before_it(
    times: list[int], starts: list[int], data: st.DataObject
) -> None:
    times, starts = sorted(times), sorted(starts)
    kinds = data.draw(st.lists(st.integers(0, 4), min_size=len(times), max_size=len(times)))
    # columns of one, two, one, two, ... candles
    rows = [row for row in range(len(starts)) if row % 3 != 2]
    high, low = [float(50 + row) for row in rows], [float(10 + row) for row in rows]
    prices = np.zeros((5, len(rows)))
    prices[1], prices[2] = high, low
    out = np.zeros((3, len(times)), dtype=np.int32)
    placed = place_markers(
        np.array(times, dtype=np.int64), np.array(kinds, dtype=np.int32),
        np.array(starts, dtype=np.int64), np.array([7 * row for row in rows], dtype=np.int32),
        np.array(rows, dtype=np.int64), prices, len(rows),
        np.array([100.0, 1.0, 0.0, 0.0, 1.0]), np.array([0, 5, 90, 105, 1, 1], dtype=np.int32),
        out,
    )  # fmt: skip
    expected = []
    for time, kind in zip(times, kinds, strict=True):
        column = bisect_right([starts[row] for row in rows], time) - 1
        if column >= 0:
            price = low[column] if kind in (0, 3) else high[column]
            expected.append([7 * rows[column], 5 + int(100.0 - price), kind])
    assert out[:, :placed].T.tolist() == expected


def test_trend_lines_go_through_the_middle_of_their_candles_and_beyond() -> None:
    candles = made_candles(60)
    start, end = int(candles.time_ns[30]), int(candles.time_ns[50])
    price = float(candles.close[-1])
    line = TrendLine((start, price), (end + MINUTE // 2, price), Role.LINE_A)
    spec = ChartSpec(
        "A", Interval.M1, 400, 300, bars=40, elements=Elements(drawings=(line,), volume=False)
    )
    layout = lay_out(ChartData(candles), spec, Furniture(False, False), LayoutBuffers())
    pixels = np.zeros((300, 400), dtype=np.uint8)
    CpuRenderer().draw(layout.scene, pixels)
    columns = np.nonzero((pixels == Role.LINE_A).any(axis=0))[0]
    grid = layout.frame.slots
    assert columns[0] == pytest.approx(grid.wick_left(10), abs=1)
    assert columns[-1] == pytest.approx(grid.left + 30.5 * grid.step, abs=1.5)


def test_lines_to_times_beside_the_candles_keep_the_interval() -> None:
    candles = made_candles(60)
    first, last = int(candles.time_ns[0]), int(candles.time_ns[-1])
    low, high = float(candles.low.min()), float(candles.high.max())

    def picture(line: TrendLine) -> F64:
        """The line's row in every pixel column."""
        spec = ChartSpec("A", Interval.M1, 400, 300, bars=60, elements=Elements(drawings=(line,)))
        layout = lay_out(ChartData(candles), spec, Furniture(False, False), LayoutBuffers())
        rows = np.zeros(400)
        for x0, y0, x1, y1, colour in layout.frame.lines.tolist():
            if colour == Role.LINE_B:
                rows[x0:x1] = (y0 + y1) / 2
        return rows

    step = (high - low) / 59
    inside = TrendLine((first, low), (last, high), Role.LINE_B, extend=Extension.BOTH)
    beyond = TrendLine(
        (first - 59 * MINUTE, low - 59 * step),
        (last + 59 * MINUTE, high + 59 * step),
        Role.LINE_B,
        extend=Extension.BOTH,
    )
    assert np.abs(picture(inside) - picture(beyond)).max() <= 1
