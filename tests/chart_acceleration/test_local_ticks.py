"""Ticks on the clock of a time zone: days of 23 and 25 hours, clocks with odd offsets."""

from datetime import UTC, datetime

import numpy as np
import pytest

from chart_acceleration.time_ticks import NEW_DAY, NEW_MONTH, SAME_DAY, find_ticks, tick_text
from chart_acceleration.time_ticks import tick_unit as unit_of
from chart_acceleration.time_zone import local_times
from market.types import DAY, HOUR, MINUTE, SECOND, Interval

pytestmark = pytest.mark.kernel

SPACING = 84.0
Tick = tuple[str, int, int]  # what the clock shows, level, row


def ticks(zone: str, start: str, count: int, length: int, step: float) -> list[Tick]:
    """Of candles from ``start`` (UTC) on."""
    index, level = np.zeros(64, dtype=np.int32), np.zeros(64, dtype=np.int32)
    first = int(datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp()) * SECOND
    local = local_times(first + np.arange(count, dtype=np.int64) * length, zone)
    kind, unit = unit_of(length, step, SPACING)
    found = find_ticks(local, length, kind, unit, step, SPACING, index, level)
    return [
        (f"{datetime.fromtimestamp(int(local[i]) // SECOND, UTC):%d %H:%M}", int(change), int(i))
        for i, change in zip(index[:found], level[:found], strict=True)
    ]


@pytest.mark.parametrize(
    ("zone", "start", "rows"),
    [
        ("Europe/Berlin", "2024-03-29 12:00", [11, 35, 58, 82]),  # 31 March has 23 hours
        ("Europe/Berlin", "2024-10-25 12:00", [10, 34, 59, 83]),  # 27 October has 25
        ("America/New_York", "2024-03-08 12:00", [17, 41, 64, 88]),  # 10 March has 23
        ("America/New_York", "2024-11-01 12:00", [16, 40, 65, 89]),  # 3 November has 25
    ],
)
def test_days_begin_at_local_midnight(zone: str, start: str, rows: list[int]) -> None:
    found = ticks(zone, start, 96, HOUR, 6.0)
    assert [text[3:] for text, _, _ in found] == ["00:00"] * 4
    assert [row for _, _, row in found] == rows
    assert all(level >= NEW_DAY for _, level, _ in found)


def test_the_first_candle_after_midnight_where_the_offset_has_minutes() -> None:
    found = ticks("Asia/Kolkata", "2024-01-30 12:00", 48, HOUR, 6.0)
    assert found == [("31 00:30", NEW_DAY, 7), ("01 00:30", NEW_MONTH, 31)]
    found = ticks("Pacific/Chatham", "2024-04-05 02:00", 60, HOUR, 6.0)
    # back from 03:45 to 02:45 on 7 April: +13:45, then +12:45
    assert found == [("06 00:45", NEW_DAY, 9), ("07 00:45", NEW_DAY, 33), ("08 00:45", NEW_DAY, 58)]


def test_minutes_where_the_offset_has_minutes() -> None:
    found = ticks("Asia/Kolkata", "2024-01-30 12:00", 13, 15 * MINUTE, 21.0)
    assert found == [
        ("30 18:00", SAME_DAY, 2),
        ("30 19:00", SAME_DAY, 6),
        ("30 20:00", SAME_DAY, 10),
    ]


def test_an_hour_that_is_left_out() -> None:
    found = ticks("Europe/Berlin", "2024-03-30 22:30", 20, 15 * MINUTE, 21.0)
    assert [text[3:] for text, _, _ in found] == ["00:00", "01:00", "03:00", "04:00", "05:00"]


def test_an_hour_that_comes_twice() -> None:
    found = ticks("Europe/Berlin", "2024-10-26 22:30", 18, 15 * MINUTE, 42.0)
    assert [text[3:] for text, _, _ in found] == [
        "00:30", "01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30",
    ]  # fmt: skip
    assert {level for _, level, _ in found} == {SAME_DAY}


def test_a_day_does_not_begin_twice() -> None:
    index, level = np.zeros(8, dtype=np.int32), np.zeros(8, dtype=np.int32)
    hours = [22, 23, 24, 23, 24, 25]  # put back from 00:59 to 23:00
    local = np.array([DAY + each * HOUR for each in hours], dtype=np.int64)
    found = find_ticks(local, HOUR, 0, HOUR, 100.0, SPACING, index, level)
    assert index[:found].tolist() == [0, 1, 2, 3, 4, 5]
    assert level[:found].tolist() == [SAME_DAY, SAME_DAY, NEW_DAY, SAME_DAY, SAME_DAY, SAME_DAY]


def test_midnight_that_is_left_out() -> None:
    found = ticks("America/Havana", "2024-03-09 12:00", 36, HOUR, 6.0)
    assert found == [("10 01:00", NEW_DAY, 17)]


def test_labels_show_the_local_clock() -> None:
    time = np.array([int(datetime(2024, 1, 30, 18, 45, tzinfo=UTC).timestamp()) * SECOND])
    local = int(local_times(time, "Asia/Kolkata")[0])
    assert tick_text(local, SAME_DAY, 0, Interval.M15) == ("00:15", False)
    assert tick_text(local, NEW_DAY, 0, Interval.M15) == ("31 Jan", True)
