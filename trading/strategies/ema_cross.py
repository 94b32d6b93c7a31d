"""Cross of two exponential averages: like the simple ones, but recent closes weigh more."""

from collections.abc import Mapping

from trading.candles import Candles
from trading.strategies.sma_cross import LENGTHS, average_cross
from trading.strategy import Rule, Signal, SignalStrategy

__all__ = ["STRATEGY"]


def _decide(candles: Candles, values: Mapping[str, float]) -> Signal:
    return average_cross(candles, "ema", values)


STRATEGY = SignalStrategy(
    "ema_cross",
    "EMA cross",
    "Follows the trend by two exponential moving averages, which turn sooner than simple ones. "
    "Long while the fast one is above the slow one, short while it is below.",
    "Murphy, Technical Analysis of the Financial Markets, 1999, chapter 9: double crossover",
    LENGTHS,
    (Rule("fast", "slow"),),
    _decide,
)
