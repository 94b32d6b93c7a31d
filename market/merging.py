"""How candles from a venue's history meet the ones built from live trades.

The live candle that was open when the program started lacks the trades before; the venue's candle
of the same time may lack the trades since it was asked for. Adding the two would count the overlap
twice, so for a candle that both have:

open             the venue's: it saw the candle from its start
high, low        the extremes of both
volume, trades   the larger of both
close            the live one's while the candle is the newest and a live trade reached it, or where
                 the live volume is the larger (the venue's answer was stale); otherwise the venue's

Later live trades are added to the newest candle as usual; older merged candles are complete and
stay as they are. The newest candle's volume can therefore be too small, by no more than what traded
before the start, until the next merge; and too large by the few trades that the answer held already
and the socket brought only after it. The next candle is exact.

Candles known to be ``final`` are the venue's in every value; of the counts of trades, which some
venues do not tell, the larger.
"""

from dataclasses import dataclass

import numpy as np

from market.columns import CandleWindow
from market.ring import (
    BEFORE_EVERY_ID,
    CLOSE,
    COMPLETE,
    F64,
    FIRST_ID,
    HIGH,
    I32,
    I64,
    LAST_ID,
    LOW,
    TIME,
    VOLUME,
)

ROUNDING = 1e-9
"""Relative difference below which two volumes are sums of the same sizes in another order."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Candles with their trade ids: int64 (3, n), float64 (5, n), int32 (n,), see RingStorage."""

    longs: I64
    values: F64
    counts: I32

    def __len__(self) -> int:
        return int(self.counts.shape[0])

    def newest(self, count: int) -> "Rows":
        """The last ``count`` candles at most, contiguous."""
        at = max(0, len(self) - count)
        return Rows(self.longs[:, at:].copy(), self.values[:, at:].copy(), self.counts[at:].copy())


def merge_history(
    live: Rows, venue: CandleWindow, *, closed: bool = False, final: bool = False
) -> Rows:
    """All candles of both, in order of time, merged by the rules above where both have one.

    ``closed``: the newest of ``venue`` is complete like its others. ``final``: see the module.
    """
    times = np.union1d(live.longs[TIME], venue.time_ns)
    mine = _spread(live, times)
    theirs = _spread(_rows(venue), times)
    has_mine = np.isin(times, live.longs[TIME])
    has_theirs = np.isin(times, venue.time_ns)
    both = has_mine & has_theirs
    longs = np.where(has_theirs, theirs.longs, mine.longs)
    values = np.where(has_theirs, theirs.values, mine.values)
    counts = np.where(has_theirs, theirs.counts, mine.counts)
    counts[both] = np.maximum(mine.counts[both], theirs.counts[both])
    if final:
        return Rows(longs, values, counts)

    values[HIGH, both] = np.maximum(mine.values[HIGH, both], theirs.values[HIGH, both])
    values[LOW, both] = np.minimum(mine.values[LOW, both], theirs.values[LOW, both])
    values[VOLUME, both] = np.maximum(mine.values[VOLUME, both], theirs.values[VOLUME, both])
    stale = both & (mine.values[VOLUME] > theirs.values[VOLUME] * (1 + ROUNDING))
    values[CLOSE, stale] = mine.values[CLOSE, stale]
    if len(times) and not (closed and has_theirs[-1] and not has_mine[-1]):
        _keep_newest_open(longs, values, mine, bool(has_mine[-1]), bool(has_theirs[-1]))
    return Rows(longs, values, counts)


def _keep_newest_open(
    longs: I64, values: F64, mine: Rows, has_mine: bool, has_theirs: bool
) -> None:
    if not has_theirs:
        return
    longs[LAST_ID, -1] = mine.longs[LAST_ID, -1] if has_mine else BEFORE_EVERY_ID
    if has_mine and mine.longs[LAST_ID, -1] > BEFORE_EVERY_ID:
        values[CLOSE, -1] = mine.values[CLOSE, -1]


def _rows(window: CandleWindow) -> Rows:
    longs = np.empty((3, len(window)), np.int64)
    longs[TIME] = window.time_ns
    longs[FIRST_ID] = BEFORE_EVERY_ID
    longs[LAST_ID] = COMPLETE
    values = np.stack([window.open, window.high, window.low, window.close, window.volume])
    return Rows(longs, values, window.trades)


def _spread(rows: Rows, times: I64) -> Rows:
    at = np.searchsorted(times, rows.longs[TIME])
    longs = np.zeros((3, len(times)), np.int64)
    values = np.zeros((5, len(times)))
    counts = np.zeros(len(times), np.int32)
    longs[:, at], values[:, at], counts[at] = rows.longs, rows.values, rows.counts
    longs[TIME] = times
    return Rows(longs, values, counts)
