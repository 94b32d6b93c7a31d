"""How prices reach the engine: a jump, where the price is suddenly there, or a walk through all
prices in between.

A trade is a jump. A candle is a jump to its open and a walk from there over one extreme, then the
other, to the close. Candles do not say which extreme came first, so a rule does:

``NEAREST``  the extreme nearer to the open first; when both are as near, like ``WORST``.
``WORST``    the extreme against the open position first. Without a position: the one in favour of
             what the oldest order would open, so that what opens meets the other one afterwards.
``BEST``     the other way round than ``WORST``.

Running all three shows how much a result depends on the rule; the band is no proven bound.
"""

from math import inf, nan

from market.kernel import lean_kernel
from trading.engine.lifecycle import forget_ended, remaining
from trading.engine.matching import has_limit, has_stop, liquidate, meet, ratchet, start_due
from trading.engine.positions import liquidation_price, under_margin
from trading.engine.records import REDUCE_ONLY, Books, Kind, Path, State

__all__ = ["arrive", "high_comes_first", "jump", "pass_candle", "pass_rest", "pass_trade", "walk"]


@lean_kernel
def arrive(books: Books, symbol: int, price: float, time_ns: int, volume: float) -> None:
    """The price of ``symbol`` is there with a volume to share in; no order has acted on it yet."""
    position, share = books.positions[symbol], books.policy[0]["participation"]
    position["bar"] += 1
    position["mark"] = price
    position["room"] = share * volume if share > 0 else inf
    books.account[0]["time_ns"] = time_ns
    if under_margin(books):
        liquidate(books, time_ns)


@lean_kernel
def jump(books: Books, symbol: int, price: float, time_ns: int, volume: float) -> None:
    """The price of ``symbol`` is suddenly there: an open or a trade.

    An account below its margin is liquidated first. Then every order acts on the price, oldest
    first: stops beyond it and limits better than it fill at it.
    """
    arrive(books, symbol, price, time_ns, volume)
    start_due(books, symbol, time_ns, True)


@lean_kernel
def _level(books: Books, at: int, mark: float, to_price: float) -> float:
    """Where on the way from ``mark`` to ``to_price`` the order acts; NaN where it does not."""
    order = books.orders[at]
    if has_stop(books, at):
        level, rising = order["stop"], int(order["side"])
    elif books.positions[order["symbol"]]["room"] <= 0:
        return nan
    elif has_limit(books, at):
        level, rising = order["limit"], -int(order["side"])
    else:
        return mark
    if (mark - level) * rising >= 0:
        return mark
    return float(level) if (to_price - level) * rising >= 0 else nan


@lean_kernel
def _next_order(books: Books, symbol: int, to_price: float) -> int:
    """The place of the order that acts first on the way, the oldest of equals; -1 for none."""
    mark = books.positions[symbol]["mark"]
    first, nearest = -1, inf
    for place in range(books.account[0]["live"]):
        at = books.live[place]
        order = books.orders[at]
        if order["symbol"] != symbol or order["state"] != State.WORKING:
            continue
        if remaining(books, at) == 0:
            continue
        distance = abs(_level(books, at, mark, to_price) - mark)
        if distance < nearest:
            first, nearest = int(at), distance
    return first


@lean_kernel
def _move_mark(books: Books, symbol: int, price: float) -> None:
    """Put the mark at ``price`` and draw the trailing stops after it."""
    books.positions[symbol]["mark"] = price
    for place in range(books.account[0]["live"]):
        at = books.live[place]
        order = books.orders[at]
        if order["symbol"] != symbol or order["state"] != State.WORKING:
            continue
        if order["kind"] == Kind.TRAILING and has_stop(books, at):
            ratchet(books, at, price, False)


@lean_kernel
def _danger(books: Books, symbol: int, level: float) -> float:
    """The liquidation price if it lies before ``level`` on the way; else NaN."""
    position = books.positions[symbol]
    size, mark, price = position["size"], position["mark"], liquidation_price(books, symbol)
    if size > 0 and price > level:
        return float(min(price, mark))
    if size < 0 and price < level:
        return float(max(price, mark))
    return nan


@lean_kernel
def walk(books: Books, symbol: int, to_price: float, time_ns: int) -> None:
    """The price of ``symbol`` moves from its mark through every value to ``to_price``.

    What comes first on the way is dealt with first, then the rest of the way is looked at anew:
    children have started, partners shrunk. At equal prices orders come before the liquidation.
    """
    at = 0
    while at >= 0:
        at = _next_order(books, symbol, to_price)
        mark = books.positions[symbol]["mark"]
        level = to_price if at < 0 else _level(books, at, mark, to_price)
        danger = _danger(books, symbol, level)
        if danger == danger:  # noqa: PLR0124 - not NaN
            _move_mark(books, symbol, danger)
            liquidate(books, time_ns)
            at = 0
            continue
        _move_mark(books, symbol, level)
        if at >= 0:
            meet(books, at, level, False, time_ns)
            start_due(books, symbol, time_ns, False)
    if under_margin(books):
        liquidate(books, time_ns)


@lean_kernel
def _opening_side(books: Books, symbol: int) -> int:
    """The side of the oldest working order of ``symbol`` that could open; 0 for none."""
    for place in range(books.account[0]["live"]):
        at = books.live[place]
        order = books.orders[at]
        if order["symbol"] != symbol or order["state"] != State.WORKING:
            continue
        if not order["flags"] & REDUCE_ONLY and remaining(books, at) > 0:
            return int(order["side"])
    return 0


@lean_kernel
def high_comes_first(
    books: Books, symbol: int, opened: float, high: float, low: float, path: int
) -> bool:
    """Whether the intrabar rule ``path`` goes to the high first, after the open was dealt with."""
    up, down = high - opened, opened - low
    if path == Path.NEAREST and up != down:
        return up < down
    size = books.positions[symbol]["size"]
    worst = size < 0 if size != 0 else _opening_side(books, symbol) > 0
    return bool(not worst if path == Path.BEST else worst)


@lean_kernel
def pass_candle(
    books: Books, symbol: int, opened: float, high: float, low: float, closed: float,
    volume: float, time_ns: int, path: int,
) -> None:  # fmt: skip
    """Take a whole candle of ``symbol``. There must be space for one fill per live order, one
    more, and one per position.
    """
    jump(books, symbol, opened, time_ns, volume)
    pass_rest(books, symbol, opened, high, low, closed, time_ns, path)
    forget_ended(books)


@lean_kernel
def pass_rest(
    books: Books, symbol: int, opened: float, high: float, low: float, closed: float, time_ns: int,
    path: int,
) -> None:  # fmt: skip
    """Take what comes after the open of a candle."""
    up_first = high_comes_first(books, symbol, opened, high, low, path)
    walk(books, symbol, high if up_first else low, time_ns)
    walk(books, symbol, low if up_first else high, time_ns)
    walk(books, symbol, closed, time_ns)


@lean_kernel
def pass_trade(books: Books, symbol: int, price: float, time_ns: int, volume: float) -> None:
    """Take one trade of ``symbol``."""
    jump(books, symbol, price, time_ns, volume)
    forget_ended(books)
