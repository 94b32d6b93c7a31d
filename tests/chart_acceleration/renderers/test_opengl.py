"""Reading back while the next picture is drawn, on any OpenGL, Mesa's llvmpipe included."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import numpy as np
import pytest

from chart_acceleration.batch import draw_charts
from chart_acceleration.chart_data import ChartData
from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.auto import available_renderers, choose
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.renderers.reference import ReferenceRenderer
from chart_acceleration.renderers.resilient import ResilientRenderer
from chart_acceleration.scene import U8, Scene
from chart_acceleration.spec import ChartSpec, Furniture
from market.types import Interval
from tests.chart_acceleration.made_candles import made_candles
from tests.chart_acceleration.renderers.made_renderers import only
from tests.chart_acceleration.renderers.test_contract import scene_of

VIEW = ChartSpec("BTC-USD", Interval.M1, 300, 200, bars=30)


@pytest.fixture(scope="module")
def opengl() -> Any:
    """The renderer; skips by name where it cannot start."""
    try:
        return choose("opengl").renderer
    except RendererUnavailable as error:
        pytest.skip(str(error))


def scenes_of(count: int, seed: int) -> list[Scene]:
    """Scenes of all sizes, small after large and large after small."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        width, height = random.integers(1, 300, 2).tolist()
        corners = random.integers(-20, 320, (int(random.integers(0, 60)), 4))
        colours = random.integers(0, 16, (len(corners), 1))
        glyphs: list[tuple[int, ...]] = [
            (int(x), int(y), 0, 1) for x, y in random.integers(-5, 300, (8, 2))
        ]
        rects = [tuple(row) for row in np.hstack([corners, colours]).tolist()]
        made.append(scene_of(width, height, rects, glyphs))
    return made


def by_reference(scene: Scene) -> U8:
    pixels = np.zeros((scene.height, scene.width), dtype=np.uint8)
    ReferenceRenderer().draw(scene, pixels)
    return pixels


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 11])
def test_many_pictures_come_in_their_order(opengl: Any, count: int) -> None:
    scenes = scenes_of(count, count)
    drawn = [pixels.copy() for pixels in opengl.draw_many(scenes)]
    assert len(drawn) == count
    for pixels, scene in zip(drawn, scenes, strict=True):
        assert np.array_equal(pixels, by_reference(scene))


def test_drawing_runs_ahead_of_reading(opengl: Any) -> None:
    """Three are begun before the first is handed out: the copies have time."""
    asked: list[int] = []

    def scenes() -> Iterator[Scene]:
        for number, scene in enumerate(scenes_of(6, 9)):
            asked.append(number)
            yield scene

    ahead = []
    for _ in opengl.draw_many(scenes()):
        ahead.append(len(asked))
    assert ahead == [3, 4, 5, 6, 6, 6]


def test_a_scene_may_change_once_the_next_is_asked_for(opengl: Any) -> None:
    scene = scene_of(50, 40, [(1, 1, 9, 9, 3)], [])
    expected = []

    def scenes() -> Iterator[Scene]:
        for colour in range(1, 8):
            scene.rects[0, 4] = colour
            expected.append(by_reference(scene))
            yield scene
            scene.rects[0] = 0

    drawn = [pixels.copy() for pixels in opengl.draw_many(scenes())]
    assert all(np.array_equal(*pair) for pair in zip(drawn, expected, strict=True))


def test_one_that_is_left_in_the_middle_leaves_the_renderer_whole(opengl: Any) -> None:
    scenes = scenes_of(8, 4)
    left = opengl.draw_many(scenes)
    assert len(list(islice(left, 2))) == 2
    left.close()
    drawn = [pixels.copy() for pixels in opengl.draw_many(scenes)]
    assert all(np.array_equal(a, by_reference(b)) for a, b in zip(drawn, scenes, strict=True))


class _Context:
    """A context that fails as a driver does: by an error that waits to be asked for."""

    def __init__(self, inner: Any, error: str) -> None:
        self._inner, self.error = inner, error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __enter__(self) -> Any:
        return self._inner.__enter__()

    def __exit__(self, *what: object) -> None:
        self._inner.__exit__(*what)


@pytest.mark.parametrize("error", ["GL_OUT_OF_MEMORY", "GL_UNKNOWN_ERROR"])
def test_what_opengl_only_remembers_is_a_failure(
    opengl: Any, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenes = scenes_of(5, 12)
    jobs = [(ChartData(made_candles(40)), VIEW, Furniture(True, True))] * 5
    expected = draw_charts(jobs, CpuRenderer())
    alone = by_reference(scenes[0])
    with only({"opengl": lambda: opengl, "cpu": CpuRenderer}):
        single, many = (ResilientRenderer(choose("opengl")) for _ in range(2))
        monkeypatch.setattr(opengl, "_context", _Context(opengl._context, error))
        drawn = np.zeros_like(alone)
        single.draw(scenes[0], drawn)
        assert np.array_equal(drawn, alone)
        assert draw_charts(jobs, many) == expected
        for renderer in (single, many):
            assert renderer.reasons[-1] == (
                f"opengl failed while running (RuntimeError: OpenGL reports {error})"
            )
        state = available_renderers()["opengl"]
        assert (str(state.state), error in state.reason) == ("given up", True)


def test_threads_and_single_pictures_in_between(opengl: Any) -> None:
    def many(seed: int) -> bool:
        scenes = scenes_of(9, seed)
        right = True
        for scene, pixels in zip(scenes, opengl.draw_many(scenes), strict=True):
            alone = np.zeros_like(pixels)
            opengl.draw(scene, alone)
            right &= np.array_equal(pixels, by_reference(scene)) and np.array_equal(pixels, alone)
        return right

    with ThreadPoolExecutor(3) as pool:
        assert all(pool.map(many, range(6)))
