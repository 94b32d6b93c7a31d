"""One order and one price: does it fill, how much of it, and at what.

An order that takes pays the taker fee and the slippage, a limit never more than its limit. A limit
order that rested fills at the price that is there, without slippage, at the maker fee. A touch is
enough: at exactly its limit an order fills.
"""

from math import floor

from market.kernel import lean_kernel
from trading.engine.lifecycle import (
    end_all,
    end_order,
    has_begun,
    is_live,
    reducible,
    release_reducing,
    remaining,
    settle_filled,
)
from trading.engine.positions import book_fill, fee_of, margin_allows, nears, under_margin
from trading.engine.records import (
    DUST,
    POST_ONLY,
    REDUCE_ONLY,
    Books,
    Kind,
    Reason,
    Sizing,
    State,
    TimeInForce,
)
from trading.engine.sizing import size_order
from trading.fill_arithmetic import compiled_slipped_price

__all__ = ["has_limit", "has_stop", "liquidate", "meet", "ratchet", "start_due", "wanted_size"]


@lean_kernel
def has_stop(books: Books, at: int) -> bool:
    """Whether the order still waits for its stop."""
    order = books.orders[at]
    kind = order["kind"]
    stops = kind == Kind.STOP or kind == Kind.STOP_LIMIT or kind == Kind.TRAILING  # noqa: PLR1714
    return bool(stops and order["triggered"] == 0)


@lean_kernel
def has_limit(books: Books, at: int) -> bool:
    """Whether the order has a limit."""
    kind = books.orders[at]["kind"]
    return bool(kind == Kind.LIMIT or kind == Kind.STOP_LIMIT)  # noqa: PLR1714


@lean_kernel
def ratchet(books: Books, at: int, price: float, anew: bool) -> None:
    """Draw the stop of a trailing order after ``price``; unless ``anew`` it never gives way."""
    order = books.orders[at]
    side = int(order["side"])
    drawn = price + side * order["trail"]
    if anew or (order["stop"] - drawn) * side > 0:
        order["stop"] = drawn


@lean_kernel
def _taker_price(books: Books, at: int, reference: float) -> float:
    order = books.orders[at]
    side = int(order["side"])
    price = compiled_slipped_price(reference, side, books.policy[0]["slippage"])
    if has_limit(books, at) and (price - order["limit"]) * side > 0:
        return float(order["limit"])
    return float(price)


@lean_kernel
def wanted_size(books: Books, at: int) -> float:
    """What the order wants to fill now; just the position when it differs by rounding alone."""
    wanted, closable = remaining(books, at), reducible(books, at)
    if books.orders[at]["flags"] & REDUCE_ONLY and wanted > closable:
        return closable
    return closable if nears(wanted, closable) else wanted


@lean_kernel
def _fitting(books: Books, symbol: int, wanted: float) -> float:
    """``wanted``, or the room left of the candle's volume in whole steps."""
    position = books.positions[symbol]
    room, step = position["room"], position["size_step"]
    if wanted <= room:
        return wanted
    if room <= DUST * wanted:
        return 0.0
    return float(floor(room / step + DUST) * step if step > 0 else room)


@lean_kernel
def _fill(books: Books, at: int, reference: float, maker: bool, time_ns: int) -> None:
    """Fill of the order what the market and the account allow."""
    order = books.orders[at]
    symbol, side = int(order["symbol"]), int(order["side"])
    position = books.positions[symbol]
    wanted = wanted_size(books, at)
    amount = _fitting(books, symbol, wanted)
    if amount < wanted and order["tif"] == TimeInForce.FOK:
        end_order(books, at, State.EXPIRED, Reason.TIME_IN_FORCE)
        return
    if amount > 0:
        price = reference if maker else _taker_price(books, at, reference)
        fee = fee_of(books, amount * price, maker)
        if not margin_allows(books, symbol, side * amount, price, fee):
            end_order(books, at, State.REFUSED, Reason.MARGIN)
            return
        book_fill(books, order["number"], symbol, side * amount, reference, price, maker, time_ns)
        position["room"] -= amount
    if amount < wanted:
        position["room"] = 0.0
    settle_filled(books, at, amount)
    release_reducing(books, symbol)


@lean_kernel
def meet(books: Books, at: int, price: float, starting: bool, time_ns: int) -> None:
    """Let a working order act on the price that is there.

    ``starting``: it reaches the market only now, or its stop does, so a fill takes.
    """
    order = books.orders[at]
    side = int(order["side"])
    if has_stop(books, at):
        if order["kind"] == Kind.TRAILING:
            ratchet(books, at, price, starting)
        if (price - order["stop"]) * side < 0:
            return
        order["triggered"] = 1
        starting = True
    if not has_limit(books, at):
        _fill(books, at, price, False, time_ns)
    elif (price - order["limit"]) * side > 0:
        if order["tif"] != TimeInForce.GTC:
            end_order(books, at, State.EXPIRED, Reason.TIME_IN_FORCE)
    elif starting and order["flags"] & POST_ONLY:
        end_order(books, at, State.REFUSED, Reason.POST_ONLY)
    else:
        _fill(books, at, price, not starting, time_ns)


@lean_kernel
def start_due(books: Books, symbol: int, time_ns: int, everything: bool) -> None:
    """Start waiting orders of ``symbol`` that are due, oldest first, at its mark.

    With ``everything`` the working ones meet the mark too, each when its turn comes.
    """
    for place in range(books.account[0]["live"]):
        at = books.live[place]
        order = books.orders[at]
        if order["symbol"] != symbol:
            continue
        mark = books.positions[symbol]["mark"]
        if order["state"] == State.WAITING and has_begun(books, at, time_ns):
            order["state"] = State.WORKING
            if order["sizing"] != Sizing.GIVEN:
                size_order(books, at, mark)
            if not is_live(books, at):
                continue
            if order["flags"] & REDUCE_ONLY and reducible(books, at) == 0:
                end_order(books, at, State.CANCELLED, Reason.REDUCE_ONLY)
            else:
                meet(books, at, mark, True, time_ns)
        elif everything and order["state"] == State.WORKING and remaining(books, at) > 0:
            meet(books, at, mark, False, time_ns)
    if under_margin(books):
        liquidate(books, time_ns)


@lean_kernel
def liquidate(books: Books, time_ns: int) -> None:
    """Close every position at its mark as a taker, whatever the volume, and cancel every order."""
    for symbol in range(len(books.positions)):
        position = books.positions[symbol]
        size, mark = position["size"], position["mark"]
        if size != 0:
            side = -1 if size > 0 else 1
            price = compiled_slipped_price(mark, side, books.policy[0]["slippage"])
            book_fill(books, 0, symbol, -size, mark, price, False, time_ns)
    end_all(books, Reason.LIQUIDATION)
