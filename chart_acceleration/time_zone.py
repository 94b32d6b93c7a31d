"""Times on the clock of a time zone."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from chart_acceleration.scene import I64
from market.types import SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STRIDE = 3 * 86_400
"""Seconds between two looks: the shortest time between two changes of any zone was just under four
days (Freetown, 1939).
"""
_FIRST_SECOND, _END_SECOND = -(2**63 // SECOND), 2**63 // SECOND
"""The seconds that int64 nanoseconds can tell."""


def local_times(times_ns: I64, zone: str) -> I64:
    """What a clock in ``zone`` shows at ``times_ns``, int64 (n,), nanoseconds since the Unix epoch.

    Returns int64 (n,), nanoseconds from 1970-01-01 00:00 on that clock; for "UTC" the array itself.
    Times may stand in any order. The offsets of a year are looked up once. Raises
    :class:`zoneinfo.ZoneInfoNotFoundError` for a name that is not an IANA zone.
    """
    if zone == "UTC" or times_ns.shape[0] == 0:
        return times_ns
    first, last = _year(int(times_ns.min())), _year(int(times_ns.max()))
    starts, offsets = _offsets(zone, first, last)
    local: I64 = times_ns + offsets[np.searchsorted(starts, times_ns, side="right") - 1]
    return local


def _year(time_ns: int) -> int:
    return (_EPOCH + timedelta(seconds=time_ns // SECOND)).year


@lru_cache(maxsize=64)
def _offsets(zone: str, first_year: int, last_year: int) -> tuple[I64, I64]:
    """Times (ns) from which an offset (ns) holds, int64 (n,) both, from the first year on."""
    changes: list[tuple[int, int]] = []
    for year in range(first_year, last_year + 1):
        changes.extend(_changes(zone, year))
    table = np.array(changes, dtype=np.int64).T * SECOND
    table[0, 0] = np.iinfo(np.int64).min  # also for the fraction of a second before it
    return table[0], table[1]


@lru_cache(maxsize=2048)
def _changes(zone: str, year: int) -> tuple[tuple[int, int], ...]:
    """(second, offset in seconds) of the beginning of a UTC year and of every change in it."""
    clock = ZoneInfo(zone)
    start, end = (
        int((datetime(y, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) for y in (year, year + 1)
    )
    start, end = max(start, _FIRST_SECOND), min(end, _END_SECOND)
    found = [(start, _offset(clock, start))]
    for low in range(start, end, _STRIDE):
        high = min(low + _STRIDE, end - 1)
        after = _offset(clock, high)
        if after == found[-1][1]:
            continue
        found.append((_change(clock, low, high), after))
    return tuple(found)


def _change(clock: ZoneInfo, low: int, high: int) -> int:
    """The second of the one change after ``low``, at the latest at ``high``."""
    after = _offset(clock, high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(clock, middle) == after else (middle, high)
    return high


def _offset(clock: ZoneInfo, second: int) -> int:
    """Seconds by which the clock is ahead of UTC."""
    at = _EPOCH + timedelta(seconds=second)
    return (at.astimezone(clock).replace(tzinfo=UTC) - at) // timedelta(seconds=1)
