"""What stays while only the newest candle changes."""

import numpy as np
import pytest

from chart_acceleration.candles import VOLUME_ROWS
from chart_acceleration.chart_data import ChartData
from chart_acceleration.frame import Frame, build_frame
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.spec import ChartSpec, Furniture
from market.types import Interval
from tests.chart_acceleration.made_candles import made_candles

pytestmark = pytest.mark.kernel

LIVE = Furniture(legend=False, last_line=False, decimals=1)


def frame(count: int = 40, bars: int = 40, width: int = 320, height: int = 240) -> Frame:
    spec = ChartSpec("BTC-USD", Interval.M1, width, height, bars=bars)
    return build_frame(ChartData(made_candles(count)), spec, LIVE, LayoutBuffers())


def test_the_strip_starts_at_the_newest_candle() -> None:
    found = frame()
    assert 0 <= found.slots.body_left(39) - found.strip.x0 <= 1
    assert found.strip_row == 39
    assert found.strip.width % 2 == 0


def test_zoomed_far_out_the_strip_holds_its_whole_column() -> None:
    found = frame(2000, 2000)
    column = found.strip.x0
    assert 0 <= found.slots.wick_left(1999) - column <= 1  # it is even in width
    assert found.slots.wick_left(found.strip_row) == column
    assert found.slots.wick_left(found.strip_row - 1) == column - 1
    assert found.strip_row < 1999


def test_what_the_scales_hold_stays_clear_of_legend_and_volume() -> None:
    found = frame()
    lowest, highest, most = found.held
    candles = made_candles(40)
    assert highest > candles.high.max()
    assert lowest < candles.low.min()
    height = found.geometry.plot.height
    assert found.scale.row(highest) > 0.3 * 62
    assert found.scale.row(lowest) < height - 1
    tallest = most * found.numbers[VOLUME_ROWS]
    assert 0.17 * height < tallest <= 0.2 * height


def test_labels_keep_the_decimals_of_the_market_or_of_the_step() -> None:
    assert frame().ticks.decimals == 1
    spec = ChartSpec("A", Interval.M1, 320, 240, bars=40)
    small = build_frame(ChartData(made_candles(40, price=0.0003)), spec, LIVE, LayoutBuffers())
    assert small.ticks.decimals >= 6


def test_the_frame_survives_the_next_one_in_the_same_buffers() -> None:
    buffers = LayoutBuffers()
    spec = ChartSpec("A", Interval.M1, 320, 240, bars=40)
    first = build_frame(ChartData(made_candles(40)), spec, LIVE, buffers)
    kept = first.labels.copy()
    build_frame(ChartData(made_candles(40, seed=9, price=90.0)), spec, LIVE, buffers)
    assert np.array_equal(first.labels, kept)
