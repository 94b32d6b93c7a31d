"""The whole layout: what must hold for every chart."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.chart_data import ChartData
from chart_acceleration.errors import BadCandles
from chart_acceleration.layout import ChartLayout, lay_out, lay_out_in
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.palette import Role
from chart_acceleration.ramps import ON_DOWN, ON_UP, RAMPS
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.scene import U8
from chart_acceleration.spec import ChartSpec, Furniture
from chart_acceleration.time_ticks import MOST_TICKS
from market.types import Interval
from tests.chart_acceleration.made_candles import flat_candles, made_candles, with_newest

pytestmark = pytest.mark.kernel

LIVE = Furniture(legend=False, last_line=False, decimals=1)
ALONE = Furniture(legend=True, last_line=True, venue="Coinbase", decimals=1)
BUFFERS = LayoutBuffers()


def spec(width: int = 320, height: int = 200, bars: int = 40, scale: float = 1.0) -> ChartSpec:
    return ChartSpec("BTC-USD", Interval.M1, width, height, scale=scale, bars=bars)


def drawn(layout: ChartLayout) -> U8:
    pixels = np.zeros((layout.scene.height, layout.scene.width), dtype=np.uint8)
    CpuRenderer().draw(layout.scene, pixels)
    return pixels


def test_what_the_page_needs_to_place_its_own_elements() -> None:
    candles = made_candles(41)
    layout = lay_out(ChartData(candles), spec(), LIVE, BUFFERS)
    assert layout.first_index == 1001
    last_x = layout.x_first + 39 * layout.step
    assert layout.strip.x0 <= last_x < layout.plot.x1
    assert (layout.strip.x1, layout.strip.y0, layout.strip.y1) == (320, 0, 200)
    per_row = (layout.price_top - layout.price_bottom) / layout.plot.height
    close = layout.price_top - layout.last_y * per_row
    assert close == pytest.approx(float(candles.close[-1]), abs=0.51 * per_row)


def test_all_visible_candles_are_inside_the_plot_and_above_the_volume() -> None:
    candles = made_candles(40)
    layout = lay_out(ChartData(candles), spec(), LIVE, BUFFERS)
    rects = layout.scene.rects
    bodies = rects[
        (rects[:, 4] >= Role.UP) & (rects[:, 4] <= Role.DOWN) & (rects[:, 2] <= layout.plot.x1)
    ]
    volume = rects[(rects[:, 4] >= Role.UP_SHADE) & (rects[:, 4] <= Role.DOWN_SHADE)]
    assert len(bodies) == 80
    assert len(volume) == 40
    assert bodies[:, 3].max() <= volume[:, 1].min()
    tallest = layout.plot.y1 - volume[:, 1].min()
    assert tallest == round(0.17 * layout.plot.height)


def test_only_the_last_bars_are_shown() -> None:
    candles = made_candles(60)
    whole = drawn(lay_out(ChartData(candles), spec(), LIVE, BUFFERS))
    tail = replace(
        candles,
        first_index=candles.first_index + 20,
        **{
            name: getattr(candles, name)[20:]
            for name in ("time_ns", "open", "high", "low", "close", "volume", "trades")
        },
    )
    assert np.array_equal(whole, drawn(lay_out(ChartData(tail), spec(), LIVE, BUFFERS)))


@pytest.mark.parametrize("rising", [True, False])
def test_the_last_price_label_has_the_candles_colour(rising: bool) -> None:
    candles = made_candles(40)
    opened = float(candles.open[-1])
    layout = lay_out(
        ChartData(with_newest(candles, opened * (1.0001 if rising else 0.9999))),
        spec(),
        LIVE,
        BUFFERS,
    )
    box = [
        row
        for row in layout.scene.rects.tolist()
        if row[2] == 320 and row[4] in (Role.UP, Role.DOWN)
    ]
    assert [(row[3] - row[1], row[4]) for row in box] == [(18, Role.UP if rising else Role.DOWN)]
    assert layout.last_y == box[0][1] + 9
    ramps = set(layout.scene.glyphs[:, 3].tolist())
    assert ((ON_UP if rising else ON_DOWN) in ramps) and (
        (ON_DOWN if rising else ON_UP) not in ramps
    )


def test_tick_labels_near_the_last_price_are_not_drawn() -> None:
    candles = made_candles(40)
    frame = lay_out(ChartData(candles), spec(), LIVE, BUFFERS).frame
    rows = sorted({row for row in frame.labels[:, 4].tolist() if row > 0})
    for row in rows:
        moved = with_newest(candles, frame.scale.price(row))
        glyphs = lay_out_in(frame, ChartData(moved), BUFFERS).scene.glyphs
        plain = glyphs[(glyphs[:, 0] >= frame.geometry.plot.x1) & (glyphs[:, 3] == 0)]
        near = np.abs(plain[:, 1] + 4 - row) < 10
        assert not near.any()


def test_a_picture_alone_has_a_dotted_line_and_a_legend() -> None:
    candles = made_candles(40)
    layout = lay_out(ChartData(candles), spec(640, 360), ALONE, BUFFERS)
    bare = lay_out(ChartData(candles), spec(640, 360), LIVE, LayoutBuffers())
    row = drawn(layout)[layout.last_y, : layout.strip.x0 - 2]
    bare_row = drawn(bare)[layout.last_y, : layout.strip.x0 - 2]
    added = (row != bare_row).nonzero()[0]
    assert len(added) > 0.3 * len(row)
    assert len(layout.scene.glyphs) > len(bare.scene.glyphs) + 40


@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [
        (16, 16, 1.0),
        (60, 40, 1.0),
        (120, 96, 1.0),
        (340, 200, 1.0),
        (640, 480, 2.0),
        (600, 400, 3.0),
    ],
)
@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_every_size_and_count_draws(width: int, height: int, scale: float, count: int) -> None:
    layout = lay_out(ChartData(made_candles(count)), spec(width, height, 40, scale), ALONE, BUFFERS)
    pixels = drawn(layout)
    assert (pixels < 16).all()
    candles_drawn = np.isin(pixels, (Role.UP, Role.DOWN)).any()
    assert candles_drawn == (count > 0)


def test_no_candles_leave_grid_and_axes() -> None:
    pixels = drawn(lay_out(ChartData(made_candles(0)), spec(), LIVE, BUFFERS))
    assert set(np.unique(pixels).tolist()) == {Role.BACKGROUND, Role.GRID, Role.AXIS}


@pytest.mark.parametrize("price", [1e-8, 1.0, 1e9, 0.0])
def test_a_flat_price_is_a_line_in_the_plot_with_true_labels(price: float) -> None:
    layout = lay_out(ChartData(flat_candles(30, price)), spec(), LIVE, BUFFERS)
    rects = layout.scene.rects
    bodies = rects[(rects[:, 4] == Role.UP) & (rects[:, 2] <= layout.plot.x1)]
    assert set(bodies[:, 1].tolist()) == {layout.last_y}
    assert 0.3 * layout.plot.height < layout.last_y < 0.8 * layout.plot.height
    assert layout.price_top > price > layout.price_bottom
    assert (
        not np.isin(rects[:, 4], (Role.UP_SHADE, Role.DOWN_SHADE)).any()
        or (rects[np.isin(rects[:, 4], (8, 9))][:, 1] == layout.plot.y1).all()
    )


@pytest.mark.parametrize("price", [1e-8, 3e-5, 1e9])
def test_small_and_large_prices_keep_distinct_labels(price: float) -> None:
    layout = lay_out(ChartData(made_candles(40, price=price)), spec(640, 400), LIVE, BUFFERS)
    labels = layout.frame.labels
    texts = {
        row: tuple(labels[labels[:, 4] == row][:, 2].tolist())
        for row in set(labels[:, 4].tolist())
        if row > 0
    }
    assert len(texts) >= 4
    assert len(set(texts.values())) == len(texts)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_candles_that_are_not_finite_are_refused_with_their_row(value: float) -> None:
    candles = with_newest(made_candles(30), value)
    with pytest.raises(
        BadCandles, match=r"candle 29 has open .*close (nan|inf).*; prices must be finite"
    ):
        lay_out(ChartData(candles), spec(), LIVE, BUFFERS)


@given(
    st.integers(16, 500),
    st.integers(16, 300),
    st.integers(2, 600),
    st.integers(0, 300),
    st.sampled_from([1.0, 1.25, 2.0, 3.0]),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_rects_of_every_layout_lie_in_the_frame(
    width: int, height: int, bars: int, count: int, scale: float, alone: bool
) -> None:
    layout = lay_out(
        ChartData(made_candles(count)),
        spec(width, height, bars, scale),
        ALONE if alone else LIVE,
        BUFFERS,
    )
    rects = layout.scene.rects
    assert (rects[:, 0] >= 0).all()
    assert (rects[:, 1] >= 0).all()
    assert (rects[:, 2] <= width).all()
    assert (rects[:, 3] <= height).all()
    assert ((rects[:, 4] >= 0) & (rects[:, 4] < 16)).all()
    assert (layout.scene.glyphs[:, 3] < len(RAMPS)).all()


def test_the_buffers_hold_the_largest_chart() -> None:
    candles = made_candles(5000, interval_ns=86_400_000_000_000)
    big = ChartSpec("LONGEST-SYMBOL-NAME", Interval.D1, 4096, 4096, bars=5000)
    layout = lay_out(ChartData(candles), big, ALONE, BUFFERS)
    assert len(layout.scene.rects) < len(BUFFERS.rects)
    assert len(layout.scene.glyphs) < len(BUFFERS.glyphs)
    assert len(layout.frame.labels) < len(BUFFERS.labels)
    assert MOST_TICKS > 4096 / 84
