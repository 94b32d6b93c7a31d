"""Sizes by share of the equity, known only when the price is: at the open that the order meets.

After a fill at reference price p, where every unit traded costs k in slippage and taker fee, the
position shall be worth ``fraction`` × equity, the costs already paid. From

    (size + change) × p = fraction × (equity − |change| × k)

follows, whichever way the position changes or flips, with the side of the change

    change = (fraction × equity − size × p) / (p + side × fraction × k)
"""

from math import floor

from market.kernel import lean_kernel
from trading.engine.lifecycle import end_order
from trading.engine.positions import equity_of, fee_of
from trading.engine.records import DUST, Books, Reason, Sizing, State
from trading.fill_arithmetic import compiled_slipped_price

__all__ = ["change_by", "change_to", "give_size", "size_order"]


@lean_kernel
def _unit_cost(books: Books, side: int, price: float) -> float:
    """What a unit loses to slippage and taker fee."""
    slipped = compiled_slipped_price(price, side, books.policy[0]["slippage"])
    return float(abs(slipped - price) + fee_of(books, slipped, False))


@lean_kernel
def _equity_at(books: Books, symbol: int, price: float) -> float:
    position = books.positions[symbol]
    return float(equity_of(books) + position["size"] * (price - position["mark"]))


@lean_kernel
def _in_steps(books: Books, symbol: int, size: float) -> float:
    """``size``, either sign, cut to whole steps."""
    step = books.positions[symbol]["size_step"]
    if step == 0:
        return size
    cut = floor(abs(size) / step + DUST) * step
    return float(cut if size > 0 else -cut)


@lean_kernel
def change_to(books: Books, symbol: int, fraction: float, price: float) -> float:
    """The signed size that brings the position to ``fraction`` × equity at reference ``price``.

    Negative fractions are short positions. 0 when it is there but for rounding; with equity at or
    below zero, or where the costs at such a leverage would take all equity, everything is closed.
    """
    size = books.positions[symbol]["size"]
    equity = _equity_at(books, symbol, price)
    wanted, held = fraction * equity, size * price
    gap = wanted - held
    if fraction == 0 or equity <= 0:
        return float(-size)
    if abs(gap) <= DUST * max(abs(wanted), abs(held)):
        return 0.0
    side = 1 if gap > 0 else -1
    worth = price + side * fraction * _unit_cost(books, side, price)
    if worth <= 0:
        return float(-size)
    return _in_steps(books, symbol, gap / worth)


@lean_kernel
def change_by(books: Books, symbol: int, side: int, share: float, price: float) -> float:
    """The size worth ``share`` × the equity after its own costs, to trade on top of what is held.

    0 when there is no equity.
    """
    equity = _equity_at(books, symbol, price)
    size = share * equity / (price + share * _unit_cost(books, side, price))
    return _in_steps(books, symbol, max(size, 0.0))


@lean_kernel
def size_order(books: Books, at: int, price: float) -> None:
    """Give an order that starts at ``price``, and its children, the size that its share makes."""
    order = books.orders[at]
    symbol, share = int(order["symbol"]), order["share"]
    if order["sizing"] == Sizing.TARGET:
        change = change_to(books, symbol, share, price)
        order["side"] = 1 if change > 0 else -1
    else:
        change = change_by(books, symbol, int(order["side"]), share, price)
    give_size(books, at, abs(change))


@lean_kernel
def give_size(books: Books, at: int, size: float) -> None:
    """Give an order that starts, and its children, their ``size``; 0 ends it."""
    order = books.orders[at]
    if size == 0:
        end_order(books, at, State.CANCELLED, Reason.NO_SIZE)
        return
    order["size"] = size
    for place in range(books.account[0]["live"]):
        child = books.orders[books.live[place]]
        if child["parent"] == order["number"]:
            child["size"] = size
