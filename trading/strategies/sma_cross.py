"""Moving average cross: on the side of the fast average, seen from the slow one."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indicators.moving import sma
from trading.candles import Candles
from trading.errors import BadParameters
from trading.signals import TIE, sides
from trading.strategy import Rule, Signal, SignalStrategy, length

__all__ = [
    "LENGTHS", "STRATEGY", "SmaCrossParameters", "SmaCrossSignal", "average_cross", "decide",
]  # fmt: skip

F64 = NDArray[np.float64]
I8 = NDArray[np.int8]

_BOUNDS = {"fast": (2, 200), "slow": (3, 500)}


@dataclass(frozen=True, slots=True)
class SmaCrossParameters:
    """Candles per average: 2 <= fast <= 200, 3 <= slow <= 500, fast < slow.

    Raises :class:`BadParameters` otherwise.
    """

    fast: int = 20
    slow: int = 50

    def __post_init__(self) -> None:
        for name, (least, most) in _BOUNDS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int):
                raise BadParameters(f"{name} was {value!r}; allowed is a whole number")
            if not least <= value <= most:
                raise BadParameters(f"{name} was {value}; allowed is {least} to {most}")
        if self.fast >= self.slow:
            raise BadParameters(
                f"fast was {self.fast} and slow {self.slow}; fast must be below slow"
            )


@dataclass(frozen=True, slots=True)
class SmaCrossSignal:
    """Arrays of shape (n,): averages as float64, NaN while warming, target as int8, 0 or 1.

    ``target[i]`` is decided at the close of candle i and depends on no later candle.
    """

    fast: F64
    slow: F64
    target: I8


def decide(close: F64, parameters: SmaCrossParameters) -> SmaCrossSignal:
    """The target position after each close; flat until the slow average exists, and on a tie."""
    fast = sma(close, parameters.fast)
    slow = sma(close, parameters.slow)
    target = (fast > slow * (1 + TIE)).astype(np.int8)
    return SmaCrossSignal(fast, slow, target)


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
