"""A chart for programs: the best renderer that is there, pictures, and updates as small as can be.

``create_optimal_chart("BTC-USD", target_fps=20)`` is the way in.
"""

import logging
import time
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from statistics import median
from typing import Any

import numpy as np

from chart_acceleration import plotly_fallback
from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import PLAIN, Elements
from chart_acceleration.errors import BadChartSpec, RendererUnavailable
from chart_acceleration.pipeline import ChartPipeline, Keyframe
from chart_acceleration.renderers.auto import choose
from chart_acceleration.renderers.resilient import ResilientRenderer
from chart_acceleration.scene import Rect
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow
from market.types import Interval

LIVE = Furniture(legend=False, last_line=False)
"""Nothing that changes outside the newest candle: updates can be patches."""

MOST_FPS = 1000.0
MOST_MEASURED = 5000  # candles of the frame that is measured
RUNS = 5

LOG = logging.getLogger(__name__)


class UpdateKind(StrEnum):
    """How much of a chart changed."""

    NOTHING = "nothing"
    PATCH = "patch"
    KEYFRAME = "keyframe"


@dataclass(frozen=True, slots=True)
class Update:
    """What brings a shown chart up to date: the WebP ``picture``, empty for ``NOTHING``, goes to
    ``place``, device pixels of the chart. A keyframe covers the whole chart.
    """

    kind: UpdateKind
    picture: bytes
    place: Rect


class Chart:
    """One view of one market. ``milliseconds``: from candles to bytes, measured when it was made,
    None when no renderer works. Not for several threads at once.
    """

    def __init__(
        self, spec: ChartSpec, furniture: Furniture, renderer: ResilientRenderer, target_fps: float
    ) -> None:
        self.spec = spec
        self.furniture = furniture
        self.target_fps = target_fps
        self._renderer = renderer
        self._pipeline = ChartPipeline(renderer)
        self._keyframe: Keyframe | None = None
        self._strip = b""
        self._patched = False  # whether the viewer shows more than the keyframe
        self.milliseconds = self._measure()

    @property
    def renderer(self) -> str:
        """Name of the renderer in use; ``plotly`` when none works: :meth:`figure` remains."""
        return self._renderer.name

    @property
    def reasons(self) -> tuple[str, ...]:
        """One sentence for each renderer: why it was taken or not, or given up."""
        return self._renderer.reasons

    @property
    def meets_target(self) -> bool:
        """Whether a whole frame was drawn within ``1 / target_fps`` seconds."""
        return self.milliseconds is not None and self.milliseconds <= 1000.0 / self.target_fps

    def picture(self, data: ChartData | CandleWindow) -> bytes:
        """The whole chart as lossless WebP.

        Raises :class:`BadCandles` and :class:`BadChartData`, and :class:`RendererUnavailable` when
        no renderer works.
        """
        return self._pipeline.picture(_chart_data(data), self.spec, self.furniture)

    def update(self, data: ChartData | CandleWindow) -> Update:
        """What changed since the last update: a patch, a whole frame, or nothing when the pictures
        are equal. The first is a whole frame. Raises as :meth:`picture`.

        A legend or a last-price line in ``furniture`` changes far from the newest candle: every
        update then is a whole frame.
        """
        new = _chart_data(data)
        before = self._keyframe
        if before is not None and self._pipeline.can_patch(before, new):
            return self._patch(before, new)
        return self._whole(new)

    def figure(self, data: ChartData | CandleWindow) -> dict[str, Any]:
        """The chart as a Plotly figure, plain values for ``dcc.Graph``: needs no renderer."""
        return plotly_fallback.figure(_chart_data(data), self.spec, self.furniture)

    def _whole(self, data: ChartData) -> Update:
        keyframe = self._pipeline.keyframe(data, self.spec, self.furniture)
        before, patched = self._keyframe, self._patched
        strip = b""
        if self._pipeline.can_patch(keyframe, data):  # what the keyframe shows there already
            strip = self._pipeline.patches([(keyframe, data)]).webp
        self._keyframe, self._strip, self._patched = keyframe, strip, False
        whole = Rect(0, 0, self.spec.width, self.spec.height)
        if before is not None and not patched and before.webp == keyframe.webp:
            return Update(UpdateKind.NOTHING, b"", whole)
        return Update(UpdateKind.KEYFRAME, keyframe.webp, whole)

    def _patch(self, keyframe: Keyframe, data: ChartData) -> Update:
        atlas = self._pipeline.patches([(keyframe, data)])
        place = atlas.places[0].target
        if atlas.webp == self._strip:
            return Update(UpdateKind.NOTHING, b"", place)
        self._strip, self._patched = atlas.webp, True
        return Update(UpdateKind.PATCH, atlas.webp, place)

    def _measure(self) -> float | None:
        """Median of some whole frames of made candles, after one that compiles what is needed."""
        data = _made_data(self.spec)
        samples = []
        try:
            for _ in range(RUNS + 1):
                start = time.perf_counter_ns()
                self._pipeline.picture(data, self.spec, self.furniture)
                samples.append((time.perf_counter_ns() - start) / 1e6)
        except RendererUnavailable:
            return None
        return median(samples[1:])


def create_optimal_chart(
    symbol: str,
    target_fps: float = 20.0,
    *,
    interval: Interval = Interval.M1,
    size: tuple[int, int] = (1280, 720),
    scale: float = 1.0,
    theme: str = "dark",
    bars: int = 120,
    elements: Elements = PLAIN,
    furniture: Furniture = LIVE,
    renderer: str = "auto",
) -> Chart:
    """The best chart that can be had here: with the fastest renderer, which is replaced by the next
    if it fails while running.

    ``size``: width and height in device pixels; ``bars``: visible candles; ``renderer``: a name in
    place of the choice. The reasons are logged, and whether ``target_fps`` whole frames a second
    can be drawn. Raises :class:`BadChartSpec`, :class:`UnknownTheme`, and for a renderer that was
    named :class:`RendererUnavailable`.
    """
    if not isfinite(target_fps) or not 0.0 < target_fps <= MOST_FPS:
        raise BadChartSpec("target_fps", target_fps, f"above 0, up to {MOST_FPS:g}")
    spec = ChartSpec(
        symbol, interval, *size, scale=scale, theme=theme, bars=bars, elements=elements
    )
    chart = Chart(spec, furniture, ResilientRenderer(choose(renderer)), target_fps)
    LOG.info("%s is drawn by %s: %s", symbol, chart.renderer, "; ".join(chart.reasons))
    if chart.milliseconds is None:
        LOG.warning("no renderer works for %s: its Plotly figure remains", symbol)
    elif not chart.meets_target:
        LOG.warning(
            "%s takes %.2f ms a frame; %g frames a second leave %.2f ms",
            symbol, chart.milliseconds, target_fps, 1000.0 / target_fps,
        )  # fmt: skip
    return chart


def _chart_data(data: ChartData | CandleWindow) -> ChartData:
    return data if isinstance(data, ChartData) else ChartData(data)


def _made_data(spec: ChartSpec) -> ChartData:
    """Waves of candles, as many as are visible, with values for every study."""
    count = min(spec.bars, MOST_MEASURED)
    at = np.arange(count)
    close = 100.0 + 5.0 * np.sin(at / 9.0) + np.sin(at * 1.7)
    opened = np.roll(close, 1)
    high, low = np.maximum(opened, close) + 0.5, np.minimum(opened, close) - 0.5
    times = at * spec.interval.nanoseconds
    candles = CandleWindow.from_arrays(times, opened, high, low, close, 1.0 + at % 7)
    studies = spec.elements.studies
    return ChartData(candles, tuple(np.tile(close, (len(each.curves), 1)) for each in studies))
