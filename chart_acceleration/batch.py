"""Many charts in one call, by whatever the renderer does best with many.

CUDA draws and encodes them in a few launches and hands out files; OpenGL reads one picture back
while it draws the next; the processor draws in several threads, each with buffers of its own.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

from chart_acceleration.chart_data import ChartData
from chart_acceleration.encoders.webp import encode
from chart_acceleration.errors import ChartError, RendererUnavailable
from chart_acceleration.layout import lay_out
from chart_acceleration.renderers.auto import choose
from chart_acceleration.renderers.protocol import DrawsMany, EncodesMany, Renderer
from chart_acceleration.renderers.resilient import ResilientRenderer
from chart_acceleration.scene import Scene
from chart_acceleration.spec import ChartSpec, Furniture, palette_of
from chart_acceleration.workspace import Workspace

ChartJob = tuple[ChartData, ChartSpec, Furniture]
Drawn = bytes | ChartError

MOST_THREADS = 8


def draw_charts(jobs: Sequence[ChartJob], renderer: Renderer | None = None) -> list[Drawn]:
    """A lossless WebP file for each of ``jobs``, in their order.

    Drawn by ``renderer`` and by no other, or, with None or a :class:`ResilientRenderer`, by the
    next one when it fails. A job that cannot be drawn loses no other: in its place stands, not
    raised, the :class:`ChartError` that says why. The pixels are those of single pictures; the
    bytes too, unless the card encodes. Raises :class:`RendererUnavailable` when no renderer works.
    """
    chosen = _automatic() if renderer is None else renderer
    if isinstance(chosen, ResilientRenderer):
        return _with_fallback(jobs, chosen)
    return _draw(jobs, chosen)


@cache
def _automatic() -> ResilientRenderer:
    return ResilientRenderer(choose("auto"))


def _with_fallback(jobs: Sequence[ChartJob], renderer: ResilientRenderer) -> list[Drawn]:
    try:
        return renderer.run(lambda each: _draw(jobs, each))
    except RendererUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - what no renderer can draw is one chart's fault
        if len(jobs) == 1:
            return [_told(error)]
        return [_with_fallback([job], renderer)[0] for job in jobs]


def _draw(jobs: Sequence[ChartJob], renderer: Renderer) -> list[Drawn]:
    if isinstance(renderer, EncodesMany):
        return _encoded_there(jobs, renderer)
    if isinstance(renderer, DrawsMany):
        return _read_back(jobs, renderer)
    if len(jobs) <= 1:
        return [_picture(job, renderer) for job in jobs]
    return list(_threads().map(lambda job: _picture(job, renderer), jobs))


def _encoded_there(jobs: Sequence[ChartJob], renderer: EncodesMany) -> list[Drawn]:
    """All in one call: the scenes are kept until then."""
    laid_out = list(_threads().map(_kept_scene, jobs))
    good = [number for number, scene in enumerate(laid_out) if isinstance(scene, Scene)]
    scenes = [scene for scene in laid_out if isinstance(scene, Scene)]
    files = renderer.draw_many_encoded(scenes, [palette_of(*jobs[number][1:]) for number in good])
    drawn: dict[int, bytes] = dict(zip(good, files, strict=True))
    return [
        scene if isinstance(scene, ChartError) else drawn[number]
        for number, scene in enumerate(laid_out)
    ]


def _read_back(jobs: Sequence[ChartJob], renderer: DrawsMany) -> list[Drawn]:
    """Each picture is encoded while the next ones are drawn and copied."""
    drawn: list[Drawn | None] = [None] * len(jobs)
    begun: list[int] = []

    def scenes() -> Iterator[Scene]:
        for number, job in enumerate(jobs):
            scene = _scene(job)
            if isinstance(scene, ChartError):
                drawn[number] = scene
            else:
                begun.append(number)
                yield scene

    for at, pixels in enumerate(renderer.draw_many(scenes())):
        drawn[begun[at]] = encode(pixels, palette_of(*jobs[begun[at]][1:]))
    return [each for each in drawn if each is not None]


def _picture(job: ChartJob, renderer: Renderer) -> Drawn:
    scene = _scene(job)
    if isinstance(scene, ChartError):
        return scene
    pixels = _work.frames.take(scene.width, scene.height).pixels
    renderer.draw(scene, pixels)
    return encode(pixels, palette_of(*job[1:]))


def _scene(job: ChartJob) -> Scene | ChartError:
    """Valid until the thread's next layout."""
    try:
        return lay_out(*job, _work.buffers).scene
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one job is its own
        return _told(error)


def _kept_scene(job: ChartJob) -> Scene | ChartError:
    scene = _scene(job)
    if isinstance(scene, ChartError):
        return scene
    return replace(scene, rects=scene.rects.copy(), glyphs=scene.glyphs.copy())


def _told(error: Exception) -> ChartError:
    if isinstance(error, ChartError):
        return error
    told = ChartError(f"the chart could not be drawn ({type(error).__name__}: {error})")
    told.__cause__ = error
    return told


_work = Workspace()


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1), "chart batch")
