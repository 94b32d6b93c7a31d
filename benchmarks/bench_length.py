"""Full frames of 1,000 to 10,000,000 visible candles, each with volume and three averages.

Panned by a pixel column and zoomed step by step, so that no two frames show the same rows. Peers:
NumPy reducing the same rows to the same pixel columns, tsdownsample (the kernels of
plotly-resampler) thinning one series; neither draws anything.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count, cycle
from math import nan
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from benchmarks.harness import Row, measure
from benchmarks.walk import candles
from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import Curve, Elements, Study
from chart_acceleration.history import History
from chart_acceleration.palette import Role
from chart_acceleration.pipeline import ChartPipeline
from chart_acceleration.renderers.auto import choose
from chart_acceleration.scene import F64
from chart_acceleration.spec import ChartSpec, Furniture
from market.types import Interval

MOST = 10_000_000
VISIBLE = (1_000, 100_000, MOST)
RUNS, WARM_UP = 100, 10
COLUMNS = 1_216
"""Pixel columns of the plot."""
FURNITURE = Furniture(legend=True, last_line=True, venue="Coinbase", decimals=1)
AVERAGES = ((20, Role.LINE_A), (50, Role.LINE_B), (200, Role.LINE_C))
STUDIES = tuple(Study(f"SMA {length}", (Curve("SMA", role=role),)) for length, role in AVERAGES)
ELEMENTS = Elements(studies=STUDIES)


T = TypeVar("T")


def run() -> list[Row]:
    """All rows: building, frames panned and zoomed, peers."""
    choice = choose("auto")
    if choice.renderer is None:
        raise RuntimeError(f"no renderer starts here: {'; '.join(choice.reasons)}")
    pipeline = ChartPipeline(choice.renderer)
    pipeline.warm_up()
    window = candles(MOST + RUNS * (MOST // COLUMNS + 1))
    averages = [_average(window.close, length) for length, _ in AVERAGES]
    before = _resident()
    building, history = _timed("history of 10 M candles, built", lambda: History(window))
    studying = [
        _timed(f"its {study.title}, added", partial(history.add_study, values[None]))[0]
        for study, values in zip(STUDIES, averages, strict=True)
    ]
    memory = f"{(_resident() - before) / 2**20:.0f} MiB with its 3 studies, beside the rows"
    rows = [replace(building, note=memory), *studying]
    rows += _beside_first(_panned(pipeline, history))
    rows += [_columns_alone(history, bars) for bars in VISIBLE]
    rows.append(_zoomed(pipeline, history))
    return [*rows, *_peers(history, averages)]


def _average(values: F64, length: int) -> F64:
    """A simple moving average; NaN before it begins."""
    sums = np.cumsum(values)
    average: F64 = np.full(values.shape, nan)
    average[length:] = (sums[length:] - sums[:-length]) / length
    return average


def _resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def _timed(name: str, call: Callable[[], T]) -> tuple[Row, T]:
    """What happens once, and how long it took."""
    start = time.perf_counter_ns()
    made = call()
    took = (time.perf_counter_ns() - start) / 1e6
    return Row(name, took, took, took, 1), made


def _spec(bars: int) -> ChartSpec:
    return ChartSpec("BTC-USD", Interval.M1, 1280, 720, bars=bars, elements=ELEMENTS)


def _panned(pipeline: ChartPipeline, history: History) -> list[Row]:
    """Frames of every length, each a pixel column earlier than the one before. The lengths take
    turns, so that other work on the machine slows all of them.
    """
    newest = history.window().first_index + len(history)
    samples: dict[int, list[float]] = {bars: [] for bars in VISIBLE}
    sizes = dict.fromkeys(VISIBLE, 0)
    for run in range(-WARM_UP, RUNS):
        for bars in VISIBLE:
            end = newest - run % RUNS * max(1, bars // COLUMNS)
            start = time.perf_counter_ns()
            picture = pipeline.picture(ChartData.view(history, end), _spec(bars), FURNITURE)
            if run >= 0:
                samples[bars].append((time.perf_counter_ns() - start) / 1e6)
            sizes[bars] = len(picture)
    found = []
    for bars, took in samples.items():
        low, middle, high = np.percentile(took, (5, 50, 95)).tolist()
        found.append(Row(f"{bars:,} candles, panned", middle, low, high, RUNS, sizes[bars]))
    return found


def _columns_alone(history: History, bars: int) -> Row:
    """Candles and averages to pixel columns, without the rest of a frame."""
    step = COLUMNS / bars
    numbers = np.array([0.0, 0.0, 0.0, COLUMNS - (bars - 1) * step, step])
    prices, values = np.empty((5, 2 * COLUMNS)), np.empty((4, 2 * COLUMNS))
    x, row, frames = np.empty(2 * COLUMNS, np.int32), np.empty(2 * COLUMNS, np.int64), count()

    def project() -> None:
        end = len(history) - next(frames) % RUNS * max(1, bars // COLUMNS)
        first = end - bars
        history.candles.project(first, end, numbers, 0, (x, row, prices))
        for study in range(len(STUDIES)):
            curve = history.curves(study)[0]
            curve.project(0, end, numbers, first, -first, (x, row, values))

    return measure(f"{bars:,} candles to pixel columns, of the above", project, runs=RUNS)


def _beside_first(rows: list[Row]) -> list[Row]:
    first = rows[0].median_ms
    return [
        rows[0],
        *(
            replace(row, goal="<= 2 x 1,000's", note=f"{row.median_ms / first:.2f} x 1,000's")
            for row in rows[1:]
        ),
    ]


def _zoomed(pipeline: ChartPipeline, history: History) -> Row:
    """From 1,000 candles out to 10 M and in again."""
    steps = np.geomspace(VISIBLE[0], MOST, RUNS // 2).astype(int).tolist()
    turns = cycle([*steps, *reversed(steps)])

    def draw() -> bytes:
        return pipeline.picture(ChartData.view(history), _spec(next(turns)), FURNITURE)

    return measure("1,000 to 10 M candles and back, zoomed", draw, runs=RUNS, warm_up=RUNS)


def _peers(history: History, averages: list[F64]) -> list[Row]:
    window = history.window()
    rows = slice(len(history) - MOST, len(history))
    starts = np.arange(COLUMNS) * MOST // COLUMNS

    def reduce() -> list[F64]:
        columns = [np.maximum.reduceat(window.high[rows], starts)]
        columns += [np.minimum.reduceat(window.low[rows], starts)]
        columns += [np.maximum.reduceat(window.volume[rows], starts)]
        columns += [window.open[rows][starts], window.close[rows][np.append(starts[1:], MOST) - 1]]
        for values in averages:
            columns += [np.fmin.reduceat(values[rows], starts)]
            columns += [np.fmax.reduceat(values[rows], starts)]
        return columns

    name = "NumPy: 10 M rows to pixel columns"
    note = "reduceat; no layout, no drawing, no encoding"
    return [measure(name, reduce, runs=5, warm_up=1, note=note), _thinned(window.close[rows])]


def _thinned(values: F64) -> Row:
    name = "tsdownsample MinMaxLTTB: one series of 10 M"
    try:
        from tsdownsample import MinMaxLTTBDownsampler  # noqa: PLC0415 - an optional peer
    except ImportError as error:
        return Row(name, nan, nan, nan, 0, note=f"skipped: {error}")
    kind: Any = MinMaxLTTBDownsampler  # its constructor has no types
    thin = kind()
    return measure(
        name,
        lambda: thin.downsample(values, n_out=2 * COLUMNS),
        runs=20,
        warm_up=1,
        note=f"to {2 * COLUMNS:,} points; no layout, no drawing, no encoding",
    )
