"""Candles to bytes, and the promise of the patches."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chart_acceleration.chart_data import ChartData
from chart_acceleration.errors import BadPatch
from chart_acceleration.layout import lay_out_in
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.palette import theme
from chart_acceleration.pipeline import Atlas, ChartPipeline, Keyframe
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.scene import U8
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow
from market.types import Interval
from tests.chart_acceleration.made_candles import made_candles, with_newest

pytestmark = pytest.mark.kernel

LIVE = Furniture(legend=False, last_line=False, decimals=1)
PIPELINE = ChartPipeline(CpuRenderer())


def spec(width: int = 240, height: int = 160, bars: int = 20, scale: float = 1.0) -> ChartSpec:
    return ChartSpec("BTC-USD", Interval.M1, width, height, scale=scale, bars=bars)


def decoded(webp: bytes) -> U8:
    with Image.open(io.BytesIO(webp)) as picture:
        return np.array(picture.convert("RGB"))


def full_frame(keyframe: Keyframe, candles: CandleWindow) -> U8:
    """The whole chart drawn anew with the keyframe's frozen scales, as RGB."""
    layout = lay_out_in(keyframe.frame, ChartData(candles), LayoutBuffers())
    pixels = np.zeros((layout.scene.height, layout.scene.width), dtype=np.uint8)
    CpuRenderer().draw(layout.scene, pixels)
    return theme(keyframe.frame.spec.theme).palette[pixels]


def patched(keyframe: Keyframe, atlas: Atlas, number: int = 0) -> U8:
    picture, patch = decoded(keyframe.webp), decoded(atlas.webp)
    source, target = atlas.places[number].source, atlas.places[number].target
    picture[target.y0 : target.y1, target.x0 : target.x1] = patch[
        source.y0 : source.y1, source.x0 : source.x1
    ]
    return picture


def test_a_picture_is_a_webp_of_the_asked_size() -> None:
    furniture = Furniture(legend=True, last_line=True, venue="Coinbase", decimals=1)
    webp = PIPELINE.picture(ChartData(made_candles(30)), spec(), furniture)
    assert (webp[:4], webp[8:16]) == (b"RIFF", b"WEBPVP8L")
    assert decoded(webp).shape == (160, 240, 3)


def test_a_keyframe_is_the_full_frame() -> None:
    candles = made_candles(30)
    keyframe = PIPELINE.keyframe(ChartData(candles), spec(), LIVE)
    assert np.array_equal(decoded(keyframe.webp), full_frame(keyframe, candles))
    assert min(keyframe.timings.layout_ms, keyframe.timings.draw_ms, keyframe.timings.encode_ms) > 0


def test_stale_is_the_same_picture_in_grey() -> None:
    candles = made_candles(30)
    bright = decoded(PIPELINE.keyframe(ChartData(candles), spec(), LIVE).webp)
    grey = decoded(PIPELINE.keyframe(ChartData(candles), spec(), replace(LIVE, stale=True)).webp)
    colours = theme("dark")
    for before, after in zip(colours.palette, colours.stale, strict=True):
        where = (bright == before).all(axis=2)
        assert (grey[where] == after).all()


@given(
    st.integers(16, 300),
    st.integers(16, 160),
    st.integers(2, 400),
    st.integers(1, 60),
    st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0, 1.1]),
    st.floats(-1.0, 1.0),
    st.floats(0.0, 1.1),
)
@settings(max_examples=25, deadline=None)
def test_keyframe_with_its_patch_equals_the_full_frame(
    width: int, height: int, bars: int, count: int, scale: float, move: float, volume: float
) -> None:
    before = made_candles(count, seed=count)
    keyframe = PIPELINE.keyframe(ChartData(before), spec(width, height, bars, scale), LIVE)
    lowest, highest, most = keyframe.frame.held
    close = float(before.close[-1])
    close += move * (highest - close if move > 0 else close - lowest)
    after = with_newest(before, min(max(close, lowest), highest), volume / 1.1 * most)
    assert PIPELINE.can_patch(keyframe, ChartData(after))
    atlas = PIPELINE.patches([(keyframe, ChartData(after))])
    assert np.array_equal(patched(keyframe, atlas), full_frame(keyframe, after))


@pytest.mark.parametrize(
    ("scale", "shared"), [(1.0, 1), (1.25, 5), (1.5, 3), (1.75, 7), (2.0, 2), (3.0, 3), (1.0909, 1)]
)
def test_a_patch_begins_on_a_whole_css_pixel(scale: float, shared: int) -> None:
    for width in range(400, 420):
        candles = made_candles(25, seed=width)
        keyframe = PIPELINE.keyframe(ChartData(candles), spec(width, 160, 30, scale), LIVE)
        assert keyframe.layout.strip.x0 % shared == 0
        assert keyframe.layout.strip.x1 == width


def test_patches_of_many_charts_share_one_picture() -> None:
    sizes = [(240, 160), (300, 100), (120, 200)]
    jobs = []
    for number, (width, height) in enumerate(sizes):
        candles = made_candles(25, seed=number)
        keyframe = PIPELINE.keyframe(ChartData(candles), spec(width, height), LIVE)
        newer = with_newest(candles, float(candles.close[-1]) * 1.0001)
        jobs.append((keyframe, ChartData(newer)))
    atlas = PIPELINE.patches(jobs)
    for number, (keyframe, data) in enumerate(jobs):
        whole = full_frame(keyframe, data.candles)
        assert np.array_equal(patched(keyframe, atlas, number), whole)


def test_many_patches_wrap_into_shelves() -> None:
    candles = made_candles(3)
    keyframe = PIPELINE.keyframe(ChartData(candles), spec(700, 30, 3), LIVE)
    strip = keyframe.layout.strip
    atlas = PIPELINE.patches([(keyframe, ChartData(candles))] * (4096 // strip.width + 1))
    assert atlas.places[-1].source.x0 == 0
    assert atlas.places[-1].source.y0 == 30
    assert np.array_equal(patched(keyframe, atlas, -1), decoded(keyframe.webp))


def _newer(candles: CandleWindow) -> CandleWindow:
    return replace(candles, first_index=candles.first_index + 1)


def _past_changed(candles: CandleWindow) -> CandleWindow:
    close = np.array(candles.close)
    close[-3] += 0.1
    return replace(candles, close=close)


def _price_runs_away(candles: CandleWindow) -> CandleWindow:
    return with_newest(candles, float(candles.close[-1]) * 1.05)


def _price_falls_away(candles: CandleWindow) -> CandleWindow:
    return with_newest(candles, float(candles.close[-1]) * 0.95)


def _volume_runs_away(candles: CandleWindow) -> CandleWindow:
    return with_newest(candles, float(candles.close[-1]), 1e6)


def _not_finite(candles: CandleWindow) -> CandleWindow:
    return with_newest(candles, float("nan"))


@pytest.mark.parametrize(
    "change",
    [_newer, _past_changed, _price_runs_away, _price_falls_away, _volume_runs_away, _not_finite],
)
def test_what_a_patch_cannot_show_needs_a_keyframe(change: object) -> None:
    assert callable(change)
    candles = made_candles(25)
    keyframe = PIPELINE.keyframe(ChartData(candles), spec(), LIVE)
    assert PIPELINE.can_patch(keyframe, ChartData(candles))
    assert not PIPELINE.can_patch(keyframe, ChartData(change(candles)))


def test_a_newer_candle_or_none_needs_a_keyframe() -> None:
    few = made_candles(10)
    keyframe = PIPELINE.keyframe(ChartData(few), spec(), LIVE)
    assert not PIPELINE.can_patch(keyframe, ChartData(made_candles(11)))
    empty = PIPELINE.keyframe(ChartData(made_candles(0)), spec(), LIVE)
    assert not PIPELINE.can_patch(empty, ChartData(made_candles(0)))


def test_a_picture_with_furniture_is_never_patched() -> None:
    candles = made_candles(25)
    for legend, line in ((True, False), (False, True)):
        furniture = Furniture(legend=legend, last_line=line)
        keyframe = PIPELINE.keyframe(ChartData(candles), spec(), furniture)
        assert not PIPELINE.can_patch(keyframe, ChartData(candles))


def test_patches_that_cannot_be_drawn_are_refused() -> None:
    candles = made_candles(25)
    dark = PIPELINE.keyframe(ChartData(candles), spec(), LIVE)
    light = PIPELINE.keyframe(ChartData(candles), replace(spec(), theme="light"), LIVE)
    with pytest.raises(BadPatch, match="share one theme"):
        PIPELINE.patches([(dark, ChartData(candles)), (light, ChartData(candles))])
    with pytest.raises(BadPatch, match="BTC-USD are not those of its keyframe"):
        PIPELINE.patches([(dark, ChartData(_newer(candles)))])
    with pytest.raises(BadPatch, match="share one theme"):
        PIPELINE.patches([])


def test_warm_up_leaves_the_pipeline_usable() -> None:
    pipeline = ChartPipeline(CpuRenderer())
    pipeline.warm_up()
    assert pipeline.keyframe(ChartData(made_candles(5)), spec(), LIVE).webp
