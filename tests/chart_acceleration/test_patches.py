"""The promise of the patches: a keyframe with its patch laid over is the whole picture, whatever
elements it has.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.chart_data import ChartData, MarkerKind, Markers
from chart_acceleration.elements import ChartStyle, Elements
from chart_acceleration.layout import lay_out, lay_out_in, lay_out_strip
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.scene import U8, Rect, Scene
from chart_acceleration.spec import ChartSpec, Furniture
from market.types import Interval
from tests.chart_acceleration.made_candles import made_candles, with_newest
from tests.chart_acceleration.made_elements import any_elements, data_of, made_markers

pytestmark = pytest.mark.kernel

BUFFERS = LayoutBuffers()


def drawn(scene: Scene, clip: Rect | None = None) -> U8:
    pixels = np.zeros((scene.height, scene.width), dtype=np.uint8)
    CpuRenderer().draw(scene, pixels, clip)
    return pixels


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_strip_over_the_picture_before_is_the_picture_after(data: st.DataObject) -> None:
    draw = data.draw
    count = draw(st.integers(40, 120) | st.integers(1, 40))
    bars = draw(st.integers(2, 40) | st.integers(40, 400))
    candles = made_candles(count, seed=count)
    elements = draw(any_elements(candles))
    spec = ChartSpec(
        "BTC-USD",
        Interval.M1,
        draw(st.integers(100, 400) | st.integers(16, 100)),
        draw(st.integers(100, 300) | st.integers(16, 100)),
        scale=draw(st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0])),
        bars=bars,
        elements=elements,
    )
    furniture = Furniture(False, False, decimals=1, countdown=draw(st.booleans()))
    markers = made_markers(candles) if draw(st.booleans()) else ChartData(candles).markers
    now_ns = int(candles.time_ns[-1])
    before = data_of(candles, elements.studies, markers=markers, now_ns=now_ns)
    newest = with_newest(
        candles, float(candles.close[-1]) * draw(st.floats(0.995, 1.005)), draw(st.floats(0, 90.0))
    )
    after = data_of(newest, elements.studies, markers=markers, now_ns=now_ns + 7_000_000_000)

    assert_exact(before, after, spec, furniture)


@pytest.mark.parametrize("factor", [0.99, 1.01])
@pytest.mark.parametrize("style", list(ChartStyle))
@pytest.mark.parametrize("bars", [6, 60, 500])
def test_a_marker_moves_with_the_newest_candle(style: ChartStyle, bars: int, factor: float) -> None:
    candles = made_candles(600)
    newest = with_newest(candles, float(candles.close[-1]) * factor)
    times = [int(candles.time_ns[-1])] * 2
    markers = Markers.of(times, [MarkerKind.ENTRY, MarkerKind.EXIT_LOSS])
    spec = ChartSpec("A", Interval.M1, 300, 200, bars=bars, elements=Elements(style=style))
    before, after = ChartData(candles, markers=markers), ChartData(newest, markers=markers)
    assert_exact(before, after, spec, Furniture(False, False))


def assert_exact(
    before: ChartData, after: ChartData, spec: ChartSpec, furniture: Furniture
) -> None:
    """The picture of ``before`` with the strip of ``after`` is the picture of ``after``."""
    frame = lay_out(before, spec, furniture, BUFFERS).frame
    picture = drawn(lay_out_in(frame, before, BUFFERS).scene)
    strip = frame.strip
    size = (strip.width + 3, strip.height)
    place = Rect(3, 0, *size)
    patch = drawn(lay_out_strip(frame, after, BUFFERS, place, size), place)
    picture[:, strip.x0 :] = patch[:, 3:]
    assert np.array_equal(picture, drawn(lay_out_in(frame, after, BUFFERS).scene))
