"""What an engine has done, as events.

Engine and records know the same account. The engine decides in float64; after each fill it is given
the ledger's cash and cost back, so an engine that is made anew from the records decides the same.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from market.types import Side
from trading.engine.engine import Engine
from trading.engine.records import FILL, ORDER, Cause, Kind, Reason, State
from trading.errors import BooksDiffer
from trading.paper.events import Event, Filled, OrderChanged, OrderEnded, OrderTriggered
from trading.paper.ledger import exact_fee, exact_price
from trading.paper.order_watch import OrderWatch
from trading.paper.records import AccountRecords, LiveOrder, PortfolioRecord

__all__ = ["Emit", "Teller"]

Emit = Callable[[Event], None]
Row = tuple[float, ...]

_NOTICED = 0.05
"""A trailing stop is told when it has moved by this share of its distance."""
_AGREE = 1e-6

_STATES, _REASONS = tuple(State), tuple(Reason)
_NUMBER, _STATE, _REASON, _TRIGGERED = map(
    (ORDER.names or ()).index, ("number", "state", "reason", "triggered")
)
_SIZE, _LIMIT, _STOP, _TRAIL, _TAKEN = map(
    (ORDER.names or ()).index, ("size", "limit", "stop", "trail", "taken")
)
_F = {name: at for at, name in enumerate(FILL.names or ())}


class Teller:
    """See the module. ``numbers`` are the engine's numbers of live orders by their ids.

    Made anew when the engine forgets its past: ``numbers`` are those of its live orders then.
    """

    def __init__(
        self, engine: Engine, records: AccountRecords, record: PortfolioRecord,
        numbers: Mapping[int, int],
    ) -> None:  # fmt: skip
        self.numbers: dict[int, int] = {}
        self._ids: dict[int, int] = {}
        self._engine, self._records, self._record = engine, records, record
        self._watch = OrderWatch()
        self._fills = 0
        positions = engine.books.positions
        self._sizes, self._costs = positions["size"], positions["cost"]
        self._cash = engine.books.account["cash"]
        for order, number in numbers.items():
            self.add(order, number)

    def add(self, order: int, number: int) -> None:
        """Order ``order`` has ``number`` in the engine."""
        self.numbers[order], self._ids[number] = number, order
        self._watch.add(number)

    def take_back(self, ids: Iterable[int]) -> None:
        """Cancel orders of which nobody was told."""
        for order in ids:
            self._engine.cancel(self.numbers[order])
            del self._ids[self.numbers.pop(order)]

    def take_cash(self) -> None:
        """Cash was moved in the ledger: the engine has it too."""
        self._cash[0] = self._record.ledger.money

    def tell(self, emit: Emit, time_ns: int, by: str) -> None:
        """Tell what the engine has done since it was asked last."""
        live, ids = self._record.live, self._ids
        seen = [
            (live[ids[int(row[_NUMBER])]], row)
            for row in self._watch.changed(self._engine.books)
            if int(row[_NUMBER]) in ids
        ]
        for order, row in seen:
            if row[_TRIGGERED] and not order.triggered:
                emit(OrderTriggered(time_ns, order.id))
        self._tell_fills(emit, time_ns)
        for order, row in seen:
            if row[_STATE] <= State.WORKING and _differs(order, row):
                size, limit, stop, trail, taken = _changeable(row)
                emit(OrderChanged(time_ns, order.id, size, limit, stop, trail, taken, by))
        for order, row in seen:
            if row[_STATE] > State.WORKING:
                state, reason = _STATES[int(row[_STATE])], _REASONS[int(row[_REASON])]
                emit(OrderEnded(time_ns, order.id, state, reason))
                del ids[self.numbers.pop(order.id)]

    def compacted(self) -> "Teller":
        """Let the engine forget what is over; who tells from then on."""
        before = dict(self._ids)
        numbers = self._engine.restore(self._engine.state())
        found = {before[old]: new for old, new in numbers.items()}
        return Teller(self._engine, self._records, self._record, found)

    def _tell_fills(self, emit: Emit, time_ns: int) -> None:
        books = self._engine.books
        count = int(books.account[0]["fills"])
        if count == self._fills:
            return
        rows: list[Row] = books.fills[self._fills : count].tolist()
        self._fills = count
        for row in rows:
            emit(self._fill(row, time_ns))
        self._agree({int(row[_F["symbol"]]) for row in rows})

    def _fill(self, row: Row, time_ns: int) -> Filled:
        symbol = self._engine.symbols[int(row[_F["symbol"]])]
        number, side = int(row[_F["order"]]), Side(int(row[_F["side"]]))
        size, price = Decimal(repr(row[_F["size"]])), exact_price(row[_F["price"]])
        change, fee = size if side > 0 else -size, exact_fee(row[_F["fee"]])
        realised = self._record.ledger.realised_by(symbol, change, price, fee)
        return Filled(
            time_ns, self._records.fill_count + 1, self._ids[number] if number else 0,
            self._record.owner, symbol, side, size, price, fee, realised, bool(row[_F["maker"]]),
            Cause(int(row[_F["cause"]])), row[_F["reference"]],
        )  # fmt: skip

    def _agree(self, symbols: Iterable[int]) -> None:
        """Give the engine the ledger's figures; raises :class:`BooksDiffer` when its are others."""
        ledger, owner = self._record.ledger, self._record.owner
        cash, scale = self._cash.item(0), 1.0 + abs(ledger.money)
        for at in symbols:
            symbol, size = self._engine.symbols[at], self._sizes.item(at)
            held = ledger.holdings[symbol]
            scale += abs(held.paid)
            if size != held.amount:
                raise BooksDiffer(
                    f"The engine holds {size!r} {symbol} for {owner}, the ledger {held.size}."
                )
            self._costs[at] = held.paid
        if abs(cash - ledger.money) > _AGREE * scale:
            raise BooksDiffer(
                f"The engine has {cash!r} in cash for {owner}, the ledger {ledger.cash}."
            )
        self._cash[0] = ledger.money


def _differs(order: LiveOrder, row: Row) -> bool:
    size, limit, stop, trail, taken = _changeable(row)
    if size != order.size or limit != order.limit or trail != order.trail:
        return True
    if abs(taken - order.taken) > 1e-9 * size:
        return True
    if order.terms.kind is not Kind.TRAILING:
        return stop != order.stop
    return stop != order.stop and (order.stop == 0 or abs(stop - order.stop) >= _NOTICED * trail)


def _changeable(row: Row) -> tuple[float, float, float, float, float]:
    return row[_SIZE], row[_LIMIT], row[_STOP], row[_TRAIL], row[_TAKEN]
