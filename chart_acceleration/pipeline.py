"""Candles to WebP bytes: layout, renderer, encoder. Beside this only the batch knows all three."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chart_acceleration.chart_data import ChartData
from chart_acceleration.depth import lay_out_depth
from chart_acceleration.depth_spec import DepthSpec
from chart_acceleration.encoders.webp import encode
from chart_acceleration.errors import BadPatch
from chart_acceleration.frame import Frame
from chart_acceleration.layout import ChartLayout, lay_out, lay_out_strip
from chart_acceleration.past import Past, past_of, same_view, still_shown
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.scene import F64, U8, Rect
from chart_acceleration.sparkline import SparklineSheet, lay_out_sparklines
from chart_acceleration.spec import ChartSpec, Furniture, palette_of
from chart_acceleration.specimens import specimens
from chart_acceleration.workspace import Workspace

WIDEST_ATLAS = 4096


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds each stage took."""

    layout_ms: float
    draw_ms: float
    encode_ms: float


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A whole picture and what is needed to patch it. ``past``: what was drawn."""

    webp: bytes
    layout: ChartLayout
    timings: Timings
    past: Past

    @property
    def frame(self) -> Frame:
        """The frozen scales and axes."""
        return self.layout.frame


@dataclass(frozen=True, slots=True)
class PatchPlace:
    """One chart's patch: ``source`` in the atlas picture, ``target`` in the chart, of equal size,
    device pixels.
    """

    source: Rect
    target: Rect


@dataclass(frozen=True, slots=True)
class Atlas:
    """All patches of one tick in one picture; ``places`` in the order of the jobs."""

    webp: bytes
    places: list[PatchPlace]
    timings: Timings


class ChartPipeline:
    """Draws charts with one renderer. May be used from several threads at once."""

    def __init__(self, renderer: Renderer) -> None:
        self.renderer = renderer
        self._work = Workspace()

    def picture(self, data: ChartData, spec: ChartSpec, furniture: Furniture) -> bytes:
        """A whole picture as WebP. Raises :class:`BadCandles` and :class:`BadChartData`."""
        return self._draw(data, spec, furniture)[0]

    def keyframe(self, data: ChartData, spec: ChartSpec, furniture: Furniture) -> Keyframe:
        """A whole picture that can be patched while its scales hold. Raises as ``picture``."""
        webp, layout, timings = self._draw(data, spec, furniture)
        return Keyframe(webp, layout, timings, past_of(layout.frame, data))

    def can_patch(self, keyframe: Keyframe, data: ChartData) -> bool:
        """Whether a patch brings ``keyframe`` up to date with ``data``.

        The same candles, values and markers are shown, only the newest candle and its values
        differ, and the frozen scales can show them. Raises :class:`BadChartData`.
        """
        data.check(keyframe.frame.spec)
        return still_shown(keyframe.frame, keyframe.past, data)

    def patches(self, jobs: Sequence[tuple[Keyframe, ChartData]]) -> Atlas:
        """The strips of all ``jobs``, of one theme, in one picture. Raises :class:`BadPatch`."""
        start = time.perf_counter_ns()
        places, width, height = _pack([keyframe.frame for keyframe, _ in jobs])
        palette = _common_palette([keyframe.frame for keyframe, _ in jobs])
        pixels = self._work.frames.take(width, height).pixels
        if sum(place.source.width * place.source.height for place in places) < pixels.size:
            pixels.fill(0)  # what no strip covers
        drawing = 0
        for (keyframe, data), place in zip(jobs, places, strict=True):
            if not same_view(keyframe.frame, data):
                raise BadPatch(
                    f"the candles of {keyframe.frame.spec.symbol} are not those of its keyframe"
                )
            scene = lay_out_strip(
                keyframe.frame, data, self._work.buffers, place.source, (width, height)
            )
            before = time.perf_counter_ns()
            self.renderer.draw(scene, pixels, place.source)
            drawing += time.perf_counter_ns() - before
        drawn = time.perf_counter_ns()
        webp = encode(pixels, palette)
        return Atlas(webp, places, _timings(start, drawn - drawing, drawn, time.perf_counter_ns()))

    def sparklines(self, values: F64, directions: Sequence[int], sheet: SparklineSheet) -> bytes:
        """A sheet of sparklines as WebP; see :func:`lay_out_sparklines`, which it raises as."""
        scene = lay_out_sparklines(values, directions, sheet)
        pixels = self._work.frames.take(scene.width, scene.height).pixels
        self.renderer.draw(scene, pixels)
        return encode(pixels, sheet.palette)

    def depth(self, bids: F64, asks: F64, spec: DepthSpec) -> bytes:
        """A depth chart as WebP; see :func:`lay_out_depth`, which it raises as."""
        scene = lay_out_depth(bids, asks, spec)
        pixels = self._work.frames.take(scene.width, scene.height).pixels
        self.renderer.draw(scene, pixels)
        return encode(pixels, spec.palette)

    def warm_up(self) -> None:
        """Compile every kernel of the chart path by drawing once: no viewer then waits for it."""
        live = Furniture(legend=False, last_line=False, countdown=True)
        for data, spec in specimens():
            self.picture(data, spec, Furniture(True, True, quote_lines=True))
            keyframe = self.keyframe(data, spec, live)
            if self.can_patch(keyframe, data):
                self.patches([(keyframe, data)])
        self.sparklines(np.arange(4.0).reshape(2, 2), (0, 1), SparklineSheet(2, 16, 8))
        self.depth(np.ones((2, 1)), np.full((2, 1), 2.0), DepthSpec(320, 200))

    def _draw(
        self, data: ChartData, spec: ChartSpec, furniture: Furniture
    ) -> tuple[bytes, ChartLayout, Timings]:
        start = time.perf_counter_ns()
        layout = lay_out(data, spec, furniture, self._work.buffers)
        laid_out = time.perf_counter_ns()
        pixels = self._work.frames.take(spec.width, spec.height).pixels
        self.renderer.draw(layout.scene, pixels)
        drawn = time.perf_counter_ns()
        webp = encode(pixels, palette_of(spec, furniture))
        return webp, layout, _timings(start, laid_out, drawn, time.perf_counter_ns())


def _timings(start: int, laid_out: int, drawn: int, encoded: int) -> Timings:
    return Timings((laid_out - start) / 1e6, (drawn - laid_out) / 1e6, (encoded - drawn) / 1e6)


def _common_palette(frames: Sequence[Frame]) -> U8:
    looks = {(frame.spec.theme, frame.furniture.stale) for frame in frames}
    if len(looks) != 1:
        raise BadPatch(f"patches of one picture share one theme; received {sorted(looks)}")
    return max((palette_of(frame.spec, frame.furniture) for frame in frames), key=len)


def _pack(frames: Sequence[Frame]) -> tuple[list[PatchPlace], int, int]:
    """Strips side by side in shelves of at most WIDEST_ATLAS pixels; the picture's width and
    height.
    """
    places: list[PatchPlace] = []
    x = y = shelf = width = 0
    for frame in frames:
        strip = frame.strip
        if x > 0 and x + strip.width > WIDEST_ATLAS:
            x, y, shelf = 0, y + shelf, 0
        places.append(PatchPlace(Rect(x, y, x + strip.width, y + strip.height), strip))
        x, shelf, width = x + strip.width, max(shelf, strip.height), max(width, x + strip.width)
    return places, width, y + shelf
