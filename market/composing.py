"""One candle made the sum of shorter ones, where these know better.

A candle that was open when its trades began to be known lacks those before, and a venue's answer
about it is stale when it arrives. The shorter candles within it do not have that trouble: those
that had closed are the venue's, the others are made of all their trades.
"""

import numpy as np

from market.merging import Rows
from market.ring import (
    BEFORE_EVERY_ID,
    CLOSE,
    COMPLETE,
    FIRST_ID,
    HIGH,
    LAST_ID,
    LOW,
    OPEN,
    TIME,
    VOLUME,
)


def composed(live: Rows, parts: Rows, start_ns: int, length_ns: int) -> Rows:
    """``live`` with the candle [start_ns, start_ns + length_ns) made of the ``parts`` inside it.

    Without parts inside it, ``live`` as it is. Later trades are added to that candle as to any.
    """
    times = parts.longs[TIME]
    inside = slice(*np.searchsorted(times, (start_ns, start_ns + length_ns)))
    longs, values, counts = parts.longs[:, inside], parts.values[:, inside], parts.counts[inside]
    if not len(counts):
        return live
    newest = longs[LAST_ID, -1]
    sum_longs = np.empty((3, 1), np.int64)
    sum_longs[[TIME, FIRST_ID, LAST_ID], 0] = (
        start_ns, BEFORE_EVERY_ID, BEFORE_EVERY_ID if newest == COMPLETE else newest,
    )  # fmt: skip
    sum_values = np.empty((5, 1))
    sum_values[[OPEN, HIGH, LOW, CLOSE, VOLUME], 0] = (
        values[OPEN, 0], values[HIGH].max(), values[LOW].min(), values[CLOSE, -1],
        values[VOLUME].sum(),
    )  # fmt: skip
    sum_counts = np.array([counts.sum()], np.int32)
    at = int(np.searchsorted(live.longs[TIME], start_ns))
    after = at + (at < len(live) and live.longs[TIME, at] == start_ns)
    return Rows(
        np.concatenate((live.longs[:, :at], sum_longs, live.longs[:, after:]), axis=1),
        np.concatenate((live.values[:, :at], sum_values, live.values[:, after:]), axis=1),
        np.concatenate((live.counts[:at], sum_counts, live.counts[after:])),
    )
