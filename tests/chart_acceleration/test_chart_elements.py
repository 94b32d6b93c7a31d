"""Whole layouts with every element: what must hold for all of them, and bad input."""

from dataclasses import replace
from math import inf, log, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import (
    AxisKind,
    ChartStyle,
    Curve,
    Elements,
    HorizontalLine,
    Study,
    StudyPane,
    TrendLine,
)
from chart_acceleration.errors import BadCandles, BadChartData
from chart_acceleration.history import History
from chart_acceleration.layout import ChartLayout, lay_out
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.palette import Role
from chart_acceleration.ramps import RAMPS
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.scene import U8
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow
from market.types import MINUTE, Interval
from tests.chart_acceleration.made_candles import flat_candles, made_candles, with_newest
from tests.chart_acceleration.made_elements import (
    BANDS,
    EMPTY,
    MACD,
    OBV,
    RSI,
    any_elements,
    averages,
    data_of,
    made_drawings,
    made_markers,
)

pytestmark = pytest.mark.kernel

ALL = Furniture(True, True, "Coinbase", 1, quote_lines=True, countdown=True)
BARE = Furniture(False, False, decimals=1)
BUFFERS = LayoutBuffers()


def view(elements: Elements, width: int = 480, height: int = 400, bars: int = 60) -> ChartSpec:
    return ChartSpec("BTC-USD", Interval.M1, width, height, bars=bars, elements=elements)


def drawn(layout: ChartLayout) -> U8:
    pixels = np.zeros((layout.scene.height, layout.scene.width), dtype=np.uint8)
    CpuRenderer().draw(layout.scene, pixels)
    return pixels


def whole_data(candles: CandleWindow, elements: Elements) -> ChartData:
    close = float(candles.close[-1]) if len(candles) else 1.0
    now_ns = int(candles.time_ns[-1]) + 5 if len(candles) else 0
    return data_of(
        candles,
        elements.studies,
        markers=made_markers(candles) if len(candles) else ChartData(candles).markers,
        bid=close * 0.9999,
        ask=close * 1.0001,
        now_ns=now_ns,
    )


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_everything_lies_in_the_picture(data: st.DataObject) -> None:
    draw = data.draw
    count = draw(st.integers(40, 200) | st.integers(0, 40))
    price = draw(st.sampled_from([1e-9, 0.3, 38_500.0, 1e12]))
    candles = made_candles(count, seed=count, price=price)
    elements = draw(any_elements(candles))
    spec = replace(
        view(elements, bars=draw(st.integers(2, 400))),
        width=draw(st.integers(100, 600) | st.integers(16, 100)),
        height=draw(st.integers(100, 500) | st.integers(16, 100)),
        scale=draw(st.sampled_from([1.0, 1.25, 2.0, 3.0])),
    )
    layout = lay_out(whole_data(candles, elements), spec, ALL, BUFFERS)
    rects = layout.scene.rects
    rects = rects[(rects[:, 0] < rects[:, 2]) & (rects[:, 1] < rects[:, 3])]
    assert (rects[:, :2] >= 0).all()
    assert (rects[:, 2] <= spec.width).all()
    assert (rects[:, 3] <= spec.height).all()
    pixels = drawn(layout)
    assert pixels.max() < (20 if elements.wide else 16)
    assert pixels.any() or count == 0
    assert (layout.scene.glyphs[:, 3] < len(RAMPS)).all()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_history_draws_the_same_picture(data: st.DataObject) -> None:
    draw = data.draw
    count, bars = draw(st.integers(1, 60)), draw(st.integers(2, 60))
    candles = made_candles(count, seed=count)
    elements = draw(any_elements(candles))
    spec = view(elements, draw(st.integers(30, 500)), draw(st.integers(30, 400)), bars)
    plain = whole_data(candles, elements)
    history = History(candles)
    for values in plain.values:
        history.add_study(values)
    far = replace(plain, candles=history.window(), values=history.values(), history=history)
    expected = drawn(lay_out(plain, spec, ALL, BUFFERS))
    assert np.array_equal(drawn(lay_out(far, spec, ALL, BUFFERS)), expected)


def test_a_pane_takes_its_share_and_two_share_less() -> None:
    candles = made_candles(80)
    for studies, share in (((RSI,), 0.22), ((RSI, MACD), 0.18), ((RSI, MACD, OBV), 0.15)):
        layout = lay_out(data_of(candles, studies), view(Elements(studies=studies)), BARE, BUFFERS)
        plots = [pane.plot for pane in layout.panes]
        heights = [plot.height + 1 for plot in plots if plot is not None]
        assert heights == [int(share * 376)] * len(studies)
        assert layout.plot.height == 376 - sum(heights)
        assert plots[-1] is not None
        assert plots[-1].y1 == 376


def test_the_prices_keep_45_per_cent_and_low_panes_are_left_out() -> None:
    candles = made_candles(80)
    studies = tuple(replace(RSI, title=f"RSI {number}") for number in range(10))
    spec = view(Elements(studies=studies), height=600)
    layout = lay_out(data_of(candles, studies), spec, BARE, BUFFERS)
    assert layout.plot.height >= 0.45 * 576
    assert layout.left_out == ("RSI 8", "RSI 9")
    assert [pane.plot is None for pane in layout.panes] == [False] * 8 + [True] * 2
    low = lay_out(data_of(candles, studies), replace(spec, height=150), BARE, BUFFERS)
    assert low.left_out == tuple(study.title for study in studies)
    assert low.plot.height == 126


def test_the_page_is_told_where_each_study_is() -> None:
    studies = (*averages(5), RSI)
    spec = view(Elements(studies=studies))
    over, below = lay_out(data_of(made_candles(80), studies), spec, BARE, BUFFERS).panes
    assert (over.title, over.plot, over.left_out) == ("SMA 5", None, False)
    assert over.top > over.bottom > 37_000
    assert (below.title, below.left_out) == ("RSI 14", False)
    assert below.plot is not None
    per_row = 100 / (below.plot.height - 9)
    assert below.top == pytest.approx(100 + 4 * per_row)
    assert below.bottom == pytest.approx(-5 * per_row)


def far_average(factor: float) -> ChartData:
    candles = made_candles(80)
    return ChartData(candles, (np.full((1, 80), float(candles.close[-1]) * factor),))


@pytest.mark.parametrize("axis", list(AxisKind))
def test_a_far_average_widens_the_scale_by_half_of_the_range_at_most(axis: AxisKind) -> None:
    spec = view(Elements(axis=axis, studies=tuple(averages(5))))
    candles = made_candles(80)
    plain = lay_out(ChartData(candles), replace(spec, elements=Elements(axis=axis)), BARE, BUFFERS)

    def height(layout: ChartLayout) -> int:
        rows = layout.frame.scale.row
        return rows(float(candles.low[-60:].min())) - rows(float(candles.high[-60:].max()))

    for factor in (0.5, 2.0):
        layout = lay_out(far_average(factor), spec, BARE, BUFFERS)
        assert height(layout) == pytest.approx(height(plain) / 1.5, abs=1.5)
    near = lay_out(far_average(1.0), spec, BARE, BUFFERS)
    assert height(near) == height(plain)


@pytest.mark.parametrize(("lowest", "highest"), [(1e-200, 1e200), (5e-324, 5e-322)])
def test_a_logarithmic_scale_stays_above_zero(lowest: float, highest: float) -> None:
    prices = np.geomspace(lowest, highest, 40)
    times = np.arange(40, dtype=np.int64) * MINUTE
    candles = CandleWindow.from_arrays(times, prices, prices, prices, prices, np.ones(40))
    study = Study("Below", (Curve("b"),))
    spec = view(Elements(axis=AxisKind.LOG, studies=(study,)))
    layout = lay_out(ChartData(candles, (np.full((1, 40), -1.0),)), spec, BARE, BUFFERS)
    scale = layout.frame.scale
    assert -inf < scale.bottom <= log(lowest) < log(highest) <= scale.top < inf


def test_values_that_are_not_finite_are_gaps() -> None:
    candles = made_candles(80)
    gaps = np.full((1, 80), float(candles.close[-1]))
    gaps[0, 40:50] = nan
    odd = gaps.copy()
    odd[0, 42], odd[0, 45] = inf, -inf
    spec = view(Elements(studies=tuple(averages(5))))
    pictures = [
        drawn(lay_out(ChartData(candles, (values,)), spec, ALL, BUFFERS)) for values in (gaps, odd)
    ]
    assert np.array_equal(pictures[0], pictures[1])
    whole = ChartData(candles, (np.full((1, 80), float(candles.close[-1])),))
    assert not np.array_equal(pictures[0], drawn(lay_out(whole, spec, ALL, BUFFERS)))


def test_a_pane_without_values_is_empty_but_for_its_title() -> None:
    candles = made_candles(80)
    spec = view(Elements(studies=(EMPTY,)))
    layout = lay_out(data_of(candles, (EMPTY,)), spec, ALL, BUFFERS)
    plot = layout.panes[0].plot
    assert plot is not None
    pixels = drawn(layout)[plot.y0 :, :]
    assert set(np.unique(pixels[: plot.height, : plot.x1]).tolist()) <= {0, 1, 3, 4, 5, 10, 11}
    assert np.isin(pixels[:20, :90], (Role.TEXT, Role.TEXT_2)).any()
    bare = drawn(lay_out(data_of(candles, (EMPTY,)), spec, BARE, BUFFERS))[plot.y0 :, :]
    assert set(np.unique(bare[: plot.height, : plot.x1]).tolist()) == {0, 1}


@pytest.mark.parametrize("value", [0.0, 1e-300, -7.5, 1e15])
def test_constant_values_are_a_line_inside_the_pane(value: float) -> None:
    study = Study("Constant", (Curve("c"),), StudyPane())
    data = ChartData(made_candles(80), (np.full((1, 80), value),))
    layout = lay_out(data, view(Elements(studies=(study,))), BARE, BUFFERS)
    plot = layout.panes[0].plot
    assert plot is not None
    rows = np.nonzero((drawn(layout)[:, : plot.x1] == Role.LINE_A).any(axis=1))[0]
    assert len(rows) == 1
    assert plot.y0 + 0.3 * plot.height < rows[0] < plot.y1 - 0.2 * plot.height


@pytest.mark.parametrize("price", [0.0, -3.0])
def test_a_logarithmic_axis_refuses_prices_not_above_zero(price: float) -> None:
    candles = made_candles(80, price=50.0)
    low = np.array(candles.low)
    low[-5] = price
    spec = view(Elements(axis=AxisKind.LOG))
    with pytest.raises(BadCandles, match=rf"candle 75 has low {price}; a logarithmic axis needs"):
        lay_out(ChartData(replace(candles, low=low)), spec, BARE, BUFFERS)


def test_a_percent_axis_refuses_a_first_close_of_zero() -> None:
    spec = view(Elements(axis=AxisKind.PERCENT))
    with pytest.raises(BadCandles, match=r"candle 20 has close 0\.0; a percent axis needs"):
        lay_out(ChartData(flat_candles(80, 0.0)), spec, BARE, BUFFERS)


def test_values_of_another_shape_are_refused() -> None:
    spec = view(Elements(studies=(RSI,)))
    with pytest.raises(BadChartData, match="RSI 14 had values"):
        lay_out(ChartData(made_candles(80), (np.zeros((2, 80)),)), spec, BARE, BUFFERS)


MAGNITUDES = st.sampled_from([0.0, 1e-320, 1e-300, 1e-9, 1.0, 1e12, 1e200, 4e307])


@given(
    MAGNITUDES,
    st.sampled_from([1.0, -1.0]),
    MAGNITUDES,
    st.sampled_from(AxisKind),
    st.booleans(),
    st.integers(-(2**62), 2**62),
)
@settings(max_examples=150, deadline=None)
def test_absurd_numbers_and_times_draw_or_are_refused(
    price: float, sign: float, value: float, axis: AxisKind, flat: bool, time: int
) -> None:
    candles = made_candles(60, price=1.0)
    times = np.array(candles.time_ns)
    times[::7] = time
    rows: dict[str, Any] = {"time_ns": times}
    for name in ("open", "high", "low", "close"):
        shape = np.ones(60) if flat else np.array(getattr(candles, name))
        rows[name] = shape * price * sign
    candles = replace(candles, **rows)
    studies = (*averages(5), RSI, OBV)
    values = tuple(np.linspace(-value, value, 60)[np.newaxis] for _ in studies)
    drawings = (
        HorizontalLine(value, Role.LINE_A),
        TrendLine((-5, value), (time, price) if time > -5 else (0, price), Role.LINE_B),
    )
    spec = view(Elements(axis=axis, studies=studies, drawings=drawings))
    data = ChartData(candles, values, bid=value, ask=-value)
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # only plain Python would warn
            layout = lay_out(data, spec, ALL, BUFFERS)
    except BadCandles:
        assert axis is not AxisKind.LINEAR
    else:
        assert drawn(layout).any()


@pytest.mark.parametrize("style", list(ChartStyle))
@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_candles_draw_in_every_style(style: ChartStyle, count: int) -> None:
    candles = made_candles(count)
    studies = (BANDS, RSI)
    elements = Elements(style=style, studies=studies, drawings=made_drawings(made_candles(3)))
    layout = lay_out(whole_data(candles, elements), view(elements), ALL, BUFFERS)
    drawing = Role.LINE_A if style in (ChartStyle.LINE, ChartStyle.AREA) else Role.UP
    assert (np.isin(drawn(layout), (drawing, Role.DOWN)).any()) == (count > 0)


def test_without_volume_the_prices_have_its_room() -> None:
    candles = made_candles(80)
    with_bars = lay_out(ChartData(candles), view(Elements()), BARE, LayoutBuffers())
    without = lay_out(ChartData(candles), view(Elements(volume=False)), BARE, BUFFERS)
    assert without.price_bottom > with_bars.price_bottom
    shades = (Role.UP_SHADE, Role.DOWN_SHADE)
    assert np.isin(drawn(with_bars)[:, : with_bars.plot.x1], shades).any()
    assert not np.isin(drawn(without)[:, : without.plot.x1], shades).any()


def boxes(layout: ChartLayout, role: Role) -> list[tuple[int, int]]:
    """First row and end of every label of one colour beside the plot."""
    x = layout.plot.x1 + layout.frame.geometry.line
    found = layout.scene.rects
    return [(row[1], row[3]) for row in found.tolist() if row[0] == x and row[4] == role]


def test_the_countdown_makes_the_label_32_high() -> None:
    candles = made_candles(80)
    data = ChartData(candles, now_ns=int(candles.time_ns[-1]))
    for furniture, height in ((replace(BARE, countdown=True), 32), (BARE, 18)):
        layout = lay_out(data, view(Elements()), furniture, BUFFERS)
        role = Role.UP if candles.close[-1] >= candles.open[-1] else Role.DOWN
        [(top, end)] = boxes(layout, role)
        assert (end - top, layout.last_y - top) == (height, 9)


def test_bid_and_ask_stand_beside_the_last_price_where_they_would_overlap() -> None:
    candles = with_newest(made_candles(80), float(made_candles(80).close[-1]))
    close = float(candles.close[-1])
    quotes = replace(BARE, quote_lines=True)
    role = Role.UP if close >= candles.open[-1] else Role.DOWN
    near = lay_out(
        ChartData(candles, bid=close - 0.1, ask=close + 0.1), view(Elements()), quotes, BUFFERS
    )
    last = (near.last_y - 9, near.last_y + 9)
    assert sorted(boxes(near, Role.UP) + boxes(near, Role.DOWN)) == [
        (last[0] - 16, last[0]), last, (last[1], last[1] + 16)
    ]  # fmt: skip
    assert boxes(near, role)[0] == last
    far = lay_out(ChartData(candles, bid=close - 90.0, ask=None), view(Elements()), quotes, BUFFERS)
    row = far.frame.scale.row(close - 90.0)
    assert (row - 8, row + 8) in boxes(far, Role.UP)
    assert len(boxes(far, Role.UP) + boxes(far, Role.DOWN)) == 2


def test_quotes_outside_the_scale_are_not_drawn() -> None:
    candles = made_candles(80)
    close = float(candles.close[-1])
    quotes = replace(BARE, quote_lines=True)
    data = ChartData(candles, bid=close * 0.5, ask=nan)
    layout = lay_out(data, view(Elements()), quotes, BUFFERS)
    plain = lay_out(ChartData(candles), view(Elements()), BARE, LayoutBuffers())
    assert np.array_equal(drawn(layout), drawn(plain))


def test_a_levels_label_gives_way_to_the_last_price() -> None:
    candles = made_candles(80)
    close = float(candles.close[-1])
    for factor, shown in ((1.0, 0), (1.003, 1)):
        line = HorizontalLine(close * factor, Role.LINE_C)
        layout = lay_out(ChartData(candles), view(Elements(drawings=(line,))), BARE, BUFFERS)
        assert len(boxes(layout, Role.LINE_C)) == shown


def test_a_panes_newest_value_is_labelled_in_its_colour() -> None:
    candles = made_candles(80)
    layout = lay_out(data_of(candles, (RSI,)), view(Elements(studies=(RSI,))), BARE, BUFFERS)
    [(top, end)] = boxes(layout, Role.LINE_B)
    assert end - top == 16
    pane = layout.frame.studies[0].pane
    assert pane is not None
    value = float(data_of(candles, (RSI,)).values[0][0, -1])
    assert top + 8 == pane.scale.row(value)


def test_heikin_ashi_shows_the_real_close_beside_averaged_candles() -> None:
    candles = made_candles(200)
    spec = view(Elements(style=ChartStyle.HEIKIN_ASHI))
    layout = lay_out(ChartData(candles), spec, BARE, BUFFERS)
    plain = lay_out(ChartData(candles), view(Elements()), BARE, LayoutBuffers())
    assert layout.last_y == layout.frame.scale.row(float(candles.close[-1]))
    assert not np.array_equal(drawn(layout), drawn(plain))
    # rows before the seed have no part in it
    later = replace(
        candles,
        **{
            name: getattr(candles, name)[200 - 60 - 64 :]
            for name in ("time_ns", "open", "high", "low", "close", "volume", "trades")
        },
    )
    same = lay_out(ChartData(later), spec, BARE, LayoutBuffers())
    assert np.array_equal(drawn(layout), drawn(same))
