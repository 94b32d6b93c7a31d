"""What a backtest starts with: money, costs, and how a target becomes orders."""

from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite

from trading.engine.policies import Policies
from trading.errors import BacktestError

__all__ = ["MAX_CAPITAL", "Direction", "Fill", "Setup"]

MAX_CAPITAL = 1e15
MAX_TAKE_PROFIT = 100.0


class Direction(StrEnum):
    """Which sides of the market are traded; a target on another one counts as flat."""

    LONG = "long"
    SHORT = "short"
    BOTH = "both"


class Fill(StrEnum):
    """Where a decision taken at a close fills: at the next open, or at that close already."""

    NEXT_OPEN = "next_open"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that a backtest depends on besides candles and strategy.

    ``capital`` in quote currency. ``size`` is the share of equity put up as margin: after a fill
    the position is worth |target| × ``size`` × leverage × the equity that the fill left, on the
    sides that ``direction`` allows. ``stop_loss`` and ``take_profit`` are fractions of the entry
    price at which the position is closed (0.05: 5 %), None for none; they belong to signals, event
    strategies place their own orders. Raises :class:`BacktestError` outside the bounds: capital
    above 0 to 10^15, size above 0 to 1, stop-loss above 0 and below 1, take-profit above 0 to 100
    (below 1 is all that a short can reach), and for a latency where decisions fill at the close.
    """

    capital: float = 10_000.0
    policies: Policies = field(default_factory=Policies)
    direction: Direction = Direction.LONG
    size: float = 1.0
    stop_loss: float | None = None
    take_profit: float | None = None
    fill: Fill = Fill.NEXT_OPEN

    def __post_init__(self) -> None:
        if not (isfinite(self.capital) and 0 < self.capital <= MAX_CAPITAL):
            raise BacktestError(
                f"Start capital was {self.capital}; allowed is above 0 to {MAX_CAPITAL:g}."
            )
        if not 0 < self.size <= 1:
            raise BacktestError(
                f"The share of equity was {self.size}; allowed is above 0 to 1 (all of it)."
            )
        if self.stop_loss is not None and not 0 < self.stop_loss < 1:
            raise BacktestError(
                f"The stop-loss was {self.stop_loss}; allowed is above 0 and below 1, a fraction "
                "of the entry price."
            )
        if self.take_profit is not None and not 0 < self.take_profit <= MAX_TAKE_PROFIT:
            raise BacktestError(
                f"The take-profit was {self.take_profit}; allowed is above 0 to "
                f"{MAX_TAKE_PROFIT:g}, a fraction of the entry price."
            )
        if self.fill is Fill.CLOSE and self.policies.latency.ns:
            raise BacktestError(
                f"The latency was {self.policies.latency.ns} ns; orders that fill at the close "
                "they were decided at leave no time for one."
            )
