"""Times on the clock of a time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, reset_tzpath

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration import time_zone
from chart_acceleration.time_zone import local_times
from market.types import HOUR, SECOND

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Chatham",
    "Australia/Lord_Howe",  # half an hour in summer
    "Africa/Casablanca",  # changes around Ramadan
    "Pacific/Apia",  # left out 30 December 2011
    "America/Havana",  # changes at midnight
)


def clock(time_ns: int, zone: str) -> int:
    """What the standard library says, one time after the other."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=time_ns // SECOND)
    shown = at.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)
    return time_ns + (shown - at) // timedelta(microseconds=1) * 1000


def ns(*date: int) -> int:
    return int(datetime(*date, tzinfo=UTC).timestamp()) * SECOND  # type: ignore[arg-type,misc]


def test_utc_is_the_array_itself() -> None:
    times = np.array([1, 2, 3], dtype=np.int64)
    assert local_times(times, "UTC") is times


def test_no_times() -> None:
    assert local_times(np.zeros(0, dtype=np.int64), "Europe/Berlin").shape == (0,)


@settings(deadline=None)
@given(
    st.sampled_from(ZONES),
    st.integers(ns(1900, 1, 1), ns(2100, 1, 1)),
    st.lists(st.integers(0, 3 * 366 * 24 * HOUR), min_size=1, max_size=30),
)
def test_times_agree_with_the_standard_library(zone: str, start: int, after: list[int]) -> None:
    times = np.array([start + each for each in after], dtype=np.int64)
    assert local_times(times, zone).tolist() == [clock(each, zone) for each in times.tolist()]


@pytest.mark.parametrize(
    ("zone", "year"),
    [
        *((zone, year) for zone in ZONES for year in (2011, 2024)),
        ("Africa/Freetown", 1939),  # two changes within four days
        ("America/Recife", 2000),  # within a week
    ],
)
def test_every_hour_of_years_with_changes(zone: str, year: int) -> None:
    times = np.arange(ns(year, 1, 1), ns(year + 1, 1, 2), HOUR // 2)
    assert local_times(times, zone).tolist() == [clock(each, zone) for each in times.tolist()]


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", ns(2024, 3, 31, 1)),
        ("Europe/Berlin", ns(2024, 10, 27, 1)),
        ("America/New_York", ns(2024, 3, 10, 7)),
        ("America/New_York", ns(2024, 11, 3, 6)),
        ("Pacific/Chatham", ns(2024, 4, 6, 14)),
        ("Pacific/Chatham", ns(2024, 9, 28, 14)),
    ],
)
def test_a_change_is_exact_to_the_nanosecond(zone: str, change: int) -> None:
    before, after = (local_times(np.array([change + d]), zone)[0] - d for d in (-1, 0))
    assert abs(after - before) == HOUR


def test_a_zone_without_changes() -> None:
    times = np.array([ns(2024, 1, 1), ns(2024, 7, 1)])
    assert (local_times(times, "Asia/Kolkata") - times).tolist() == [11 * HOUR // 2] * 2


def test_the_whole_range_of_int64() -> None:
    times = np.array([-(2**63) + 2**60, 2**63 - 2**60], dtype=np.int64)
    assert local_times(times, "Europe/Berlin").tolist() == [
        clock(each, "Europe/Berlin") for each in times.tolist()
    ]
    ends = np.array([-(2**63), 2**63 - 1], dtype=np.int64)
    assert local_times(ends, "Etc/GMT").tolist() == ends.tolist()
    ends += [HOUR, -HOUR]
    assert local_times(ends, "Etc/GMT-1").tolist() == (ends + HOUR).tolist()
    assert local_times(ends[:1] - HOUR, "Etc/GMT-1").tolist() == ends[:1].tolist()


def test_offsets_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times = np.arange(ns(2024, 1, 1), ns(2024, 12, 1), HOUR)
    first = local_times(times, "Europe/Paris")
    monkeypatch.setattr(time_zone, "_offset", None)
    assert local_times(times, "Europe/Paris").tolist() == first.tolist()


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        local_times(np.array([0]), "Europe/Nowhere")


def test_zones_are_there_without_those_of_the_system() -> None:
    reset_tzpath(to=())
    try:
        assert ZoneInfo.no_cache("Pacific/Chatham").key == "Pacific/Chatham"
    finally:
        reset_tzpath()
