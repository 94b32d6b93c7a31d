"""A price range that the view fixes instead of the visible candles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import AxisKind, ChartStyle, Elements
from chart_acceleration.errors import BadChartSpec
from chart_acceleration.layout import ChartLayout, lay_out, lay_out_in, lay_out_strip
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.past import past_of, still_shown
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.scene import U8, Rect, Scene
from chart_acceleration.spec import ChartSpec, Furniture
from market.types import Interval
from tests.chart_acceleration.made_candles import made_candles, with_newest

pytestmark = pytest.mark.kernel

LIVE = Furniture(legend=False, last_line=False, decimals=1)
BUFFERS = LayoutBuffers()


def spec(
    price_range: tuple[float, float] | None,
    axis: AxisKind = AxisKind.LINEAR,
    style: ChartStyle = ChartStyle.CANDLES,
) -> ChartSpec:
    elements = Elements(style=style, axis=axis)
    return ChartSpec(
        "A", Interval.M1, 320, 200, bars=40, elements=elements, price_range=price_range
    )


def drawn(scene: Scene, clip: Rect | None = None) -> U8:
    pixels = np.zeros((scene.height, scene.width), dtype=np.uint8)
    CpuRenderer().draw(scene, pixels, clip)
    return pixels


def laid_out(price_range: tuple[float, float] | None, axis: AxisKind) -> ChartLayout:
    return lay_out(ChartData(made_candles(40)), spec(price_range, axis), LIVE, BUFFERS)


@pytest.mark.parametrize("axis", list(AxisKind))
def test_the_range_lies_between_the_edges_of_the_plot(axis: AxisKind) -> None:
    layout = laid_out((38_000.0, 39_500.0), axis)
    assert layout.price_top == pytest.approx(39_500.0, rel=1e-12)
    assert layout.price_bottom == pytest.approx(38_000.0, rel=1e-12)


@pytest.mark.parametrize("axis", list(AxisKind))
def test_the_range_that_was_fitted_gives_the_same_picture(axis: AxisKind) -> None:
    fitted = laid_out(None, axis)
    rects, edges = fitted.scene.rects.copy(), (fitted.price_bottom, fitted.price_top)
    again = laid_out(edges, axis)
    np.testing.assert_array_equal(again.scene.rects, rects)


@pytest.mark.parametrize("style", [ChartStyle.CANDLES, ChartStyle.HOLLOW, ChartStyle.BARS])
@pytest.mark.parametrize("price_range", [(1.0, 2.0), (90_000.0, 99_000.0)])
def test_candles_out_of_sight_leave_no_mark(
    style: ChartStyle, price_range: tuple[float, float]
) -> None:
    data = ChartData(made_candles(40))
    there = lay_out(data, spec(price_range, style=style), LIVE, BUFFERS)
    edge = drawn(there.scene)[[0, there.plot.y1 - 30], : there.plot.x1 - 20]
    none = lay_out(data, spec(price_range, style=ChartStyle.LINE), LIVE, BUFFERS)
    np.testing.assert_array_equal(edge, drawn(none.scene)[[0, none.plot.y1 - 30], : edge.shape[1]])


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_patches_stay_exact_wherever_the_price_goes(data: st.DataObject) -> None:
    candles = made_candles(40)
    close = float(candles.close[-1])
    low = close * data.draw(st.floats(0.9, 1.1))
    price_range = (low, low * data.draw(st.sampled_from([1.0000001, 1.001, 1.1, 100.0])))
    style = data.draw(st.sampled_from(list(ChartStyle)))
    axis = data.draw(st.sampled_from(list(AxisKind)))
    newest = with_newest(candles, close * data.draw(st.floats(0.5, 2.0)))
    before, after = ChartData(candles), ChartData(newest)
    frame = lay_out(before, spec(price_range, axis, style), LIVE, BUFFERS).frame
    picture = drawn(lay_out_in(frame, before, BUFFERS).scene)
    assert still_shown(frame, past_of(frame, before), after)
    strip = frame.strip
    at = Rect(0, 0, strip.width, strip.height)
    patch = drawn(lay_out_strip(frame, after, BUFFERS, at, (strip.width, strip.height)), at)
    picture[:, strip.x0 : strip.x1] = patch
    np.testing.assert_array_equal(picture, drawn(lay_out_in(frame, after, BUFFERS).scene))


@pytest.mark.parametrize(
    ("price_range", "axis"),
    [
        ((2.0, 1.0), AxisKind.LINEAR),
        ((1.0, 1.0), AxisKind.LINEAR),
        ((1.0, 1.0 + 1e-12), AxisKind.LINEAR),
        ((0.0, 1e-300), AxisKind.LINEAR),
        ((float("nan"), 1.0), AxisKind.LINEAR),
        ((1.0, float("inf")), AxisKind.LINEAR),
        ((-1.7e308, 1.7e308), AxisKind.LINEAR),
        ((0.0, 1.0), AxisKind.LOG),
        ((-1.0, 1.0), AxisKind.LOG),
    ],
)
def test_a_range_that_cannot_be_is_refused(
    price_range: tuple[float, float], axis: AxisKind
) -> None:
    with pytest.raises(BadChartSpec, match="price_range was"):
        spec(price_range, axis)


@pytest.mark.parametrize("axis", list(AxisKind))
@pytest.mark.parametrize(
    "price_range", [(1e-280, 1e280), (38_500.0, 38_500.0001), (1e-12, 1e-9), (1e279, 1e280)]
)
def test_absurd_ranges_are_drawn(price_range: tuple[float, float], axis: AxisKind) -> None:
    drawn(laid_out(price_range, axis).scene)
