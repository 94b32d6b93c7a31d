"""Runs the chart pipeline in a few threads, off the event loop.

Compiled code releases the interpreter's lock, so threads draw at the same time.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from chart_acceleration.chart_data import ChartData
from chart_acceleration.depth_spec import DepthSpec
from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.pipeline import Atlas, ChartPipeline, Keyframe, Timings
from chart_acceleration.renderers.auto import RendererChoice, choice_of
from chart_acceleration.renderers.resilient import ResilientRenderer
from chart_acceleration.scene import F64
from chart_acceleration.sparkline import SparklineSheet
from chart_acceleration.spec import ChartSpec, Furniture
from server.errors import DrawFailed, PictureUnavailable
from server.telemetry import Telemetry

T = TypeVar("T")

MIN_THREADS, MAX_THREADS = 2, 4

_log = logging.getLogger(__name__)


class Drawing:
    """Draws pictures, keyframes and patches off the event loop.

    A renderer that fails is replaced by the next, which draws the same chart. A chart that none of
    them can draw raises :class:`DrawFailed`. Once no renderer is left every call raises
    :class:`PictureUnavailable` and :attr:`tier` is ``plotly``.
    """

    def __init__(self, choice: RendererChoice, telemetry: Telemetry) -> None:
        self._failures = telemetry.draw_failures
        self._renderer = ResilientRenderer(choice, self._count_failure)
        self._pipeline = ChartPipeline(self._renderer)
        self._telemetry = telemetry
        threads = min(max(MIN_THREADS, os.cpu_count() or 1), MAX_THREADS)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="draw")
        # Pictures asked for by URL leave one thread to the live charts, however many there are.
        self._picture_turns = asyncio.Semaphore(threads - 1)

    @property
    def name(self) -> str:
        """Of the renderer in use; ``plotly`` when none is left."""
        return self._renderer.name

    @property
    def reasons(self) -> tuple[str, ...]:
        """One sentence for each renderer that was tried or has failed."""
        return self._renderer.reasons

    @property
    def tier(self) -> str:
        """``picture`` while something draws, else ``plotly``."""
        return "plotly" if self._renderer.renderer is None else "picture"

    async def use(self, name: str) -> None:
        """Draw with the renderer called ``name`` from now on; charts go on meanwhile.

        Raises :class:`chart_acceleration.errors.RendererUnavailable`; then nothing changes.
        """
        choice = await asyncio.to_thread(choice_of, name)
        self._renderer.use(choice)
        _log.info("renderer %s", "; ".join(choice.reasons))

    async def picture(self, data: ChartData, spec: ChartSpec, furniture: Furniture) -> bytes:
        """A whole WebP with legend and last-price line."""
        async with self._picture_turns:
            return await self._run(lambda: self._pipeline.picture(data, spec, furniture))

    async def sparklines(
        self, values: F64, directions: Sequence[int], sheet: SparklineSheet
    ) -> bytes:
        """Many small lines in one WebP."""
        async with self._picture_turns:
            return await self._run(lambda: self._pipeline.sparklines(values, directions, sheet))

    async def depth(self, bids: F64, asks: F64, spec: DepthSpec) -> bytes:
        """A depth chart as a WebP."""
        async with self._picture_turns:
            return await self._run(lambda: self._pipeline.depth(bids, asks, spec))

    async def keyframe(self, data: ChartData, spec: ChartSpec, furniture: Furniture) -> Keyframe:
        """A whole frame of a live chart, with the scales that its patches keep."""
        drawn = await self._run(lambda: self._pipeline.keyframe(data, spec, furniture))
        self._count("keyframe", drawn.timings)
        self._telemetry.encoded(spec.width * spec.height, len(drawn.webp))
        return drawn

    async def patches(self, jobs: Sequence[tuple[Keyframe, ChartData]]) -> Atlas:
        """The changed strips of several charts in one picture."""
        drawn = await self._run(lambda: self._pipeline.patches(jobs))
        self._count("patch", drawn.timings)
        pixels = sum(place.source.width * place.source.height for place in drawn.places)
        self._telemetry.encoded(pixels, len(drawn.webp))
        return drawn

    def can_patch(self, keyframe: Keyframe, data: ChartData) -> bool:
        """Whether ``data`` fits the scales and the slots of ``keyframe``."""
        return self.tier == "picture" and self._pipeline.can_patch(keyframe, data)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _count(self, kind: str, timings: Timings) -> None:
        self._telemetry.drew(kind, timings.layout_ms, timings.draw_ms, timings.encode_ms)

    def _count_failure(self, name: str) -> None:
        self._failures.labels(name).inc()

    async def _run(self, job: Callable[[], T]) -> T:
        if self.tier == "plotly":
            raise PictureUnavailable(f"no renderer runs: {'; '.join(self.reasons)}")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, job)
        except RendererUnavailable as error:
            raise PictureUnavailable(error.why) from error
        except Exception as error:
            self._count_failure(self.name)
            _log.error("a chart could not be drawn", exc_info=error)
            raise DrawFailed(f"the chart could not be drawn: {error}") from error
