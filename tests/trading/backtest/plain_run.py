"""A signal traded by the plain engine, candle by candle, in ordinary Python."""

from dataclasses import dataclass, field
from itertools import pairwise

from market.columns import CandleWindow
from market.types import Side
from trading.backtest import Direction, Fill, Setup
from trading.engine.engine import Engine
from trading.engine.lifecycle import forget_ended
from trading.engine.matching import start_due
from trading.engine.orders import Order
from trading.engine.policies import Latency, Policies
from trading.engine.records import Kind, State

X = "X-USD"


@dataclass
class PlainRun:
    """Equity and position at every close, and the engine that made them."""

    engine: Engine
    equity: list[float] = field(default_factory=list)
    position: list[float] = field(default_factory=list)


def without_latency(policies: Policies) -> Policies:
    """The run below waits on its own, so that sizes are settled at the open that fills."""
    return Policies(
        policies.fees, policies.slippage, Latency(), policies.participation, policies.margin,
        policies.path,
    )  # fmt: skip


def plain_run(candles: CandleWindow, target: list[float], setup: Setup) -> PlainRun:
    """What :func:`trading.backtest.signal_run.run_signal` must come to."""
    engine = Engine([X], setup.capital, without_latency(setup.policies))
    run, acted = PlainRun(engine), 0.0
    times = candles.time_ns.tolist()
    step = sorted(later - earlier for earlier, later in pairwise(times))
    interval = int((step[len(step) // 2] + step[(len(step) - 1) // 2]) / 2)
    for bar, time_ns in enumerate(times):
        due = [
            i
            for i in range(bar)
            if min(times[i] + interval, times[i + 1]) + setup.policies.latency.ns <= time_ns
        ]
        if setup.fill is Fill.CLOSE:
            due = [bar] if bar else []
        wanted = allowed(target[due[-1]], setup.direction) if due else 0.0
        if setup.fill is Fill.NEXT_OPEN and wanted != acted:
            turn(engine, setup, wanted, candles.open[bar])
        engine.candle(
            X, candles.open[bar], candles.high[bar], candles.low[bar], candles.close[bar],
            candles.volume[bar], time_ns,
        )  # fmt: skip
        if setup.fill is Fill.CLOSE and wanted != acted:
            turn(engine, setup, wanted, candles.close[bar])
            start_due(engine.books, 0, time_ns, False)
            forget_ended(engine.books)
        acted = wanted
        run.equity.append(engine.equity)
        run.position.append(float(engine.positions[0]["size"]))
    return run


def allowed(target: float, direction: Direction) -> float:
    """The target, or flat where it is on the other side."""
    if direction is Direction.LONG:
        return max(target, 0.0)
    return min(target, 0.0) if direction is Direction.SHORT else target


def turn(engine: Engine, setup: Setup, wanted: float, price: float) -> None:
    """Cancel everything, then bring the position to its share of equity at this price."""
    for order in engine.orders:
        if order["state"] <= State.WORKING:
            engine.cancel(int(order["number"]))
    position = engine.positions[0]
    held, cost = float(position["size"]), float(position["cost"])
    change = change_for(engine, setup, wanted, price)
    side = Side.BUY if change > 0 else Side.SELL
    paid = price * (1 + side * setup.policies.slippage.fraction)
    after = held + change
    brackets = setup.stop_loss is not None or setup.take_profit is not None
    entry = 0
    if brackets and held * after < 0:
        engine.place(Order(symbol=X, side=side, size=abs(held), reduce_only=True))
        held, cost, change = 0.0, 0.0, after
    if abs(change) > 1e-9 * max(abs(held), abs(after)):
        entry = engine.place(Order(symbol=X, side=side, size=abs(change)))
    if wanted == 0 or after == 0 or not brackets:
        return
    if held == 0:
        mean, size = paid, abs(after)
    elif abs(after) > abs(held):
        mean, size, entry = (cost + change * paid) / after, abs(after), 0
    else:
        mean, size, entry = cost / held, abs(held), 0
    protect(engine, setup, mean, size, Side.BUY if after > 0 else Side.SELL, entry)


def protect(
    engine: Engine, setup: Setup, entry: float, size: float, side: Side, parent: int
) -> None:
    """Stop-loss and take-profit, one cancelling the other."""
    stop = entry * (1 - side * setup.stop_loss) if setup.stop_loss else 0.0
    target = entry * (1 + side * setup.take_profit) if setup.take_profit else 0.0
    group = len(engine.orders)
    back = Side(-side)
    if stop:
        engine.place(
            Order(
                symbol=X, side=back, size=size, kind=Kind.STOP, stop=stop, reduce_only=True,
                parent=parent, group=group,
            )
        )  # fmt: skip
    if target > 0:
        engine.place(
            Order(
                symbol=X, side=back, size=size, kind=Kind.LIMIT, limit=target, reduce_only=True,
                parent=parent, group=group,
            )
        )  # fmt: skip


def change_for(engine: Engine, setup: Setup, wanted: float, price: float) -> float:
    """The change after which the position is worth its share of what equity is then."""
    held = float(engine.positions[0]["size"])
    share = wanted * setup.size * setup.policies.margin.leverage
    equity = engine.cash + held * price
    if wanted == 0 or equity <= 0:
        return -held
    gap = share * equity - held * price
    if abs(gap) <= 1e-9 * max(abs(share * equity), abs(held * price)):
        return 0.0
    side = 1 if gap > 0 else -1
    slipped = price * (1 + side * setup.policies.slippage.fraction)
    each = abs(slipped - price) + slipped * setup.policies.fees.taker
    worth = price + side * share * each
    return gap / worth if worth > 0 else -held
