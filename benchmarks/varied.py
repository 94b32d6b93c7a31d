"""Charts of every style, element, size and theme: what fixed codes are made for and tried on."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.walk import candles
from chart_acceleration.batch import ChartJob
from chart_acceleration.chart_data import ChartData, MarkerKind, Markers
from chart_acceleration.elements import (
    AxisKind,
    ChartStyle,
    Curve,
    CurveStyle,
    Elements,
    HorizontalLine,
    Study,
    StudyPane,
)
from chart_acceleration.palette import THEMES, Role
from chart_acceleration.spec import ChartSpec, Furniture
from market.types import Interval

F64 = NDArray[np.float64]

SIZES = (
    (340, 200, 1.0), (640, 360, 1.0), (1040, 560, 1.0), (1280, 720, 1.0), (1280, 720, 2.0),
    (1170, 1800, 3.0), (1920, 1080, 1.0),
)  # fmt: skip


def varied_charts(count: int, seed: int, *, wide: bool) -> list[ChartJob]:
    """``count`` charts, no two alike. ``wide``: all with colours past the first sixteen, or none.

    Candles come oftenest, half of the narrow charts without studies, as on the pages.
    """
    random = np.random.default_rng(seed)
    return [_chart(random, number, wide) for number in range(count)]


def _chart(random: np.random.Generator, number: int, wide: bool) -> ChartJob:
    width, height, scale = SIZES[number % len(SIZES)]
    bars = int(random.integers(40, 400))
    window = candles(bars + 30, seed=int(random.integers(1 << 30)))
    studies = [_average(window.close, 20, Role.LINE_D if wide else Role.LINE_A)]
    if random.random() < 0.6:
        studies.append(_average(window.close, 50, Role.LINE_E if wide else Role.LINE_B))
    if random.random() < 0.3:
        studies.append(_bands(window.close))
    if random.random() < 0.3:
        studies.append(_oscillator(window.close))
    if random.random() < 0.2:
        studies.append(_histogram(window.close))
    if not wide and random.random() < 0.5:
        studies = []
    kinds = (ChartStyle.CANDLES, ChartStyle(random.choice(list(ChartStyle))))
    level = HorizontalLine(float(window.close[-20]), dashed=True)
    elements = Elements(
        style=kinds[number % 2],
        axis=AxisKind(random.choice(list(AxisKind))),
        volume=random.random() < 0.8,
        studies=tuple(study for study, _ in studies),
        drawings=(level,) if random.random() < 0.2 else (),
    )
    theme = str(random.choice(list(THEMES)))
    spec = ChartSpec("BTC-USD", Interval.M1, width, height, scale, theme, bars, elements=elements)
    furniture = Furniture(legend=random.random() < 0.5, last_line=True, decimals=1)
    data = ChartData(window, tuple(values for _, values in studies))
    if random.random() < 0.3:
        times = np.sort(random.choice(window.time_ns, 12))
        data = replace(data, markers=Markers.of(times, np.arange(12) % len(MarkerKind)))
    return data, spec, furniture


def _mean(values: F64, period: int) -> F64:
    """Mean of the last ``period`` values, NaN where there are fewer."""
    sums = np.convolve(values, np.ones(period))[: len(values)] / period
    sums[: period - 1] = np.nan
    return sums


def _average(close: F64, period: int, role: Role) -> tuple[Study, F64]:
    return Study(f"SMA {period}", (Curve("SMA", role=role),)), _mean(close, period)[None]


def _bands(close: F64) -> tuple[Study, F64]:
    middle = _mean(close, 20)
    spread = 2.0 * np.sqrt(np.maximum(_mean(close**2, 20) - middle**2, 0.0))
    curves = (Curve("Upper", CurveStyle.BAND, Role.LINE_C), Curve("Lower", role=Role.LINE_C))
    return Study("BB 20", curves), np.stack([middle + spread, middle - spread])


def _oscillator(close: F64) -> tuple[Study, F64]:
    change = np.diff(close, prepend=close[0])
    up, down = _mean(np.maximum(change, 0.0), 14), _mean(np.maximum(-change, 0.0), 14)
    pane = StudyPane(0.0, 100.0, (30.0, 70.0))
    return Study("RSI 14", (Curve("RSI"),), pane), (100.0 * up / (up + down + 1e-12))[None]


def _histogram(close: F64) -> tuple[Study, F64]:
    fast = _mean(close, 12) - _mean(close, 26)
    filled = np.nan_to_num(fast)
    signal = _mean(filled, 9)
    curves = (
        Curve("MACD"), Curve("Signal", role=Role.LINE_B), Curve("Hist", CurveStyle.HISTOGRAM),
    )  # fmt: skip
    return Study("MACD", curves, StudyPane()), np.stack([fast, signal, fast - signal])
