"""Natural boundaries on the time axis."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration import time_ticks
from chart_acceleration.time_ticks import (
    CLOCK,
    DAYS,
    MONTHS,
    NEW_DAY,
    NEW_MONTH,
    NEW_YEAR,
    SAME_DAY,
    YEARS,
    find_ticks,
    tick_text,
    tick_unit,
)
from market.types import DAY, HOUR, MINUTE, SECOND, Interval

pytestmark = pytest.mark.kernel


def ns(*date: int) -> int:
    return int(datetime(*date, tzinfo=UTC).timestamp()) * SECOND  # type: ignore[arg-type,misc]


def ticks(
    start: int, count: int, length: int, step: float, spacing: float = 84.0
) -> list[tuple[int, int]]:
    index, level = np.zeros(64, dtype=np.int32), np.zeros(64, dtype=np.int32)
    times = start + np.arange(count, dtype=np.int64) * length
    kind, unit = tick_unit(length, step, spacing)
    found = find_ticks(times, length, kind, unit, step, spacing, index, level)
    return [
        (int(times[i]), int(change)) for i, change in zip(index[:found], level[:found], strict=True)
    ]


@pytest.mark.parametrize(
    ("length", "step", "unit"),
    [
        (SECOND, 8.0, (CLOCK, 15 * SECOND)),
        (MINUTE, 4.0, (CLOCK, 30 * MINUTE)),
        (5 * MINUTE, 6.0, (CLOCK, 2 * HOUR)),
        (HOUR, 6.0, (DAYS, 1)),
        (DAY, 5.0, (MONTHS, 1)),
        (DAY, 10.0, (DAYS, 10)),
        (DAY, 0.25, (YEARS, 1)),
        (DAY, 1e-4, (YEARS, 100)),
    ],
)
def test_the_finest_unit_that_keeps_its_distance(
    length: int, step: float, unit: tuple[int, int]
) -> None:
    assert tick_unit(length, step, 84.0) == unit


def test_hours_with_the_day_change_marked() -> None:
    found = ticks(ns(2022, 1, 31, 21, 10), 60, 5 * MINUTE, 7.0)
    assert found == [
        (ns(2022, 1, 31, 22), SAME_DAY),
        (ns(2022, 1, 31, 23), SAME_DAY),
        (ns(2022, 2, 1), NEW_MONTH),
        (ns(2022, 2, 1, 1), SAME_DAY),
        (ns(2022, 2, 1, 2), SAME_DAY),
    ]


def test_every_day_of_a_long_month_is_named() -> None:
    found = ticks(ns(2022, 1, 29, 12), 100, HOUR, 6.0)
    assert [at for at, _ in found] == [
        ns(2022, 1, 30),
        ns(2022, 1, 31),
        ns(2022, 2, 1),
        ns(2022, 2, 2),
    ]


def test_months_and_years_of_daily_candles() -> None:
    found = ticks(ns(2017, 11, 15), 100, DAY, 5.0)
    assert found == [
        (ns(2017, 12, 1), NEW_MONTH),
        (ns(2018, 1, 1), NEW_YEAR),
        (ns(2018, 2, 1), NEW_MONTH),
    ]


def test_the_greater_change_wins_where_two_are_too_close() -> None:
    index, level = np.zeros(8, dtype=np.int32), np.zeros(8, dtype=np.int32)
    times = np.array([ns(2022, 1, 31, 22), ns(2022, 1, 31, 23), ns(2022, 2, 1)], dtype=np.int64)
    found = find_ticks(times, HOUR, CLOCK, HOUR, 60.0, 84.0, index, level)
    assert index[:found].tolist() == [0, 2]
    assert level[:found].tolist() == [SAME_DAY, NEW_MONTH]


@settings(deadline=None)
@given(
    st.sampled_from(list(Interval)),
    st.integers(0, 2**61),
    st.floats(0.1, 40.0),
    st.integers(1, 120),
)
def test_ticks_keep_their_distance_and_change_something(
    interval: Interval, start: int, step: float, count: int
) -> None:
    length = interval.nanoseconds
    found = ticks(start // length * length, count, length, step)
    gaps = np.diff([at for at, _ in found]) / length * step
    assert (gaps >= 84.0 - 1e-6).all()


@settings(deadline=None)
@given(st.integers(-100_000, 100_000))
def test_calendar_agrees_with_the_standard_library(day: int) -> None:
    date = datetime.fromordinal(datetime(1970, 1, 1).toordinal() + day)
    assert time_ticks._key(day * DAY, YEARS, 1) == date.year
    assert time_ticks._key(day * DAY, MONTHS, 1) == date.year * 12 + date.month - 1
    assert time_ticks._key(day * DAY, DAYS, 1) % 32 == date.day - 1


def test_no_candles_no_ticks() -> None:
    assert ticks(0, 0, MINUTE, 5.0) == []


@pytest.mark.parametrize(
    ("at", "level", "kind", "interval", "expected"),
    [
        (ns(2022, 1, 31, 16), SAME_DAY, CLOCK, Interval.M5, ("16:00", False)),
        (ns(2022, 1, 31, 16, 0, 30), SAME_DAY, CLOCK, Interval.S1, ("16:00:30", False)),
        (ns(2022, 1, 31), NEW_DAY, CLOCK, Interval.M5, ("31 Jan", True)),
        (ns(2022, 2, 1), NEW_MONTH, CLOCK, Interval.M5, ("1 Feb", True)),
        (ns(2017, 1, 1), NEW_YEAR, MONTHS, Interval.D1, ("2017", True)),
        (ns(2017, 2, 1), NEW_MONTH, MONTHS, Interval.D1, ("Feb", False)),
        (ns(2017, 2, 1), NEW_MONTH, DAYS, Interval.D1, ("Feb", True)),
        (ns(2017, 2, 11), NEW_DAY, DAYS, Interval.D1, ("11 Feb", False)),
    ],
)
def test_labels(
    at: int, level: int, kind: int, interval: Interval, expected: tuple[str, bool]
) -> None:
    assert tick_text(at, level, kind, interval) == expected
