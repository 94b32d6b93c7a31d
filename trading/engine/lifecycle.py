"""The life of an order: entered, live, ended; and what its end means for the orders tied to it.

A child waits for its parent and works for what the parent has filled. Orders of one group share one
size: what one fills is taken off the others.
"""

from market.kernel import lean_kernel
from trading.engine.records import (
    DUST,
    REDUCE_ONLY,
    Books,
    Reason,
    State,
    TimeInForce,
)

__all__ = [
    "cancel_order", "end_all", "end_order", "enter_order", "forget_ended", "has_begun", "is_live",
    "reducible", "release_reducing", "remaining", "settle_filled", "take_off_partners",
]  # fmt: skip


@lean_kernel
def is_live(books: Books, at: int) -> bool:
    """Whether the order may still fill."""
    return bool(books.orders[at]["state"] <= State.WORKING)


@lean_kernel
def enter_order(
    books: Books, symbol: int, side: int, kind: int, tif: int, flags: int, size: float,
    limit: float, stop: float, trail: float, parent: int, group: int, time_ns: int,
) -> int:  # fmt: skip
    """Write an order down as waiting and return its number. There must be space for it.

    It works from the first input of its symbol at or after ``time_ns`` plus the latency on. A child
    whose parent has ended is cut to what that filled.
    """
    account = books.account[0]
    at = account["orders"]
    if parent > 0 and not is_live(books, parent - 1):
        size = min(size, books.orders[parent - 1]["filled"])
    order = books.orders[at]
    order["number"], order["symbol"], order["side"] = at + 1, symbol, side
    order["kind"], order["tif"], order["flags"] = kind, tif, flags
    order["size"], order["filled"], order["taken"] = size, 0.0, 0.0
    order["limit"], order["stop"], order["trail"] = limit, stop, trail
    order["parent"], order["group"] = parent, group
    order["placed_ns"] = time_ns
    order["active_ns"] = time_ns + books.policy[0]["latency_ns"]
    order["state"], order["reason"], order["triggered"] = State.WAITING, Reason.NONE, 0
    books.live[account["live"]] = at
    account["live"] += 1
    account["orders"] += 1
    return int(at + 1)


@lean_kernel
def has_begun(books: Books, at: int, time_ns: int) -> bool:
    """Whether a waiting order is due to work: its time has come and its parent has filled."""
    order = books.orders[at]
    if order["active_ns"] > time_ns:
        return False
    return bool(order["parent"] == 0 or books.orders[order["parent"] - 1]["filled"] > 0)


@lean_kernel
def remaining(books: Books, at: int) -> float:
    """What the order may fill now: its size, or what its parent filled, less what was filled."""
    order = books.orders[at]
    size = order["size"]
    if order["parent"] > 0:
        size = min(size, books.orders[order["parent"] - 1]["filled"])
    left = size - order["filled"] - order["taken"]
    return float(left) if left > DUST * order["size"] else 0.0


@lean_kernel
def reducible(books: Books, at: int) -> float:
    """How much of the position an order of this side would close."""
    order = books.orders[at]
    return float(max(0.0, -books.positions[order["symbol"]]["size"] * order["side"]))


@lean_kernel
def _settle(books: Books, at: int, reason: int) -> bool:
    """End an order that can never fill any more; whether it ended."""
    order = books.orders[at]
    least = order["size"] * (1 - DUST)
    if order["filled"] + order["taken"] < least:
        return False
    full = order["filled"] >= least and order["filled"] > 0
    order["state"] = State.FILLED if full else State.CANCELLED
    order["reason"] = Reason.NONE if full else reason
    return True


@lean_kernel
def _cut_children(books: Books) -> None:
    """Cut orders whose parent has ended to what it filled. Parents come before their children."""
    for place in range(books.account[0]["live"]):
        at = books.live[place]
        order = books.orders[at]
        if not is_live(books, at) or order["parent"] == 0:
            continue
        parent = books.orders[order["parent"] - 1]
        if parent["state"] > State.WORKING:
            order["size"] = min(order["size"], parent["filled"])
            _settle(books, at, Reason.PARENT)


@lean_kernel
def end_order(books: Books, at: int, state: int, reason: int) -> None:
    """End an order; its children keep what it has filled."""
    order = books.orders[at]
    order["state"], order["reason"] = state, reason
    _cut_children(books)


@lean_kernel
def cancel_order(books: Books, number: int) -> bool:
    """Cancel a live order at its owner's wish; whether it was live."""
    if not is_live(books, number - 1):
        return False
    end_order(books, number - 1, State.CANCELLED, Reason.ASKED)
    return True


@lean_kernel
def end_all(books: Books, reason: int) -> None:
    """Cancel every live order."""
    for place in range(books.account[0]["live"]):
        order = books.orders[books.live[place]]
        if order["state"] <= State.WORKING:
            order["state"], order["reason"] = State.CANCELLED, reason


@lean_kernel
def settle_filled(books: Books, at: int, amount: float) -> None:
    """Count a fill of ``amount``: the order is done, waits for more, or expires with its rest."""
    order = books.orders[at]
    order["filled"] = min(order["size"], order["filled"] + amount)
    take_off_partners(books, at, amount)
    if _settle(books, at, Reason.PARTNER):
        _cut_children(books)
    elif order["tif"] != TimeInForce.GTC:
        end_order(books, at, State.EXPIRED, Reason.TIME_IN_FORCE)


@lean_kernel
def take_off_partners(books: Books, at: int, amount: float) -> None:
    """Take ``amount`` off the other orders of the group; those with nothing left are cancelled."""
    group = books.orders[at]["group"]
    if group == 0:
        return
    for place in range(books.account[0]["live"]):
        other = books.live[place]
        order = books.orders[other]
        if other != at and order["group"] == group and is_live(books, other):
            order["taken"] += amount
            _settle(books, other, Reason.PARTNER)
    _cut_children(books)


@lean_kernel
def release_reducing(books: Books, symbol: int) -> None:
    """Cancel working reduce-only orders of ``symbol`` that have nothing to reduce.

    One whose parent may fill more only gives up what the parent has filled so far.
    """
    for place in range(books.account[0]["live"]):
        at = books.live[place]
        order = books.orders[at]
        if order["symbol"] != symbol or order["state"] != State.WORKING:
            continue
        if not order["flags"] & REDUCE_ONLY or reducible(books, at) > 0:
            continue
        if order["parent"] > 0 and is_live(books, order["parent"] - 1):
            order["taken"] += remaining(books, at)
        else:
            end_order(books, at, State.CANCELLED, Reason.REDUCE_ONLY)


@lean_kernel
def forget_ended(books: Books) -> None:
    """Drop ended orders from the list of live ones."""
    account = books.account[0]
    kept = 0
    for place in range(account["live"]):
        at = books.live[place]
        if is_live(books, at):
            books.live[kept] = at
            kept += 1
    account["live"] = kept
