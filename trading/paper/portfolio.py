"""One owner's engine: what it decides is told as events and kept in the records.

Engine and records know the same account. The engine decides in float64; after each fill it is given
the ledger's cash and cost back, so an engine that is made anew from the records decides the same.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from msgspec.structs import replace

from market.types import Side
from trading.engine.engine import Engine
from trading.engine.orders import Order
from trading.engine.policies import Fees, Latency, Margin, Matching, Policies, Slippage
from trading.engine.records import FILL, ORDER, Cause, Kind, Reason, Sizing, State
from trading.engine.snapshot import EngineState, HeldPosition
from trading.engine.snapshot import LiveOrder as EngineOrder
from trading.errors import BadOrder, BooksDiffer
from trading.paper.events import Event, Filled, OrderChanged, OrderEnded, OrderTriggered
from trading.paper.ledger import exact_fee, exact_price
from trading.paper.records import AccountRecords, LiveOrder, PortfolioRecord
from trading.paper.tape import Line
from trading.paper.terms import AccountTerms, OrderTerms

__all__ = ["Portfolio", "policies_of"]

Emit = Callable[[Event], None]
Row = tuple[float, ...]

_MANY = 20_000
_NOTICED = 0.05
"""A trailing stop is told when it has moved by this share of its distance."""
_AGREE = 1e-6

_O = {name: at for at, name in enumerate(ORDER.names or ())}
_F = {name: at for at, name in enumerate(FILL.names or ())}


def policies_of(terms: AccountTerms) -> Policies:
    """What the engine trades under; raises :class:`BadCosts` and :class:`BadPolicy`."""
    return Policies(
        Fees(terms.maker_fee, terms.taker_fee), Slippage(terms.slippage),
        Latency(terms.latency_ns), margin=Margin(terms.leverage, terms.maintenance),
        matching=Matching.LIVE,
    )  # fmt: skip


class Portfolio:
    """See the module. ``numbers`` are the engine's numbers of live orders by their ids.

    ``waits`` counts live orders by symbol, ``trails`` are the trailing stops among them.
    """

    def __init__(
        self, records: AccountRecords, record: PortfolioRecord, lines: Mapping[str, Line]
    ) -> None:
        self.record = record
        self.owner = record.owner
        self._records = records
        self._lines = lines
        self._at = {symbol: at for at, symbol in enumerate(lines)}
        self._symbols = tuple(lines)
        self._shown = [-1] * len(lines)
        self.waits: dict[str, int] = {}
        self.trails = 0
        self._fills = 0
        for order in record.live.values():
            self.count(order.terms, 1)
        self.renew()

    def renew(self) -> None:
        """Make the engine anew from the records, as after a restart or with other terms."""
        terms = self._records.terms
        steps = {symbol: line.step for symbol, line in self._lines.items()}
        self.engine = Engine(steps, float(terms.start_capital), policies_of(terms))
        numbers = self.engine.restore(self._state(terms))
        self._start(numbers)
        self._shown = [-1] * len(self._symbols)

    def count(self, terms: OrderTerms, change: int) -> int:
        """One live order more or less; how many of its symbol there are then."""
        found = self.waits.get(terms.symbol, 0) + change
        self.waits[terms.symbol] = found
        if terms.kind is Kind.TRAILING:
            self.trails += change
        if not found:
            del self.waits[terms.symbol]
        return found

    def mark(self, symbol: str, price: float) -> None:
        """The price of a symbol that is held; nothing acts on it."""
        self._marks[self._at[symbol]] = price

    def show(self, line: Line, time_ns: int) -> None:
        """Show the engine what it has missed of a symbol's market."""
        at = self._at[line.symbol]
        if line.mark:
            self._marks[at] = line.mark
        if self._shown[at] == line.ladder:
            return
        engine, symbol, first = self.engine, line.symbol, self._shown[at] < 0
        self._shown[at] = line.ladder
        if line.traded and first:
            engine.trade(symbol, line.traded, 0.0, time_ns)
        if line.bid or line.ask:
            engine.quote(symbol, line.bid, line.bid_size, line.ask, line.ask_size, time_ns)
        if line.book is not None:
            engine.book(symbol, line.book.bids, line.book.asks, time_ns)
        else:
            engine.no_book(symbol)

    def saw(self, line: Line) -> None:
        """The engine has just been given the newest quote or book of a symbol."""
        self._shown[self._at[line.symbol]] = line.ladder

    def enter(
        self, first: int, orders: tuple[OrderTerms, ...], time_ns: int
    ) -> tuple[OrderTerms, ...]:
        """Place orders with ids from ``first`` on and let those without latency act at once.

        Returns them with the sizes that they were given; none where the first found nothing to
        trade. Raises :class:`BadOrder`, nothing is placed then.
        """
        for number, terms in enumerate(orders, first):
            try:
                self.numbers[number] = self.engine.place(self._written(terms), time_ns)
            except BadOrder:
                self._take_back(range(first, number))
                raise
            self._ids[self.numbers[number]] = number
        if not self._records.terms.latency_ns:
            self.engine.wake()
        if orders[0].sizing is Sizing.GIVEN:
            return orders
        made = self.engine.books.orders[[self.numbers[first + at] - 1 for at in range(len(orders))]]
        if made["reason"][0] == Reason.NO_SIZE:
            self._take_back(range(first, first + len(orders)))
            return ()
        sizes = zip(orders, made["size"].tolist(), made["side"].tolist(), strict=True)
        return tuple(replace(terms, size=size, side=Side(side)) for terms, size, side in sizes)

    def _take_back(self, ids: Iterable[int]) -> None:
        for number in ids:
            self.engine.cancel(self.numbers[number])
            del self._ids[self.numbers.pop(number)]

    def queue_ahead(self, number: int) -> float:
        """The size before a resting order in its queue, infinite where that is not known."""
        return self.engine.queue_ahead(self.numbers[number])

    def take_cash(self) -> None:
        """Cash was moved in the ledger: the engine has it too."""
        self.engine.books.account[0]["cash"] = self.record.ledger.money

    def collect(self, emit: Emit, time_ns: int, by: str = "market") -> None:
        """Tell what the engine has done since it was asked last."""
        live = list(self.record.live.values())
        places = [self.numbers[order.id] - 1 for order in live]
        rows: list[Row] = self.engine.books.orders[places].tolist() if places else []
        for order, row in zip(live, rows, strict=True):
            if row[_O["triggered"]] and not order.triggered:
                emit(OrderTriggered(time_ns, order.id))
        self._collect_fills(emit, time_ns)
        for order, row in zip(live, rows, strict=True):
            if row[_O["state"]] <= State.WORKING and self._differs(order, row):
                size, limit, stop, trail, taken = _changeable(row)
                emit(OrderChanged(time_ns, order.id, size, limit, stop, trail, taken, by))
        for order, row in zip(live, rows, strict=True):
            if row[_O["state"]] > State.WORKING:
                state, reason = State(int(row[_O["state"]])), Reason(int(row[_O["reason"]]))
                emit(OrderEnded(time_ns, order.id, state, reason))
                del self._ids[self.numbers.pop(order.id)]
        if self.engine.books.account[0]["orders"] > _MANY:
            self._compact()

    def _collect_fills(self, emit: Emit, time_ns: int) -> None:
        books = self.engine.books
        count = int(books.account[0]["fills"])
        if count == self._fills:
            return
        rows: list[Row] = books.fills[self._fills : count].tolist()
        self._fills = count
        for row in rows:
            emit(self._fill(row, time_ns))
        self._agree({self._symbols[int(row[_F["symbol"]])] for row in rows})

    def _fill(self, row: Row, time_ns: int) -> Filled:
        symbol = self._symbols[int(row[_F["symbol"]])]
        number, side = int(row[_F["order"]]), Side(int(row[_F["side"]]))
        size, price = Decimal(repr(row[_F["size"]])), exact_price(row[_F["price"]])
        change = size if side > 0 else -size
        return Filled(
            time_ns, self._records.fill_count + 1, self._ids[number] if number else 0, self.owner,
            symbol, side, size, price, exact_fee(row[_F["fee"]]),
            self.record.ledger.realised_by(symbol, change, price), bool(row[_F["maker"]]),
            Cause(int(row[_F["cause"]])), row[_F["reference"]],
        )  # fmt: skip

    def _agree(self, symbols: Iterable[str]) -> None:
        """Give the engine the ledger's figures; raises :class:`BooksDiffer` when its are others."""
        books, ledger = self.engine.books, self.record.ledger
        account = books.account[0]
        cash, scale = float(account["cash"]), 1.0 + abs(ledger.money)
        for symbol in symbols:
            position, held = books.positions[self._at[symbol]], ledger.holdings[symbol]
            size = float(position["size"])
            scale += abs(held.paid)
            if size != held.amount:
                raise BooksDiffer(
                    f"The engine holds {size!r} {symbol} for {self.owner}, the ledger {held.size}."
                )
            position["cost"] = held.paid
        if abs(cash - ledger.money) > _AGREE * scale:
            raise BooksDiffer(
                f"The engine has {cash!r} in cash for {self.owner}, the ledger {ledger.cash}."
            )
        account["cash"] = ledger.money

    def _differs(self, order: LiveOrder, row: Row) -> bool:
        size, limit, stop, trail, taken = _changeable(row)
        if size != order.size or limit != order.limit or trail != order.trail:
            return True
        if abs(taken - order.taken) > 1e-9 * size:
            return True
        if order.terms.kind is not Kind.TRAILING:
            return stop != order.stop
        return stop != order.stop and (
            order.stop == 0 or abs(stop - order.stop) >= _NOTICED * trail
        )

    def _compact(self) -> None:
        """Forget orders and fills that are over."""
        before = dict(self._ids)
        numbers = self.engine.restore(self.engine.state())
        self._start({before[old]: new for old, new in numbers.items()})

    def _start(self, numbers: Mapping[int, int]) -> None:
        self.numbers: dict[int, int] = dict(numbers)
        self._ids = {number: order for order, number in numbers.items()}
        self._fills = 0
        self._marks = self.engine.books.positions["mark"]

    def _written(self, terms: OrderTerms, live: LiveOrder | None = None) -> Order:
        """The order for the engine: a new one, or one that is live as it stands now."""
        now = live or terms
        parent = terms.parent
        if live is None:
            parent = self.numbers.get(parent, 0)
        elif parent not in self.record.live:
            parent = 0
        return Order(
            symbol=terms.symbol, side=terms.side, size=now.size, kind=terms.kind, limit=now.limit,
            stop=now.stop, trail=now.trail, tif=terms.tif, reduce_only=terms.reduce_only,
            post_only=terms.post_only, parent=parent, group=terms.group,
            sizing=Sizing.GIVEN if now.size else terms.sizing,
            share=0.0 if now.size else terms.share,
        )  # fmt: skip

    def _state(self, terms: AccountTerms) -> EngineState:
        ledger = self.record.ledger
        positions = {
            symbol: HeldPosition(
                held.amount, held.paid, self._lines[symbol].mark or held.paid / held.amount
            )
            for symbol, held in ledger.holdings.items()
            if held.size
        }
        orders = tuple(self._restored(order, terms) for order in self.record.live.values())
        now = self._records.time_ns
        return EngineState(ledger.money, float(terms.start_capital), now, positions, orders)

    def _restored(self, order: LiveOrder, terms: AccountTerms) -> EngineOrder:
        active = order.placed_ns + terms.latency_ns
        parent = self.record.live.get(order.terms.parent)
        begun = parent is None or parent.filled > 0
        return EngineOrder(
            order.id, self._written(order.terms, order), order.placed_ns, active, order.filled,
            order.taken, order.triggered, begun and active <= self._records.time_ns,
        )  # fmt: skip


def _changeable(row: Row) -> tuple[float, float, float, float, float]:
    return (
        row[_O["size"]], row[_O["limit"]], row[_O["stop"]], row[_O["trail"]], row[_O["taken"]],
    )  # fmt: skip
