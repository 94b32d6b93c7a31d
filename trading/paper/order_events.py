"""What can happen to an order, as it is journaled; see :mod:`trading.paper.events`."""

from decimal import Decimal

from msgspec import Struct

from market.types import Side
from trading.engine.records import Cause, Reason, State
from trading.paper.terms import OrderTerms

__all__ = [
    "Filled", "OrderAccepted", "OrderChanged", "OrderEnded", "OrderRefused", "OrderTriggered",
]  # fmt: skip


class OrderAccepted(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An order is on its way to the market. ``key``: the sender's idempotency key."""

    time_ns: int
    id: int
    owner: str
    order: OrderTerms
    key: str | None = None


class OrderRefused(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An order was not taken.

    ``code`` is short, ``words`` a sentence: what it was, what is allowed. Numbers of the terms that
    are no numbers (NaN, infinite) stand as 0 there, the words have them.
    """

    time_ns: int
    owner: str
    order: OrderTerms
    code: str
    words: str
    key: str | None = None


class OrderChanged(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An order has these values from now on.

    By its owner's wish, or, ``by`` the market: a trailing stop was drawn after the price, a child
    was cut to what its parent filled. ``taken``: filled by others of its group.
    """

    time_ns: int
    id: int
    size: float
    limit: float
    stop: float
    trail: float
    taken: float
    by: str


class OrderTriggered(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The market reached the order's stop."""

    time_ns: int
    id: int


class OrderEnded(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An order is over: filled, cancelled, expired or refused by the market."""

    time_ns: int
    id: int
    state: State
    reason: Reason


class Filled(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An execution. ``order`` is 0 when it was a liquidation.

    ``fee`` in quote currency; ``realised`` is the profit on what it closed, before fees.
    ``reference`` is the price that was best for it at that moment.
    """

    time_ns: int
    id: int
    order: int
    owner: str
    symbol: str
    side: Side
    size: Decimal
    price: Decimal
    fee: Decimal
    realised: Decimal
    maker: bool
    cause: Cause
    reference: float
