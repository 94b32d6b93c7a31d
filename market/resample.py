"""Candles of one interval become candles of a longer one."""

import numpy as np

from market.columns import CandleWindow
from market.types import Interval


def resample(
    candles: CandleWindow, interval: Interval, *, whole_only: bool = False
) -> CandleWindow:
    """Candles of ``interval`` from shorter ones whose length divides it.

    The first and the last may be partial where ``candles`` begin or end inside them; with
    ``whole_only`` such a first one is left out. Intervals without a candle stay without one.
    """
    if not len(candles):
        return candles
    buckets = candles.time_ns - candles.time_ns % interval.nanoseconds
    starts = np.flatnonzero(np.diff(buckets, prepend=buckets[0] - 1))
    if whole_only and buckets[0] != candles.time_ns[0]:
        starts = starts[1:]
    if not len(starts):
        return CandleWindow.from_arrays([], [], [], [], [], [])
    ends = np.append(starts[1:], len(candles)) - 1
    return CandleWindow.from_arrays(
        buckets[starts],
        candles.open[starts],
        np.maximum.reduceat(candles.high, starts),
        np.minimum.reduceat(candles.low, starts),
        candles.close[ends],
        np.add.reduceat(candles.volume, starts),
        np.add.reduceat(candles.trades, starts),
    )
