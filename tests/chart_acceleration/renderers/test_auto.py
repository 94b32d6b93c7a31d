"""Choosing a renderer, with reasons."""

import numpy as np
import pytest

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers import auto
from chart_acceleration.renderers.auto import available_renderers, choose
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.scene import U8, Rect, Scene

pytestmark = pytest.mark.kernel


def test_auto_takes_a_renderer_that_works_and_says_why() -> None:
    choice = choose("auto")
    assert choice.renderer is not None
    assert choice.name == choice.renderer.name
    for name in ("cuda", "opengl", "cpu"):
        assert any(reason.startswith(f"{name}: ") for reason in choice.reasons)


def test_cpu_can_be_named() -> None:
    choice = choose("cpu")
    assert isinstance(choice.renderer, CpuRenderer)
    assert choice.reasons[0] == "cpu was asked for."


def test_plotly_has_no_renderer() -> None:
    choice = choose("plotly")
    assert choice.renderer is None
    assert choice.name == "plotly"


def test_a_named_renderer_that_cannot_start_is_one_sentence() -> None:
    with pytest.raises(
        RendererUnavailable, match=r"'cuda' is not available: .*available are .*cpu, plotly"
    ):
        choose("cuda")


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(RendererUnavailable, match=r"'vulkan'.*auto, cuda, opengl, cpu, plotly"):
        choose("vulkan")


def test_states_name_every_renderer() -> None:
    states = available_renderers()
    assert set(states) == {"cuda", "opengl", "cpu", "plotly"}
    assert states["cpu"] == "available"


def test_the_fastest_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow() -> Renderer:
        return CpuRenderer()

    monkeypatch.setattr(auto, "_STARTERS", {"slow": slow, "fast": CpuRenderer})
    monkeypatch.setattr(auto, "_trial", lambda name: auto._Trial(_NAMED[name], _TIMES[name], ""))
    assert choose("auto").name == "fast"


def test_a_renderer_with_other_pixels_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto, "_STARTERS", {"skewed": _Skewed, "cpu": CpuRenderer})
    choice = choose("auto")
    assert choice.name == "cpu"
    assert choice.reasons[0] == (
        "skewed: not available: its test frame differs from the reference in 1 of 921600 pixels"
    )


def test_plotly_remains_when_nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto, "_STARTERS", {"cpu": CpuRenderer})
    monkeypatch.setattr(auto, "_trial", lambda name: auto._Trial(None, float("inf"), "no memory"))
    choice = choose("auto")
    assert (choice.renderer, choice.name) == (None, "plotly")
    assert choice.reasons == ("cpu: not available: no memory",)


def test_the_test_frame_is_drawn_inside_its_size() -> None:
    scene = auto._test_scene()
    pixels = np.zeros((scene.height, scene.width), dtype=np.uint8)
    CpuRenderer().draw(scene, pixels)
    assert pixels.any()


class _Named(CpuRenderer):
    def __init__(self, name: str) -> None:
        self.name = name


class _Skewed(CpuRenderer):
    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        super().draw(scene, pixels, clip)
        pixels[5, 1279] ^= 1


_NAMED = {"slow": _Named("slow"), "fast": _Named("fast")}
_TIMES = {"slow": 2.0, "fast": 1.0}
