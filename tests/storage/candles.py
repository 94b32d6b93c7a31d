"""Candles to store."""

import numpy as np
from hypothesis import strategies as st

from market.columns import CandleWindow
from market.types import Interval

START_NS = 1_700_000_000 // 86_400 * 86_400 * 10**9
ANY_PRICE = st.floats(1e-12, 1e15)


def candles(
    count: int, interval: Interval = Interval.M1, first: int = 0, seed: int = 1
) -> CandleWindow:
    """``count`` neighbouring candles of a random walk, ``first`` intervals after ``START_NS``."""
    random = np.random.default_rng(seed)
    times = START_NS + (first + np.arange(count)) * interval.nanoseconds
    close = 100 * np.exp(np.cumsum(random.normal(0, 1e-3, count)))
    open_ = np.concatenate(([100.0], close[:-1]))[:count]
    high = np.maximum(open_, close) * 1.001
    low = np.minimum(open_, close) * 0.999
    volume, trades = random.gamma(2, 3, count), random.integers(0, 2**31 - 1, count, np.int32)
    return CandleWindow.from_arrays(times, open_, high, low, close, volume, trades)


@st.composite
def windows(draw: st.DrawFn, interval: Interval) -> CandleWindow:
    """Any candles: gaps, every finite float, times from 1970 to 2200."""
    last = 7_258_118_400 // interval.seconds
    at = sorted(draw(st.sets(st.integers(0, last), max_size=12)))
    rows = [(*sorted(draw(st.tuples(*[ANY_PRICE] * 4))), draw(st.floats(0, 1e300))) for _ in at]
    low, open_, close, high, volume = np.array(rows, np.float64).reshape(-1, 5).T
    counts = np.array(draw(st.lists(st.integers(0, 2**31 - 1), min_size=len(at), max_size=len(at))))
    times = np.array(at, np.int64) * interval.nanoseconds
    return CandleWindow.from_arrays(times, open_, high, low, close, volume, counts.astype(np.int32))
