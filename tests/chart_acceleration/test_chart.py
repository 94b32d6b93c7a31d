"""The chart for programs: renderer, pictures, updates, and what remains without a renderer."""

import logging
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

import chart_acceleration
from chart_acceleration import chart as chart_module
from chart_acceleration.chart import Chart, UpdateKind, create_optimal_chart
from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import Curve, Elements, Study
from chart_acceleration.errors import (
    BadCandles,
    BadChartSpec,
    RendererUnavailable,
    UnknownTheme,
)
from chart_acceleration.pipeline import ChartPipeline
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.scene import U8
from chart_acceleration.spec import Furniture
from market.columns import CandleWindow
from market.types import Interval
from tests.chart_acceleration.made_candles import made_candles
from tests.chart_acceleration.renderers.made_renderers import Breaking, only
from tests.conftest import ROOT

ALONE = Furniture(legend=True, last_line=True)


def small(**settings: Any) -> Chart:
    return create_optimal_chart("BTC-USD", size=(340, 200), bars=40, renderer="cpu", **settings)


def decoded(picture: bytes) -> U8:
    with Image.open(BytesIO(picture)) as image:
        return np.array(image.convert("RGB"))


def traded(candles: CandleWindow, price: float) -> CandleWindow:
    """After one more trade in the newest candle."""
    close, high, low = candles.close.copy(), candles.high.copy(), candles.low.copy()
    close[-1] = price
    high[-1], low[-1] = max(high[-1], price), min(low[-1], price)
    return replace(candles, close=close, high=high, low=low)


def test_it_takes_the_fastest_and_says_why(caplog: pytest.LogCaptureFixture) -> None:
    with only({"cpu": CpuRenderer}), caplog.at_level(logging.INFO):
        chart = create_optimal_chart("BTC-USD", target_fps=1, size=(200, 120), bars=20)
    assert chart.renderer == "cpu"
    assert chart.milliseconds is not None
    assert chart.milliseconds > 0
    assert chart.meets_target  # a second a frame
    assert caplog.messages == [f"BTC-USD is drawn by cpu: {chart.reasons[0]}"]


def test_a_target_out_of_reach_is_said(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Chart, "_measure", lambda _: 51.0)
    assert small(target_fps=19.5).meets_target
    assert "leave" not in caplog.text
    assert not small(target_fps=20).meets_target
    assert "BTC-USD takes 51.00 ms a frame; 20 frames a second leave 50.00 ms" in caplog.text


def test_a_picture_is_the_pipelines() -> None:
    candles = made_candles(60)
    chart = small(furniture=ALONE)
    expected = ChartPipeline(CpuRenderer()).picture(ChartData(candles), chart.spec, ALONE)
    assert chart.picture(candles) == chart.picture(ChartData(candles)) == expected


def test_studies_are_measured_and_drawn() -> None:
    study = Study("SMA", (Curve("SMA"),))
    chart = small(elements=Elements(studies=(study,)))
    candles = made_candles(60)
    values = np.convolve(candles.close, np.full(5, 0.2))[: len(candles)]
    assert chart.milliseconds is not None
    assert decoded(chart.picture(ChartData(candles, (values[None],)))).shape == (200, 340, 3)


def test_updates_are_a_keyframe_then_patches_that_give_the_whole_picture() -> None:
    candles = made_candles(60)
    chart = small()
    first = chart.update(candles)
    assert first.kind is UpdateKind.KEYFRAME
    shown = decoded(first.picture)
    assert (first.place.width, first.place.height) == (340, 200)
    kinds = []
    for share in (0.5, 0.2, 0.8):
        low, high = float(candles.low[-1]), float(candles.high[-1])
        candles = traded(candles, low + share * (high - low))
        update = chart.update(candles)
        kinds.append(update.kind)
        place = update.place
        shown[place.y0 : place.y1, place.x0 : place.x1] = decoded(update.picture)
        assert np.array_equal(shown, decoded(chart.picture(candles)))
    assert kinds == [UpdateKind.PATCH] * 3


def test_what_looks_the_same_is_nothing() -> None:
    candles = made_candles(60)
    chart = small()
    chart.update(candles)
    assert chart.update(candles).kind is UpdateKind.NOTHING
    low, high = float(candles.low[-1]), float(candles.high[-1])
    moved = traded(candles, (low + high) / 2)
    assert chart.update(moved).kind is UpdateKind.PATCH
    again = chart.update(ChartData(moved))
    assert (again.kind, again.picture) == (UpdateKind.NOTHING, b"")
    assert chart.update(candles).kind is UpdateKind.PATCH


def test_a_new_candle_is_a_keyframe() -> None:
    candles = made_candles(61)
    chart = small()
    names = ("time_ns", "open", "high", "low", "close", "volume")
    chart.update(CandleWindow.from_arrays(*(getattr(candles, name)[:60] for name in names)))
    update = chart.update(candles)
    assert update.kind is UpdateKind.KEYFRAME
    assert np.array_equal(decoded(update.picture), decoded(chart.picture(candles)))


def test_a_frame_that_was_patched_is_sent_again() -> None:
    """The keyframe alone would be equal; what the viewer shows is not."""
    candles = made_candles(60)
    chart = small()
    chart.update(candles)
    low, high = float(candles.low[-1]), float(candles.high[-1])
    assert chart.update(traded(candles, (low + high) / 2)).kind is UpdateKind.PATCH
    chart._pipeline = _NeverPatches(CpuRenderer())  # type: ignore[assignment]
    assert chart.update(candles).kind is UpdateKind.KEYFRAME
    assert chart.update(candles).kind is UpdateKind.NOTHING


class _NeverPatches:
    def __init__(self, renderer: CpuRenderer) -> None:
        self.keyframe = ChartPipeline(renderer).keyframe

    def can_patch(self, *_: object) -> bool:
        return False


def test_with_a_legend_every_change_is_whole() -> None:
    candles = made_candles(60)
    chart = small(furniture=ALONE)
    assert chart.update(candles).kind is UpdateKind.KEYFRAME
    assert chart.update(candles).kind is UpdateKind.NOTHING
    moved = traded(candles, float(candles.high[-1]) * 1.01)
    assert chart.update(moved).kind is UpdateKind.KEYFRAME


def test_a_renderer_lost_between_updates_misses_none() -> None:
    candles = made_candles(60)
    first = Breaking("cuda")
    with only({"cuda": lambda: first, "cpu": CpuRenderer}):
        chart = create_optimal_chart("BTC-USD", size=(340, 200), bars=40, renderer="cuda")
        shown = decoded(chart.update(candles).picture)
        first.failure = RuntimeError("device lost")
        moved = traded(candles, float(candles.low[-1] + candles.high[-1]) / 2)
        update = chart.update(moved)
        assert (chart.renderer, update.kind) == ("cpu", UpdateKind.PATCH)
        place = update.place
        shown[place.y0 : place.y1, place.x0 : place.x1] = decoded(update.picture)
        assert np.array_equal(shown, decoded(chart.picture(moved)))
        assert chart.reasons[-1] == "cuda failed while running (RuntimeError: device lost)"


def test_without_a_renderer_the_figure_remains(caplog: pytest.LogCaptureFixture) -> None:
    candles = made_candles(60)
    chart = create_optimal_chart("BTC-USD", renderer="plotly")
    assert (chart.renderer, chart.milliseconds, chart.meets_target) == ("plotly", None, False)
    assert "no renderer works for BTC-USD: its Plotly figure remains" in caplog.text
    for draw in (chart.picture, chart.update):
        with pytest.raises(RendererUnavailable, match=r"no renderer runs: Plotly was asked for\.$"):
            draw(candles)
    figure = chart.figure(candles)
    kinds = {trace["type"] for trace in figure["data"]}
    assert kinds == {"bar", "candlestick"}


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf"), 1001])
def test_absurd_targets_are_refused(fps: float) -> None:
    with pytest.raises(BadChartSpec, match=r"target_fps was .*; allowed is above 0, up to 1000"):
        create_optimal_chart("BTC-USD", target_fps=fps)


def test_other_mistakes_are_one_sentence() -> None:
    with pytest.raises(BadChartSpec, match="width was 3"):
        create_optimal_chart("BTC-USD", size=(3, 200))
    with pytest.raises(UnknownTheme, match="theme was 'pink'"):
        create_optimal_chart("BTC-USD", theme="pink")
    with pytest.raises(RendererUnavailable, match="'vulkan' is not available"):
        create_optimal_chart("BTC-USD", renderer="vulkan")
    candles = made_candles(60)
    with pytest.raises(BadCandles):
        small().update(traded(candles, float("inf")))


def test_the_measured_frame_has_every_size() -> None:
    for bars in (2, 5000, 100_000_000):
        spec = replace(small().spec, bars=bars, interval=Interval.D1)
        data = chart_module._made_data(spec)
        assert len(data) == min(bars, 5000)
        data.check(spec)


def test_the_package_offers_the_three_by_name() -> None:
    for name in ("available_renderers", "create_optimal_chart", "draw_charts"):
        assert callable(getattr(chart_acceleration, name))
    with pytest.raises(AttributeError, match="no attribute 'draw_chart'"):
        _ = chart_acceleration.draw_chart


def test_importing_a_part_loads_no_renderer() -> None:
    ask = "import sys, chart_acceleration.errors as e; print('numba' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "False\n"
