"""Choosing a renderer, with reasons."""

import numpy as np
import pytest

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers import trial
from chart_acceleration.renderers.auto import available_renderers, choose
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.renderers.trial import RendererState, State
from chart_acceleration.scene import U8, Rect, Scene
from tests.chart_acceleration.renderers.made_renderers import Breaking, only

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
    cpu = states["cpu"]
    assert (cpu.name, cpu.state) == ("cpu", State.AVAILABLE)
    assert cpu.milliseconds is not None
    assert cpu.milliseconds > 0
    assert cpu.reason == f"works, {cpu.milliseconds:.2f} ms for the test frame"
    assert states["plotly"] == RendererState("plotly", State.AVAILABLE, "the browser draws")


def test_the_fastest_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, fast = Breaking("slow"), Breaking("fast")
    monkeypatch.setattr(trial, "_frame_milliseconds", lambda each: 2.0 if each is slow else 1.0)
    with only({"slow": lambda: slow, "fast": lambda: fast}):
        choice = choose("auto")
    assert choice.renderer is fast
    assert choice.reasons == (
        "slow: works, 2.00 ms for the test frame",
        "fast: works, 1.00 ms for the test frame",
    )


def test_a_renderer_with_other_pixels_is_refused() -> None:
    with only({"skewed": _Skewed, "cpu": CpuRenderer}):
        choice = choose("auto")
        state = available_renderers()["skewed"]
    assert choice.name == "cpu"
    why = "its test frame differs from the reference in 1 of 921600 pixels"
    assert choice.reasons[0] == f"skewed: not available: {why}"
    assert state == RendererState("skewed", State.UNAVAILABLE, why)


def test_plotly_remains_when_nothing_starts() -> None:
    def start() -> Renderer:
        raise RendererUnavailable("cpu", "no memory", ())

    with only({"cpu": start}):
        choice = choose("auto")
    assert (choice.renderer, choice.name) == (None, "plotly")
    assert choice.reasons == ("cpu: not available: no memory",)


def test_a_driver_that_raises_anything_at_the_start_is_a_reason() -> None:
    broken = Breaking("opengl")
    broken.failure = MemoryError("GL_OUT_OF_MEMORY")
    with only({"opengl": lambda: broken, "cpu": CpuRenderer}):
        assert choose("auto").reasons[0] == "opengl: not available: MemoryError: GL_OUT_OF_MEMORY"


def test_each_is_started_once() -> None:
    started: list[int] = []

    def start() -> Renderer:
        started.append(1)
        return CpuRenderer()

    with only({"cpu": start}):
        for _ in range(3):
            choose("auto")
            choose("cpu")
            available_renderers()
    assert started == [1]


def test_the_test_frame_is_drawn_inside_its_size() -> None:
    scene = trial.chart_like_scene()
    pixels = np.zeros((scene.height, scene.width), dtype=np.uint8)
    CpuRenderer().draw(scene, pixels)
    assert pixels.any()


class _Skewed(CpuRenderer):
    name = "skewed"

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        super().draw(scene, pixels, clip)
        pixels[5, 1279] ^= 1
