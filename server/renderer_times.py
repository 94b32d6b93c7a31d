"""What each renderer needs for one and the same chart, measured when a person asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from chart_acceleration.chart_data import ChartData
from chart_acceleration.pipeline import ChartPipeline, Timings
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow
from market.types import MINUTE, Interval

BARS = 300
SIZE = (1280, 720)
FURNITURE = Furniture(legend=False, last_line=False)
FEWEST, MOST = 3, 25
ENOUGH_MS = 150.0
"""A renderer is timed until this much time or ``MOST`` pictures are spent, ``FEWEST`` at least."""


@dataclass(frozen=True, slots=True)
class RendererTimes:
    """Medians in ms: a whole picture, a patch (layout, draw and encode each), encoding alone."""

    full: float
    light: float
    encode: float


def time_renderer(renderer: Renderer) -> RendererTimes:
    """Draw the test chart some times. Blocks for a few hundred milliseconds; for a thread."""
    pipeline = ChartPipeline(renderer)
    data = ChartData(_candles())
    spec = ChartSpec("TEST", Interval.M1, *SIZE, bars=BARS)
    keyframe = pipeline.keyframe(data, spec, FURNITURE)
    full = _repeat(lambda: pipeline.keyframe(data, spec, FURNITURE).timings)
    light = _repeat(lambda: pipeline.patches([(keyframe, data)]).timings)
    return RendererTimes(_whole(full), _whole(light), median(timings.encode_ms for timings in full))


def _repeat(draw: Callable[[], Timings]) -> list[Timings]:
    draw()  # the first one takes memory and is not counted
    taken: list[Timings] = []
    while len(taken) < FEWEST or (len(taken) < MOST and _spent(taken) < ENOUGH_MS):
        taken.append(draw())
    return taken


def _spent(taken: Sequence[Timings]) -> float:
    return sum(each.layout_ms + each.draw_ms + each.encode_ms for each in taken)


def _whole(taken: Sequence[Timings]) -> float:
    return median(each.layout_ms + each.draw_ms + each.encode_ms for each in taken)


def _candles() -> CandleWindow:
    """A random walk of fixed seed, one row more than is shown."""
    random = np.random.default_rng(7)
    rows = BARS + 1
    close = 100.0 + np.cumsum(random.normal(0.0, 0.2, rows))
    open_ = np.concatenate(([100.0], close[:-1]))
    high = np.maximum(open_, close) + random.uniform(0.0, 0.2, rows)
    low = np.minimum(open_, close) - random.uniform(0.0, 0.2, rows)
    times = np.arange(rows, dtype=np.int64) * MINUTE
    return CandleWindow.from_arrays(times, open_, high, low, close, random.uniform(1.0, 9.0, rows))
