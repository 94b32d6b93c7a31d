"""Chooses a renderer: the fastest of those that work here, with the reasons.

The only module that knows them all.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from statistics import median

import numpy as np

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.renderers.reference import ReferenceRenderer
from chart_acceleration.scene import GlyphAtlas, Rect, Scene

LOG = logging.getLogger(__name__)

PREFERENCES = ("auto", "cuda", "opengl", "cpu", "plotly")


@dataclass(frozen=True)
class RendererChoice:
    """What was chosen. ``renderer`` is None for Plotly in the browser; ``reasons``: one sentence
    per candidate.
    """

    renderer: Renderer | None
    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Trial:
    """A candidate after its start-up: a working renderer with its time per frame, or why there is
    none.
    """

    renderer: Renderer | None
    milliseconds: float
    why: str


def choose(preference: str) -> RendererChoice:
    """The renderer called ``preference``, or with ``auto`` the fastest that works.

    Raises :class:`RendererUnavailable` for a named renderer that cannot start.
    """
    if preference not in PREFERENCES:
        raise RendererUnavailable(
            preference,
            f"there is none of that name; known are {', '.join(PREFERENCES)}",
            _working(),
        )
    if preference == "plotly":
        return RendererChoice(None, "plotly", ("Plotly was asked for.",))
    if preference != "auto":
        return _named(preference)
    trials = {name: _trial(name) for name in _STARTERS}
    reasons = tuple(_sentence(name, trial) for name, trial in trials.items())
    best = min(trials.values(), key=lambda trial: trial.milliseconds)
    if best.renderer is None:
        return RendererChoice(None, "plotly", reasons)
    return RendererChoice(best.renderer, best.renderer.name, reasons)


def available_renderers() -> dict[str, str]:
    """Every renderer's name with ``available``, or why it is not."""
    states = {
        name: "available" if (trial := _trial(name)).renderer else trial.why for name in _STARTERS
    }
    return {**states, "plotly": "available"}


def _named(name: str) -> RendererChoice:
    trial = _trial(name)
    if trial.renderer is None:
        raise RendererUnavailable(name, trial.why, _working())
    return RendererChoice(trial.renderer, name, (f"{name} was asked for.", _sentence(name, trial)))


def _working() -> list[str]:
    return [name for name, state in available_renderers().items() if state == "available"]


def _sentence(name: str, trial: _Trial) -> str:
    if trial.renderer is None:
        return f"{name}: not available: {trial.why}"
    return f"{name}: works, {trial.milliseconds:.2f} ms for the test frame"


def _start_cuda() -> Renderer:
    try:
        from chart_acceleration.renderers.cuda import CudaRenderer  # noqa: PLC0415 - optional
    except ImportError as error:
        why = f"CuPy is not installed ({error}); requirements-gpu.txt names it"
        raise RendererUnavailable("cuda", why, ()) from error
    return CudaRenderer()


def _start_opengl() -> Renderer:
    try:
        from chart_acceleration.renderers.opengl import OpenGlRenderer  # noqa: PLC0415 - optional
    except ImportError as error:
        raise RendererUnavailable("opengl", f"ModernGL is not installed ({error})", ()) from error
    return OpenGlRenderer()


_STARTERS: dict[str, Callable[[], Renderer]] = {
    "cuda": _start_cuda,
    "opengl": _start_opengl,
    "cpu": CpuRenderer,
}


@cache
def _trial(name: str) -> _Trial:
    try:
        renderer = _STARTERS[name]()
        _verify(renderer)
    except RendererUnavailable as error:
        LOG.info("renderer %s: %s", name, error.why)
        return _Trial(None, float("inf"), error.why)
    return _Trial(renderer, _frame_milliseconds(renderer), "")


def _verify(renderer: Renderer) -> None:
    """Raise :class:`RendererUnavailable` unless the test frame, whole and as a patch, equals the
    reference's byte for byte: drivers differ, pictures must not.
    """
    scene = _test_scene()
    for clip in (None, Rect(1100, 3, 1237, 700)):
        expected, drawn = (np.full((scene.height, scene.width), 9, np.uint8) for _ in range(2))
        ReferenceRenderer().draw(scene, expected, clip)
        renderer.draw(scene, drawn, clip)
        different = int(np.count_nonzero(expected != drawn))
        if different:
            why = f"its test frame differs from the reference in {different} of {drawn.size} pixels"
            raise RendererUnavailable(renderer.name, why, ())


def _frame_milliseconds(renderer: Renderer) -> float:
    """Median of some draws of a chart-like scene, 1280 x 720, after one that is not counted."""
    scene = _test_scene()
    pixels = np.zeros((scene.height, scene.width), dtype=np.uint8)
    renderer.draw(scene, pixels)
    samples = []
    for _ in range(5):
        start = time.perf_counter_ns()
        renderer.draw(scene, pixels)
        samples.append((time.perf_counter_ns() - start) / 1e6)
    return median(samples)


def _test_scene() -> Scene:
    """Grid lines over the whole frame, then 300 wicks and bodies."""
    rows = [(0, y, 1280, y + 1, 1) for y in range(0, 720, 44)]
    for i in range(300):
        x, y = 4 * i, 300 + (i * 37) % 200
        rows += [(x + 1, y - 20, x + 2, y + 50, 6), (x, y, x + 3, y + 30, 6)]
    rects = np.array(rows, dtype=np.int32)
    atlas = GlyphAtlas(np.array([3], dtype=np.uint8), np.array([[0, 1, 1]], dtype=np.int32))
    glyphs = np.array([[10, 10, 0, 0]], dtype=np.int32)
    return Scene(1280, 720, rects, glyphs, atlas, np.array([[0, 3, 4, 5]], dtype=np.uint8))
