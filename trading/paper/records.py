"""An account as its events made it: nothing here is decided, everything follows.

:meth:`AccountRecords.apply` is the only way to change it, in a live process after every decision
and at a restart for every journaled event; so both give the same account.
"""

from collections import deque
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from market.types import DAY
from trading.engine.records import Sizing
from trading.errors import BadEvent
from trading.paper import events as ev
from trading.paper.fill_log import FillLog
from trading.paper.ledger import MONEY, ZERO
from trading.paper.risk import RiskLimits, RiskState
from trading.paper.standing import EndedOrder, LiveOrder, PortfolioRecord, Today
from trading.paper.terms import MANUAL, AccountTerms

__all__ = ["AccountRecords"]

_KEPT = 500
_TARGET = Sizing.TARGET


class AccountRecords:
    """See the module. ``orders`` are the live ones by id; ``notes`` the newest by subject.

    ``net`` is the signed size of each symbol that all portfolios hold together.
    """

    def __init__(self, opened: ev.AccountOpened) -> None:
        self.terms: AccountTerms = opened.terms
        self.opened_ns = opened.time_ns
        self.time_ns = opened.time_ns
        self.limits = RiskLimits()
        capital = float(opened.terms.start_capital)
        self.risk = RiskState(capital, capital)
        manual = PortfolioRecord(MANUAL)
        manual.ledger.move(opened.terms.start_capital)
        self.portfolios = {MANUAL: manual}
        self.orders: dict[int, LiveOrder] = {}
        self.ended: deque[EndedOrder] = deque(maxlen=_KEPT)
        self.fills: deque[ev.Filled] = deque(maxlen=_KEPT)
        self.fill_log = FillLog()
        self.net: dict[str, Decimal] = {}
        self.order_count = self.fill_count = 0
        self.today = Today()
        self.automations: dict[str, ev.AutomationSet] = {}
        self.notes: dict[str, ev.Noted] = {}
        self.curve: list[tuple[int, float]] = []
        self.session = ""
        self.version = 0
        """Rises with every change of an order or a position."""
        self._steps: dict[type, Callable[[Any], None]] = {
            ev.TermsChanged: self._terms_changed, ev.LimitsSet: self._limits_set,
            ev.OrderAccepted: self._accepted, ev.OrderRefused: self._refused,
            ev.CommandRefused: self._told, ev.OrderChanged: self._changed,
            ev.OrderTriggered: self._triggered, ev.OrderEnded: self._ended, ev.Filled: self._filled,
            ev.CashMoved: self._cash_moved, ev.EquityMarked: self._marked,
            ev.RiskTripped: self._told, ev.Halted: self._halted, ev.Resumed: self._resumed,
            ev.AutomationSet: self._automation_set, ev.AutomationStepped: self._told,
            ev.AutomationRemoved: self._automation_removed, ev.Noted: self._noted,
            ev.ClockJumped: self._told, ev.SessionBegan: self._session_began,
            ev.SessionEnded: self._session_ended, ev.MarketGap: self._told,
        }  # fmt: skip

    def apply(self, event: ev.Event) -> None:
        """Take an event in. Raises :class:`BadEvent` for one that cannot follow on the others."""
        step = self._steps.get(type(event))
        if step is None:
            raise BadEvent("An account is opened by its first event only.")
        step(event)
        self.time_ns = event.time_ns

    @property
    def realised(self) -> Decimal:
        """What all fills have realised, before fees."""
        return MONEY.add(self.today.realised_before, self.today.realised)

    @property
    def fees(self) -> Decimal:
        """What all fills have paid."""
        return MONEY.add(self.today.fees_before, self.today.fees)

    def portfolio(self, owner: str) -> PortfolioRecord:
        """The portfolio of ``owner``; raises :class:`BadEvent` for none."""
        found = self.portfolios.get(owner)
        if found is None:
            raise BadEvent(f"There is no portfolio {owner!r}; there are {list(self.portfolios)}.")
        return found

    def _order(self, number: int) -> LiveOrder:
        order = self.orders.get(number)
        if order is None:
            raise BadEvent(f"Order {number} is not live.")
        return order

    def _accepted(self, event: ev.OrderAccepted) -> None:
        if event.id != self.order_count + 1:
            raise BadEvent(f"Order {event.id} follows on order {self.order_count}.")
        terms, portfolio = event.order, self.portfolio(event.owner)
        order = LiveOrder(event.id, event.owner, terms, event.time_ns)
        self.order_count = event.id
        self.orders[event.id] = portfolio.live[event.id] = order
        self.version += 1
        if terms.sizing is _TARGET:
            portfolio.targets[terms.symbol] = terms.share
        if not terms.parent:
            self.risk.accepted(event.time_ns)

    def _refused(self, _: ev.OrderRefused) -> None:
        self.risk.refused()

    def _changed(self, event: ev.OrderChanged) -> None:
        order = self._order(event.id)
        order.size, order.limit, order.stop = event.size, event.limit, event.stop
        order.trail, order.taken = event.trail, event.taken
        self.version += 1

    def _triggered(self, event: ev.OrderTriggered) -> None:
        self._order(event.id).triggered = True

    def _ended(self, event: ev.OrderEnded) -> None:
        order = self._order(event.id)
        del self.orders[event.id], self.portfolios[order.owner].live[event.id]
        self.ended.append(EndedOrder(order, event.state, event.reason, event.time_ns))
        self.version += 1

    def _filled(self, event: ev.Filled) -> None:
        if event.id != self.fill_count + 1:
            raise BadEvent(f"Fill {event.id} follows on fill {self.fill_count}.")
        portfolio = self.portfolio(event.owner)
        if event.order:
            self._take(self._order(event.order), portfolio, float(event.size))
        portfolio.ledger.book(event)
        self.fill_count = event.id
        self.fill_log.append(event)
        self.fills.append(event)
        self._count(event)
        self.version += 1

    def _take(self, order: LiveOrder, portfolio: PortfolioRecord, size: float) -> None:
        order.filled += size
        group = order.terms.group
        if group:
            for other in portfolio.live.values():
                if other is not order and other.terms.group == group:
                    other.taken += size

    def _count(self, event: ev.Filled) -> None:
        symbol, booked = event.symbol, MONEY.add if event.side > 0 else MONEY.subtract
        self.net[symbol] = booked(self.net.get(symbol, ZERO), event.size)
        today, day = self.today, event.time_ns // DAY
        if day != today.day:
            today = self.today = Today(
                day, realised_before=self.realised, fees_before=self.fees
            )  # fmt: skip
        today.fees = MONEY.add(today.fees, event.fee)
        if event.realised:
            today.realised = MONEY.add(today.realised, event.realised)

    def _cash_moved(self, event: ev.CashMoved) -> None:
        source, target = self.portfolio(event.source), self.portfolio(event.target)
        source.ledger.move(-event.amount)
        target.ledger.move(event.amount)
        self.version += 1

    def _marked(self, event: ev.EquityMarked) -> None:
        self.risk.mark(event.equity, event.time_ns)
        self.curve.append((event.time_ns, event.equity))

    def _halted(self, event: ev.Halted) -> None:
        self.risk.halt(event.why)

    def _resumed(self, _: ev.Resumed) -> None:
        self.risk.resume()

    def _automation_set(self, event: ev.AutomationSet) -> None:
        self.automations[event.owner] = event
        if event.owner not in self.portfolios:
            self.portfolios[event.owner] = PortfolioRecord(event.owner)

    def _automation_removed(self, event: ev.AutomationRemoved) -> None:
        portfolio = self.portfolio(event.owner)
        held = any(each.size for each in portfolio.ledger.holdings.values())
        if held or portfolio.live or portfolio.ledger.cash:
            raise BadEvent(f"The portfolio {event.owner!r} is not empty.")
        del self.portfolios[event.owner], self.automations[event.owner]

    def _noted(self, event: ev.Noted) -> None:
        self.notes[event.subject] = event

    def _terms_changed(self, event: ev.TermsChanged) -> None:
        self.terms = event.terms

    def _limits_set(self, event: ev.LimitsSet) -> None:
        self.limits = event.limits

    def _session_began(self, event: ev.SessionBegan) -> None:
        self.session = event.source

    def _session_ended(self, _: ev.SessionEnded) -> None:
        self.session = ""

    def _told(self, _: ev.Event) -> None:
        """Only told: nothing in the account changes."""
