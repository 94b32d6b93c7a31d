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
from trading.engine.lifecycle import forget_ended, remaining
from trading.engine.matching import has_limit, has_stop
from trading.engine.positions import under_margin
from trading.engine.reaching import meet_stop, start_due
from trading.engine.records import Books, State
from trading.engine.resting import leave_queue, meet_offers, meet_trade, move_up
from trading.engine.taking import liquidate_all, take
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
def _finish(books: Books, venue: Venue, time_ns: int) -> None:
    """What every input ends with."""
    start_due(books, venue, time_ns)
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
            meet_stop(books, venue, at, False, time_ns)
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
        start_due(books, venue, time_ns)
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
    start_due(books, venue, time_ns)
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
    start_due(books, venue, time_ns)
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
    start_due(books, venue, time_ns)
    books.account[0]["time_ns"] = time_ns
    _finish(books, venue, time_ns)
    return int(books.account[0]["changes"] - before)
