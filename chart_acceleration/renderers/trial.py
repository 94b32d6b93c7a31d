"""Starts every renderer once, holds its test frame against the reference's, and times it.

The only module that knows them all. What came out stays for the life of the process, and says so
when a renderer is given up.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median

import numpy as np

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.renderers.reference import ReferenceRenderer
from chart_acceleration.scene import GlyphAtlas, Rect, Scene

LOG = logging.getLogger(__name__)


class State(StrEnum):
    """Whether a renderer can be had."""

    AVAILABLE = "available"
    UNAVAILABLE = "unavailable"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class RendererState:
    """How things stand with a renderer.

    ``reason`` says why it cannot be had, or what it has shown. ``milliseconds``: median for the
    test frame, 1280 x 720; None when it never drew one.
    """

    name: str
    state: State
    reason: str
    milliseconds: float | None = None

    @property
    def available(self) -> bool:
        """Whether it can draw."""
        return self.state is State.AVAILABLE

    def __str__(self) -> str:
        if self.available:
            return f"{self.name}: {self.reason}"
        word = "not available" if self.state is State.UNAVAILABLE else "given up"
        return f"{self.name}: {word}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Trial:
    """A renderer's state, and the renderer itself while it is available."""

    state: RendererState
    renderer: Renderer | None


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


STARTERS: dict[str, Callable[[], Renderer]] = {
    "cuda": _start_cuda,
    "opengl": _start_opengl,
    "cpu": CpuRenderer,
}

_trials: dict[str, Trial] = {}
_lock = threading.Lock()


def trial(name: str) -> Trial:
    """What came of starting the renderer called ``name``, a key of STARTERS."""
    with _lock:
        if name not in _trials:
            _trials[name] = _try(name)
        return _trials[name]


def give_up(renderer: Renderer, why: str) -> None:
    """Let :func:`trial` answer ``why`` from now on, if ``renderer`` is the one it gives."""
    with _lock:
        kept = _trials.get(renderer.name)
        if kept is not None and kept.renderer is renderer:
            state = replace(kept.state, state=State.GIVEN_UP, reason=why)
            _trials[renderer.name] = Trial(state, None)


def probe(renderer: Renderer) -> Exception | None:
    """What is wrong with ``renderer``: it draws a small scene; None when that is right."""
    rects = np.array([[2, 2, 30, 20, 6]], dtype=np.int32)
    scene = Scene(40, 30, rects, np.zeros((0, 4), np.int32), _ATLAS, _RAMPS)
    try:
        if _different(renderer, scene, None):
            return RuntimeError("it draws wrong pixels")
    except Exception as error:  # noqa: BLE001 - a driver may raise anything
        return error
    return None


def _try(name: str) -> Trial:
    try:
        renderer = STARTERS[name]()
        _verify(renderer)
        milliseconds = _frame_milliseconds(renderer)
    except Exception as error:  # noqa: BLE001 - a driver may raise anything
        why = error.why if isinstance(error, RendererUnavailable) else _text(error)
        LOG.info("renderer %s: %s", name, why)
        return Trial(RendererState(name, State.UNAVAILABLE, why), None)
    reason = f"works, {milliseconds:.2f} ms for the test frame"
    return Trial(RendererState(name, State.AVAILABLE, reason, milliseconds), renderer)


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _verify(renderer: Renderer) -> None:
    """Raise :class:`RendererUnavailable` unless the test frame, whole and as a patch, equals the
    reference's byte for byte: drivers differ, pictures must not.
    """
    scene = chart_like_scene()
    for clip in (None, Rect(1100, 3, 1237, 700)):
        different = _different(renderer, scene, clip)
        if different:
            size = scene.width * scene.height
            why = f"its test frame differs from the reference in {different} of {size} pixels"
            raise RendererUnavailable(renderer.name, why, ())


def _different(renderer: Renderer, scene: Scene, clip: Rect | None) -> int:
    """Pixels that are not the reference's."""
    expected, drawn = (np.full((scene.height, scene.width), 9, np.uint8) for _ in range(2))
    ReferenceRenderer().draw(scene, expected, clip)
    renderer.draw(scene, drawn, clip)
    return int(np.count_nonzero(expected != drawn))


def _frame_milliseconds(renderer: Renderer) -> float:
    """Median of some draws of a chart-like scene, 1280 x 720, after one that is not counted."""
    scene = chart_like_scene()
    pixels = np.zeros((scene.height, scene.width), dtype=np.uint8)
    renderer.draw(scene, pixels)
    samples = []
    for _ in range(5):
        start = time.perf_counter_ns()
        renderer.draw(scene, pixels)
        samples.append((time.perf_counter_ns() - start) / 1e6)
    return median(samples)


_ATLAS = GlyphAtlas(np.array([3], dtype=np.uint8), np.array([[0, 1, 1]], dtype=np.int32))
_RAMPS = np.array([[0, 3, 4, 5]], dtype=np.uint8)


def chart_like_scene() -> Scene:
    """Grid lines over the whole frame, then 300 wicks and bodies, and one glyph."""
    rows = [(0, y, 1280, y + 1, 1) for y in range(0, 720, 44)]
    for i in range(300):
        x, y = 4 * i, 300 + (i * 37) % 200
        rows += [(x + 1, y - 20, x + 2, y + 50, 6), (x, y, x + 3, y + 30, 6)]
    glyphs = np.array([[10, 10, 0, 0]], dtype=np.int32)
    return Scene(1280, 720, np.array(rows, dtype=np.int32), glyphs, _ATLAS, _RAMPS)
