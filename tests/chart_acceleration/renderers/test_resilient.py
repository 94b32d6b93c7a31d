"""Renderers that fail while running: no chart is missed, and the reason is kept."""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import numpy as np
import pytest

from chart_acceleration.errors import BadCandles, ChartError, RendererUnavailable
from chart_acceleration.renderers.auto import (
    RendererChoice,
    available_renderers,
    choice_of,
    choose,
)
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.renderers.reference import ReferenceRenderer
from chart_acceleration.renderers.resilient import ResilientRenderer
from chart_acceleration.renderers.trial import State, chart_like_scene
from chart_acceleration.scene import U8, Rect, Scene
from tests.chart_acceleration.renderers.made_renderers import Breaking, only

pytestmark = pytest.mark.kernel

FAILURES = (
    RuntimeError("device lost"),
    MemoryError("out of memory allocating 3,686,400 bytes"),
    Exception("cannot map the buffer"),  # ModernGL's errors are plain
    OSError("cudaErrorDeviceUninitialized"),
)


def drawn(renderer: Renderer | ResilientRenderer, clip: Rect | None = None) -> U8:
    scene = chart_like_scene()
    pixels = np.full((scene.height, scene.width), 7, dtype=np.uint8)
    renderer.draw(scene, pixels, clip)
    return pixels


@pytest.mark.parametrize("failure", FAILURES, ids=str)
@pytest.mark.parametrize("clip", [None, Rect(30, 40, 500, 600)])
def test_the_chart_in_hand_is_drawn_by_the_next(failure: Exception, clip: Rect | None) -> None:
    first, told = Breaking(), list[str]()
    with only({"cuda": lambda: first, "cpu": CpuRenderer}):
        renderer = ResilientRenderer(choose("cuda"), told.append)
        assert np.array_equal(drawn(renderer, clip), drawn(ReferenceRenderer(), clip))
        assert (renderer.name, told) == ("cuda", [])
        first.failure = failure
        for _ in range(3):
            assert np.array_equal(drawn(renderer, None), drawn(ReferenceRenderer(), None))
        why = f"failed while running ({type(failure).__name__}: {failure})"
        assert (renderer.name, told) == ("cpu", ["cuda"])
        assert renderer.reasons[-1] == f"cuda {why}"
        state = available_renderers()["cuda"]
        assert (state.state, state.reason) == (State.GIVEN_UP, why)
        assert str(state) == f"cuda: given up: {why}"
        assert choose("auto").name == "cpu"
        with pytest.raises(RendererUnavailable, match=r"'cuda' is not available: failed while run"):
            choose("cuda")


def test_another_takes_over_while_one_draws() -> None:
    """The draw under way ends with the renderer it began with, and no draw is lost."""
    begun, go_on = Event(), Event()

    class Waiting(Breaking):
        def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
            begun.set()
            assert go_on.wait(60)
            super().draw(scene, pixels, clip)

    first, second = Waiting(), Breaking("opengl")
    renderer = ResilientRenderer(RendererChoice(first, "cuda", ("cuda: works",)))
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(drawn, renderer)
        assert begun.wait(60)
        renderer.use(RendererChoice(second, "opengl", ("opengl was asked for.",)))
        assert np.array_equal(drawn(renderer), drawn(ReferenceRenderer()))
        go_on.set()
        assert np.array_equal(under_way.result(10), drawn(ReferenceRenderer()))
    assert (renderer.name, renderer.reasons) == ("opengl", ("opengl was asked for.",))
    assert (first.calls, second.calls) == (1, 1)


def test_a_choice_by_name_tells_of_all() -> None:
    with only({"cuda": Breaking, "cpu": CpuRenderer}):
        choice = choice_of("cpu")
        assert (choice.name, choice.reasons[0]) == ("cpu", "cpu was asked for.")
        assert [reason.split(":")[0] for reason in choice.reasons[1:]] == ["cuda", "cpu"]
        assert choice_of("plotly").reasons[0] == "Plotly was asked for."
        assert choice_of("auto").reasons == choose("auto").reasons
        with pytest.raises(RendererUnavailable):
            choice_of("opengl3")


def test_it_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    first = Breaking()
    with only({"cuda": lambda: first, "cpu": CpuRenderer}):
        renderer = ResilientRenderer(choose("cuda"))
        first.failure = RuntimeError("device lost")
        with caplog.at_level(logging.INFO):
            for _ in range(5):
                drawn(renderer)
    assert [record.getMessage() for record in caplog.records] == [
        "renderer cuda failed (RuntimeError: device lost); cpu takes over"
    ]


def test_a_failed_one_is_not_asked_again() -> None:
    first = Breaking()
    with only({"cuda": lambda: first, "cpu": CpuRenderer}):
        renderer = ResilientRenderer(choose("cuda"))
        first.failure = RuntimeError("device lost")
        drawn(renderer)
        before = first.calls
        drawn(renderer)
    assert first.calls == before


def test_two_fail_and_the_third_draws() -> None:
    renderers = {name: Breaking(name) for name in ("cuda", "cpu", "opengl")}
    with only({name: partial(renderers.__getitem__, name) for name in renderers}):
        renderer = ResilientRenderer(choose("cuda"))
        for name in ("cuda", "cpu"):
            choose(name)
            renderers[name].failure = MemoryError(name)
        assert np.array_equal(drawn(renderer), drawn(ReferenceRenderer()))
        assert renderer.name == "opengl"
        states = {name: str(state.state) for name, state in available_renderers().items()}
    assert states == {
        "cuda": "given up", "cpu": "given up", "opengl": "available", "plotly": "available",
    }  # fmt: skip


def test_a_chart_that_none_can_draw_costs_no_renderer() -> None:
    first, second, told = Breaking(), Breaking("cpu"), list[str]()
    with only({"cuda": lambda: first, "cpu": lambda: second}):
        renderer = ResilientRenderer(choose("cuda"), told.append)
        choose("cpu")
        for each in (first, second):
            each.failure, each.limit = RuntimeError("too wide"), 1000
        with pytest.raises(RuntimeError, match="too wide"):
            drawn(renderer)
        assert (renderer.name, told) == ("cuda", [])
        assert available_renderers()["cuda"].available
        first.limit = 2000
        assert np.array_equal(drawn(renderer), drawn(ReferenceRenderer()))


def test_when_none_is_left_it_says_why() -> None:
    first = Breaking()
    with only({"cuda": lambda: first}):
        renderer = ResilientRenderer(choose("cuda"))
        first.failure = RuntimeError("device lost")
        for _ in range(2):
            with pytest.raises(RendererUnavailable, match=r"no renderer runs: .*device lost"):
                drawn(renderer)
        assert (renderer.name, renderer.renderer) == ("plotly", None)


def test_a_healthy_one_takes_over_although_the_chart_is_bad() -> None:
    """The first is dead, the second works, and neither can draw this chart."""
    first, second = Breaking(), Breaking("cpu")
    with only({"cuda": lambda: first, "cpu": lambda: second}):
        renderer = ResilientRenderer(choose("cuda"))
        choose("cpu")
        first.failure = RuntimeError("device lost")
        second.failure, second.limit = RuntimeError("too wide"), 1000
        with pytest.raises(RuntimeError, match="too wide"):
            drawn(renderer)
        assert renderer.name == "cpu"


def test_a_fault_of_the_chart_is_nobody_elses() -> None:
    first = Breaking()
    with only({"cuda": lambda: first, "cpu": CpuRenderer}):
        renderer = ResilientRenderer(choose("cuda"))
        first.failure = BadCandles(3, "open nan")
        with pytest.raises(ChartError, match="candle 3 has open nan"):
            drawn(renderer)
        assert renderer.name == "cuda"


def test_threads_that_fail_together_give_it_up_once() -> None:
    first, told = Breaking(), list[str]()
    with only({"cuda": lambda: first, "cpu": CpuRenderer}):
        renderer = ResilientRenderer(choose("cuda"), told.append)
        first.failure = RuntimeError("device lost")
        expected = drawn(ReferenceRenderer())
        with ThreadPoolExecutor(4) as pool:
            pictures = list(pool.map(lambda _: drawn(renderer), range(12)))
    assert all(np.array_equal(picture, expected) for picture in pictures)
    assert told == ["cuda"]
    assert len([reason for reason in renderer.reasons if "failed while running" in reason]) == 1


def test_a_renderer_of_ones_own_is_replaced_and_no_other_is_blamed() -> None:
    """``available_renderers`` tells of those it started."""
    own = Breaking("cpu")
    own.failure = RuntimeError("mine")
    with only({"cpu": CpuRenderer, "opengl": lambda: Breaking("opengl")}):
        renderer = ResilientRenderer(RendererChoice(own, "cpu", ()))
        choose("cpu")
        drawn(renderer)
        assert renderer.name == "opengl"
        assert available_renderers()["cpu"].available


class _Scene:  # not a scene at all
    width = height = 20


def test_what_is_no_scene_raises_what_the_renderer_says() -> None:
    renderer = ResilientRenderer(choose("cpu"))
    pixels = np.zeros((20, 20), dtype=np.uint8)
    with pytest.raises(AttributeError, match=r"atlas|rects|glyphs"):
        renderer.draw(_Scene(), pixels)  # type: ignore[arg-type]
    assert renderer.name == "cpu"
    whole: Scene = chart_like_scene()
    renderer.draw(whole, np.zeros((whole.height, whole.width), dtype=np.uint8))
