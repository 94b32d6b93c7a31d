"""How orders reach a live market: when their latency has ended, and when their stop is reached."""

from market.kernel import lean_kernel
from trading.engine.lifecycle import end_order, has_begun, is_live, reducible
from trading.engine.matching import has_limit, has_stop, ratchet
from trading.engine.records import POST_ONLY, REDUCE_ONLY, Books, Kind, Reason, Sizing, State
from trading.engine.resting import join_queue
from trading.engine.taking import crosses, size_by_ladder, take
from trading.engine.venue import Venue

__all__ = ["meet_stop", "start_due"]


@lean_kernel
def _enter_market(books: Books, venue: Venue, at: int, time_ns: int) -> None:
    """An order without a stop before it reaches the market: it takes what it can, then rests."""
    order = books.orders[at]
    limited = has_limit(books, at)
    if limited and order["flags"] & POST_ONLY and crosses(books, venue, at):
        end_order(books, at, State.REFUSED, Reason.POST_ONLY)
        return
    take(books, venue, at, time_ns)
    if limited and order["state"] == State.WORKING:
        join_queue(books, venue, at)


@lean_kernel
def meet_stop(books: Books, venue: Venue, at: int, starting: bool, time_ns: int) -> None:
    """Let the last trade reach an order that waits for its stop."""
    order = books.orders[at]
    last, side = venue.heads[order["symbol"]]["last"], int(order["side"])
    if order["kind"] == Kind.TRAILING:
        ratchet(books, at, last, starting)
    if (last - order["stop"]) * side >= 0:
        order["triggered"] = 1
        books.account[0]["changes"] += 1
        _enter_market(books, venue, at, time_ns)


@lean_kernel
def _start(books: Books, venue: Venue, at: int, time_ns: int) -> None:
    """Let an order reach the market."""
    order = books.orders[at]
    order["state"] = State.WORKING
    books.account[0]["changes"] += 1
    if order["sizing"] != Sizing.GIVEN and order["size"] == 0:
        size_by_ladder(books, venue, at)
        if not is_live(books, at):
            return
    if order["flags"] & REDUCE_ONLY and reducible(books, at) == 0:
        end_order(books, at, State.CANCELLED, Reason.REDUCE_ONLY)
    elif has_stop(books, at):
        meet_stop(books, venue, at, True, time_ns)
    else:
        _enter_market(books, venue, at, time_ns)


@lean_kernel
def _next_due(books: Books, venue: Venue, time_ns: int) -> int:
    """The place of the waiting order that reaches the market next by ``time_ns``; -1 for none.

    None does before a price is known, none with a stop before a trade is.
    """
    first = -1
    for place in range(books.account[0]["live"]):
        at = books.live[place]
        order = books.orders[at]
        if order["state"] != State.WAITING or not has_begun(books, at, time_ns):
            continue
        symbol = order["symbol"]
        last, mark = venue.heads[symbol]["last"], books.positions[symbol]["mark"]
        if (last if has_stop(books, at) else mark) == 0:
            continue
        if first < 0 or order["active_ns"] < books.orders[first]["active_ns"]:
            first = int(at)
    return first


@lean_kernel
def start_due(books: Books, venue: Venue, time_ns: int) -> None:
    """Start every order that reaches the market by ``time_ns``, each at its own time."""
    account = books.account[0]
    at = _next_due(books, venue, time_ns)
    while at >= 0:
        account["time_ns"] = max(account["time_ns"], books.orders[at]["active_ns"])
        _start(books, venue, at, account["time_ns"])
        at = _next_due(books, venue, time_ns)
