"""Candles of any length: what a view shows, and what may be added."""

from dataclasses import replace
from math import inf, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.errors import BadCandles, BadChartData
from chart_acceleration.history import History
from chart_acceleration.projection import heikin_ashi
from chart_acceleration.scene import F64
from market.columns import CandleWindow
from market.types import MINUTE, Candle
from tests.chart_acceleration.made_candles import START_NS, made_candles
from tests.chart_acceleration.made_rows import gappy_values, same_bits

pytestmark = pytest.mark.kernel

NAMES = ("time_ns", "open", "high", "low", "close", "volume", "trades")


def candle(window: CandleWindow, row: int) -> Candle:
    """Row ``row`` as a candle."""
    return Candle(*(getattr(window, name)[row].item() for name in NAMES))


def rows(window: CandleWindow, end: int) -> CandleWindow:
    """The first ``end`` rows."""
    cut: dict[str, Any] = {name: getattr(window, name)[:end] for name in NAMES}
    return replace(window, **cut)


def assert_same_rows(a: CandleWindow, b: CandleWindow) -> None:
    """The columns of both are equal."""
    for name in NAMES:
        assert np.array_equal(getattr(a, name), getattr(b, name)), name


def curves(count: int, of: int = 2) -> F64:
    """Values of a study of ``of`` curves."""
    return np.stack([gappy_values(seed, count) for seed in range(of)])


def test_a_window_is_all_rows_before_its_end_without_a_copy() -> None:
    candles = made_candles(50)
    history = History(candles)
    assert len(history) == 50
    window = history.window(1030)  # made candles begin at index 1000
    assert (len(window), window.first_index) == (30, 1000)
    assert_same_rows(window, rows(candles, 30))
    assert np.shares_memory(window.close, candles.close)
    assert not window.close.flags.writeable


@pytest.mark.parametrize(("end", "count"), [(None, 50), (5000, 50), (1050, 50), (1000, 0), (3, 0)])
def test_the_end_stays_inside_the_history(end: int | None, count: int) -> None:
    history = History(made_candles(50))
    history.add_study(curves(50))
    assert len(history.window(end)) == count
    assert [values.shape for values in history.values(end)] == [(2, count)]


def test_values_are_views() -> None:
    history, values = History(made_candles(50)), curves(50)
    history.add_study(values)
    assert same_bits(history.values(1020)[0], values[:, :20])
    assert np.shares_memory(history.values()[0], values)


@given(count=st.integers(0, 700), start=st.integers(0, 700), ask=st.integers(0, 700))
def test_rows_that_came_one_by_one_are_the_same(count: int, start: int, ask: int) -> None:
    start = min(start, count)
    candles, values = made_candles(count), curves(count)
    grown, whole = History(rows(candles, start)), History(candles)
    grown.add_study(values[:, :start])
    whole.add_study(values)
    for row in range(start, count):
        if row == ask:
            assert len(grown.heikin_ashi.columns[0]) >= row  # made before the rest comes
        grown.append(candle(candles, row), [values[:, row]])
    assert_same_rows(grown.window(), candles)
    assert same_bits(grown.values()[0], values)
    first, end = count // 3, count - count // 5
    for a, b in ((grown.candles, whole.candles), (grown.heikin_ashi, whole.heikin_ashi)):
        assert a.extent(first, end) == b.extent(first, end)
        for x, y in zip(a.columns, b.columns, strict=True):
            assert same_bits(x[:count], y[:count])
    for one, other in zip(grown.curves(0), whole.curves(0), strict=True):
        np.testing.assert_array_equal(one.extent(first, end), other.extent(first, end))


@pytest.mark.parametrize("count", [1, 7, 8, 63, 64, 65, 512])
@pytest.mark.parametrize("asked", [False, True])
def test_the_newest_may_be_replaced(count: int, asked: bool) -> None:
    candles, values = made_candles(count), curves(count, of=1)
    history = History(candles)
    history.add_study(values)
    if asked:
        assert history.heikin_ashi is history.heikin_ashi
    newest = candle(candles, count - 1)._replace(high=1e6, low=1.0, volume=1e9)
    history.replace_last(newest, [[77.0]])
    assert history.candles.extent(0, count) == (1.0, 1e6, 1e9)
    assert history.heikin_ashi.extent(0, count) == (1.0, 1e6, 1e9)
    assert history.curves(0)[0].extent(0, count)[1] == 77.0
    assert candle(history.window(), count - 1) == newest
    assert candle(candles, count - 1) != newest  # what was viewed stays


def test_heikin_ashi_begins_at_the_first_row() -> None:
    candles = made_candles(300)
    expected = np.zeros((4, 300))
    heikin_ashi(candles.open, candles.high, candles.low, candles.close, expected)
    columns = History(candles).heikin_ashi.columns
    assert same_bits(np.stack(columns[:4]), expected)
    assert np.array_equal(columns[4], candles.volume)


def test_a_study_may_come_after_the_first_change() -> None:
    candles, values = made_candles(20), curves(20)
    history = History(rows(candles, 18))
    history.append(candle(candles, 18))
    history.add_study(values[:, :19])
    history.append(candle(candles, 19), [values[:, 19]])
    assert same_bits(history.values()[0], values)


def test_every_change_of_the_candles_is_a_new_version() -> None:
    candles = made_candles(20)
    history = History(rows(candles, 19))
    versions = [history.version]
    history.append(candle(candles, 19))
    versions.append(history.version)
    history.replace_last(candle(candles, 19))
    versions.append(history.version)
    assert versions == sorted(set(versions))
    assert history.window().version == versions[-1]


def test_a_window_taken_earlier_keeps_its_length_and_past() -> None:
    candles = made_candles(3000)
    history = History(rows(candles, 10))
    early = history.window()
    for row in range(10, 3000):
        history.append(candle(candles, row))
    assert_same_rows(early, rows(candles, 10))
    assert not history.window().close.flags.writeable


def test_the_extent_of_no_rows_holds_nothing() -> None:
    history = History(made_candles(10))
    history.add_study(np.full((1, 10), nan))
    assert history.candles.extent(4, 4) == (inf, -inf, 0.0)
    np.testing.assert_array_equal(history.curves(0)[0].extent(0, 10), (nan, nan))


def test_from_nothing() -> None:
    empty = np.zeros(0)
    history = History(CandleWindow.from_arrays(np.zeros(0, np.int64), *[empty] * 5))
    assert len(history.window()) == 0
    history.append(Candle(START_NS, 1.0, 3.0, 0.5, 2.0, 5.0, 1))
    assert history.candles.extent(0, 1) == (0.5, 3.0, 5.0)


@pytest.mark.parametrize("field", ["open", "high", "low", "close", "volume"])
@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_a_row_that_cannot_be_drawn_is_named(field: str, value: float) -> None:
    candles = made_candles(30)
    column = np.array(getattr(candles, field))
    column[17] = value
    changes: dict[str, Any] = {field: column}
    with pytest.raises(BadCandles, match=rf"candle 17 has .*{field} {value}"):
        History(replace(candles, **changes))
    column[29] = value
    newest = candle(replace(candles, **changes), 29)
    history = History(rows(candles, 29))
    with pytest.raises(BadCandles, match=rf"candle 29 has .*{field} {value}"):
        history.append(newest)
    assert_same_rows(history.window(), rows(candles, 29))


def test_negative_volume_is_refused() -> None:
    with pytest.raises(BadCandles, match="volume -1"):
        History(replace(made_candles(1), volume=np.array([-1.0])))


def test_times_must_rise() -> None:
    candles = made_candles(30)
    times = np.array(candles.time_ns)
    times[12] = times[11]
    with pytest.raises(BadChartData, match=f"candle 12 starts at {times[11]} ns, not after"):
        History(replace(candles, time_ns=times))


def test_a_candle_of_another_time_is_refused() -> None:
    history = History(made_candles(30))
    newest = candle(history.window(), 29)
    with pytest.raises(BadChartData, match="not after"):
        history.append(newest)
    with pytest.raises(BadChartData, match="the newest starts at"):
        history.replace_last(newest._replace(time_ns=newest.time_ns + MINUTE))
    nothing = History(rows(made_candles(1), 0))
    with pytest.raises(BadChartData, match="the newest starts at None"):
        nothing.replace_last(newest)


@pytest.mark.parametrize("shape", [(30,), (2, 29), (1, 2, 30)])
def test_a_study_has_a_value_beside_every_candle(shape: tuple[int, ...]) -> None:
    history = History(made_candles(30))
    with pytest.raises(BadChartData, match=r"needed are \(curves, 30\)"):
        history.add_study(np.zeros(shape))


@pytest.mark.parametrize("value", [inf, -inf])
def test_values_of_a_study_are_finite_or_missing(value: float) -> None:
    history = History(made_candles(30))
    values = curves(30)
    values[1, 3] = value
    with pytest.raises(BadChartData, match="needed are finite"):
        history.add_study(values)
    assert history.values() == ()
    history.add_study(curves(30))
    newest = candle(history.window(), 29)
    with pytest.raises(BadChartData, match="needed are finite"):
        history.replace_last(newest, [[1.0, value]])


@pytest.mark.parametrize("values", [[], [[1.0]], [[1.0, 2.0, 3.0]], [[1.0, 2.0], [1.0, 2.0]]])
def test_every_curve_gets_its_newest_value(values: list[list[float]]) -> None:
    history = History(made_candles(30))
    history.add_study(curves(30))
    with pytest.raises(BadChartData, match=r"needed are \[\(2,\)\]"):
        history.replace_last(candle(history.window(), 29), values)
