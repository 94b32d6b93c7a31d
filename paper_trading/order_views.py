"""Orders and fills as pages list them."""

from decimal import Decimal

from market.types import Side
from paper_trading.views import FillView, OrderView
from paper_trading.words import KIND_WORDS, end_words, owner_name
from trading.engine.records import Kind, State, TimeInForce
from trading.paper import events as ev
from trading.paper.records import AccountRecords
from trading.paper.standing import EndedOrder, LiveOrder

__all__ = ["SHOWN_ENDED", "RowCache", "decimal", "live_order", "queues"]

SHOWN_ENDED = 100


def decimal(value: float) -> Decimal:
    """The number that the shortest text of ``value`` says."""
    return Decimal(repr(float(value))).normalize() + 0


def queues(order: LiveOrder, waits: bool) -> bool:
    """Whether it stands in a queue at its price, as a limit does, a stop limit once triggered."""
    begun = order.filled > 0 or not waits
    kind = order.terms.kind
    return begun and (kind is Kind.LIMIT or (kind is Kind.STOP_LIMIT and order.triggered))


def live_order(
    order: LiveOrder, opened_by: str, waits: bool, ahead: Decimal | None = None
) -> OrderView:
    """An order that may still fill. ``waits``: its entry is live, so that it closes nothing yet."""
    begun = order.filled > 0 or not waits
    return _order(order, opened_by, ("working" if begun else "waiting", ""), ahead)


def _order(
    order: LiveOrder, opened_by: str, state: tuple[str, str], ahead: Decimal | None
) -> OrderView:
    terms = order.terms
    prices = (order.limit, order.stop, order.trail)
    limit, stop, trail = (decimal(price) if price else None for price in prices)
    return OrderView(
        id=order.id,
        owner=order.owner,
        opened_by=opened_by,
        symbol=terms.symbol,
        side="buy" if terms.side is Side.BUY else "sell",
        kind=KIND_WORDS[terms.kind],
        size=decimal(order.size),
        filled=decimal(order.filled),
        limit=limit,
        stop=stop,
        trail=trail,
        tif=TimeInForce(terms.tif).name,
        post_only=terms.post_only,
        reduce_only=terms.reduce_only,
        state=state[0],
        words=state[1],
        parent=terms.parent or None,
        role=terms.role.value,
        queue_ahead=ahead,
        placed_ms=order.placed_ns // 1_000_000,
        triggered=order.triggered,
    )


class RowCache:
    """The rows of fills and ended orders, made once each; for one account and one thread.

    ``labels`` rises when names or notes change: then all are made anew.
    """

    def __init__(self) -> None:
        self.labels = 0
        self._made_for = (-1, -1, -1)
        self._fills: tuple[FillView, ...] = ()
        self._ended: tuple[OrderView, ...] = ()

    def fills(self, records: AccountRecords) -> tuple[FillView, ...]:
        """The newest fills, newest first."""
        self._renew(records)
        return self._fills

    def ended(self, records: AccountRecords) -> tuple[OrderView, ...]:
        """The newest orders that are over, newest first."""
        self._renew(records)
        return self._ended

    def _renew(self, records: AccountRecords) -> None:
        now = (self.labels, records.fill_count, records.version)
        if now == self._made_for:
            return
        if now[:2] != self._made_for[:2]:
            self._fills = self._new_fills(records)
        newest = list(records.ended)[: -SHOWN_ENDED - 1 : -1]
        self._ended = tuple(_ended_order(each, records) for each in newest)
        self._made_for = now

    def _new_fills(self, records: AccountRecords) -> tuple[FillView, ...]:
        """Those that were there already stay the same objects."""
        known = self._fills if self._made_for[0] == self.labels else ()
        newest = known[0].id if known else 0
        new = [_fill(each, records) for each in reversed(records.fills) if each.id > newest]
        return (*new, *known)[: records.fills.maxlen]


def _fill(fill: ev.Filled, records: AccountRecords) -> FillView:
    note = records.notes.get(f"fill {fill.id}")
    return FillView(
        id=fill.id,
        order=fill.order or None,
        owner=fill.owner,
        opened_by=owner_name(fill.owner, records.automations),
        symbol=fill.symbol,
        side="buy" if fill.side is Side.BUY else "sell",
        size=fill.size,
        price=fill.price,
        fee=fill.fee,
        realised=fill.realised,
        maker=fill.maker,
        time_ms=fill.time_ns // 1_000_000,
        note=note.text if note else "",
        tags=note.tags if note else (),
    )


def _ended_order(ended: EndedOrder, records: AccountRecords) -> OrderView:
    order = ended.order
    name = owner_name(order.owner, records.automations)
    state = "filled" if ended.state is State.FILLED else ended.state.name.lower()
    return _order(order, name, (state, end_words(ended.reason)), None)
