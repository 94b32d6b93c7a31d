"""A limit order that rests: its place in the queue at its price, and what fills it.

Time decides at one price: what the market showed there when the order came is filled before it.
``ahead`` shrinks by every trade at the price, and never exceeds what is still shown there. What a
trade leaves over beyond it is ours; a trade through the price filled everything that waited at it.
Fills are at the order's own price, as maker.
"""

from math import inf

from market.kernel import lean_kernel
from trading.engine.lifecycle import end_order, release_reducing, settle_filled
from trading.engine.matching import wanted_size
from trading.engine.positions import fee_of, margin_allows
from trading.engine.records import Books, Reason, State
from trading.engine.steps import nearest_steps, whole_steps
from trading.engine.taking import book_exactly, reach, take_off
from trading.engine.venue import Source, Venue, shown_size

__all__ = ["join_queue", "leave_queue", "meet_offers", "meet_trade", "move_up"]


@lean_kernel
def join_queue(books: Books, venue: Venue, at: int) -> None:
    """Put the order behind everything that waits at its price."""
    order = books.orders[at]
    order["ahead"] = shown_size(venue, order["symbol"], order["side"], order["limit"])


@lean_kernel
def move_up(books: Books, venue: Venue, at: int) -> None:
    """Let the order move up where less is shown at its price than was before it."""
    order = books.orders[at]
    shown = shown_size(venue, order["symbol"], order["side"], order["limit"])
    order["ahead"] = min(order["ahead"], shown)


@lean_kernel
def _make(books: Books, at: int, most: float, time_ns: int) -> float:
    """Fill up to ``most`` of the order at its own price; how much it was."""
    if most <= 0:
        return 0.0
    order = books.orders[at]
    symbol, side, price = int(order["symbol"]), int(order["side"]), order["limit"]
    step = books.positions[symbol]["size_step"]
    amount = min(nearest_steps(wanted_size(books, at), step), whole_steps(most, step))
    if amount <= 0:
        return 0.0
    fee = fee_of(books, amount * price, True)
    if not margin_allows(books, symbol, side * amount, price, fee):
        end_order(books, at, State.REFUSED, Reason.MARGIN)
        books.account[0]["changes"] += 1
        return 0.0
    book_exactly(books, order["number"], symbol, side * amount, price, price, True, time_ns)
    settle_filled(books, at, amount)
    release_reducing(books, symbol)
    return float(amount)


@lean_kernel
def meet_trade(books: Books, at: int, price: float, taker: int, time_ns: int) -> None:
    """Let a trade of the market reach the order; ``room`` is what is left of the trade's size.

    ``taker`` is the side of who took, 0 where that is not known.
    """
    order = books.orders[at]
    position, side = books.positions[order["symbol"]], int(order["side"])
    beyond = (order["limit"] - price) * side
    if beyond > 0:
        _make(books, at, inf, time_ns)
    elif beyond == 0 and taker != side:
        position["room"] -= _make(books, at, position["room"] - order["ahead"], time_ns)


@lean_kernel
def leave_queue(books: Books, at: int, price: float, taker: int, volume: float) -> None:
    """Count what a trade at the order's price took from before it."""
    order = books.orders[at]
    if order["limit"] == price and taker != order["side"]:
        order["ahead"] = max(order["ahead"] - volume, 0.0)


@lean_kernel
def meet_offers(books: Books, venue: Venue, at: int, time_ns: int) -> None:
    """Fill the order by what is offered at its price or better: that came to it, not it to that.

    A ladder that was made of trades offers nothing of its own.
    """
    order = books.orders[at]
    symbol, side = int(order["symbol"]), int(order["side"])
    if venue.heads[symbol]["source"] <= Source.TRADE:
        return
    offered, _ = reach(venue, symbol, side, order["limit"], order["size"])
    if offered > 0:
        order["ahead"] = 0.0
        take_off(books, venue, symbol, side, _make(books, at, offered, time_ns))
