"""What the commands of an account work on: its records, its market, its engines, and what happens.

:meth:`Floor.emit` is the only way anything happens: the event is taken into the records and told.
"""

from collections import deque
from collections.abc import Mapping

from market.types import quote_currency
from trading.paper.events import CashMoved, CommandRefused, Event, Filled, OrderEnded
from trading.paper.intake import Means
from trading.paper.portfolio import Portfolio
from trading.paper.records import AccountRecords
from trading.paper.risk import Facts
from trading.paper.standing import LiveOrder
from trading.paper.tape import Line
from trading.paper.terms import OrderTerms
from trading.paper.valuation import Valuation, Worth

__all__ = ["Floor"]

STEP = 1e-8
"""The step of sizes where none is known."""


class Floor:
    """See the module. ``closed`` says why no orders are taken now, empty when they are.

    ``watchers`` are the portfolios with live orders by symbol and owner, ``holders`` those with a
    position.
    """

    def __init__(self, records: AccountRecords, steps: Mapping[str, float]) -> None:
        self.records = records
        self.lines: dict[str, Line] = {}
        self.portfolios: dict[str, Portfolio] = {}
        self.watchers: dict[str, dict[str, Portfolio]] = {}
        self.holders: dict[str, dict[str, Portfolio]] = {}
        self.arrivals: deque[int] = deque()
        self.closed = ""
        self.time_ns = records.time_ns
        self._told: list[Event] = []
        self.list_symbols(steps)

    def list_symbols(self, steps: Mapping[str, float]) -> None:
        """Trade these symbols: those of them in the account's currency, and what is held anyway."""
        records = self.records
        known = {name for name in steps if quote_currency(name) == records.terms.currency}
        for portfolio in records.portfolios.values():
            known.update(name for name, held in portfolio.ledger.holdings.items() if held.size)
            known.update(order.terms.symbol for order in portfolio.live.values())
        self.lines = {
            name: self.lines.get(name) or Line(name, steps.get(name) or STEP)
            for name in sorted(known)
        }
        self.open_portfolios()

    def open_portfolios(self) -> None:
        """Make every engine anew from the records."""
        self.portfolios = {
            owner: Portfolio(self.records, record, self.lines)
            for owner, record in self.records.portfolios.items()
        }
        self.watchers = {name: {} for name in self.lines}
        self.holders = {name: {} for name in self.lines}
        for owner, portfolio in self.portfolios.items():
            for name in portfolio.waits:
                self.watchers[name][owner] = portfolio
            for name, held in portfolio.record.ledger.holdings.items():
                if held.size:
                    self.holders[name][owner] = portfolio
        self._valuation = Valuation(self.records.portfolios, self.lines, self.holders)
        latency = self.records.terms.latency_ns
        self.arrivals = deque(
            sorted(order.placed_ns + latency for order in self.records.orders.values())
            if latency
            else ()
        )

    def emit(self, event: Event) -> None:
        """Let something happen."""
        self.records.apply(event)
        self._told.append(event)
        if type(event) is Filled:
            self._holds(event)
        elif type(event) is OrderEnded:
            self._leaves(self.records.ended[-1].order)
        elif type(event) is CashMoved:
            self._valuation.booked(event.source)
            self._valuation.booked(event.target)

    def refuse(self, owner: str, command: str, code: str, words: str) -> None:
        """Tell that a command other than an order was not done."""
        self.emit(CommandRefused(self.time_ns, owner, command, code, words))

    def told(self) -> tuple[Event, ...]:
        """What has happened since this was asked last."""
        if not self._told:
            return ()
        events = tuple(self._told)
        self._told.clear()
        return events

    def watch(self, portfolio: Portfolio, terms: OrderTerms) -> None:
        """There is another live order of ``portfolio``."""
        if portfolio.count(terms, 1) == 1:
            self.watchers[terms.symbol][portfolio.owner] = portfolio

    def owned(self, owner: str | None) -> tuple[Portfolio, ...]:
        """The portfolio of an owner, if there is one; those of all for None."""
        if owner is None:
            return tuple(self.portfolios.values())
        found = self.portfolios.get(owner)
        return () if found is None else (found,)

    def add_portfolio(self, owner: str) -> None:
        """There is another portfolio."""
        record = self.records.portfolio(owner)
        self.portfolios[owner] = Portfolio(self.records, record, self.lines)
        self._valuation.add(owner)

    def drop_portfolio(self, owner: str) -> None:
        """A portfolio is gone; it held nothing."""
        del self.portfolios[owner]
        self._valuation.forget(owner)

    def arrives(self, portfolio: Portfolio) -> None:
        """An order is on its way: it acts after the latency, at once without one."""
        latency = self.records.terms.latency_ns
        if latency:
            self.arrivals.append(self.time_ns + latency)
        else:
            portfolio.engine.wake()

    def collect(self, portfolio: Portfolio, by: str = "market") -> None:
        """Tell what the engine of ``portfolio`` has done."""
        portfolio.collect(self.emit, self.time_ns, by)

    def priced(self, symbol: str) -> None:
        """The price of a symbol is another one."""
        self._valuation.priced(symbol)

    @property
    def is_valued(self) -> bool:
        """Whether there is a price for everything that is held."""
        return self._valuation.is_full

    def worth(self) -> Worth:
        """What the account is worth; what has no price counts at its entry."""
        return self._valuation.total()

    def means(self, portfolio: Portfolio, symbol: str) -> Means:
        """What a portfolio has."""
        equity, exposure = self._valuation.of(portfolio.owner)
        return Means(equity, exposure, portfolio.record.ledger.amount(symbol))

    def facts(
        self, line: Line, portfolio: Portfolio, side: int, without: LiveOrder | None = None
    ) -> Facts:
        """What the rules of risk are given for an order of ``portfolio``.

        Equity and exposure are 0 where no limit asks for them: they cost more than all the rest.
        ``without``: a live order that is to be changed does not count as it stands.
        """
        symbol, records = line.symbol, self.records
        equity, exposure = self.worth() if self._judged else (0.0, 0.0)
        buys, sells, pending = self._open_orders(symbol, without)
        net, own = records.net.get(symbol), portfolio.record.ledger.amount(symbol)
        return Facts(
            self.time_ns, equity, records.terms.currency, own,
            _rests(portfolio, symbol, side, without) if own * side < 0 else 0.0,
            0.0 if net is None else float(net), buys, sells, exposure, pending, line.bid, line.ask,
            line.mark, self.time_ns - line.heard_ns if line.heard_ns >= 0 else -1,
            self.time_ns - line.own_ns if line.own_ns >= 0 else -1,
        )  # fmt: skip

    def _open_orders(self, symbol: str, without: LiveOrder | None) -> tuple[float, float, float]:
        """Sizes that live orders may buy and sell of ``symbol``, and the value of all of them.

        Looked at only where a limit asks for it.
        """
        limits = self.records.limits
        if (
            limits.max_exposure is None
            and limits.max_position_value is None
            and not limits.max_position_values
        ):
            return 0.0, 0.0, 0.0
        buys = sells = pending = 0.0
        for order in self.records.orders.values():
            terms, rest = order.terms, order.rest
            if terms.reduce_only or order is without:
                continue
            pending += rest * (order.limit or order.stop or self.lines[terms.symbol].mark)
            if terms.symbol == symbol:
                buys, sells = (buys + rest, sells) if terms.side > 0 else (buys, sells + rest)
        return buys, sells, pending

    @property
    def _judged(self) -> bool:
        limits = self.records.limits
        return not (
            limits.max_daily_loss is None
            and limits.max_drawdown is None
            and limits.max_exposure is None
        )

    def _leaves(self, order: LiveOrder) -> None:
        portfolio, terms = self.portfolios[order.owner], order.terms
        if not portfolio.count(terms, -1):
            del self.watchers[terms.symbol][order.owner]

    def _holds(self, event: Filled) -> None:
        owner, symbol = event.owner, event.symbol
        portfolio, held = self.portfolios[owner], self.holders[symbol]
        self._valuation.booked(owner)
        if not portfolio.record.ledger.amount(symbol):
            held.pop(owner, None)
        elif owner not in held:
            held[owner] = portfolio
            portfolio.mark(symbol, self.lines[symbol].mark)


def _rests(portfolio: Portfolio, symbol: str, side: int, without: LiveOrder | None) -> float:
    """What live orders of a portfolio may still trade of a symbol on one side.

    Only the rest of a position that no order closes yet asks for it.
    """
    if symbol not in portfolio.waits:
        return 0.0
    return sum(
        order.rest
        for order in portfolio.record.live.values()
        if order.terms.symbol == symbol
        and order.terms.side == side
        and not order.terms.reduce_only
        and order is not without
    )
