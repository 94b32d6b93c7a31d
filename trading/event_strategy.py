"""The event form of a strategy: asked after every close, it answers with orders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from trading.desk import Desk
from trading.engine.records import TimeInForce
from trading.errors import BadStrategy
from trading.order_view import OrderView
from trading.parameters import Parameter, Rule, verify_record
from trading.series import CandleView, Series

__all__ = [
    "CandleView", "Desk", "EventStrategy", "OrderView", "Parameter", "Rule", "Series",
    "TimeInForce", "Trader",
]  # fmt: skip

MOST_SYMBOLS = 100


class Trader(Protocol):
    """What trades: made anew for every run, so it may keep what it likes."""

    def init(self, desk: Desk) -> None:
        """Called once, before the first candle: the place for indicators."""

    def next(self, desk: Desk) -> None:
        """Called at every close, when each symbol has had a candle."""


@dataclass(frozen=True, slots=True)
class EventStrategy:
    """A strategy of the event form; raises :class:`BadStrategy` where it contradicts itself.

    ``key``, ``name``, ``description``, ``source``, ``parameters`` and ``rules`` as in
    :class:`trading.strategy.SignalStrategy`. ``make`` gets a value for each parameter and returns
    a new :class:`Trader`; ``symbols`` is how many it trades, from one cash account.
    """

    key: str
    name: str
    description: str
    source: str
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]
    make: Callable[[Mapping[str, float]], Trader]
    symbols: int = 1

    def __post_init__(self) -> None:
        verify_record(self)
        if not callable(self.make):
            raise BadStrategy(f"make was {self.make!r:.40}; allowed is a class or function.")
        if not (isinstance(self.symbols, int) and 1 <= self.symbols <= MOST_SYMBOLS):
            raise BadStrategy(
                f"symbols was {self.symbols!r:.40}; allowed is a whole number from 1 to "
                f"{MOST_SYMBOLS}."
            )
