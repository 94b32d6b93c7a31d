"""What a strategy is: a frozen record that says everything about it, its decisions included.

The *signal* form decides the position that it wants after the close of every candle, for all
candles at once. The *event* form, where a strategy is called candle by candle and places orders, is
:mod:`trading.event_strategy`. Both name their parameters alike; ``checked`` is for both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from market.columns import F64
from market.kernel import lean_kernel
from trading.candles import Candles
from trading.errors import BadStrategy
from trading.parameters import Parameter, Parametric, Rule, checked, length, verify_record

__all__ = [
    "Decide", "Parameter", "Parametric", "Rule", "Signal", "SignalStrategy", "checked", "decided",
    "length", "verify_record",
]  # fmt: skip


_FLOAT = np.dtype(np.float64)


@dataclass(frozen=True, slots=True)
class Signal:
    """What a strategy wants after the close of every candle.

    ``target`` (n,), from −1 (all of the equity that a position may take, short) to 1 (long), 0
    while warming up. ``target[i]`` may depend on candles 0 to i and on no later one. ``curves``:
    float64 (n,) each by the names they have on the chart, in prices, NaN where there is none;
    ``gauges`` likewise, in units of their own, for a pane below. ``warm_up``: the number of candles
    before the first that can be decided.
    """

    target: F64
    curves: Mapping[str, F64] = field(default_factory=dict)
    warm_up: int = 0
    gauges: Mapping[str, F64] = field(default_factory=dict)


Decide = Callable[[Candles, Mapping[str, float]], Signal]


@dataclass(frozen=True, slots=True)
class SignalStrategy:
    """A strategy of the signal form; raises :class:`BadStrategy` where it contradicts itself.

    ``key`` is its name in addresses and files, ``description`` two sentences for a trader: what it
    does, and when it acts; ``source`` where the rule is from. ``decide`` is a pure function of the
    candles and of a value for each parameter. It is called through :func:`decided`.
    """

    key: str
    name: str
    description: str
    source: str
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]
    decide: Decide

    def __post_init__(self) -> None:
        verify_record(self)
        if not callable(self.decide):
            raise BadStrategy(f"decide was {self.decide!r:.40}; allowed is a function.")


def decided(strategy: SignalStrategy, candles: Candles, values: Mapping[str, float]) -> Signal:
    """The strategy's signal, its target as a read-only float64 array of shape (n,).

    ``values`` as ``checked`` returns them. Raises :class:`BadStrategy` where what ``decide``
    returned is no signal: of another shape, not a number, or outside −1 to 1. What ``decide``
    raises passes through.
    """
    signal = strategy.decide(candles, values)
    if not isinstance(signal, Signal):
        raise BadStrategy(f"decide returned a {type(signal).__name__}; allowed is a Signal.")
    target = _numbers("target", signal.target, len(candles))
    if _unusable(target):
        at = int(np.argmin(np.abs(target) <= 1.0))
        raise BadStrategy(
            f"The target after candle {at} was {target[at]}; allowed is a number from −1 to 1."
        )
    if isinstance(signal.warm_up, bool) or not isinstance(signal.warm_up, int | np.integer):
        raise BadStrategy(f"warm_up was {signal.warm_up!r:.40}; allowed is a whole number.")
    early = _first_wish(target)
    if early < signal.warm_up and early < len(target):
        raise BadStrategy(
            f"The target after candle {early} was {target[early]}; while the "
            f"{signal.warm_up} candles of its warm-up last, allowed is 0."
        )
    curves, gauges = (
        {name: _numbers(name, curve, len(candles)) for name, curve in given.items()}
        for given in (signal.curves, signal.gauges)
    )
    return Signal(target, curves, int(signal.warm_up), gauges)


def _numbers(name: str, values: object, count: int) -> F64:
    if type(values) is np.ndarray and values.shape == (count,) and _is_fixed(values):
        return values
    try:
        array: F64 = np.ascontiguousarray(values, np.float64).view()
    except (TypeError, ValueError):
        raise BadStrategy(f"{name} was {values!r:.40}; allowed are {count:,} numbers.") from None
    if array.shape != (count,):
        raise BadStrategy(f"{name} had the shape {array.shape}; allowed is one number per candle, "
                          f"({count},).")  # fmt: skip
    array.flags.writeable = False
    return array


def _is_fixed(values: NDArray[np.generic]) -> bool:
    """Whether it is as it should be: what indicators return is."""
    flags = values.flags
    return values.dtype is _FLOAT and flags.c_contiguous and not flags.writeable


@lean_kernel
def _first_wish(target: F64) -> int:
    """The first candle with a target other than 0; their number when there is none."""
    for i in range(len(target)):
        if target[i] != 0.0:
            return i
    return len(target)


@lean_kernel
def _unusable(target: F64) -> int:
    """How many are not within −1 and 1."""
    count = 0
    for i in range(len(target)):
        count += not abs(target[i]) <= 1.0
    return count
