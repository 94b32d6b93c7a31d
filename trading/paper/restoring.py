"""An engine's state, made from the records of its owner: after a restart, or under other terms."""

from collections.abc import Mapping

from trading.engine.orders import Order
from trading.engine.records import Sizing
from trading.engine.snapshot import EngineState, HeldPosition
from trading.engine.snapshot import LiveOrder as EngineOrder
from trading.paper.records import AccountRecords
from trading.paper.standing import LiveOrder, PortfolioRecord
from trading.paper.tape import Line
from trading.paper.terms import OrderTerms

__all__ = ["engine_order", "engine_state"]


def engine_order(terms: OrderTerms, parent: int, live: LiveOrder | None = None) -> Order:
    """The order for the engine: a new one, or one that is live as it stands now.

    ``parent`` is what the engine knows its parent by, 0 for none.
    """
    now = live or terms
    return Order(
        symbol=terms.symbol, side=terms.side, size=now.size, kind=terms.kind, limit=now.limit,
        stop=now.stop, trail=now.trail, tif=terms.tif, reduce_only=terms.reduce_only,
        post_only=terms.post_only, parent=parent, group=terms.group,
        sizing=Sizing.GIVEN if now.size else terms.sizing,
        share=0.0 if now.size else terms.share,
    )  # fmt: skip


def engine_state(
    records: AccountRecords, record: PortfolioRecord, lines: Mapping[str, Line]
) -> EngineState:
    """What the engine of a portfolio is to know; its orders by their ids.

    What is held without a price is marked at its entry.
    """
    ledger, latency = record.ledger, records.terms.latency_ns
    positions = {
        symbol: HeldPosition(held.amount, held.paid, lines[symbol].mark or held.paid / held.amount)
        for symbol, held in ledger.holdings.items()
        if held.size
    }
    orders = tuple(
        _restored(order, record, order.placed_ns + latency, records.time_ns)
        for order in record.live.values()
    )
    start = float(records.terms.start_capital)
    return EngineState(ledger.money, start, records.time_ns, positions, orders)


def _restored(
    order: LiveOrder, record: PortfolioRecord, active_ns: int, now_ns: int
) -> EngineOrder:
    """A live order; one that had reached the market rests there, its queue is not known."""
    parent = record.live.get(order.terms.parent)
    begun = parent is None or parent.filled > 0
    known = engine_order(order.terms, 0 if parent is None else parent.id, order)
    return EngineOrder(
        order.id, known, order.placed_ns, active_ns, order.filled, order.taken, order.triggered,
        begun and active_ns <= now_ns,
    )  # fmt: skip
