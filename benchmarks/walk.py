"""The candles that the chart measurements draw."""

import numpy as np

from market.columns import CandleWindow
from market.types import MINUTE

BARS = 300


def candles(count: int = BARS, seed: int = 7) -> CandleWindow:
    """A seeded random walk of 1-minute candles."""
    random = np.random.default_rng(seed)
    close = 38_500.0 * np.exp(np.cumsum(random.normal(0.0, 0.001, count)))
    opened = np.concatenate([[38_500.0], close[:-1]])
    spread = 25.0 * np.abs(random.normal(size=(2, count)))
    return CandleWindow.from_arrays(
        1_643_660_040_000_000_000 + np.arange(count, dtype=np.int64) * MINUTE,
        opened,
        np.maximum(opened, close) + spread[0],
        np.minimum(opened, close) - spread[1],
        close,
        random.gamma(1.5, 20.0, count),
    )
