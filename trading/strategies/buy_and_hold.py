"""Buy and hold: what every strategy is measured by."""

from collections.abc import Mapping

import numpy as np

from trading.candles import Candles
from trading.strategy import Signal, SignalStrategy

__all__ = ["STRATEGY"]


def _decide(candles: Candles, _values: Mapping[str, float]) -> Signal:
    return Signal(np.ones(len(candles)))


STRATEGY = SignalStrategy(
    "buy_and_hold",
    "Buy and hold",
    "Buys once and never sells: what every other strategy must beat. Acts after the first candle.",
    "Fama and Blume, Filter rules and stock-market trading, Journal of Business 1966, as yardstick",
    (),
    (),
    _decide,
)
