"""The rules of the engine once more, slow and obvious, without any code of the product.

Orders are objects, nothing is kept that can be computed, and every question is answered by looking
at everything again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import floor, inf
from typing import TypeAlias

from tests.trading.engine.slow_sizing import size_by_share

NEAR = 1e-9

Offers: TypeAlias = Mapping[int, Sequence[tuple[float, float]]]


@dataclass(eq=False)
class SlowOrder:
    """One order; ``state`` and ``reason`` are names in lower case."""

    number: int
    symbol: str
    side: int
    size: float
    kind: str
    limit: float = 0.0
    stop: float = 0.0
    trail: float = 0.0
    tif: str = "gtc"
    reduce_only: bool = False
    post_only: bool = False
    parent: "SlowOrder | None" = None
    group: int = 0
    share: float = 0.0
    sizing: str = "given"
    active_ns: int = 0
    state: str = "waiting"
    reason: str = "none"
    filled: float = 0.0
    taken: float = 0.0
    triggered: bool = False
    ahead: float = inf

    @property
    def live(self) -> bool:
        return self.state in ("waiting", "working")

    @property
    def pending_stop(self) -> bool:
        return self.kind in ("stop", "stop_limit", "trailing") and not self.triggered

    @property
    def limited(self) -> bool:
        return self.kind in ("limit", "stop_limit")

    @property
    def left(self) -> float:
        whole = self.size if self.parent is None else min(self.size, self.parent.filled)
        rest = whole - self.filled - self.taken
        return rest if rest > NEAR * self.size else 0.0

    @property
    def used_up(self) -> bool:
        return self.filled + self.taken >= self.size * (1 - NEAR)


@dataclass
class SlowFill:
    """One execution."""

    order: int
    symbol: str
    side: int
    time_ns: int
    bar: int
    price: float
    reference: float
    size: float
    fee: float
    realised: float
    maker: bool
    liquidation: bool


@dataclass
class SlowPosition:
    """Size and average price, and what the symbol has earned and paid."""

    size: float = 0.0
    average: float = 0.0
    mark: float = 0.0
    realised: float = 0.0
    fees: float = 0.0
    room: float = 0.0
    bar: int = -1


@dataclass
class SlowRules:
    """All policies as plain numbers."""

    maker: float = 0.0
    taker: float = 0.0
    slippage: float = 0.0
    latency_ns: int = 0
    participation: float = 0.0
    leverage: float = 1.0
    maintenance: float = 0.0
    path: str = "nearest"
    steps: dict[str, float] = field(default_factory=dict)


class SlowEngine:
    """See :class:`trading.engine.engine.Engine`."""

    def __init__(self, symbols: list[str], start: float, rules: SlowRules) -> None:
        self.rules = rules
        self.cash = start
        self.orders: list[SlowOrder] = []
        self.fills: list[SlowFill] = []
        self.positions = {name: SlowPosition() for name in symbols}

    def place(self, order: SlowOrder, time_ns: int) -> None:
        order.active_ns = time_ns + self.rules.latency_ns
        if order.parent is not None and not order.parent.live:
            order.size = min(order.size, order.parent.filled)
        self.orders.append(order)

    def cancel(self, number: int) -> None:
        if self.orders[number - 1].live:
            self.end(self.orders[number - 1], "cancelled", "asked")

    @property
    def equity(self) -> float:
        return self.cash + sum(p.size * p.mark for p in self.positions.values())

    @property
    def exposure(self) -> float:
        return sum(abs(p.size) * p.mark for p in self.positions.values())

    def candle(
        self, symbol: str, opened: float, high: float, low: float, closed: float, volume: float,
        time_ns: int,
    ) -> None:  # fmt: skip
        self.trade(symbol, opened, volume, time_ns)
        turns = [high, low] if self._high_first(symbol, opened, high, low) else [low, high]
        for price in [*turns, closed]:
            self._walk(symbol, price, time_ns)

    def trade(self, symbol: str, price: float, volume: float, time_ns: int) -> None:
        position = self.positions[symbol]
        position.bar += 1
        position.mark = price
        share = self.rules.participation
        position.room = volume * share if share else inf
        self._liquidate_if_needed(time_ns)
        self._act(symbol, time_ns, everyone=True)

    def _high_first(self, symbol: str, opened: float, high: float, low: float) -> bool:
        if self.rules.path == "nearest" and high - opened != opened - low:
            return high - opened < opened - low
        held = self.positions[symbol].size
        if held == 0:
            openers = [o for o in self._working(symbol) if not o.reduce_only and o.left]
            held = -openers[0].side if openers else 1
        low_is_against = held > 0
        return low_is_against if self.rules.path == "best" else not low_is_against

    def _working(self, symbol: str) -> list[SlowOrder]:
        return [o for o in self.orders if o.symbol == symbol and o.state == "working"]

    def _act(self, symbol: str, time_ns: int, everyone: bool) -> None:
        position = self.positions[symbol]
        for order in [o for o in self.orders if o.symbol == symbol]:
            if order.state == "waiting":
                parent_ready = order.parent is None or order.parent.filled > 0
                if parent_ready and order.active_ns <= time_ns:
                    order.state = "working"
                    if order.sizing != "given":
                        self._size(order, position.mark)
                    if not order.live:
                        continue
                    if order.reduce_only and not self.closable(order):
                        self.end(order, "cancelled", "reduce_only")
                        continue
                    if order.kind == "trailing":
                        order.stop = position.mark + order.side * order.trail
                    self._touch(order, position.mark, True, time_ns)
            elif order.state == "working" and everyone and order.left:
                self._touch(order, position.mark, False, time_ns)
        self._liquidate_if_needed(time_ns)

    def _size(self, order: SlowOrder, price: float) -> None:
        slip, step = self.rules.slippage, self.rules.steps.get(order.symbol, 0)
        offers = {side: [(price * (1 + side * slip), inf)] for side in (1, -1)}
        change = self.change_by_share(order, offers)
        size = abs(change)
        self.give_size(order, change, floor(size / step + NEAR) * step if step else size)

    def change_by_share(self, order: SlowOrder, offers: Offers) -> float:
        position = self.positions[order.symbol]
        return size_by_share(
            order.sizing == "target", order.side, order.share, position.size, position.mark,
            self.equity, offers, self.rules.taker,
        )  # fmt: skip

    def give_size(self, order: SlowOrder, change: float, size: float) -> None:
        if order.sizing == "target":
            order.side = 1 if change > 0 else -1
        if not size:
            self.end(order, "cancelled", "no_size")
            return
        order.size = size
        for child in self.orders:
            if child.parent is order and child.live:
                child.size = size

    def closable(self, order: SlowOrder) -> float:
        held = self.positions[order.symbol].size
        return abs(held) if held * order.side < 0 else 0.0

    def _touch(self, order: SlowOrder, price: float, first: bool, time_ns: int) -> None:
        if order.pending_stop:
            self._draw(order, price)
            reached = price >= order.stop if order.side > 0 else price <= order.stop
            if not reached:
                return
            order.triggered = first = True
        if order.limited:
            good = price <= order.limit if order.side > 0 else price >= order.limit
            if not good:
                if order.tif != "gtc":
                    self.end(order, "expired", "time_in_force")
                return
            if first and order.post_only:
                self.end(order, "refused", "post_only")
                return
        self._fill(order, price, order.limited and not first, time_ns)

    def _draw(self, order: SlowOrder, price: float) -> None:
        if order.kind == "trailing" and order.pending_stop:
            better = max if order.side < 0 else min
            order.stop = better(order.stop, price + order.side * order.trail)

    def _fill(self, order: SlowOrder, reference: float, maker: bool, time_ns: int) -> None:
        position, rules = self.positions[order.symbol], self.rules
        wanted, closable = order.left, self.closable(order)
        if order.reduce_only:
            wanted = min(wanted, closable)
        if abs(wanted - closable) <= NEAR * closable:
            wanted = closable
        size = wanted
        if size > position.room:
            step = rules.steps.get(order.symbol, 0)
            size = floor(position.room / step + NEAR) * step if step else position.room
            if position.room <= NEAR * wanted:
                size = 0.0
        if size < wanted and order.tif == "fok":
            self.end(order, "expired", "time_in_force")
            return
        if size > 0:
            price = reference if maker else reference * (1 + order.side * rules.slippage)
            if order.limited:
                price = min(price, order.limit) if order.side > 0 else max(price, order.limit)
            rate = rules.maker if maker else rules.taker
            if not self.affordable(order, size, price, rate):
                self.end(order, "refused", "margin")
                return
            self.trade_ours(order.number, order.symbol, order.side * size, reference, price,
                             rate, maker, time_ns)  # fmt: skip
            position.room -= size
        if size < wanted:
            position.room = 0
        self.count(order, size)
        self.drop_useless(order.symbol)

    def affordable(self, order: SlowOrder, size: float, price: float, rate: float) -> bool:
        position = self.positions[order.symbol]
        if size <= self.closable(order):
            return True
        after = position.size + order.side * size
        others = sum(abs(p.size) * p.mark for n, p in self.positions.items() if n != order.symbol)
        cash = self.cash - order.side * size * price - size * price * rate
        equity = self.equity - position.size * position.mark - self.cash + cash
        equity += after * position.mark
        needed = (others + abs(after) * position.mark) / self.rules.leverage
        return needed <= equity + NEAR * abs(self.equity)

    def trade_ours(
        self, number: int, symbol: str, change: float, reference: float, price: float, rate: float,
        maker: bool, time_ns: int,
    ) -> None:  # fmt: skip
        position = self.positions[symbol]
        fee = abs(change) * price * rate
        realised = 0.0
        after = position.size + change
        if position.size * change >= 0:
            paid = position.size * position.average + change * price
            position.average = paid / after
        else:
            closed = min(abs(change), abs(position.size))
            sign = 1 if position.size > 0 else -1
            realised = closed * sign * (price - position.average)
            if abs(change) > abs(position.size):
                position.average = price
        position.size = after
        position.realised += realised
        position.fees += fee
        self.cash -= change * price + fee
        self.fills.append(
            SlowFill(number, symbol, 1 if change > 0 else -1, time_ns, position.bar, price,
                     reference, abs(change), fee, realised, maker, number == 0)
        )  # fmt: skip

    def count(self, order: SlowOrder, size: float) -> None:
        order.filled = min(order.size, order.filled + size)
        partners = [
            o for o in self.orders
            if order.group and o.group == order.group and o is not order and o.live
        ]  # fmt: skip
        for partner in partners:
            partner.taken += size
        for partner in reversed(partners):  # the youngest first: used up, not left by its parent
            self._end_if_used_up(partner, "partner")
        self._end_if_used_up(order, "partner")
        if order.live and order.tif != "gtc":
            self.end(order, "expired", "time_in_force")

    def _end_if_used_up(self, order: SlowOrder, reason: str) -> None:
        if order.used_up:
            if 0 < order.size * (1 - NEAR) <= order.filled:
                self.end(order, "filled", "none")
            else:
                self.end(order, "cancelled", reason)

    def end(self, order: SlowOrder, state: str, reason: str) -> None:
        order.state, order.reason = state, reason
        for child in self.orders:
            if child.parent is order and child.live:
                child.size = min(child.size, order.filled)
                self._end_if_used_up(child, "parent")

    def drop_useless(self, symbol: str) -> None:
        for order in self._working(symbol):
            if order.reduce_only and order.state == "working" and not self.closable(order):
                if order.parent is not None and order.parent.live:
                    order.taken += order.left
                else:
                    self.end(order, "cancelled", "reduce_only")

    def _walk(self, symbol: str, to: float, time_ns: int) -> None:
        position = self.positions[symbol]
        while True:
            mark = position.mark
            stops = [(abs(at - mark), o.number, at) for o in self._working(symbol)
                     if o.left and (at := self._where(o, mark, to)) is not None]  # fmt: skip
            _, number, level = min(stops, default=(0, 0, to))
            floor_price = self._liquidation_price(symbol)
            if floor_price is not None and (
                (position.size > 0 and floor_price > level)
                or (position.size < 0 and floor_price < level)
            ):
                nearer = min if position.size > 0 else max
                self._set_mark(symbol, nearer(floor_price, mark))
                self._liquidate(time_ns)
                continue
            self._set_mark(symbol, level)
            if not number:
                break
            self._touch(self.orders[number - 1], level, False, time_ns)
            self._act(symbol, time_ns, everyone=False)
        self._liquidate_if_needed(time_ns)

    def _where(self, order: SlowOrder, mark: float, to: float) -> float | None:
        if order.pending_stop:
            level, above = order.stop, order.side > 0
        elif self.positions[order.symbol].room <= 0:
            return None
        elif order.limited:
            level, above = order.limit, order.side < 0
        else:
            return mark
        if mark >= level if above else mark <= level:
            return mark
        if to >= level if above else to <= level:
            return level
        return None

    def _set_mark(self, symbol: str, price: float) -> None:
        self.positions[symbol].mark = price
        for order in self._working(symbol):
            self._draw(order, price)

    def _liquidation_price(self, symbol: str) -> float | None:
        position, share = self.positions[symbol], self.rules.maintenance
        if not position.size:
            return None
        others = [p for name, p in self.positions.items() if name != symbol]
        worth = self.cash + sum(p.size * p.mark for p in others)
        needed = share * sum(abs(p.size) * p.mark for p in others)
        return (needed - worth) / (position.size - share * abs(position.size))

    def _liquidate_if_needed(self, time_ns: int) -> None:
        if self.exposure > 0 and self.equity <= self.rules.maintenance * self.exposure:
            self._liquidate(time_ns)

    def _liquidate(self, time_ns: int) -> None:
        for symbol, position in self.positions.items():
            if position.size:
                side = -1 if position.size > 0 else 1
                price = position.mark * (1 + side * self.rules.slippage)
                self.trade_ours(0, symbol, -position.size, position.mark, price,
                                 self.rules.taker, False, time_ns)  # fmt: skip
        for order in self.orders:
            if order.live:
                order.state, order.reason = "cancelled", "liquidation"
