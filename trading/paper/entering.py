"""An order into its engine and to the market in one compiled call: the way of most orders."""

from collections.abc import Callable
from functools import cache

from market.kernel import entry, lean_kernel
from trading.engine.lifecycle import enter_order
from trading.engine.live import NO_SPACE, pass_time
from trading.engine.records import (
    Books,
    make_books,
)
from trading.engine.venue import Venue, make_venue

__all__ = ["enter_at_once", "entering"]


@lean_kernel
def enter_at_once(
    books: Books, venue: Venue, space: int, symbol: int, side: int, kind: int, tif: int, flags: int,
    size: float, limit: float, share: float, sizing: int, time_ns: int,
) -> tuple[int, float, float, int, int]:  # fmt: skip
    """Enter a market or limit order and let time come to ``time_ns``.

    Its number, its signed size, how much of that is filled, its state and the reason of that. The
    number is NO_SPACE where ``books`` might not hold the order or its fills, of which one input
    makes at most ``space`` and three for every live order; then nothing is done.
    """
    account = books.account[0]
    fills = account["fills"] + 3 * account["live"] + space
    if fills > len(books.fills) or account["orders"] == len(books.orders):
        return NO_SPACE, 0.0, 0.0, 0, 0
    account["time_ns"] = time_ns
    number = enter_order(
        books, symbol, side, kind, tif, flags, size, limit, 0.0, 0.0, 0, 0, time_ns
    )  # fmt: skip
    order = books.orders[number - 1]
    order["share"], order["sizing"] = share, sizing
    pass_time(books, venue, 0, time_ns)
    size = order["side"] * order["size"]
    return (
        int(number), float(size), float(order["filled"]), int(order["state"]), int(order["reason"])
    )  # fmt: skip


@cache
def entering() -> Callable[..., tuple[int, float, float, int, int]]:
    """:func:`enter_at_once` for Python's own ``int`` and ``float``, compiled when first asked."""
    books, venue = make_books(1, 1, 1), make_venue(1)
    return entry(enter_at_once, books, venue, 0, 0, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0, 0)
