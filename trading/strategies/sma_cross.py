"""Moving average cross as a signal: long while the fast average is above the slow, else flat."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indicators.moving import sma
from trading.errors import BadParameters

__all__ = ["SmaCrossParameters", "SmaCrossSignal", "decide"]

F64 = NDArray[np.float64]
I8 = NDArray[np.int8]

TIE = 1e-12
"""Averages closer than this fraction of the slow one are equal, so that rounding never trades."""

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
