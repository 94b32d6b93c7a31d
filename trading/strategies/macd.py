"""MACD: on the side of the line, seen from its signal."""

from collections.abc import Mapping

from trading.candles import Candles
from trading.signals import sides
from trading.strategy import Rule, Signal, SignalStrategy, length

__all__ = ["STRATEGY"]


def _decide(candles: Candles, values: Mapping[str, float]) -> Signal:
    line, signal, _ = candles.indicator("macd", **values)
    target = sides(line, signal, candles.close)
    gauges = {"MACD": line, "Signal": signal}
    return Signal(target, {}, candles.warm_up("macd", **values), gauges)


STRATEGY = SignalStrategy(
    "macd",
    "MACD",
    "Follows the momentum of the trend: the distance between two exponential averages. Long while "
    "it is above its own average, the signal line, short while it is below.",
    "Appel, The Moving Average Convergence-Divergence Trading Method, 1979",
    (
        length(12, "fast", "Fast length", 2, 200),
        length(26, "slow", "Slow length", 3, 500),
        length(9, "signal", "Signal length", 2, 200),
    ),
    (Rule("fast", "slow"),),
    _decide,
)
