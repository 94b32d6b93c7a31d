"""From one target to the next: which orders bring a position there, and what protects it then.

The compiled driver of backtests and the runs on paper accounts place what is said here, so that
both trade alike.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from market.kernel import entry, lean_kernel
from trading.engine.records import Books, make_books
from trading.engine.sizing import change_to
from trading.fill_arithmetic import compiled_slipped_price

__all__ = ["PLAN", "Plan", "Way", "exits", "way_finding", "way_to"]

PLAN = np.dtype(
    [
        ("share", np.float64),  # of equity that a target of 1 is worth: size times leverage
        ("least", np.float64),  # targets are cut to these
        ("most", np.float64),
        ("stop_loss", np.float64),  # fractions of the entry price, 0 for none
        ("take_profit", np.float64),
        ("interval_ns", np.int64),
        ("path", np.int64),
        ("at_close", np.int64),  # 1: fills at the close, 0: at the next open
        ("recycles", np.int64),  # 1: numbers of orders begin anew with every change of target
        ("bar", np.int64),  # the next candle
        ("decided", np.int64),  # the candle whose decision counts, -1 before the first
        ("acted", np.float64),  # the target acted on
        ("lower", np.float64),  # the quiet band
        ("upper", np.float64),
    ],
    align=True,
)
"""What to do with a target, and how far the driver has come."""

Plan = NDArray[np.void]


class Way(NamedTuple):
    """Orders at market, signed sizes, 0 for none: ``closed`` closes first, ``change`` follows.

    ``guarded`` is the signed position to protect from then on, 0 for none, which was, or will have
    been, entered at ``entry``; with ``attached`` the protection begins once ``change`` fills.
    """

    closed: float
    change: float
    entry: float
    guarded: float
    attached: bool


@lean_kernel
def exits(plan: Plan, entry: float, side: int) -> tuple[float, float]:
    """Prices of the stop-loss and the take-profit of a position on ``side``; 0 for none."""
    loss, profit = plan[0]["stop_loss"], plan[0]["take_profit"]
    stop = entry * (1 - side * loss) if loss > 0 else 0.0
    target = entry * (1 + side * profit) if profit > 0 else 0.0
    return stop, max(target, 0.0)


@lean_kernel
def way_to(books: Books, symbol: int, plan: Plan, target: float, price: float) -> Way:
    """The way from the position held in ``symbol`` to ``target`` at reference ``price``.

    It counts on orders that are still in the market being cancelled before.
    """
    position = books.positions[symbol]
    size, cost = position["size"], position["cost"]
    change, closed = change_to(books, symbol, target * plan[0]["share"], price), 0.0
    side = 1 if change > 0 else -1
    protected = plan[0]["stop_loss"] > 0 or plan[0]["take_profit"] > 0
    paid = compiled_slipped_price(price, side, books.policy[0]["slippage"])
    wanted = size + change
    if wanted * size < 0 and protected:
        # closed by an order of its own: children of a flip would begin before there is anything
        closed, size, change = -size, 0.0, wanted
    if not protected or target == 0 or wanted == 0:
        return Way(closed, change, 0.0, 0.0, False)
    if size == 0:
        return Way(closed, change, paid, wanted, True)
    if abs(wanted) > abs(size):
        return Way(closed, change, (cost + change * paid) / wanted, wanted, False)
    return Way(closed, change, cost / size, size, False)


@cache
def way_finding() -> Callable[..., Way]:
    """:func:`way_to` for Python's own ``int`` and ``float``, compiled when first asked for."""
    return entry(way_to, make_books(1, 1, 1), 0, np.zeros(1, PLAN), 0.0, 0.0)
