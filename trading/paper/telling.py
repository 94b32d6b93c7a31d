"""What an engine has done, as events.

Engine and records know the same account. The engine decides in float64; after each fill it is given
the ledger's cash and cost back, so an engine that is made anew from the records decides the same.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from market.types import Side
from trading.engine.engine import Engine
from trading.engine.records import FILL, Cause, Kind, Reason, State
from trading.errors import BooksDiffer
from trading.paper.events import Event, Filled, OrderChanged, OrderEnded, OrderTriggered
from trading.paper.ledger import exact, exact_fee
from trading.paper.order_changes import Seen
from trading.paper.order_watch import OrderWatch
from trading.paper.records import AccountRecords
from trading.paper.standing import LiveOrder, PortfolioRecord

__all__ = ["Emit", "Teller"]

Emit = Callable[[Event], None]

_NOTICED = 0.05
"""A trailing stop is told when it has moved by this share of its distance."""
_AGREE = 1e-6

_STATES, _REASONS, _CAUSES = tuple(State), tuple(Reason), tuple(Cause)
_BUY, _SELL, _WORKING = Side.BUY, Side.SELL, int(State.WORKING)
_TOLD = ("order", "symbol", "side", "size", "price", "fee", "reference", "maker", "cause")
_SYMBOL = (FILL.names or ()).index("symbol")
_told = itemgetter(*map((FILL.names or ()).index, _TOLD))


class Teller:
    """See the module. ``numbers`` are the engine's numbers of live orders by their ids, ``newest``
    is the highest that there was.

    Made anew when the engine forgets its past: ``numbers`` are those of its live orders then.
    """

    def __init__(
        self, engine: Engine, records: AccountRecords, record: PortfolioRecord,
        numbers: Mapping[int, int],
    ) -> None:  # fmt: skip
        self.numbers: dict[int, int] = {}
        self.newest = 0
        self._ids: dict[int, int] = {}
        self._engine, self._records, self._record = engine, records, record
        self._watch = OrderWatch()
        self._fills = 0
        positions = engine.books.positions
        self._sizes, self._costs = positions["size"], positions["cost"]
        self._cash, self._count = engine.books.account["cash"], engine.books.account["fills"]
        for order, number in numbers.items():
            self.add(order, number)

    def add(self, order: int, number: int, over: tuple[int, int] | None = None) -> None:
        """Order ``order`` has ``number`` in the engine; ``over``: its last state, and the reason.

        Nobody was told of it; what is over already is told by the next :meth:`tell`.
        """
        self.numbers[order], self._ids[number], self.newest = number, order, number
        if over is None:
            self._watch.add(number)
        else:
            self._watch.add_ended(number, *over)

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
            (live[ids[number]], now)
            for now in self._watch.changed(self._engine.books)
            if (number := int(now.number)) in ids
        ]
        for order, now in seen:
            if now.triggered and not order.triggered:
                emit(OrderTriggered(time_ns, order.id))
        self._tell_fills(emit, time_ns)
        for order, now in seen:
            if now.state > _WORKING:
                continue
            if _differs(order, now):
                emit(OrderChanged(
                    time_ns, order.id, now.size, now.limit, now.stop, now.trail, now.taken, by
                ))  # fmt: skip
        for order, now in seen:
            if now.state > _WORKING:
                state, reason = _STATES[int(now.state)], _REASONS[int(now.reason)]
                emit(OrderEnded(time_ns, order.id, state, reason))
                del ids[self.numbers.pop(order.id)]

    def compacted(self) -> "Teller":
        """Let the engine forget what is over; who tells from then on."""
        before = dict(self._ids)
        numbers = self._engine.restore(self._engine.state())
        found = {before[old]: new for old, new in numbers.items()}
        return Teller(self._engine, self._records, self._record, found)

    def _tell_fills(self, emit: Emit, time_ns: int) -> None:
        count = self._count.item(0)
        if count == self._fills:
            return
        rows = self._engine.books.fills[self._fills : count].tolist()
        self._fills = count
        for row in rows:
            emit(self._fill(row, time_ns))
        self._agree({row[_SYMBOL] for row in rows})

    def _fill(self, row: tuple[Any, ...], time_ns: int) -> Filled:
        number, at, side, size, price, fee, reference, maker, cause = _told(row)
        symbol, amount = self._engine.symbols[at], exact(size)
        paid, costs = exact(price), exact_fee(fee)
        change = amount if side > 0 else -amount
        realised = self._record.ledger.realised_by(symbol, change, paid, costs)
        return Filled(
            time_ns, self._records.fill_count + 1, self._ids[number] if number else 0,
            self._record.owner, symbol, _BUY if side > 0 else _SELL, amount, paid, costs,
            realised, bool(maker), _CAUSES[cause], reference,
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


def _differs(order: LiveOrder, now: Seen) -> bool:
    if now.size != order.size or now.limit != order.limit or now.trail != order.trail:
        return True
    if abs(now.taken - order.taken) > 1e-9 * now.size:
        return True
    if now.stop == order.stop:
        return False
    trails = order.terms.kind is Kind.TRAILING and order.stop != 0
    return not trails or abs(now.stop - order.stop) >= _NOTICED * now.trail
