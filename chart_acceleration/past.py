"""What a picture showed of the past, and whether it is still so: the condition of a patch."""

from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from chart_acceleration.candles import columns, same_past
from chart_acceleration.chart_data import ChartData, Markers
from chart_acceleration.frame import Frame
from chart_acceleration.history import History
from chart_acceleration.panes import StudyPlace
from chart_acceleration.scene import F64
from market.kernel import kernel


@dataclass(frozen=True, slots=True)
class Past:
    """The rows that were drawn, the newest included.

    ``first_index``: absolute index of the first; ``prices`` float64 (5, m); ``values``: of each
    study float64 (curves, m). With a ``history``, whose older rows never change, neither is kept.
    """

    first_index: int
    prices: F64
    values: tuple[F64, ...]
    newest: tuple[F64, ...]
    markers: Markers
    history: History | None


def past_of(frame: Frame, data: ChartData) -> Past:
    """What the picture of ``data`` in ``frame`` shows."""
    rows = len(data.candles)
    first = rows if data.history is not None else max(0, rows - frame.count - _rows_before(frame))
    return Past(
        data.candles.first_index + first,
        np.array(columns(data.candles, first)),
        tuple(values[:, first:].copy() for values in data.values),
        tuple(values[:, -1:].ravel().copy() for values in data.values),
        data.markers,
        data.history,
    )


def still_shown(frame: Frame, past: Past, data: ChartData) -> bool:
    """Whether ``data`` shows the same candles, markers and values, the newest row left aside, and
    its newest prices and values fit the frozen scales.
    """
    return (
        same_view(frame, data)
        and _markers_equal(past.markers, data.markers)
        and _prices_fit(frame, data)
        and _past_equal(past, data)
        and all(_values_fit(place, past, data) for place in frame.studies)
    )


def same_view(frame: Frame, data: ChartData) -> bool:
    """Whether the same candles are visible and nothing outside the strip depends on the newest."""
    furniture = frame.furniture
    fixed = furniture.legend or furniture.last_line or furniture.quote_lines or frame.count == 0
    visible = min(len(data.candles), frame.spec.bars)
    first_index = data.candles.first_index + len(data.candles) - visible
    return not fixed and visible == frame.count and first_index == frame.first_index


def _rows_before(frame: Frame) -> int:
    """Rows before the first visible one that have a part in the picture."""
    shifts = [curve.shift for place in frame.studies for curve in place.study.curves]
    return max(frame.seed, 1 + max(0, *shifts) if shifts else 0)


def _markers_equal(kept: Markers, markers: Markers) -> bool:
    return kept is markers or (
        np.array_equal(kept.time_ns, markers.time_ns) and np.array_equal(kept.kind, markers.kind)
    )


def _prices_fit(frame: Frame, data: ChartData) -> bool:
    lowest, highest, most = frame.held
    candles = data.candles
    newest = (candles.open[-1], candles.high[-1], candles.low[-1], candles.close[-1])
    if not all(lowest <= price <= highest for price in newest):
        return False
    drawn = frame.spec.elements.volume
    return bool(0.0 <= candles.volume[-1] <= (most if drawn else inf))


def _values_fit(place: StudyPlace, past: Past, data: ChartData) -> bool:
    """Whether no newest value leaves the held range; one that was outside before may stay there."""
    lowest, highest = place.held
    before, now = past.newest[place.number], data.values[place.number][:, -1]
    for old, new in zip(before.tolist(), now.tolist(), strict=True):
        known = isfinite(new) and not (old < lowest or old > highest)
        if known and not lowest <= new <= highest:
            return False
    return True


def _past_equal(past: Past, data: ChartData) -> bool:
    if past.history is not None or data.history is not None:
        return past.history is data.history
    first, count = past.first_index - data.candles.first_index, past.prices.shape[1]
    if first < 0 or first + count != len(data.candles):
        return False
    if not same_past(past.prices, *columns(data.candles, first), count - 1):
        return False
    return all(
        same_values(kept[row], values[row, first:], count - 1)
        for kept, values in zip(past.values, data.values, strict=True)
        for row in range(len(kept))
    )


@kernel
def same_values(kept: F64, values: F64, count: int) -> bool:
    """Whether the first ``count`` of both are equal; NaN equals NaN."""
    for i in range(count):
        one, two = kept[i], values[i]
        if one != two and not (np.isnan(one) and np.isnan(two)):
            return False
    return True
