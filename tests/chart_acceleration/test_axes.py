"""Axes: ticks of very many candles, guide levels, panes."""

import numpy as np
import pytest

from chart_acceleration import axes
from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import Elements
from chart_acceleration.frame import Frame, build_frame
from chart_acceleration.geometry import Slots
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.palette import Role
from chart_acceleration.scene import Rect
from chart_acceleration.spec import ChartSpec, Furniture
from market.types import Interval
from tests.chart_acceleration.made_candles import made_candles
from tests.chart_acceleration.made_elements import MACD, RSI, data_of

pytestmark = pytest.mark.kernel

LIVE = Furniture(legend=False, last_line=False, decimals=1)


def test_very_many_candles_have_the_time_ticks_of_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    candles = made_candles(70_000)
    spec = ChartSpec("A", Interval.M1, 900, 300, bars=70_000)
    sampled = build_frame(ChartData(candles), spec, LIVE, LayoutBuffers())
    monkeypatch.setattr(axes, "SAMPLED", 10**9)
    whole = build_frame(ChartData(candles), spec, LIVE, LayoutBuffers())
    assert sampled.labels.shape == whole.labels.shape
    assert np.array_equal(sampled.labels[:, 2:], whole.labels[:, 2:])
    assert np.abs(sampled.labels[:, 0] - whole.labels[:, 0]).max() <= 1
    assert np.abs(sampled.back[:, 0] - whole.back[:, 0]).max() <= 1


@pytest.mark.parametrize("left", [0.3, -4.0, 12.7])
def test_a_sample_is_the_first_candle_of_every_pixel_column(left: float) -> None:
    count = axes.SAMPLED
    grid = Slots(left, 300.0 / count, 1, 1)
    sample = axes._sample(count, grid, Rect(0, 0, 400, 100))
    assert sample is not None
    columns = np.floor(left + np.arange(count) * grid.step + 0.5)
    seen = np.arange(count)[columns >= 0]
    _, first = np.unique(columns[seen], return_index=True)
    assert sample.tolist() == seen[first].tolist()
    assert axes._sample(count - 1, grid, Rect(0, 0, 400, 100)) is None


def frame(height: int = 400) -> Frame:
    studies = (RSI, MACD)
    spec = ChartSpec("A", Interval.M1, 480, height, bars=60, elements=Elements(studies=studies))
    return build_frame(data_of(made_candles(90), studies), spec, LIVE, LayoutBuffers())


def test_vertical_lines_cross_the_panes_and_dividers_the_axis() -> None:
    found = frame()
    back = found.back.tolist()
    bottom = found.geometry.bottom
    assert bottom == 376
    vertical = [row for row in back if row[4] == Role.GRID and row[3] - row[1] > 100]
    assert vertical
    assert all((row[1], row[3]) == (0, bottom) for row in vertical)
    tops = [pane.y0 for pane in found.geometry.panes]
    for top in tops:
        assert [0, top - 1, 480, top, Role.AXIS] in back


def test_guide_levels_are_dashed_and_keep_ticks_away() -> None:
    found = frame()
    pane = found.studies[0].pane
    assert pane is not None
    plot = found.geometry.panes[0]
    rows = [pane.scale.row(level) for level in (30.0, 70.0)]
    for row in rows:
        dashes = [each for each in found.back.tolist() if (each[1], each[3]) == (row, row + 1)]
        assert len(dashes) == -(-plot.x1 // 8)
        assert all(x1 - x0 == 4 for x0, _, x1, _, _ in dashes[:-1])
    solid = [
        each[1]
        for each in found.back.tolist()
        if each[4] == Role.GRID and each[2] - each[0] == plot.width and plot.y0 < each[1] < plot.y1
    ]
    assert all(min(abs(y - row) for row in rows) >= 14 for y in solid)


def test_pane_labels_end_where_the_price_labels_end() -> None:
    found = frame()
    prices = found.labels[found.labels[:, 4] > 0]
    ends = {
        centre: prices[prices[:, 4] == centre][:, 0].max() for centre in set(prices[:, 4].tolist())
    }
    assert len(ends) > 4
    assert max(ends.values()) - min(ends.values()) <= 1
