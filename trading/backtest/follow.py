"""The compiled driver of a signal: targets become orders of :mod:`trading.engine`.

A target is acted on when it differs from the one acted on before: whatever is still in the market
is cancelled, a market order brings the position to its share of equity, and the position that it
makes is given a stop-loss and a take-profit where there are any. After these have closed it, or a
liquidation has, it stays closed until the target changes.

A decision waits at its close until an open comes that is at least the latency later; of several
that wait, the latest counts. The size is settled at the price of that open.
"""

from typing import NamedTuple

from market.columns import F64, I64
from market.kernel import lean_kernel
from trading.backtest.turning import Plan, Way, exits, way_to
from trading.engine.lifecycle import cancel_order, enter_order, forget_ended
from trading.engine.matching import liquidate, start_due
from trading.engine.motion import jump, pass_rest
from trading.engine.positions import book_fill, fee_of, margin_allows, nears, under_margin
from trading.engine.quiet import catch_up, quiet_band
from trading.engine.records import REDUCE_ONLY, Books, Kind, TimeInForce
from trading.engine.sizing import change_to
from trading.fill_arithmetic import compiled_slipped_price

__all__ = ["FEW_FILLS", "ORDERS_EACH", "Bars", "follow"]

ORDERS_EACH = 4
"""Most orders that one change of target places: a close, an opening, two that protect it."""

FEW_FILLS = ORDERS_EACH + 2
"""Most fills of one candle: one for each order, and a liquidation."""


class Bars(NamedTuple):
    """Candles as the driver takes them: arrays of shape (n,), contiguous, read-only."""

    time_ns: I64
    open: F64
    high: F64
    low: F64
    close: F64
    volume: F64


@lean_kernel
def _enter(
    books: Books, side: int, kind: int, flags: int, size: float, price: float, parent: int,
    group: int, time_ns: int,
) -> int:  # fmt: skip
    limit = price if kind == Kind.LIMIT else 0.0
    stop = price if kind == Kind.STOP else 0.0
    return enter_order(
        books, 0, side, kind, TimeInForce.GTC, flags, size, limit, stop, 0.0, parent, group, time_ns
    )


@lean_kernel
def _protect(books: Books, plan: Plan, way: Way, parent: int, time_ns: int) -> None:
    """Place what closes the position that ``way`` leads to at a loss or a profit.

    With a ``parent`` both begin once it fills.
    """
    side = 1 if way.guarded > 0 else -1
    size, group = abs(way.guarded), books.account[0]["orders"]
    stop, target = exits(plan, way.entry, side)
    if stop > 0:
        _enter(books, -side, Kind.STOP, REDUCE_ONLY, size, stop, parent, group, time_ns)
    if target > 0:
        _enter(books, -side, Kind.LIMIT, REDUCE_ONLY, size, target, parent, group, time_ns)


@lean_kernel
def _act(books: Books, plan: Plan, target: float, price: float, time_ns: int) -> None:
    """Place the orders that bring the position to ``target`` at reference ``price``."""
    for place in range(books.account[0]["live"]):
        cancel_order(books, books.live[place] + 1)
    forget_ended(books)
    if plan[0]["recycles"]:
        books.account[0]["orders"] = 0
    way = way_to(books, 0, plan, target, price)
    if way.closed != 0:
        side = 1 if way.closed > 0 else -1
        _enter(books, side, Kind.MARKET, REDUCE_ONLY, abs(way.closed), 0.0, 0, 0, time_ns)
    parent = 0
    if way.change != 0:
        side = 1 if way.change > 0 else -1
        parent = _enter(books, side, Kind.MARKET, 0, abs(way.change), 0.0, 0, 0, time_ns)
    if way.guarded != 0:
        _protect(books, plan, way, parent if way.attached else 0, time_ns)


@lean_kernel
def _fills_at_once(books: Books, plan: Plan, price: float) -> bool:
    """Whether a market order that meets ``price`` first simply fills: the usual case.

    Nothing else is in the market, its size knows no limit, and nothing is liquidated there.
    """
    alone = books.account[0]["live"] == 0 and books.policy[0]["participation"] == 0
    bare = plan[0]["stop_loss"] == 0 and plan[0]["take_profit"] == 0
    return bool(alone and bare and plan[0]["lower"] < price < plan[0]["upper"])


@lean_kernel
def _fill_at_once(books: Books, plan: Plan, target: float, price: float, time_ns: int) -> None:
    """What :func:`_act` and a jump to ``price`` come to then, without an order written down."""
    account, position = books.account[0], books.positions[0]
    position["bar"] += 1
    position["mark"] = price
    account["time_ns"] = time_ns
    change = change_to(books, 0, target * plan[0]["share"], price)
    if change == 0:
        return
    if plan[0]["recycles"]:
        account["orders"] = 0
    if change * position["size"] < 0 and nears(abs(change), abs(position["size"])):
        change = -position["size"]
    side = 1 if change > 0 else -1
    paid = compiled_slipped_price(price, side, books.policy[0]["slippage"])
    account["orders"] += 1
    if margin_allows(books, 0, change, paid, fee_of(books, change * paid, False)):
        book_fill(books, account["orders"], 0, change, price, paid, False, time_ns)
    if under_margin(books):
        liquidate(books, time_ns)


@lean_kernel
def _known(books: Books, bars: Bars, plan: Plan, bar: int) -> int:
    """The candle whose decision counts when candle ``bar`` opens; -1 for none.

    The latest that closed at least the latency before.
    """
    latency = books.policy[0]["latency_ns"]
    decided = plan[0]["decided"]
    while decided + 1 < bar:
        start = bars.time_ns[decided + 1]
        closed = min(start + plan[0]["interval_ns"], bars.time_ns[decided + 2])
        if closed + latency > bars.time_ns[bar]:
            break
        decided += 1
    plan[0]["decided"] = decided
    return int(decided)


@lean_kernel
def _look_ahead(books: Books, plan: Plan) -> tuple[float, float]:
    """The quiet band from here on, kept in the plan."""
    lower, upper = quiet_band(books, 0)
    plan[0]["lower"], plan[0]["upper"] = lower, upper
    return lower, upper


@lean_kernel
def _eventful(books: Books, bars: Bars, plan: Plan, wanted: float, bar: int) -> None:
    """Take a candle on which something may happen, and what is wanted at its open or its close."""
    time_ns = bars.time_ns[bar]
    opened, high, low, closed = bars.open[bar], bars.high[bar], bars.low[bar], bars.close[bar]
    if bar > 0:
        catch_up(books, 0, bar - 1, bars.close[bar - 1], bars.time_ns[bar - 1])
    changed = wanted != plan[0]["acted"]
    plan[0]["acted"] = wanted
    at_close = plan[0]["at_close"] == 1
    if changed and not at_close and _fills_at_once(books, plan, opened):
        _fill_at_once(books, plan, wanted, opened, time_ns)
    else:
        if changed and not at_close:
            books.positions[0]["mark"] = opened
            _act(books, plan, wanted, opened, time_ns - books.policy[0]["latency_ns"])
        jump(books, 0, opened, time_ns, bars.volume[bar])
        forget_ended(books)
    lower, upper = _look_ahead(books, plan)
    if not (lower < low and high < upper):
        pass_rest(books, 0, opened, high, low, closed, time_ns, plan[0]["path"])
        forget_ended(books)
        _look_ahead(books, plan)
    if changed and at_close:
        books.positions[0]["mark"] = closed
        _act(books, plan, wanted, closed, time_ns)
        start_due(books, 0, time_ns, False)
        forget_ended(books)
        _look_ahead(books, plan)


@lean_kernel
def _lacks_space(books: Books) -> bool:
    account = books.account[0]
    fills = account["fills"] + account["live"] + FEW_FILLS
    return bool(account["orders"] + ORDERS_EACH > len(books.orders) or fills > len(books.fills))


@lean_kernel
def follow(books: Books, bars: Bars, plan: Plan, target: F64, equity: F64, position: F64) -> bool:
    """Trade ``target`` (n,) from candle ``plan["bar"]`` on; whether the last candle was reached.

    Otherwise ``books`` have to grow: it stopped before a candle for whose orders and fills there
    might be no space. Writes ``equity`` and the signed size ``position``, both (n,), at each close.
    """
    account, held = books.account[0], books.positions[0]
    cash, size = account["cash"], held["size"]
    acted, lower, upper = plan[0]["acted"], plan[0]["lower"], plan[0]["upper"]
    least, most = plan[0]["least"], plan[0]["most"]
    late, shift = books.policy[0]["latency_ns"] > 0, 0 if plan[0]["at_close"] else 1
    for bar in range(plan[0]["bar"], len(target)):
        decided = _known(books, bars, plan, bar) if late else bar - shift
        wanted = 0.0
        if decided >= 0 and bar > 0:
            wanted = min(max(target[decided], least), most)
        if wanted != acted or not (lower < bars.low[bar] and bars.high[bar] < upper):
            if _lacks_space(books):
                plan[0]["bar"] = bar
                return False
            _eventful(books, bars, plan, wanted, bar)
            cash, size = account["cash"], held["size"]
            acted, lower, upper = wanted, plan[0]["lower"], plan[0]["upper"]
        equity[bar] = cash + size * bars.close[bar]
        position[bar] = size
    last = len(target) - 1
    catch_up(books, 0, last, bars.close[last], bars.time_ns[last])
    plan[0]["bar"] = last + 1
    return True
