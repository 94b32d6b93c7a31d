"""What an indicator is: a frozen record that says everything about it, its kernel included.

A kernel has the shape ``kernel(state, *parameters, *inputs, out)``. It takes the next bars, as many
as the inputs hold, from where ``state`` stands, writes one row of ``out`` per output, NaN while
warming up, and leaves ``state`` ready for the bar after. A fresh state is all zeros. One call over
the whole history is the batch form; a call per bar is the incremental one. Where loops over
whole arrays are faster, ``whole(*parameters, *inputs, out)`` is the batch form: the same arithmetic
in another order of bars, equal to the last bit; it returns 0 if all inputs are finite, as it has
seen beside its work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from numbers import Integral, Real
from operator import itemgetter
from typing import Any

import numpy as np

from indicators.errors import BadParameter

Value = int | float


class Family(StrEnum):
    """The list an indicator stands in."""

    TREND = "Trend"
    MOMENTUM = "Momentum"
    VOLATILITY = "Volatility"
    VOLUME = "Volume"


class Input(StrEnum):
    """A column of candles, by its field in :class:`market.types.Candle`."""

    TIME = "time_ns"
    HIGH = "high"
    LOW = "low"
    CLOSE = "close"
    VOLUME = "volume"


class Style(StrEnum):
    """How an output is drawn. ``BAND`` and ``CLOUD``: an edge, filled to the next one's."""

    LINE = "line"
    HISTOGRAM = "histogram"
    BAND = "band"
    DOTS = "dots"
    CLOUD = "cloud"


class Line(StrEnum):
    """The palette role an output has unless the user picks another."""

    A = "LINE_A"
    B = "LINE_B"
    C = "LINE_C"
    UP = "UP"
    DOWN = "DOWN"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number the user may set, from ``low`` to ``high``, both allowed; ``step``: of its field."""

    name: str
    label: str
    default: Value
    low: Value
    high: Value
    step: Value = 1
    whole: bool = True

    def check(self, value: object) -> Value:
        """``value`` as the kernel takes it; raises :class:`BadParameter`."""
        if type(value) is int and self.whole and self.low <= value <= self.high:
            return value
        kind = Integral if self.whole else Real
        fits = isinstance(value, kind) and not isinstance(value, bool)
        if fits and isfinite(number := float(value)) and self.low <= number <= self.high:  # type: ignore[arg-type]
            return int(number) if self.whole else number
        word = "a whole number" if self.whole else "a number"
        raise BadParameter(
            f"{self.name} was {value!r}; allowed is {word} from {self.low:,} to {self.high:,}"
        )


def _nowhere(*_: Value) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Output:
    """One series of values. ``ahead(*parameters)``: bars to draw it to the right, left if < 0."""

    name: str
    label: str
    style: Style = Style.LINE
    role: Line = Line.A
    ahead: Callable[..., int] = _nowhere


@dataclass(frozen=True, slots=True)
class Pane:
    """Over the candles, or in a pane of its own with a fixed range and guide levels if any."""

    overlay: bool
    low: float | None = None
    high: float | None = None
    levels: tuple[float, ...] = ()


OVERLAY = Pane(overlay=True)
OWN = Pane(overlay=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """Of two parameters ``less`` must be below ``more``."""

    less: str
    more: str


def _picker(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What takes the values of ``names`` out of a table, in that order."""
    if len(names) > 1:
        return itemgetter(*names)
    (only,) = names
    return lambda columns: (columns[only],)


@dataclass(frozen=True, slots=True)
class Indicator:
    """Everything about an indicator.

    ``warm_up(*parameters)`` is the number of bars before the first at which every output is known;
    ``cells(*parameters)`` the length of its state, float64; ``source`` where the formula is from;
    ``guarded``: the last cell of the state is NaN once an input was not finite;
    ``note`` what differs from TA-Lib on purpose and what a division by zero is worth; ``defaults``
    the parameters unless given, ``names`` the outputs', ``kinds`` the inputs' types; ``pick`` takes
    the inputs out of a table of columns.
    """

    key: str
    title: str
    description: str
    family: Family
    parameters: tuple[Parameter, ...]
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    pane: Pane
    source: str
    kernel: Callable[..., Any]
    cells: Callable[..., int]
    warm_up: Callable[..., int]
    rules: tuple[Rule, ...] = ()
    note: str = ""
    whole: Callable[..., Any] | None = None
    guarded: bool = False
    defaults: tuple[Value, ...] = field(init=False)
    names: tuple[str, ...] = field(init=False)
    kinds: tuple[np.dtype[Any], ...] = field(init=False)
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """What every call would gather again."""
        object.__setattr__(self, "defaults", tuple([p.default for p in self.parameters]))
        object.__setattr__(self, "names", tuple([output.name for output in self.outputs]))
        kinds = [np.int64 if name is Input.TIME else np.float64 for name in self.inputs]
        object.__setattr__(self, "kinds", tuple(map(np.dtype, kinds)))
        object.__setattr__(self, "pick", _picker(tuple([name.value for name in self.inputs])))

    def values(self, given: Mapping[str, object]) -> tuple[Value, ...]:
        """All parameters in order, defaults filled in; raises :class:`BadParameter`."""
        if not given:
            return self.defaults
        values = {p.name: p.check(given.get(p.name, p.default)) for p in self.parameters}
        if not values.keys() >= given.keys():
            known = f"has {', '.join(values)}" if values else "has no parameters"
            unknown = ", ".join(sorted(given.keys() - values.keys()))
            raise BadParameter(f"{self.key} was given {unknown}; it {known}")
        for rule in self.rules:
            if not values[rule.less] < values[rule.more]:
                raise BadParameter(
                    f"{rule.less} was {values[rule.less]:,} and {rule.more} "
                    f"{values[rule.more]:,}; {rule.less} must be below {rule.more}"
                )
        return tuple(values.values())


def period(default: int, name: str = "period", label: str = "Length", low: int = 1) -> Parameter:
    """A number of bars, up to the 5,000 that a live window holds."""
    return Parameter(name, label, default, low, 5000)


def factor(default: float, name: str, label: str, high: float = 20.0) -> Parameter:
    """A multiple such as the width of a band."""
    return Parameter(name, label, default, 0.1, high, 0.1, whole=False)
