"""Which file a candle lies in: its day, or its month or year where a day has few candles.

Up to one minute a file is a day (86,400 to 1,440 candles), up to fifteen minutes a month, from one
hour a year; all UTC. So the last 5,000 candles of any interval are in few files, and no file is
made for a single candle.
"""

from itertools import pairwise
from typing import Literal

import numpy as np

from market.columns import I64
from market.types import HOUR, MINUTE, Interval

Unit = Literal["D", "M", "Y"]


def unit_of(interval: Interval) -> Unit:
    """Day, month or year, as numpy writes them."""
    if interval.nanoseconds <= MINUTE:
        return "D"
    return "M" if interval.nanoseconds < HOUR else "Y"


def spans(times_ns: I64, interval: Interval) -> list[tuple[str, slice]]:
    """The name of each file (``2026-11-21``, ``2026-11`` or ``2026``) and its rows.

    ``times_ns`` rises.
    """
    if not len(times_ns):
        return []
    days = times_ns.astype("datetime64[ns]").astype(f"datetime64[{unit_of(interval)}]")
    starts = np.concatenate(([0], np.flatnonzero(days[1:] != days[:-1]) + 1, [len(days)]))
    return [(str(days[first]), slice(int(first), int(end))) for first, end in pairwise(starts)]


def name_at(time_ns: int, interval: Interval) -> str:
    """The name of the file that holds the candle at ``time_ns``."""
    return str(np.datetime64(time_ns, "ns").astype(f"datetime64[{unit_of(interval)}]"))
