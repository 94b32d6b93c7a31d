"""Where the time axis has ticks: at the first candle after a natural boundary, never closer than
asked.

Times are those of the chart's clock: nanoseconds since 1970-01-01 00:00 there, see
:mod:`chart_acceleration.time_zone`. A clock that is put back makes them fall.

Calendar arithmetic: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"
(civil_from_days).
"""

from datetime import UTC, datetime

from chart_acceleration.scene import I32, I64
from market.kernel import inline_kernel, kernel
from market.types import DAY, HOUR, MINUTE, SECOND, Interval

CLOCK, DAYS, MONTHS, YEARS = 0, 1, 2, 3
SAME_DAY, NEW_DAY, NEW_MONTH, NEW_YEAR = 0, 1, 2, 3
MOST_TICKS = 256

# (shortest length, kind, count): CLOCK counts nanoseconds, the others calendar days, months, years
_UNITS: tuple[tuple[int, int, int], ...] = (
    *((n * SECOND, CLOCK, n * SECOND) for n in (1, 2, 5, 10, 15, 30)),
    *((n * MINUTE, CLOCK, n * MINUTE) for n in (1, 2, 5, 10, 15, 30)),
    *((n * HOUR, CLOCK, n * HOUR) for n in (1, 2, 3, 4, 6, 12)),
    *((n * DAY, DAYS, n) for n in (1, 2, 5, 10, 15)),
    *((n * 28 * DAY, MONTHS, n) for n in (1, 2, 3, 6)),
    *((n * 365 * DAY, YEARS, n) for n in (1, 2, 5, 10, 20, 50)),
)


def tick_unit(interval_ns: int, step: float, spacing: float) -> tuple[int, int]:
    """(kind, count) of the finest boundaries that are ``spacing`` pixels apart at ``step`` pixels
    per interval.
    """
    needed = interval_ns * spacing / step
    for length, kind, count in _UNITS:
        if length >= needed:
            return kind, count
    return YEARS, 100


@inline_kernel
def _year_and_month(day: int) -> tuple[int, int, int]:
    """Year, month 1..12 and day of the month of a day counted from 1970-01-01."""
    shifted = day + 719_468
    era = shifted // 146_097
    of_era = shifted - era * 146_097
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * of_year + 2) // 153
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    year = year_of_era + era * 400 + (1 if month <= 2 else 0)
    return year, month, of_year - (153 * shifted_month + 2) // 5 + 1


@inline_kernel
def _key(time_ns: int, kind: int, count: int) -> int:
    """A number that changes exactly at the boundaries."""
    if kind == CLOCK:
        return time_ns // count
    year, month, of_month = _year_and_month(time_ns // DAY)
    if kind == DAYS:
        # the odd days at a month's end join the group before, or 31 and 1 would stand side by side
        last = 30 if count == 1 else 30 // count - 1
        return (year * 12 + month) * 32 + min((of_month - 1) // count, last)
    return (year * 12 + month - 1) // count if kind == MONTHS else year // count


@inline_kernel
def _change(before_ns: int, time_ns: int) -> int:
    if before_ns // DAY == time_ns // DAY:
        return SAME_DAY
    year, month, _ = _year_and_month(time_ns // DAY)
    old_year, old_month, _ = _year_and_month(before_ns // DAY)
    if year != old_year:
        return NEW_YEAR
    return NEW_MONTH if month != old_month else NEW_DAY


@kernel
def find_ticks(
    time_ns: I64,
    interval_ns: int,
    kind: int,
    count: int,
    step: float,
    spacing: float,
    index: I32,
    level: I32,
) -> int:
    """Write row number and level (SAME_DAY ... NEW_YEAR) of every tick; returns how many.

    Two ticks are at least ``spacing`` pixels apart; where one must give way the greater change
    stays. A day, month or year that came before does not begin again where the clock is put back.
    """
    found = 0
    latest = time_ns[0] - interval_ns if time_ns.shape[0] > 0 else 0
    key_before = _key(latest, kind, count)
    for i in range(time_ns.shape[0]):
        key = _key(time_ns[i], kind, count)
        if key != key_before:
            change = _change(latest, max(latest, time_ns[i]))
            if found > 0 and (i - index[found - 1]) * step < spacing:
                if change <= level[found - 1]:
                    latest, key_before = max(latest, time_ns[i]), key
                    continue
                found -= 1
            if found < index.shape[0]:
                index[found] = i
                level[found] = change
                found += 1
        latest, key_before = max(latest, time_ns[i]), key
    return found


def tick_text(time_ns: int, level: int, kind: int, interval: Interval) -> tuple[str, bool]:
    """The label, and whether it is set in semi-bold: ``16:00``, ``31 Jan``, ``Feb``, ``2017``.
    ``time_ns`` is the chart's clock, as everywhere here.
    """
    at = datetime.fromtimestamp(time_ns // SECOND, UTC)
    daily = interval is Interval.D1
    if level == NEW_YEAR:
        return str(at.year), True
    if kind == MONTHS or (daily and level == NEW_MONTH):
        return f"{at:%b}", daily and kind == DAYS
    if level != SAME_DAY:
        return f"{at.day} {at:%b}", not daily
    if interval.seconds < 60:
        return f"{at:%H:%M:%S}", False
    return f"{at:%H:%M}", False
