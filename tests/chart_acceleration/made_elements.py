"""Studies with values for chart tests: plain numpy, so that goldens do not move with indicators."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from chart_acceleration.chart_data import ChartData, MarkerKind, Markers
from chart_acceleration.elements import (
    AxisKind,
    ChartStyle,
    Curve,
    CurveStyle,
    Drawing,
    Elements,
    Extension,
    HorizontalLine,
    Study,
    StudyPane,
    TrendLine,
)
from chart_acceleration.palette import Role
from chart_acceleration.scene import F64
from market.columns import CandleWindow

BAND, CLOUD, DOTS, HISTOGRAM = (
    CurveStyle.BAND,
    CurveStyle.CLOUD,
    CurveStyle.DOTS,
    CurveStyle.HISTOGRAM,
)


def average(values: F64, period: int) -> F64:
    """The mean of the last ``period`` values; NaN before there are so many."""
    out = np.full(len(values), np.nan)
    if len(values) >= period:
        out[period - 1 :] = np.convolve(values, np.full(period, 1.0 / period), "valid")
    return out


def averages(*periods: int) -> list[Study]:
    """Moving averages over the candles, in the colours of the palette."""
    roles = (Role.LINE_A, Role.LINE_B, Role.LINE_C, Role.LINE_D, Role.LINE_E)
    return [
        Study(f"SMA {period}", (Curve("sma", role=role),))
        for period, role in zip(periods, roles, strict=False)
    ]


BANDS = Study(
    "BB 20 2",
    (
        Curve("upper", BAND, Role.LINE_B),
        Curve("lower", BAND, Role.LINE_B),
        Curve("basis", role=Role.LINE_A),
    ),
)
ICHIMOKU = Study(
    "Cloud 9 26",
    (
        Curve("conversion", role=Role.LINE_A),
        Curve("lagging", role=Role.TEXT, shift=-8),
        Curve("span a", CLOUD, Role.UP, shift=8),
        Curve("span b", CLOUD, Role.DOWN, shift=8),
    ),
)
SAR = Study("SAR", (Curve("sar", DOTS, Role.LINE_C),))
RSI = Study(
    "RSI 14", (Curve("rsi", role=Role.LINE_B),), StudyPane(low=0.0, high=100.0, levels=(30.0, 70.0))
)
MACD = Study(
    "MACD 12 26 9",
    (
        Curve("histogram", HISTOGRAM, Role.UP),
        Curve("macd", role=Role.LINE_A),
        Curve("signal", role=Role.LINE_C),
    ),
    StudyPane(),
)
EMPTY = Study("Nothing yet", (Curve("none"),), StudyPane())
OBV = Study("OBV", (Curve("obv", role=Role.LINE_C),), StudyPane())


def values_of(study: Study, candles: CandleWindow) -> F64:
    """Values of one of the studies above: float64 (curves, n)."""
    close, n = np.asarray(candles.close), len(candles)
    name = study.title.split()[0]
    if name == "SMA":
        return average(close, int(study.title.split()[1]))[np.newaxis]
    if name == "BB":
        middle = average(close, 20)
        width = 2.0 * np.sqrt(np.maximum(average(close * close, 20) - middle * middle, 0.0))
        return np.stack((middle + width, middle - width, middle))
    if name == "Cloud":
        high, low = np.asarray(candles.high), np.asarray(candles.low)
        fast = (average(high, 9) + average(low, 9)) / 2
        slow = (average(high, 26) + average(low, 26)) / 2
        return np.stack((fast, close, fast, slow))
    if name == "SAR":
        below = np.arange(n) % 40 < 20
        return np.where(below, candles.low * 0.999, candles.high * 1.001)[np.newaxis]
    if name == "RSI":
        change = np.diff(close, prepend=close[:1])
        up, down = average(np.maximum(change, 0.0), 14), average(np.maximum(-change, 0.0), 14)
        return (100.0 * up / np.where(up + down > 0.0, up + down, np.nan))[np.newaxis]
    if name == "MACD":
        fast = average(close, 12) - average(close, 26)
        signal = average(np.nan_to_num(fast), 9)
        return np.stack((fast - signal, fast, signal))
    if name == "OBV":
        return np.cumsum(np.sign(np.diff(close, prepend=close[:1])) * candles.volume * 1e5)[
            np.newaxis
        ]
    return np.full((len(study.curves), n), np.nan)


def data_of(candles: CandleWindow, studies: tuple[Study, ...], **more: object) -> ChartData:
    """Candles with the values of ``studies``; ``more`` fields of the data."""
    values = tuple(np.ascontiguousarray(values_of(study, candles)) for study in studies)
    return replace(ChartData(candles, values), **more)  # type: ignore[arg-type]


def made_markers(candles: CandleWindow) -> Markers:
    """One of every kind, spread over the newest candles, and one before them all."""
    rows = np.linspace(max(0, len(candles) - 40), len(candles) - 1, len(MarkerKind)).astype(int)
    times = [int(candles.time_ns[0]) - 1, *(candles.time_ns[rows] + 1).tolist()]
    return Markers.of(times, [0, *range(len(MarkerKind))])


def made_drawings(candles: CandleWindow) -> tuple[Drawing, ...]:
    """Lines of every kind around the newest candles, of which there must be some."""
    last, first = len(candles) - 1, max(0, len(candles) - 30)
    start, end = int(candles.time_ns[first]) - 5, int(candles.time_ns[last]) + 5
    price = float(candles.close[last])
    return (
        HorizontalLine(price * 1.001, Role.LINE_A),
        HorizontalLine(price * 0.999, Role.LINE_C, dashed=True),
        TrendLine((start, price * 1.002), (end, price), Role.LINE_B, extend=Extension.BOTH),
        TrendLine((start, price), (end, price * 1.001), Role.TEXT, dashed=True),
    )


STUDIES = (*averages(5, 20), BANDS, ICHIMOKU, SAR, RSI, MACD, OBV, EMPTY)


def any_elements(candles: CandleWindow) -> st.SearchStrategy[Elements]:
    """Any style, axis and zone with some of the studies and drawings above."""
    drawings = made_drawings(candles) if len(candles) else ()
    return st.builds(
        Elements,
        style=st.sampled_from(ChartStyle),
        axis=st.sampled_from(AxisKind),
        zone=st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York"]),
        volume=st.booleans(),
        studies=st.lists(st.sampled_from(STUDIES), max_size=5, unique=True).map(tuple),
        drawings=st.lists(st.sampled_from(drawings), max_size=3, unique=True).map(tuple)
        if drawings
        else st.just(()),
    )
