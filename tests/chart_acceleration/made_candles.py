"""Synthetic candles for chart tests: seeded, so that every run sees the same."""

from dataclasses import replace
from typing import Any

import numpy as np

from market.columns import CandleWindow
from market.types import MINUTE

START_NS = 1_643_660_000_000_000_000 // MINUTE * MINUTE  # 2022-01-31 20:13 UTC


def made_candles(
    count: int, *, seed: int = 7, price: float = 38_500.0, interval_ns: int = MINUTE
) -> CandleWindow:
    """``count`` candles of a seeded random walk; absolute indices start at 1000."""
    random = np.random.default_rng(seed)
    close = price * np.exp(np.cumsum(random.normal(0.0, 0.001, count)))
    opened = np.concatenate([[price], close[:-1]])[:count]
    spread = price * np.abs(random.normal(0.0, 0.0006, (2, count)))
    window = CandleWindow.from_arrays(
        START_NS + np.arange(count, dtype=np.int64) * interval_ns,
        opened,
        np.maximum(opened, close) + spread[0],
        np.minimum(opened, close) - spread[1],
        close,
        random.gamma(1.5, 20.0, count),
    )
    return replace(window, first_index=1000)


def with_newest(candles: CandleWindow, close: float, volume: float | None = None) -> CandleWindow:
    """The same candles with the newest moved to ``close``, its high and low following."""
    columns: dict[str, Any] = {
        name: np.array(getattr(candles, name)) for name in ("high", "low", "close", "volume")
    }
    columns["close"][-1] = close
    columns["high"][-1] = max(columns["high"][-1], close)
    columns["low"][-1] = min(columns["low"][-1], close)
    if volume is not None:
        columns["volume"][-1] = volume
    return replace(candles, **columns, version=candles.version + 2)


def flat_candles(count: int, price: float, volume: float = 0.0) -> CandleWindow:
    """``count`` candles that never leave ``price``."""
    prices = np.full(count, price)
    times = START_NS + np.arange(count, dtype=np.int64) * MINUTE
    return CandleWindow.from_arrays(times, prices, prices, prices, prices, np.full(count, volume))


def steep_candles(count: int, factor: float = 1.06) -> CandleWindow:
    """Candles that rise by ``factor`` a minute, around a seeded walk: many decades of prices."""
    walk = made_candles(count, price=2.0)
    rise = factor ** np.arange(count)
    columns = {name: getattr(walk, name) * rise for name in ("open", "high", "low", "close")}
    return replace(walk, **columns)
