"""How the orders and portfolios of an account stand, as its events left them."""

from dataclasses import dataclass, field
from decimal import Decimal

from trading.engine.records import Reason, State
from trading.paper.ledger import ZERO, Ledger
from trading.paper.terms import OrderTerms

__all__ = ["EndedOrder", "LiveOrder", "PortfolioRecord", "Today"]


@dataclass(slots=True, init=False)
class LiveOrder:
    """An order that may still fill: how it was accepted, and how it stands now."""

    id: int
    owner: str
    terms: OrderTerms
    placed_ns: int
    size: float
    limit: float
    stop: float
    trail: float
    filled: float
    taken: float
    triggered: bool

    def __init__(self, number: int, owner: str, terms: OrderTerms, placed_ns: int) -> None:
        self.id, self.owner, self.terms, self.placed_ns = number, owner, terms, placed_ns
        self.size, self.limit = terms.size, terms.limit
        self.stop, self.trail = terms.stop, terms.trail
        self.filled, self.taken, self.triggered = 0.0, 0.0, False

    @property
    def rest(self) -> float:
        """What it may still fill."""
        return max(0.0, self.size - self.filled - self.taken)


@dataclass(slots=True, init=False)
class EndedOrder:
    """An order that is over, as it stood then."""

    order: LiveOrder
    state: State
    reason: Reason
    time_ns: int

    def __init__(self, order: LiveOrder, state: State, reason: Reason, time_ns: int) -> None:
        self.order, self.state, self.reason, self.time_ns = order, state, reason, time_ns


@dataclass(slots=True)
class PortfolioRecord:
    """What belongs to one owner. ``targets``: the newest fraction of equity by symbol."""

    owner: str
    ledger: Ledger = field(default_factory=Ledger)
    live: dict[int, LiveOrder] = field(default_factory=dict)
    targets: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Today:
    """What the fills of a UTC day came to, and what had come before it."""

    day: int = -1
    realised: Decimal = ZERO
    fees: Decimal = ZERO
    realised_before: Decimal = ZERO
    fees_before: Decimal = ZERO
