"""What an order takes off the ladder of its symbol: a fill for each level, the best first.

Each fill is at its level's price; ``reference`` is the best price when the order came, so that
``price - reference`` is what the order's own size cost it.
"""

from math import inf

from market.kernel import lean_kernel
from trading.engine.lifecycle import end_all, end_order, release_reducing, settle_filled
from trading.engine.matching import has_limit, wanted_size
from trading.engine.positions import book_fill, equity_of, fee_of, margin_allows
from trading.engine.records import DUST, Books, Reason, Sizing, State, TimeInForce
from trading.engine.sizing import give_size
from trading.engine.steps import nearest_steps, whole_steps
from trading.engine.venue import DEPTH, LEFT, PRICE, Venue, offered_to
from trading.fill_arithmetic import compiled_slipped_price

__all__ = [
    "book_exactly",
    "crosses",
    "liquidate_all",
    "reach",
    "size_by_ladder",
    "take",
    "take_off",
]


@lean_kernel
def book_exactly(
    books: Books, number: int, symbol: int, change: float, reference: float, price: float,
    maker: bool, time_ns: int,
) -> None:  # fmt: skip
    """Book a fill and keep the position a multiple of its step, free of rounding."""
    book_fill(books, number, symbol, change, reference, price, maker, time_ns)
    position = books.positions[symbol]
    position["size"] = nearest_steps(position["size"], position["size_step"])
    books.account[0]["changes"] += 1


@lean_kernel
def reach(venue: Venue, symbol: int, side: int, limit: float, wanted: float) -> tuple[float, float]:
    """How much of ``wanted`` the ladder offers no worse than ``limit``, and what that is worth."""
    levels = venue.levels[symbol, offered_to(side)]
    size, worth = 0.0, 0.0
    for at in range(DEPTH + 1):
        price = levels[at, PRICE]
        if price == 0 or (price - limit) * side > 0 or size >= wanted:
            break
        part = min(wanted - size, levels[at, LEFT])
        size += part
        worth += part * price
    return size, worth


@lean_kernel
def _limit_of(books: Books, at: int) -> float:
    """The worst price that the order accepts."""
    order = books.orders[at]
    if has_limit(books, at):
        return float(order["limit"])
    return inf if order["side"] > 0 else 0.0


@lean_kernel
def crosses(books: Books, venue: Venue, at: int) -> bool:
    """Whether something is offered at the order's limit or better."""
    order = books.orders[at]
    step = books.positions[order["symbol"]]["size_step"]
    size, _ = reach(venue, order["symbol"], order["side"], _limit_of(books, at), step)
    return size > 0


@lean_kernel
def take_off(books: Books, venue: Venue, symbol: int, side: int, amount: float) -> None:
    """Take ``amount`` off the ladder."""
    levels, step = venue.levels[symbol, offered_to(side)], books.positions[symbol]["size_step"]
    for at in range(DEPTH + 1):
        if amount <= 0 or levels[at, PRICE] == 0:
            return
        part = min(amount, levels[at, LEFT])
        if levels[at, LEFT] != inf:
            levels[at, LEFT] = nearest_steps(levels[at, LEFT] - part, step)
        amount = nearest_steps(amount - part, step)


@lean_kernel
def _sweep(
    books: Books, venue: Venue, number: int, symbol: int, side: int, amount: float, time_ns: int
) -> tuple[float, float]:
    """Fill ``amount`` from the ladder, level by level; what it did not hold, and its last price.

    The price is 0 where there is no ladder.
    """
    levels, step = venue.levels[symbol, offered_to(side)], books.positions[symbol]["size_step"]
    best, last = 0.0, 0.0
    for at in range(DEPTH + 1):
        price, left = levels[at, PRICE], levels[at, LEFT]
        if amount <= 0 or price == 0:
            break
        last = price
        if left <= 0:
            continue
        if best == 0:
            best = price
        part = min(amount, left)
        if left != inf:
            levels[at, LEFT] = nearest_steps(left - part, step)
        amount = nearest_steps(amount - part, step)
        book_exactly(books, number, symbol, side * part, best, price, False, time_ns)
    return amount, last


@lean_kernel
def take(books: Books, venue: Venue, at: int, time_ns: int) -> None:
    """Fill of a taking order what the ladder and the account allow; the rest waits or expires."""
    order = books.orders[at]
    symbol, side = int(order["symbol"]), int(order["side"])
    step = books.positions[symbol]["size_step"]
    wanted = nearest_steps(wanted_size(books, at), step)
    size, worth = reach(venue, symbol, side, _limit_of(books, at), wanted)
    amount = min(wanted, whole_steps(size, step))
    if amount < wanted and order["tif"] == TimeInForce.FOK:
        end_order(books, at, State.EXPIRED, Reason.TIME_IN_FORCE)
    elif amount > 0:
        price = worth / size
        fee = fee_of(books, amount * price, False)
        if not margin_allows(books, symbol, side * amount, price, fee):
            end_order(books, at, State.REFUSED, Reason.MARGIN)
        else:
            _sweep(books, venue, order["number"], symbol, side, amount, time_ns)
            settle_filled(books, at, amount)
            release_reducing(books, symbol)
    elif order["tif"] != TimeInForce.GTC:
        end_order(books, at, State.EXPIRED, Reason.TIME_IN_FORCE)
    else:
        return
    books.account[0]["changes"] += 1


@lean_kernel
def _through_ladder(
    books: Books, venue: Venue, symbol: int, side: int, gap: float, weight: float
) -> float:
    """The size x for which x × mark + weight × (costs of x on the ladder) = ``gap``.

    A unit at price p costs side × (p - mark) and the fee: the line of ``trading.engine.sizing``,
    level by level. Beyond the ladder its last price goes on. Negative where costs eat up any gap.
    """
    levels, mark = venue.levels[symbol, offered_to(side)], books.positions[symbol]["mark"]
    size, unit = 0.0, mark + weight * fee_of(books, mark, False)
    for at in range(DEPTH + 1):
        price = levels[at, PRICE]
        if price == 0:
            break
        if levels[at, LEFT] <= 0:
            continue
        unit = mark + weight * (side * (price - mark) + fee_of(books, price, False))
        if unit <= 0:
            return float(size) if size > 0 else -1.0
        if gap <= levels[at, LEFT] * unit:
            return float(size + gap / unit)
        size += levels[at, LEFT]
        gap -= levels[at, LEFT] * unit
    return float(size + gap / unit) if unit > 0 else -1.0


@lean_kernel
def _change_to(books: Books, venue: Venue, symbol: int, share: float) -> float:
    """What brings the position to ``share`` × equity, see :func:`trading.engine.sizing.change_to`.

    Not yet in steps.
    """
    position, equity = books.positions[symbol], equity_of(books)
    wanted, held = share * equity, position["size"] * position["mark"]
    gap = wanted - held
    if share == 0 or equity <= 0:
        return float(-position["size"])
    if abs(gap) <= DUST * max(abs(wanted), abs(held)):
        return 0.0
    side = 1 if gap > 0 else -1
    size = _through_ladder(books, venue, symbol, side, abs(gap), side * share)
    return float(side * size if size > 0 else -position["size"])


@lean_kernel
def size_by_ladder(books: Books, venue: Venue, at: int) -> None:
    """Give an order that starts the size that its share makes at the prices of the ladder."""
    order = books.orders[at]
    symbol, side, share = int(order["symbol"]), int(order["side"]), order["share"]
    if order["sizing"] == Sizing.TARGET:
        change = _change_to(books, venue, symbol, share)
        order["side"] = 1 if change > 0 else -1
        size = abs(change)
    else:
        gap = max(share * equity_of(books), 0.0)
        size = max(_through_ladder(books, venue, symbol, side, gap, share), 0.0)
    give_size(books, at, whole_steps(size, books.positions[symbol]["size_step"]))


@lean_kernel
def liquidate_all(books: Books, venue: Venue, time_ns: int) -> None:
    """Close every position at what the ladders offer, and cancel every order.

    What a ladder does not hold goes at its last price, or at the mark, with slippage.
    """
    for symbol in range(len(books.positions)):
        position = books.positions[symbol]
        size = position["size"]
        if size == 0:
            continue
        side = -1 if size > 0 else 1
        rest, last = _sweep(books, venue, 0, symbol, side, abs(size), time_ns)
        if rest > 0:
            known = last if last > 0 else position["mark"]
            price = compiled_slipped_price(known, side, books.policy[0]["slippage"])
            book_exactly(books, 0, symbol, side * rest, known, price, False, time_ns)
    end_all(books, Reason.LIQUIDATION)
    books.account[0]["changes"] += 1
