"""What the backtest form is filled with, as plain values in the units of its fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

Range = tuple[float, float, float]
"""From, to and step of a parameter that is swept."""


@dataclass(frozen=True, slots=True)
class ParameterFacts:
    """A number that a strategy is set by; ``whole``: only whole numbers."""

    name: str
    label: str
    default: float
    least: float
    most: float
    step: float
    unit: str
    whole: bool


@dataclass(frozen=True, slots=True)
class StrategyFacts:
    """A strategy to choose. ``form`` is signal or event, ``rules`` pairs (less, more) of names.

    ``error`` says why its file cannot be used.
    """

    key: str
    name: str
    description: str
    form: str
    parameters: tuple[ParameterFacts, ...]
    rules: tuple[tuple[str, str], ...] = ()
    symbols: int = 1
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ConventionFacts:
    """How yearly figures are made: returns per ``candle`` or ``day``, days a year, risk-free %."""

    period: str = "candle"
    days: int = 365
    risk_free: float = 0.0


@dataclass(frozen=True, slots=True)
class SweepFacts:
    """What a search goes through, by the names of parameters, and what it aims at."""

    ranges: Mapping[str, Range] = field(default_factory=lambda: MappingProxyType({}))
    goal: str = "sharpe"
    method: str = "grid"
    trials: int = 100
    walk_forward: int = 0


@dataclass(frozen=True, slots=True)
class FormValues:
    """Everything that can be set. ``first`` and ``last`` are days as texts, empty for no bound.

    ``market`` is a symbol, or a file as :data:`components.backtest_market.FILE` and its key.
    """

    market: str
    interval: str
    values: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    first: str = ""
    last: str = ""
    others: tuple[str, ...] = ()
    direction: str = "long"
    fee: float = 0.1
    slippage: float = 5.0
    capital: float = 10_000.0
    size: float = 100.0
    leverage: float = 1.0
    stop: float | None = None
    target: float | None = None
    fill: str = "next_open"
    path: str = "nearest"
    sweep: SweepFacts | None = None


@dataclass(frozen=True, slots=True)
class FormFacts:
    """The choices of the form and the ``values`` that stand in it.

    ``files``: name by key of what was uploaded; ``goals``: key and label of what a search can
    aim at.
    """

    strategies: Sequence[StrategyFacts]
    chosen: StrategyFacts
    symbols: Sequence[str]
    files: Mapping[str, str]
    intervals: Sequence[str]
    goals: Sequence[tuple[str, str]]
    values: FormValues
