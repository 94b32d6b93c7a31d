"""Where the price may go without anything happening, so that a driver can leave candles out."""

from math import inf

from market.kernel import lean_kernel
from trading.engine.lifecycle import remaining
from trading.engine.matching import has_limit, has_stop
from trading.engine.positions import liquidation_price
from trading.engine.records import Books, Kind, State

__all__ = ["catch_up", "quiet_band"]

NEAR = 1e-9
"""Share of a liquidation price that counts as reached, so that rounding never decides."""


@lean_kernel
def quiet_band(books: Books, symbol: int) -> tuple[float, float]:
    """Bounds between which, both left out, nothing can happen: ``(lower, upper)``.

    A candle of ``symbol`` that lies wholly inside changes nothing but the mark: no order acts on
    it, nothing is liquidated. ``(inf, -inf)``, which holds no candle, where any candle may matter:
    an order is on its way, fills bit by bit or trails, or another symbol is held.
    """
    lower, upper = -inf, inf
    for place in range(len(books.positions)):
        if place != symbol and books.positions[place]["size"] != 0:
            return inf, -inf
    for place in range(books.account[0]["live"]):
        at = books.live[place]
        order = books.orders[at]
        if order["symbol"] != symbol or order["state"] > State.WORKING:
            continue
        rests = has_stop(books, at) or has_limit(books, at)
        if not rests or order["state"] == State.WAITING or order["kind"] == Kind.TRAILING:
            return inf, -inf
        if remaining(books, at) == 0:
            continue
        if has_stop(books, at):
            level, rising = order["stop"], order["side"] > 0
        else:
            level, rising = order["limit"], order["side"] < 0
        if rising:
            upper = min(upper, level)
        else:
            lower = max(lower, level)
    size = books.positions[symbol]["size"]
    if size > 0:
        lower = max(lower, liquidation_price(books, symbol) * (1 + NEAR))
    elif size < 0:
        upper = min(upper, liquidation_price(books, symbol) * (1 - NEAR))
    return lower, upper


@lean_kernel
def catch_up(books: Books, symbol: int, bar: int, closed: float, time_ns: int) -> None:
    """Write down that quiet candles up to number ``bar`` have passed, the last closing so."""
    position = books.positions[symbol]
    position["bar"], position["mark"] = bar, closed
    books.account[0]["time_ns"] = time_ns
