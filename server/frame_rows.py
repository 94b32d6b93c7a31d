"""The numbers behind a picture as bytes, so that a page reads candles without asking.

The layout is spelled out in ``docs/frames_protocol.md``.
"""

import struct

import numpy as np

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import Curve
from chart_acceleration.scene import F64
from chart_acceleration.spec import ChartSpec
from market.types import SECOND

_HEADER = struct.Struct("<IIdd")
_MILLISECOND = SECOND // 1000


def rows_in_sight(spec: ChartSpec, data: ChartData) -> bytes:
    """All visible rows and one before them, for the first one's change."""
    return pack_rows(spec, data, max(0, len(data.candles) - spec.bars - 1))


def rows_changed(spec: ChartSpec, data: ChartData) -> bytes:
    """The rows beside which a new trade changes more than an entry's JSON says: those that curves
    drawn to the left have reached. Empty without such a curve.
    """
    curves = [curve for study in spec.elements.studies for curve in study.curves]
    left = max((-curve.shift for curve in curves), default=0)
    return pack_rows(spec, data, max(0, len(data.candles) - 1 - left)) if left > 0 else b""


def pack_rows(spec: ChartSpec, data: ChartData, first: int) -> bytes:
    """Rows ``first`` to the newest of ``data``.

    Every column is float32 differences to the middle of its range, float64: 2**-24 of half the
    range is lost. Volumes beyond float32 become infinite.
    """
    candles = data.candles
    count = len(candles) - first
    columns = [candles.open, candles.high, candles.low, candles.close, candles.volume]
    columns = [column[first:] for column in columns]
    for study, values in zip(spec.elements.studies, data.values, strict=True):
        columns.extend(map(lambda curve, row: _beside(curve, row, first), study.curves, values))
    stacked = np.stack(columns)
    stacked[~np.isfinite(stacked)] = np.nan
    middles = np.zeros(len(columns))
    if count:
        middles = (np.fmin.reduce(stacked, 1) / 2) + (np.fmax.reduce(stacked, 1) / 2)
    middles[np.isnan(middles)] = 0.0
    times = candles.time_ns[first:]
    start = int(times[0]) if count else 0
    head = _HEADER.pack(count, len(columns), candles.first_index + first, start // _MILLISECOND)
    with np.errstate(over="ignore"):
        differences = (stacked - middles[:, None]).astype("<f4")
    seconds = ((times - start) // SECOND).astype("<u4")
    return head + middles.astype("<f8").tobytes() + seconds.tobytes() + differences.tobytes()


def _beside(curve: Curve, values: F64, first: int) -> F64:
    """The values that stand beside rows ``first`` and later; NaN where there is none."""
    rows = len(values)
    found = np.full(rows - first, np.nan)
    begin, end = max(first, curve.shift), min(rows, rows + curve.shift)
    if begin < end:
        found[begin - first : end - first] = values[begin - curve.shift : end - curve.shift]
    return found
