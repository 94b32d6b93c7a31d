"""Candles of one product: generated history plus what was traded since.

A candle is one row ``time, low, high, open, close, volume`` of an int64 matrix: seconds, ticks and
lots, in the column order of the venue's REST.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

I64 = npt.NDArray[np.int64]

TIME, LOW, HIGH, OPEN, CLOSE, VOLUME = range(6)
GRANULARITIES = (60, 300, 900, 3600, 21600, 86400)
"""Candle lengths in seconds that the venue offers."""

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class History:
    """Older candles, oldest first, int64 (n, 6); each tier ends where the next one begins, on a day
    boundary.
    """

    days: I64
    hours: I64
    minutes: I64


@dataclass(frozen=True, slots=True)
class DayStatistics:
    """The last 24 hours in ticks and lots, and the volume of 30 days."""

    open: int
    high: int
    low: int
    volume: int
    volume_30d: int


def aggregate(rows: I64, seconds: int) -> I64:
    """Candles of ``seconds`` out of shorter ones: int64 (n, 6) to (m, 6), both oldest first."""
    if not len(rows):
        return rows
    keys = rows[:, TIME] // seconds
    starts = np.concatenate(([0], np.flatnonzero(np.diff(keys)) + 1))
    ends = np.concatenate((starts[1:], [len(rows)])) - 1
    merged = np.empty((len(starts), 6), np.int64)
    merged[:, TIME] = keys[starts] * seconds
    merged[:, LOW] = np.minimum.reduceat(rows[:, LOW], starts)
    merged[:, HIGH] = np.maximum.reduceat(rows[:, HIGH], starts)
    merged[:, OPEN] = rows[starts, OPEN]
    merged[:, CLOSE] = rows[ends, CLOSE]
    merged[:, VOLUME] = np.add.reduceat(rows[:, VOLUME], starts)
    return merged


class CandleArchive:
    """History and live minutes of one product; every longer candle is an aggregate of them."""

    def __init__(self, history: History) -> None:
        self._days = history.days
        self._hours = history.hours
        self._count = len(history.minutes)
        self._minutes = np.empty((self._count + 4096, 6), np.int64)
        self._minutes[: self._count] = history.minutes
        self._statistics: DayStatistics | None = None
        self._statistics_minute = -1

    def add(self, time_s: int, price: int, size: int) -> None:
        """Put a trade into its minute; trades come in order of time."""
        start = time_s - time_s % MINUTE_S
        if self._count == 0 or self._minutes[self._count - 1, TIME] != start:
            self._open_minute(start, price)
        row = self._minutes[self._count - 1]
        row[LOW] = min(row[LOW], price)
        row[HIGH] = max(row[HIGH], price)
        row[CLOSE] = price
        row[VOLUME] += size

    def rows(self, granularity: int, start_s: int, end_s: int, limit: int) -> I64:
        """Candles that start within [start_s, end_s], newest first, at most ``limit`` of them."""
        tiers = [self._minutes[: self._count]]
        if granularity >= HOUR_S:
            tiers.insert(0, self._hours)
        if granularity >= DAY_S:
            tiers.insert(0, self._days)
        # The newest candle is whole: the cut is made at its end, not at end_s.
        after = end_s - end_s % granularity + granularity
        cut = [tier[slice(*np.searchsorted(tier[:, TIME], (start_s, after)))] for tier in tiers]
        merged = aggregate(np.concatenate(cut), granularity)
        inside = merged[(merged[:, TIME] >= start_s) & (merged[:, TIME] <= end_s)]
        return inside[::-1][:limit]

    def day_statistics(self, time_s: int) -> DayStatistics:
        """Figures of the last 24 hours and 30 days; the window moves once a minute."""
        minute = time_s // MINUTE_S
        if self._statistics is None or self._statistics_minute != minute:
            self._statistics = self._measure(time_s)
            self._statistics_minute = minute
        return self._statistics

    def _measure(self, time_s: int) -> DayStatistics:
        rows = self._minutes[: self._count]
        month = rows[np.searchsorted(rows[:, TIME], time_s - 30 * DAY_S) :]
        day = month[np.searchsorted(month[:, TIME], time_s - DAY_S) :]
        if not len(day):
            return DayStatistics(0, 0, 0, 0, int(month[:, VOLUME].sum()))
        return DayStatistics(
            open=int(day[0, OPEN]),
            high=int(day[:, HIGH].max()),
            low=int(day[:, LOW].min()),
            volume=int(day[:, VOLUME].sum()),
            volume_30d=int(month[:, VOLUME].sum()),
        )

    def _open_minute(self, start_s: int, price: int) -> None:
        if self._count == len(self._minutes):
            self._minutes = np.concatenate((self._minutes, np.empty_like(self._minutes)))
        self._minutes[self._count] = (start_s, price, price, price, price, 0)
        self._count += 1
