"""Runs the chart pipeline in a few threads, and falls to the next renderer when one fails.

Compiled code releases the interpreter's lock, so threads draw at the same time.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

import numpy as np

from chart_acceleration.chart_data import ChartData
from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.pipeline import Atlas, ChartPipeline, Keyframe, Timings
from chart_acceleration.renderers.auto import RendererChoice, choose
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow
from market.types import MINUTE, Interval
from server.errors import DrawFailed, PictureUnavailable
from server.telemetry import Telemetry

T = TypeVar("T")

FALLBACK_ORDER = ("cpu", "opengl", "cuda")
"""After a failure the one that needs no device and no driver comes first."""

MIN_THREADS, MAX_THREADS = 2, 4

_log = logging.getLogger(__name__)


class Drawing:
    """Draws pictures, keyframes and patches off the event loop.

    A draw that fails is tried on the renderer once more with a picture known to be good: when that
    works the chart is at fault (:class:`DrawFailed`), else the renderer is given up for the next.
    Once none is left every call raises :class:`PictureUnavailable` and :attr:`tier` is ``plotly``.
    """

    def __init__(self, choice: RendererChoice, telemetry: Telemetry) -> None:
        self.name = choice.name
        self.reasons = choice.reasons
        self.pipeline: ChartPipeline | None = (
            ChartPipeline(choice.renderer) if choice.renderer else None
        )
        self._failed: set[str] = set()
        self._telemetry = telemetry
        threads = min(max(MIN_THREADS, os.cpu_count() or 1), MAX_THREADS)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="draw")
        # Pictures asked for by URL leave one thread to the live charts, however many there are.
        self._picture_turns = asyncio.Semaphore(threads - 1)

    @property
    def tier(self) -> str:
        """``picture`` while something draws, else ``plotly``."""
        return "plotly" if self.pipeline is None else "picture"

    async def picture(self, data: ChartData, spec: ChartSpec, furniture: Furniture) -> bytes:
        """A whole WebP with legend and last-price line."""
        async with self._picture_turns:
            return await self._run(lambda pipeline: pipeline.picture(data, spec, furniture))

    async def keyframe(self, data: ChartData, spec: ChartSpec, furniture: Furniture) -> Keyframe:
        """A whole frame of a live chart, with the scales that its patches keep."""
        drawn = await self._run(lambda pipeline: pipeline.keyframe(data, spec, furniture))
        self._count("keyframe", drawn.timings)
        return drawn

    async def patches(self, jobs: Sequence[tuple[Keyframe, ChartData]]) -> Atlas:
        """The changed strips of several charts in one picture."""
        drawn = await self._run(lambda pipeline: pipeline.patches(jobs))
        self._count("patch", drawn.timings)
        return drawn

    def can_patch(self, keyframe: Keyframe, data: ChartData) -> bool:
        """Whether ``data`` fits the scales and the slots of ``keyframe``."""
        return self.pipeline is not None and self.pipeline.can_patch(keyframe, data)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _count(self, kind: str, timings: Timings) -> None:
        self._telemetry.drew(kind, timings.layout_ms, timings.draw_ms, timings.encode_ms)

    async def _run(self, job: Callable[[ChartPipeline], T]) -> T:
        while (pipeline := self.pipeline) is not None:
            value, failure = await self._attempt(pipeline, job)
            if failure is None:
                return cast(T, value)
            name = pipeline.renderer.name
            self._telemetry.draw_failures.labels(name).inc()
            _log.error("renderer %s failed", name, exc_info=failure)
            _, broken = await self._attempt(pipeline, _probe)
            if broken is None:
                raise DrawFailed(f"the chart could not be drawn: {failure}") from failure
            self._give_up(pipeline, f"{type(broken).__name__}: {broken}")
        raise PictureUnavailable(f"no renderer runs: {'; '.join(self.reasons)}")

    async def _attempt(
        self, pipeline: ChartPipeline, job: Callable[[ChartPipeline], T]
    ) -> tuple[T | None, BaseException | None]:
        """The value of ``job`` or what it raised, of whatever kind: a driver may raise anything."""
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._threads, job, pipeline)
        await asyncio.wait([future])
        failure = future.exception()
        return (None, failure) if failure is not None else (future.result(), None)

    def _give_up(self, pipeline: ChartPipeline, why: str) -> None:
        if self.pipeline is not pipeline:
            return  # another draw that failed at the same time was first
        failed = pipeline.renderer.name
        self._failed.add(failed)
        self.reasons = (*self.reasons, f"{failed} failed while running ({why})")
        replacement = self._next()
        self.pipeline = None if replacement is None else ChartPipeline(replacement)
        self.name = "plotly" if replacement is None else replacement.name
        _log.error("renderer %s is given up; %s takes over", failed, self.name)

    def _next(self) -> Renderer | None:
        for name in FALLBACK_ORDER:
            if name in self._failed:
                continue
            try:
                return choose(name).renderer
            except RendererUnavailable as error:
                self.reasons = (*self.reasons, f"{name}: not available: {error.why}")
        return None


def _probe(pipeline: ChartPipeline) -> bytes:
    """A small picture that any working renderer can draw."""
    times = np.arange(3, dtype=np.int64) * MINUTE
    prices = np.array([1.0, 2.0, 1.5])
    candles = CandleWindow.from_arrays(times, prices, prices + 1, prices / 2, prices[::-1], prices)
    spec = ChartSpec("PROBE", Interval.M1, 160, 120, bars=10)
    return pipeline.picture(ChartData(candles), spec, Furniture(legend=False, last_line=False))
