"""Which rows are seen, and the lowest and highest values among them."""

from math import exp, inf, isfinite, log

import numpy as np

from chart_acceleration.candles import (
    CLOSE,
    HIGH,
    LOW,
    OPEN,
    VOLUME,
    Columns,
    columns,
    scan,
    scan_rows,
)
from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import AxisKind, ChartStyle, Curve, CurveStyle, Study
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.projection import heikin_ashi
from chart_acceleration.scene import F64
from chart_acceleration.spec import ChartSpec
from market.columns import CandleWindow
from market.kernel import kernel

SEED = 64
"""Rows before the first visible one from which Heikin-Ashi candles start: the first open's share
in the next ones halves with every row.
"""
WIDEN = 0.5
"""Share of the candles' range by which overlays may widen the scale to each side."""


def visible(candles: CandleWindow, spec: ChartSpec) -> int:
    """Row of the first candle that is shown: the last ``spec.bars`` are."""
    return max(0, len(candles) - spec.bars)


def extent(candles: CandleWindow, first: int, buffers: LayoutBuffers) -> tuple[float, float, float]:
    """Lowest and highest price and greatest volume from row ``first`` on; raises
    :class:`BadCandles`.
    """
    scan_rows(columns(candles, first), first, buffers.extent)
    return float(buffers.extent[0]), float(buffers.extent[1]), float(buffers.extent[2])


def seed_rows(first: int, spec: ChartSpec) -> int:
    """Rows before the first visible one, row ``first``, that the view's candles are made from."""
    return min(first, SEED) if spec.elements.style is ChartStyle.HEIKIN_ASHI else 0


def price_columns(
    data: ChartData, spec: ChartSpec, first: int, seed: int, buffers: LayoutBuffers
) -> Columns:
    """The candles from row ``first`` on as the view's style shows them; averaged ones start
    ``seed`` rows before.
    """
    seed = min(seed, first)
    rows = columns(data.candles, first - seed)
    if spec.elements.style is not ChartStyle.HEIKIN_ASHI:
        return rows
    end = len(rows[0])
    out = buffers.averages(end)
    heikin_ashi(*rows[:4], out)
    return (
        out[OPEN, seed:end], out[HIGH, seed:end], out[LOW, seed:end], out[CLOSE, seed:end],
        rows[VOLUME][seed:],
    )  # fmt: skip


def price_extent(
    data: ChartData, spec: ChartSpec, first: int, buffers: LayoutBuffers
) -> tuple[float, float, float]:
    """Lowest and highest price and greatest volume of the candles from row ``first`` on, as the
    view's style shows them. Raises :class:`BadCandles`.
    """
    averages = spec.elements.style is ChartStyle.HEIKIN_ASHI
    if data.history is not None:
        rows = data.history.heikin_ashi if averages else data.history.candles
        return rows.extent(first, len(data.candles))
    found = extent(data.candles, first, buffers)
    if averages:
        scan(*price_columns(data, spec, first, seed_rows(first, spec), buffers), buffers.extent)
        return float(buffers.extent[0]), float(buffers.extent[1]), found[2]
    return found


@kernel
def scan_values(values: F64, first: int, end: int, out: F64) -> None:
    """Widen ``out``, lowest and highest, by ``values[first:end]``; what is not finite is no
    value.
    """
    lowest, highest = out[0], out[1]
    for i in range(first, end):
        if np.isfinite(values[i]):
            lowest, highest = min(lowest, values[i]), max(highest, values[i])
    out[0], out[1] = lowest, highest


def values_extent(
    data: ChartData, number: int, study: Study, first: int, buffers: LayoutBuffers
) -> tuple[float, float]:
    """Lowest and highest value of all curves of study ``number`` beside the candles from row
    ``first`` on; inf and -inf without any. A histogram's zero is a value.
    """
    lowest, highest = inf, -inf
    for row, curve in enumerate(study.curves):
        begin, end = seen_rows(curve, len(data.candles), first)
        if data.history is not None:
            low, high = data.history.curves(number)[row].extent(begin, end)
        else:
            buffers.extent[0], buffers.extent[1] = inf, -inf
            scan_values(data.values[number][row], begin, end, buffers.extent)
            low, high = float(buffers.extent[0]), float(buffers.extent[1])
        if low <= high:
            zero = curve.style is CurveStyle.HISTOGRAM
            lowest = min(lowest, low, 0.0) if zero else min(lowest, low)
            highest = max(highest, high, 0.0) if zero else max(highest, high)
    return lowest, highest


def seen_rows(curve: Curve, rows: int, first: int) -> tuple[int, int]:
    """First row and end of the values that stand beside candles ``first``..``rows`` - 1."""
    return max(0, first - curve.shift), min(rows, rows - curve.shift)


def shown_value(curve: Curve, values: F64) -> float | None:
    """The value that stands beside the newest candle; None where there is none."""
    row = len(values) - 1 - curve.shift
    if not 0 <= row < len(values):
        return None
    value = float(values[row])
    return value if isfinite(value) else None


def widened(
    low: float, high: float, data: ChartData, spec: ChartSpec, first: int, buffers: LayoutBuffers
) -> tuple[float, float]:
    """``low`` and ``high`` of the candles, and of the overlays, which move either end by at most
    half of the candles' range, as it is seen on the axis.
    """
    lowest, highest = low, high
    for number, study in enumerate(spec.elements.studies):
        if study.pane is None:
            under, above = values_extent(data, number, study, first, buffers)
            lowest, highest = min(lowest, under), max(highest, above)
    if spec.elements.axis is AxisKind.LOG:
        most = exp(WIDEN * (log(high) - log(low)))  # the quotient may be beyond float64
        return max(lowest, low / most or low), min(highest, high * most)
    most = WIDEN * (high - low)
    return max(lowest, low - most), min(highest, high + most)
