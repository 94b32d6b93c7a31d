"""Moving average cross: on the side of the fast average, seen from the slow one."""

from collections.abc import Mapping

from trading.candles import Candles
from trading.signals import sides
from trading.strategy import Rule, Signal, SignalStrategy, length

__all__ = ["LENGTHS", "STRATEGY", "average_cross"]

LENGTHS = (length(20, "fast", "Fast length", 2, 200), length(50, "slow", "Slow length", 3, 500))


def average_cross(candles: Candles, average: str, values: Mapping[str, float]) -> Signal:
    """Long while the fast average, an indicator's key, is above the slow one, short while below."""
    fast = candles.line(average, period=values["fast"])
    slow = candles.line(average, period=values["slow"])
    curves = {f"{average.upper()} {values[name]}": line
              for name, line in (("fast", fast), ("slow", slow))}  # fmt: skip
    return Signal(sides(fast, slow), curves, candles.warm_up(average, period=values["slow"]))


def _decide(candles: Candles, values: Mapping[str, float]) -> Signal:
    return average_cross(candles, "sma", values)


STRATEGY = SignalStrategy(
    "sma_cross",
    "SMA cross",
    "Follows the trend by two simple moving averages. Long while the fast one is above the slow "
    "one, short while it is below.",
    "Brock, Lakonishok and LeBaron, Simple technical trading rules and the stochastic properties "
    "of stock returns, Journal of Finance 1992",
    LENGTHS,
    (Rule("fast", "slow"),),
    _decide,
)
