"""Live matching: orders meet trades, quotes and books as they come.

Every input is one moment. Before it, orders whose latency has ended start, in the order in which
they reach the market, on what was known until then. Then the input changes what is known, and the
working orders of its symbol act on that, oldest first:

a trade          moves the mark; stops and trailing stops look at it; queues move up and fill
quotes, a book   replace the ladder; what rests where something is offered now is filled; rests of
                 market orders go on taking

Inputs return how much happened to orders and positions, which may be nothing but marks and queues;
or, and then nothing was done, NO_SPACE where ``books`` might not hold the fills, of which one input
makes at most ``space`` and three for every live order, or LATE after a later one.
"""

from market.columns import F64
from market.kernel import lean_kernel
from trading.engine.lifecycle import (
    end_order,
    forget_ended,
    has_begun,
    is_live,
    reducible,
    remaining,
)
from trading.engine.matching import has_limit, has_stop, ratchet
from trading.engine.positions import under_margin
from trading.engine.records import (
    POST_ONLY,
    REDUCE_ONLY,
    Books,
    Kind,
    Reason,
    Sizing,
    State,
)
from trading.engine.resting import join_queue, leave_queue, meet_offers, meet_trade, move_up
from trading.engine.taking import crosses, liquidate_all, size_by_ladder, take
from trading.engine.venue import DEPTH, Source, Venue, middle, use_book, use_quote, use_trade

__all__ = [
    "LATE", "NO_SPACE", "most_fills", "pass_book", "pass_no_book", "pass_quote", "pass_time",
    "pass_trade",
]  # fmt: skip

NO_SPACE, LATE = -1, -2


def most_fills(symbols: int) -> int:
    """Most fills that one input makes, but for three of each live order.

    A fill ends what was wanted, or a level: those of every symbol, of one symbol twice.
    """
    return (symbols + 1) * 2 * (DEPTH + 1) + symbols


@lean_kernel
def _refusal(books: Books, time_ns: int, space: int) -> int:
    """Why an input cannot be taken now, NO_SPACE for its fills or LATE; 0 when it can."""
    account = books.account[0]
    if account["fills"] + 3 * account["live"] + space > len(books.fills):
        return NO_SPACE
    return LATE if time_ns < account["time_ns"] else 0


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
def _meet_stop(books: Books, venue: Venue, at: int, starting: bool, time_ns: int) -> None:
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
        _meet_stop(books, venue, at, True, time_ns)
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
def _start_due(books: Books, venue: Venue, time_ns: int) -> None:
    """Start every order that reaches the market by ``time_ns``, each at its own time."""
    account = books.account[0]
    at = _next_due(books, venue, time_ns)
    while at >= 0:
        account["time_ns"] = max(account["time_ns"], books.orders[at]["active_ns"])
        _start(books, venue, at, account["time_ns"])
        at = _next_due(books, venue, time_ns)


@lean_kernel
def _finish(books: Books, venue: Venue, time_ns: int) -> None:
    """What every input ends with."""
    _start_due(books, venue, time_ns)
    if under_margin(books):
        liquidate_all(books, venue, time_ns)
    forget_ended(books)


@lean_kernel
def _act_on_trade(
    books: Books, venue: Venue, symbol: int, price: float, volume: float, taker: int, time_ns: int
) -> None:
    books.positions[symbol]["room"] = volume
    for place in range(books.account[0]["live"]):
        at = books.live[place]
        order = books.orders[at]
        if order["symbol"] != symbol or order["state"] != State.WORKING:
            continue
        if remaining(books, at) == 0:
            continue
        if has_stop(books, at):
            _meet_stop(books, venue, at, False, time_ns)
        elif has_limit(books, at):
            meet_trade(books, at, price, taker, time_ns)
            leave_queue(books, at, price, taker, volume)
        elif venue.heads[symbol]["source"] <= Source.TRADE:
            take(books, venue, at, time_ns)


@lean_kernel
def pass_trade(
    books: Books, venue: Venue, space: int, symbol: int, price: float, volume: float, taker: int,
    time_ns: int,
) -> int:  # fmt: skip
    """Take a trade of ``symbol``; ``taker`` is the side of who took, 0 where it is not known."""
    account = books.account[0]
    if _refusal(books, time_ns, space) < 0:
        return _refusal(books, time_ns, space)
    position, head, before = books.positions[symbol], venue.heads[symbol], account["changes"]
    if account["live"] > 0:
        _start_due(books, venue, time_ns)
    account["time_ns"] = time_ns
    position["bar"] += 1
    position["mark"] = head["last"] = price
    if head["source"] <= Source.TRADE:
        use_trade(books, venue, symbol)
    if position["size"] != 0 and under_margin(books):
        liquidate_all(books, venue, time_ns)
    if account["live"] > 0:
        _act_on_trade(books, venue, symbol, price, volume, taker, time_ns)
        _finish(books, venue, time_ns)
    return int(account["changes"] - before)


@lean_kernel
def _act_on_ladder(books: Books, venue: Venue, symbol: int, time_ns: int) -> None:
    """The ladder of ``symbol`` is another one: mark, queues, rests and what rests in its way."""
    position = books.positions[symbol]
    books.account[0]["time_ns"] = time_ns
    if venue.heads[symbol]["last"] == 0:
        position["mark"] = middle(venue, symbol)
        if position["size"] != 0 and under_margin(books):
            liquidate_all(books, venue, time_ns)
    for place in range(books.account[0]["live"]):
        at = books.live[place]
        order = books.orders[at]
        if order["symbol"] != symbol or order["state"] != State.WORKING or has_stop(books, at):
            continue
        if has_limit(books, at):
            move_up(books, venue, at)
            if remaining(books, at) > 0:
                meet_offers(books, venue, at, time_ns)
        else:
            take(books, venue, at, time_ns)


@lean_kernel
def pass_quote(
    books: Books, venue: Venue, space: int, symbol: int, bid: float, bid_size: float, ask: float,
    ask_size: float, time_ns: int,
) -> int:  # fmt: skip
    """Take the best prices of ``symbol``; while a book is known they are only kept."""
    before = books.account[0]["changes"]
    if _refusal(books, time_ns, space) < 0:
        return _refusal(books, time_ns, space)
    _start_due(books, venue, time_ns)
    head = venue.heads[symbol]
    head["bid"], head["bid_size"] = bid, bid_size
    head["ask"], head["ask_size"] = ask, ask_size
    if head["source"] != Source.BOOK:
        use_quote(books, venue, symbol)
        _act_on_ladder(books, venue, symbol, time_ns)
    books.account[0]["time_ns"] = time_ns
    _finish(books, venue, time_ns)
    return int(books.account[0]["changes"] - before)


@lean_kernel
def pass_book(
    books: Books, venue: Venue, space: int, symbol: int, bids: F64, asks: F64, time_ns: int
) -> int:
    """Take the book of ``symbol``, see :func:`trading.engine.venue.use_book`."""
    before = books.account[0]["changes"]
    if _refusal(books, time_ns, space) < 0:
        return _refusal(books, time_ns, space)
    _start_due(books, venue, time_ns)
    use_book(books, venue, symbol, bids, asks)
    _act_on_ladder(books, venue, symbol, time_ns)
    _finish(books, venue, time_ns)
    return int(books.account[0]["changes"] - before)


@lean_kernel
def pass_no_book(books: Books, venue: Venue, symbol: int) -> None:
    """Forget the book of ``symbol``: the latest quote counts, or the last trade."""
    if venue.heads[symbol]["source"] == Source.BOOK:
        use_quote(books, venue, symbol)


@lean_kernel
def pass_time(books: Books, venue: Venue, space: int, time_ns: int) -> int:
    """Let time pass without any input: orders whose latency has ended reach the market."""
    before = books.account[0]["changes"]
    if _refusal(books, time_ns, space) < 0:
        return _refusal(books, time_ns, space)
    _start_due(books, venue, time_ns)
    books.account[0]["time_ns"] = time_ns
    _finish(books, venue, time_ns)
    return int(books.account[0]["changes"] - before)
