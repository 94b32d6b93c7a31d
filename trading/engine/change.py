"""Changing an order that is in the market: another size or another price.

A smaller size keeps its place in the queue. Any other change takes the order out and sends it anew:
it reaches the market after the latency, behind what waits there then.
"""

from dataclasses import dataclass

from msgspec.structs import replace

from market.kernel import lean_kernel
from trading.engine.matching import has_limit
from trading.engine.orders import Order, check_order
from trading.engine.records import Books, Kind, State
from trading.errors import BadOrder

__all__ = ["Change", "change_order", "check_change"]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes another: ``size`` is the whole one, with what was filled; None stays."""

    size: float | None = None
    limit: float | None = None
    stop: float | None = None
    trail: float | None = None


@lean_kernel
def change_order(
    books: Books, at: int, size: float, limit: float, stop: float, trail: float, time_ns: int
) -> None:
    """Give an order other terms at ``time_ns``; its children take its size."""
    order = books.orders[at]
    same = order["limit"] == limit and order["trail"] == trail
    same = same and (order["kind"] == Kind.TRAILING or order["stop"] == stop)
    if not same or (size > order["size"] and has_limit(books, at)):
        order["state"] = State.WAITING
        order["active_ns"] = time_ns + books.policy[0]["latency_ns"]
    for place in range(books.account[0]["live"]):
        child = books.orders[books.live[place]]
        if child["parent"] == order["number"] and child["size"] == order["size"]:
            child["size"] = size
    order["size"], order["limit"], order["stop"], order["trail"] = size, limit, stop, trail


def check_change(books: Books, number: int, order: Order, change: Change) -> Order:
    """``order``, number ``number``, after ``change``; raises :class:`BadOrder` where it cannot be.

    A trailing stop's own stop is left as it stands.
    """
    record = books.orders[number - 1]
    if record["state"] > State.WORKING:
        raise BadOrder(f"Order {number} has ended; only a live one can be changed.")
    if record["triggered"] and (change.stop is not None or change.trail is not None):
        raise BadOrder(f"The stop of order {number} was reached; it cannot be moved any more.")
    if change == Change():
        raise BadOrder(f"Nothing was given that should change on order {number}.")
    bare = replace(order, stop=0.0) if order.kind is Kind.TRAILING else order
    changed = replace(
        bare, size=_given(change.size, bare.size), limit=_given(change.limit, bare.limit),
        stop=_given(change.stop, bare.stop), trail=_given(change.trail, bare.trail),
    )  # fmt: skip
    check_order(changed, int(record["symbol"]), books)
    if change.size is not None:
        _check_size(books, number, changed.size)
    return replace(changed, stop=order.stop) if order.kind is Kind.TRAILING else changed


def _check_size(books: Books, number: int, size: float) -> None:
    """More than is done, and no more than a parent that has ended has filled."""
    record = books.orders[number - 1]
    done = float(record["filled"] + record["taken"])
    if size <= done:
        raise BadOrder(
            f"The size was {size:g}; of order {number} {done:g} is done: allowed is more."
        )
    parent = books.orders[record["parent"] - 1]
    if record["parent"] and parent["state"] > State.WORKING and size > parent["filled"]:
        raise BadOrder(
            f"The size was {size:g}; order {number} closes what its entry filled: allowed is up to "
            f"{parent['filled']:g}."
        )


def _given(value: float | None, before: float) -> float:
    return before if value is None else float(value)
