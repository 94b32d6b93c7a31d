"""One owner's engine: what it is shown of the market, and the orders that it is given."""

from collections.abc import Mapping

from msgspec.structs import replace

from market.types import Side, Trade
from trading.engine.engine import Engine
from trading.engine.live import NO_SPACE
from trading.engine.policies import Fees, Latency, Margin, Matching, Policies, Slippage
from trading.engine.records import Kind, Reason, Sizing, State
from trading.engine.steps import FINEST
from trading.errors import BadOrder
from trading.paper.entering import entering
from trading.paper.plain import flags_of, is_plain
from trading.paper.records import AccountRecords
from trading.paper.restoring import engine_order, engine_state
from trading.paper.standing import PortfolioRecord
from trading.paper.tape import Line
from trading.paper.telling import Emit, Teller
from trading.paper.terms import AccountTerms, OrderTerms
from trading.paper.whole import is_whole

__all__ = ["Portfolio", "policies_of"]

_MANY = 20_000
"""Orders after which an engine forgets those that are over."""

_NO_SIZE, _WORKING = int(Reason.NO_SIZE), int(State.WORKING)
_TRAILING, _GIVEN = Kind.TRAILING, Sizing.GIVEN


def policies_of(terms: AccountTerms) -> Policies:
    """What the engine trades under; raises :class:`BadCosts` and :class:`BadPolicy`."""
    return Policies(
        Fees(terms.maker_fee, terms.taker_fee), Slippage(terms.slippage),
        Latency(terms.latency_ns), margin=Margin(terms.leverage, terms.maintenance),
        matching=Matching.LIVE,
    )  # fmt: skip


class Portfolio:
    """See the module. ``waits`` counts live orders by symbol, ``trails`` trailing stops."""

    def __init__(
        self, records: AccountRecords, record: PortfolioRecord, lines: Mapping[str, Line]
    ) -> None:
        self.record = record
        self.owner = record.owner
        self._records = records
        self._lines = lines
        self._at = {symbol: at for at, symbol in enumerate(lines)}
        self.waits: dict[str, int] = {}
        self.trails = 0
        self._enter = entering()
        self._fills = 0
        for order in record.live.values():
            self.count(order.terms, 1)
        self.renew()

    @property
    def numbers(self) -> Mapping[int, int]:
        """The engine's numbers of live orders by their ids."""
        return self._teller.numbers

    def renew(self) -> None:
        """Make the engine anew from the records, as after a restart or with other terms."""
        terms = self._records.terms
        steps = {symbol: self._step(line) for symbol, line in self._lines.items()}
        self.engine = Engine(steps, float(terms.start_capital), policies_of(terms))
        numbers = self.engine.restore(engine_state(self._records, self.record, self._lines))
        self._teller = Teller(self.engine, self._records, self.record, numbers)
        self._marks = self.engine.books.positions["mark"]
        self._shown = [0] * len(self._lines)
        self._traded = [0.0] * len(self._lines)

    def _step(self, line: Line) -> float:
        """The step of sizes in the engine.

        That is the finest one while something here is from before the step was known: it must be
        filled and closed as it is.
        """
        ledger, live = self.record.ledger, self.record.live.values()
        sizes = [ledger.amount(line.symbol), *(
            size for each in live if each.terms.symbol == line.symbol
            for size in (each.size, each.filled)
        )]  # fmt: skip
        whole = all(is_whole(size, line.step) for size in sizes if size)
        return line.step if whole else FINEST

    def count(self, terms: OrderTerms, change: int) -> int:
        """One live order more or less; how many of its symbol there are then."""
        found = self.waits.get(terms.symbol, 0) + change
        self.waits[terms.symbol] = found
        if terms.kind is _TRAILING:
            self.trails += change
        if not found:
            del self.waits[terms.symbol]
        return found

    def mark(self, symbol: str, price: float) -> None:
        """The price of a symbol that is held; nothing acts on it."""
        self._marks[self._at[symbol]] = price

    def show(self, line: Line, time_ns: int) -> None:
        """Show the engine what it has missed of a symbol's market."""
        at, engine, symbol = self._at[line.symbol], self.engine, line.symbol
        if line.mark:
            self._marks[at] = line.mark
        if self._traded[at] != line.traded:
            self._traded[at] = line.traded
            engine.trade(symbol, line.traded, 0.0, time_ns)
        if self._shown[at] == line.ladder:
            return
        self._shown[at] = line.ladder
        if line.bid or line.ask:
            engine.quote(symbol, line.bid, line.bid_size, line.ask, line.ask_size, time_ns)
        if line.book is not None:
            engine.book(symbol, line.book.bids, line.book.asks, time_ns)
        else:
            engine.no_book(symbol)

    def take_trade(self, trade: Trade, time_ns: int) -> bool:
        """Let a trade reach the orders; whether there is something to collect."""
        symbol, price = trade.symbol, trade.price
        self._traded[self._at[symbol]] = price
        acted = self.engine.trade(symbol, price, trade.size, time_ns, int(trade.side))
        return acted or self.trails > 0

    def take_quote(self, line: Line, time_ns: int) -> bool:
        """Let the newest quote reach the orders; whether there is something to collect."""
        self._shown[self._at[line.symbol]] = line.ladder
        return self.engine.quote(
            line.symbol, line.bid, line.bid_size, line.ask, line.ask_size, time_ns
        )

    def take_book(self, line: Line, time_ns: int) -> bool:
        """Let the newest book, or that there is none, reach the orders, like :meth:`take_quote`."""
        self._shown[self._at[line.symbol]] = line.ladder
        if line.book is None:
            self.engine.no_book(line.symbol)
            return False
        return self.engine.book(line.symbol, line.book.bids, line.book.asks, time_ns)

    def enter(
        self, first: int, orders: tuple[OrderTerms, ...], time_ns: int
    ) -> tuple[tuple[OrderTerms, ...], bool]:
        """Place orders with ids from ``first`` on and let those without latency act at once.

        Returns them with the sizes that they were given (none where the first found nothing to
        trade), and whether there is something to collect. Raises :class:`BadOrder`, nothing is
        placed then.
        """
        now = not self._records.terms.latency_ns
        if now and len(orders) == 1 and is_plain(orders[0]):
            return self._enter_plain(first, orders[0], time_ns)
        for number, terms in enumerate(orders, first):
            try:
                order = engine_order(terms, self.numbers.get(terms.parent, 0))
                self._teller.add(number, self.engine.place(order, time_ns))
            except BadOrder:
                self._teller.take_back(range(first, number))
                raise
        if now:
            self.engine.wake()
        return orders, now

    def _enter_plain(
        self, first: int, terms: OrderTerms, time_ns: int
    ) -> tuple[tuple[OrderTerms, ...], bool]:
        engine = self.engine
        given = (
            self._at[terms.symbol], terms.side, terms.kind, terms.tif, flags_of(terms), terms.size,
            terms.limit, terms.share, terms.sizing, time_ns,
        )  # fmt: skip
        found = self._enter(engine.books, engine.venue, engine.space, *given)
        while found[0] == NO_SPACE:
            engine.make_space()
            found = self._enter(engine.books, engine.venue, engine.space, *given)
        number, size, filled, state, reason = found
        if reason == _NO_SIZE:
            return (), False
        over = state > _WORKING
        self._teller.add(first, number, (state, reason) if over else None)
        if terms.sizing is not _GIVEN:
            side = Side.BUY if size > 0 else Side.SELL
            terms = replace(terms, size=abs(size), side=side)
        return (terms,), over or filled > 0

    def queue_ahead(self, number: int) -> float:
        """The size before a resting order in its queue, infinite where that is not known."""
        return self.engine.queue_ahead(self.numbers[number])

    def take_cash(self) -> None:
        """Cash was moved in the ledger: the engine has it too."""
        self._teller.take_cash()

    def collect(self, emit: Emit, time_ns: int, by: str = "market") -> None:
        """Tell what the engine has done since it was asked last."""
        self._teller.tell(emit, time_ns, by)
        if self._teller.newest > _MANY:
            self._teller = self._teller.compacted()
            self._marks = self.engine.books.positions["mark"]
