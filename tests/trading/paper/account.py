"""An account with its market, for tests: everything that happened is kept."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from market.types import Quote, Side, Symbol, Trade
from trading.paper.commands import Command
from trading.paper.core import open_account, rebuild
from trading.paper.events import Event, Filled
from trading.paper.risk import RiskLimits
from trading.paper.tape import BookInput, MarketInput
from trading.paper.terms import AccountTerms

BTC = Symbol("BTC-USD")
ETH = Symbol("ETH-USD")
STEPS = {BTC: 1e-4, ETH: 1e-3, "ETH-BTC": 1e-3}
START = 1_700_000_000_000_000_000
MS = 1_000_000

Level = tuple[float, float]


def book(symbol: str, bids: Sequence[Level], asks: Sequence[Level]) -> BookInput:
    """A book of (price, size) levels, best first."""
    sides = [np.array(side, float).reshape(-1, 2).T.copy() for side in (bids, asks)]
    return BookInput(symbol, *sides)


class Account:
    """Time passes by a millisecond with every call."""

    def __init__(
        self, terms: AccountTerms | None = None, limits: RiskLimits | None = None,
        steps: Mapping[str, float] = STEPS,
    ) -> None:  # fmt: skip
        self.time_ns = START
        self.steps = steps
        self.core, events = open_account(
            terms or AccountTerms(name="Main account"), limits or RiskLimits(), START, steps
        )
        self.events: list[Event] = list(events)

    def do(self, command: Command, later_ns: int = MS) -> tuple[Event, ...]:
        """Carry a command out."""
        self.time_ns += later_ns
        return self._kept(self.core.do(command, self.time_ns))

    def market(self, item: MarketInput, later_ns: int = MS) -> tuple[Event, ...]:
        """Let the market say something."""
        self.time_ns += later_ns
        return self._kept(self.core.market(item, self.time_ns))

    def trade(self, price: float, size: float = 1.0, side: Side = Side.BUY, symbol: str = BTC):  # type: ignore[no-untyped-def]
        """A trade of the market."""
        return self.market(Trade(Symbol(symbol), 1, self.time_ns, price, size, side))

    def quote(self, bid: float, ask: float, symbol: str = BTC) -> tuple[Event, ...]:
        """The best prices, with any size."""
        return self.market(Quote(Symbol(symbol), self.time_ns, bid, 1e6, ask, 1e6))

    def restart(self) -> None:
        """Make the account anew from its events, as after a crash, with no prices known."""
        self.core = rebuild(self.events, self.steps)

    def fills(self) -> list[Filled]:
        """Every fill so far."""
        return [event for event in self.events if isinstance(event, Filled)]

    def balances(self) -> bool:
        """Whether the books of all portfolios together balance, counted from the fills alone."""
        cash = sum((each.ledger.cash for each in self.core.records.portfolios.values()), Decimal(0))
        spent = sum(
            (each.size * each.price * int(each.side) + each.fee for each in self.fills()),
            Decimal(0),
        )
        return cash == self.core.records.terms.start_capital - spent

    def _kept(self, events: tuple[Event, ...]) -> tuple[Event, ...]:
        self.events += events
        return events
