"""A paper account: commands and a market go in, events come out.

There is no clock, no thread and no file: the same commands and inputs at the same times give the
same events. Whoever drives it journals them before anybody is told.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from market.types import DAY, MINUTE
from trading.engine.checks import check_account
from trading.errors import BadEvent
from trading.paper import administration, changing, closing, placing
from trading.paper import commands as cm
from trading.paper.events import (
    AccountOpened,
    CommandRefused,
    EquityMarked,
    Event,
    LimitsSet,
    OrderRefused,
)
from trading.paper.floor import Floor
from trading.paper.listening import INPUTS
from trading.paper.portfolio import policies_of
from trading.paper.records import AccountRecords
from trading.paper.risk import Gauge, RiskLimits
from trading.paper.risk_rules import gauges
from trading.paper.tape import Line, MarketInput
from trading.paper.terms import MANUAL, AccountTerms

__all__ = ["AccountCore", "open_account", "rebuild"]

_LOOK = 100_000_000
"""Losses are compared with their limits once in so many ns of a moving market."""

_HANDLERS: dict[type, Callable[[Floor, Any], None]] = {
    cm.Place: placing.place, cm.Target: placing.target, cm.Change: changing.change,
    cm.Cancel: changing.cancel_one, cm.CancelAll: changing.cancel_all, cm.Close: closing.close,
    cm.CloseAll: closing.close_all, cm.Kill: closing.kill, cm.Resume: closing.resume,
    cm.SetLimits: administration.set_limits, cm.ChangeTerms: administration.change_terms,
    cm.SetAutomation: administration.set_automation,
    cm.RemoveAutomation: administration.remove_automation, cm.Note: administration.note,
    cm.Tell: administration.tell,
}  # fmt: skip


class AccountCore:
    """One account. Times given to it never fall. Not thread-safe.

    ``records`` say how the account stands, ``floor.lines`` what it knows of its market; both are
    to be read only.
    """

    def __init__(self, records: AccountRecords, steps: Mapping[str, float]) -> None:
        self.records = records
        self.floor = Floor(records, steps)
        self._look = 0

    @property
    def symbols(self) -> tuple[str, ...]:
        """What this account may trade."""
        return tuple(self.floor.lines)

    @property
    def active(self) -> frozenset[str]:
        """Symbols with a live order or an open position."""
        held = {name for name, found in self.floor.holders.items() if found}
        return self.waiting_symbols | held

    @property
    def waiting_symbols(self) -> frozenset[str]:
        """Symbols with a live order."""
        return frozenset(name for name, found in self.floor.watchers.items() if found)

    def next_ns(self) -> int | None:
        """When the next order reaches the market; None when none is on its way."""
        arrivals = self.floor.arrivals
        return arrivals[0] if arrivals else None

    def queue_ahead(self, number: int) -> float:
        """The size before a live order in its queue, infinite where that is not known."""
        return self.floor.portfolios[self.records.orders[number].owner].queue_ahead(number)

    @property
    def marks(self) -> dict[str, float]:
        """The newest price by symbol, where there is one."""
        return {name: line.mark for name, line in self.floor.lines.items() if line.mark}

    @property
    def equity(self) -> float:
        """Cash and positions at the newest prices; what has none counts at its entry."""
        return self.floor.worth()[0]

    @property
    def exposure(self) -> float:
        """Value of all positions, shorts counted like longs."""
        return self.floor.worth()[1]

    def gauges(self, symbol: str) -> tuple[Gauge, ...]:
        """How much of each limit is used; that of a position for ``symbol``."""
        floor, records = self.floor, self.records
        line = floor.lines.get(symbol) or Line(symbol, 0.0)
        equity, exposure = floor.worth()
        facts = floor.facts(line, floor.portfolios[MANUAL], 1)
        facts = replace(facts, equity=equity, exposure=exposure)
        return gauges(records.limits, records.risk, facts, symbol)

    def list_symbols(self, steps: Mapping[str, float]) -> None:
        """The market has these symbols now, with the steps of their sizes (0: not known)."""
        self.floor.list_symbols(steps)

    def do(self, command: cm.Command, time_ns: int) -> tuple[Event, ...]:
        """Carry a command out; what cannot be done is refused by an event that says why."""
        floor = self.floor
        self._advance(time_ns)
        _HANDLERS[type(command)](floor, command)
        events = floor.told()
        if events and type(events[-1]) in (OrderRefused, CommandRefused):
            closing.look_for_trips(floor)
            events += floor.told()
        return events

    def halt(self, why: str, by: str, time_ns: int) -> tuple[Event, ...]:
        """Open nothing any more; orders and positions stay."""
        self._advance(time_ns)
        closing.halt(self.floor, why, by)
        return self.floor.told()

    def market(self, item: MarketInput, time_ns: int) -> tuple[Event, ...]:
        """Take what the market says. Raises :class:`BadMarketData` for what no market can say."""
        self._advance(time_ns)
        INPUTS[type(item)](self.floor, item, time_ns)
        if time_ns // _LOOK != self._look:
            self._look = time_ns // _LOOK
            self._mark(time_ns)
            closing.look_for_trips(self.floor)
        return self.floor.told()

    def _advance(self, time_ns: int) -> None:
        """Let orders whose latency has ended by now reach the market."""
        floor = self.floor
        floor.time_ns = time_ns
        if floor.arrivals and floor.arrivals[0] <= time_ns:
            self._arrive(time_ns)

    def _arrive(self, time_ns: int) -> None:
        floor = self.floor
        while floor.arrivals and floor.arrivals[0] <= time_ns:
            floor.arrivals.popleft()
        for portfolio in tuple(floor.portfolios.values()):
            if portfolio.waits and portfolio.engine.pass_time(time_ns):
                floor.collect(portfolio)

    def _mark(self, time_ns: int) -> None:
        """Write down what the account is worth: once a minute when that changed, once a day."""
        floor, records = self.floor, self.records
        curve = records.curve
        last_ns, last = curve[-1] if curve else (-MINUTE, 0.0)
        if time_ns // MINUTE == last_ns // MINUTE or not floor.is_valued:
            return
        equity, _ = floor.worth()
        if equity != last or time_ns // DAY != records.risk.day:
            floor.emit(EquityMarked(time_ns, equity))


def open_account(
    terms: AccountTerms, limits: RiskLimits, time_ns: int, steps: Mapping[str, float]
) -> tuple[AccountCore, tuple[Event, ...]]:
    """A new account and its first events. Raises :class:`BadCosts`, :class:`BadPolicy`,
    :class:`BadQuantity` for terms that nothing can be traded under.
    """
    policies_of(terms)
    check_account(list(steps), dict(steps), float(terms.start_capital))
    opened = AccountOpened(time_ns, terms)
    core = AccountCore(AccountRecords(opened), steps)
    core.floor.emit(LimitsSet(time_ns, limits, "opening"))
    core.floor.emit(EquityMarked(time_ns, float(terms.start_capital)))
    return core, (opened, *core.floor.told())


def rebuild(events: Iterable[Event], steps: Mapping[str, float]) -> AccountCore:
    """The account that these events, all from the first on, make.

    Raises :class:`BadEvent` where they cannot be the events of an account, with the number of the
    first that cannot follow, and for books that do not balance.
    """
    remaining = iter(events)
    opened = next(remaining, None)
    if not isinstance(opened, AccountOpened):
        raise BadEvent(f"An account begins with AccountOpened; the first event was {opened!r:.80}.")
    records = AccountRecords(opened)
    for number, event in enumerate(remaining, 2):
        try:
            records.apply(event)
        except BadEvent as error:
            raise BadEvent(f"Event {number}: {error}") from error
    for owner, portfolio in records.portfolios.items():
        if not portfolio.ledger.balances():
            raise BadEvent(f"The books of {owner} do not balance after {records.version} changes.")
    return AccountCore(records, steps)
