import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_feed.simulator.candle_archive import (
    DAY_S,
    GRANULARITIES,
    HOUR_S,
    CandleArchive,
    History,
    aggregate,
)

EMPTY = np.empty((0, 6), np.int64)
NOON = 1_790_000_000 // DAY_S * DAY_S + DAY_S // 2


def archive(minutes: list[list[int]] | None = None) -> CandleArchive:
    rows = np.array(minutes, np.int64) if minutes else EMPTY
    return CandleArchive(History(EMPTY, EMPTY, rows))


Trade = tuple[int, int, int]
TRADES = st.lists(
    st.tuples(st.integers(0, 3 * HOUR_S), st.integers(1, 999), st.integers(1, 50)),
    min_size=1,
    max_size=60,
).map(lambda trades: sorted(trades, key=lambda trade: trade[0]))


@given(TRADES, st.sampled_from(GRANULARITIES))
@settings(max_examples=80, deadline=None)
def test_candles_are_those_of_the_trades(trades: list[Trade], granularity: int) -> None:
    store = archive()
    expected: dict[int, list[int]] = {}
    for second, price, size in trades:
        moment = NOON + second
        store.add(moment, price, size)
        start = moment - moment % granularity
        row = expected.setdefault(start, [start, price, price, price, price, 0])
        row[1], row[2] = min(row[1], price), max(row[2], price)
        row[4], row[5] = price, row[5] + size
    rows = store.rows(granularity, 0, NOON + DAY_S, 10_000)
    assert rows.tolist() == sorted(expected.values(), reverse=True)


def test_rows_are_cut_to_range_and_limit_newest_first() -> None:
    store = archive()
    for minute in range(10):
        store.add(NOON + 60 * minute, 100 + minute, 1)
    rows = store.rows(60, NOON + 120, NOON + 360, 3)
    assert rows[:, 0].tolist() == [NOON + 360, NOON + 300, NOON + 240]


def test_candle_at_the_edge_of_the_range_is_whole() -> None:
    store = archive()
    for minute in range(10):
        store.add(NOON + 60 * minute, 100 + minute, 1)
    (row,) = store.rows(300, NOON, NOON + 60, 300).tolist()
    assert row == [NOON, 100, 104, 100, 104, 5]


def test_candle_that_starts_before_the_range_is_left_out() -> None:
    store = archive()
    for minute in range(10):
        store.add(NOON + 60 * minute, 100 + minute, 1)
    rows = store.rows(300, NOON + 60, NOON + 600, 300)
    assert rows[:, 0].tolist() == [NOON + 300]


def test_live_minutes_continue_the_last_minute_and_grow() -> None:
    store = archive([[NOON, 90, 110, 100, 105, 7]])
    store.add(NOON + 30, 120, 3)
    for minute in range(1, 6000):
        store.add(NOON + 60 * minute, 100, 1)
    rows = store.rows(60, 0, 2**40, 10_000)
    assert len(rows) == 6000
    assert rows[-1].tolist() == [NOON, 90, 120, 100, 120, 10]


def test_day_statistics_cover_a_day_and_a_month() -> None:
    store = archive(
        [
            [NOON - 31 * DAY_S, 1, 1, 1, 1, 1000],
            [NOON - 2 * DAY_S, 10, 500, 20, 30, 100],
            [NOON - HOUR_S, 40, 60, 50, 55, 10],
        ]
    )
    store.add(NOON, 70, 5)
    day = store.day_statistics(NOON)
    assert (day.open, day.high, day.low, day.volume, day.volume_30d) == (50, 70, 40, 15, 115)


def test_statistics_of_nothing_are_zero() -> None:
    assert archive().day_statistics(NOON).volume_30d == 0


@pytest.mark.parametrize("seconds", GRANULARITIES)
def test_aggregate_of_nothing_is_nothing(seconds: int) -> None:
    assert len(aggregate(EMPTY, seconds)) == 0
