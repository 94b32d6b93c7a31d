"""Rows as a page reads them off their bytes."""

import struct
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import Curve, Elements, Study, StudyPane
from chart_acceleration.scene import F64, I64
from chart_acceleration.spec import ChartSpec
from market.columns import CandleWindow
from market.types import Interval
from server.frame_rows import pack_rows, rows_changed, rows_in_sight
from tests.chart_acceleration.made_candles import made_candles

PRICES = st.floats(-1e12, 1e12)


class Rows(NamedTuple):
    """What the documented layout says."""

    first: int
    time_ms: I64
    columns: F64


def read(rows: bytes) -> Rows:
    count, width, first, start = struct.unpack_from("<IIdd", rows)
    middles = np.frombuffer(rows, "<f8", width, 24)
    seconds = np.frombuffer(rows, "<u4", count, 24 + 8 * width)
    values = np.frombuffer(rows, "<f4", count * width, 24 + 8 * width + 4 * count)
    assert len(rows) == 24 + 8 * width + 4 * count + 4 * count * width
    columns = values.reshape(width, count).astype(np.float64) + middles[:, None]
    return Rows(int(first), int(start) + 1000 * seconds.astype(np.int64), columns)


def spec(bars: int, *shifts: int) -> ChartSpec:
    curves = tuple(Curve(str(shift), shift=shift) for shift in shifts)
    studies = (Study("S", curves, StudyPane()),) if curves else ()
    return ChartSpec("A", Interval.M1, 300, 200, bars=bars, elements=Elements(studies=studies))


def data_of(candles: CandleWindow, *rows: F64) -> ChartData:
    return ChartData(candles, (np.stack(rows),) if rows else ())


def test_rows_in_sight_and_one_before() -> None:
    candles = made_candles(50)
    found = read(rows_in_sight(spec(20), ChartData(candles)))
    assert found.first == 1029
    np.testing.assert_array_equal(found.time_ms, candles.time_ns[29:] // 1_000_000)
    for row, name in enumerate(("open", "high", "low", "close", "volume")):
        np.testing.assert_allclose(found.columns[row], getattr(candles, name)[29:], atol=1e-4)
    assert read(rows_in_sight(spec(60), ChartData(candles))).first == 1000


@given(st.lists(st.tuples(PRICES, PRICES), min_size=1, max_size=30))
@settings(deadline=None)
def test_error_is_a_share_of_the_range(pairs: list[tuple[float, float]]) -> None:
    one, two = np.array(pairs).T
    times = np.arange(len(one), dtype=np.int64) * 10**9
    candles = CandleWindow.from_arrays(times, one, two, one, two, np.abs(one))
    found = read(rows_in_sight(spec(50), ChartData(candles)))
    for got, wanted in zip(found.columns, (one, two, one, two, np.abs(one)), strict=True):
        most = np.ptp(wanted) / 2 * 2.0**-24 + 4 * np.spacing(np.abs(wanted).max()) + 1e-45
        assert np.abs(got - wanted).max() <= most


@pytest.mark.parametrize("shift", [-60, -3, 0, 4, 60])
def test_values_stand_beside_their_candle(shift: int) -> None:
    candles = made_candles(30)
    values = np.arange(30.0)
    found = read(rows_in_sight(spec(10, shift), data_of(candles, values))).columns[5]
    for row, got in enumerate(found, start=19):
        source = row - shift
        assert got == pytest.approx(source) if 0 <= source < 30 else np.isnan(got)


def test_what_is_no_value_is_nan_and_a_column_of_none_is_nan() -> None:
    candles = made_candles(4)
    rows = (np.array([np.nan, 1.0, np.inf, 3.0]), np.full(4, np.nan))
    found = read(rows_in_sight(spec(9, 0, 0), data_of(candles, *rows))).columns[5:]
    np.testing.assert_array_equal(found, [[np.nan, 1.0, np.nan, 3.0], [np.nan] * 4])


def test_a_patch_has_rows_only_where_curves_go_to_the_left() -> None:
    candles = made_candles(30)
    values = np.arange(30.0)
    assert rows_changed(spec(10), ChartData(candles)) == b""
    assert rows_changed(spec(10, 0, 7), data_of(candles, values, values)) == b""
    changed = read(rows_changed(spec(10, 0, -5), data_of(candles, values, values)))
    assert changed.first == 1000 + 30 - 6
    assert changed.columns[6, 0] == 29.0


def test_no_rows_and_volumes_beyond_float32() -> None:
    candles = made_candles(3)
    assert read(pack_rows(spec(9), ChartData(candles), 3)).columns.shape == (5, 0)
    ones = np.ones(2)
    huge = CandleWindow.from_arrays([0, 10**9], ones, ones, ones, ones, [1e300, 1e-300])
    assert np.isinf(read(rows_in_sight(spec(9), ChartData(huge))).columns[4]).all()
