"""The rules of live matching once more, slow and obvious, without any code of the product.

The account and what ties orders together are those of the slow engine; markets are lists, and what
our orders have taken is kept beside what the market showed, not taken off it.
"""

from dataclasses import dataclass, field
from math import floor, inf

from tests.trading.engine.slow_engine import NEAR, SlowEngine, SlowOrder, SlowRules

Levels = list[tuple[float, float]]


@dataclass
class SlowMarket:
    """What one symbol's market has shown; ``taken`` by price and our side, since it last spoke."""

    last: float = 0.0
    quote: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    book: tuple[Levels, Levels] | None = None
    taken: dict[tuple[int, float], float] = field(default_factory=dict)


class SlowLive:
    """See :mod:`trading.engine.live`."""

    def __init__(self, symbols: list[str], start: float, rules: SlowRules) -> None:
        self.account = SlowEngine(symbols, start, rules)
        self.markets = {name: SlowMarket() for name in symbols}
        self.steps = {name: rules.steps[name] or 1e-8 for name in symbols}
        self.now = 0

    @property
    def orders(self) -> list[SlowOrder]:
        return self.account.orders

    def place(self, order: SlowOrder, time_ns: int) -> None:
        self.now = time_ns
        self.account.place(order, time_ns)

    def change(self, number: int, time_ns: int, **terms: float) -> None:
        self.now = time_ns
        order = self.orders[number - 1]
        bigger = order.limited and terms.get("size", 0.0) > order.size
        moved = any(getattr(order, name) != terms.get(name, getattr(order, name))
                    for name in ("limit", "stop", "trail"))  # fmt: skip
        if bigger or moved:
            order.state = "waiting"
            order.active_ns = time_ns + self.account.rules.latency_ns
        if "size" in terms:
            for child in self.orders:
                if child.parent is order and child.live and child.size == order.size:
                    child.size = terms["size"]
        for name, value in terms.items():
            setattr(order, name, value)

    # What comes from the market

    def trade(self, symbol: str, price: float, volume: float, taker: int, time_ns: int) -> None:
        self._begin_due(time_ns)
        self.now = time_ns
        market, position = self.markets[symbol], self.account.positions[symbol]
        position.bar += 1
        position.mark = market.last = price
        if self._source(symbol) == "trade":
            market.taken.clear()
        self._liquidate_if_needed()
        ours = 0.0
        for order in self._working(symbol):
            if order.state != "working" or not order.left:
                continue
            if order.pending_stop:
                self._look_at_stop(order, first=False)
            elif order.limited:
                ours += self._meet_trade(order, price, volume, taker, ours)
            elif self._source(symbol) == "trade":
                self._take(order)
        self._finish(time_ns)

    def quote(self, symbol: str, quote: tuple[float, float, float, float], time_ns: int) -> None:
        self._begin_due(time_ns)
        market = self.markets[symbol]
        market.quote = quote
        self.now = time_ns
        if market.book is None:
            market.taken.clear()
            self._act_on_offers(symbol)
        self._finish(time_ns)

    def book(self, symbol: str, bids: Levels, asks: Levels, time_ns: int) -> None:
        self._begin_due(time_ns)
        self.now = time_ns
        self.markets[symbol].book = (bids[:64], asks[:64])
        self.markets[symbol].taken.clear()
        self._act_on_offers(symbol)
        self._finish(time_ns)

    def no_book(self, symbol: str) -> None:
        if self.markets[symbol].book is not None:
            self.markets[symbol].book = None
            self.markets[symbol].taken.clear()

    def pass_time(self, time_ns: int) -> None:
        self._begin_due(time_ns)
        self.now = max(self.now, time_ns)
        self._finish(time_ns)

    # What is offered and what waits

    def _source(self, symbol: str) -> str:
        market = self.markets[symbol]
        if market.book is not None:
            return "book"
        return "quote" if market.quote[0] or market.quote[2] else "trade"

    def _offers(self, symbol: str, side: int) -> Levels:
        """Prices and sizes that an order of ``side`` may take now."""
        market, slip = self.markets[symbol], 1 + side * self.account.rules.slippage
        step = self.steps[symbol]
        if market.book is not None:
            levels = market.book[1 if side > 0 else 0]
            return [(price, self._tidy(_cut(size, step) - market.taken.get((side, price), 0), step))
                    for price, size in levels]  # fmt: skip
        price, size = market.quote[2:] if side > 0 else market.quote[:2]
        if self._source(symbol) == "trade":
            return [(market.last * slip, inf)] if market.last else []
        if not price:
            return []
        left = max(0.0, _cut(size, step) - market.taken.get((side, price), 0))
        return [(price, self._tidy(left, step)), (price * slip, inf)]

    def _shown(self, order: SlowOrder) -> float:
        """What waits at the price of ``order`` on its own side."""
        market, side = self.markets[order.symbol], order.side
        if self._source(order.symbol) == "trade":
            return inf
        if market.book is None:
            best, size = market.quote[:2] if side > 0 else market.quote[2:]
            if best and (order.limit > best if side > 0 else order.limit < best):
                return 0.0
            return size if order.limit == best and size else inf
        levels = self._offers(order.symbol, -side)
        worse = [price for price, _ in levels
                 if (price < order.limit if side > 0 else price > order.limit)]  # fmt: skip
        return dict(levels).get(order.limit, 0.0 if worse else inf)

    # How orders come and act

    def _working(self, symbol: str) -> list[SlowOrder]:
        return [o for o in self.orders if o.symbol == symbol and o.state == "working"]

    def _begin_due(self, time_ns: int) -> None:
        while due := [o for o in self.orders if self._is_due(o, time_ns)]:
            order = min(due, key=lambda each: (each.active_ns, each.number))
            self.now = max(self.now, order.active_ns)
            self._begin(order)

    def _is_due(self, order: SlowOrder, time_ns: int) -> bool:
        if order.state != "waiting" or order.active_ns > time_ns:
            return False
        if order.parent is not None and not order.parent.filled:
            return False
        if order.pending_stop:
            return self.markets[order.symbol].last > 0
        return self.account.positions[order.symbol].mark > 0

    def _begin(self, order: SlowOrder) -> None:
        order.state = "working"
        if order.sizing != "given" and not order.size:
            offers = {
                side: [level for level in self._offers(order.symbol, side) if level[1]]
                for side in (1, -1)
            }
            change = self.account.change_by_share(order, offers)
            size = _cut(abs(change), self.steps[order.symbol])
            self.account.give_size(order, change, size)
            if not order.live:
                return
        if order.reduce_only and not self.account.closable(order):
            self.account.end(order, "cancelled", "reduce_only")
        elif order.pending_stop:
            self._look_at_stop(order, first=True)
        else:
            self._come(order)

    def _look_at_stop(self, order: SlowOrder, first: bool) -> None:
        last = self.markets[order.symbol].last
        if order.kind == "trailing":
            drawn = last + order.side * order.trail
            better = max if order.side < 0 else min
            order.stop = drawn if first else better(order.stop, drawn)
        if last >= order.stop if order.side > 0 else last <= order.stop:
            order.triggered = True
            self._come(order)

    def _come(self, order: SlowOrder) -> None:
        if order.limited and order.post_only and self._in_reach(order):
            self.account.end(order, "refused", "post_only")
            return
        self._take(order)
        if order.limited and order.state == "working":
            order.ahead = self._shown(order)

    def _in_reach(self, order: SlowOrder) -> Levels:
        """What the order may take at prices that it accepts."""
        offers = [(price, size) for price, size in self._offers(order.symbol, order.side) if size]
        if not order.limited:
            return offers
        return [(p, s) for p, s in offers
                if (p <= order.limit if order.side > 0 else p >= order.limit)]  # fmt: skip

    def _wanted(self, order: SlowOrder) -> float:
        wanted, closable = order.left, self.account.closable(order)
        if order.reduce_only:
            wanted = min(wanted, closable)
        if abs(wanted - closable) <= NEAR * closable:
            wanted = closable
        return self._tidy(wanted, self.steps[order.symbol])

    def _take(self, order: SlowOrder) -> None:
        wanted, parts = self._wanted(order), []
        missing = wanted
        for price, size in self._in_reach(order):
            part = self._tidy(min(missing, size), self.steps[order.symbol])
            if part > 0:
                parts.append((price, part))
                missing = self._tidy(missing - part, self.steps[order.symbol])
        size = self._tidy(wanted - missing, self.steps[order.symbol])
        if missing > 0 and order.tif == "fok":
            self.account.end(order, "expired", "time_in_force")
        elif size > 0:
            worth = sum(price * part for price, part in parts)
            if not self.account.affordable(order, size, worth / size, self.account.rules.taker):
                self.account.end(order, "refused", "margin")
                return
            for price, part in parts:
                self._fill(order.number, order.symbol, order.side * part, parts[0][0], price, False)
            self.account.count(order, size)
            self.account.drop_useless(order.symbol)
        elif order.tif != "gtc":
            self.account.end(order, "expired", "time_in_force")

    def _fill(
        self, number: int, symbol: str, change: float, reference: float, price: float, maker: bool
    ) -> None:
        side, rules = (1 if change > 0 else -1), self.account.rules
        rate = rules.maker if maker else rules.taker
        self.account.trade_ours(
            number, symbol, change, reference, price, rate, maker, self.now
        )  # fmt: skip
        position = self.account.positions[symbol]
        position.size = self._tidy(position.size, self.steps[symbol])
        if not maker:
            self._note_taken(symbol, side, price, abs(change))

    def _note_taken(self, symbol: str, side: int, price: float, size: float) -> None:
        taken = self.markets[symbol].taken
        taken[side, price] = taken.get((side, price), 0.0) + size

    def _make(self, order: SlowOrder, most: float) -> float:
        size = min(self._wanted(order), _cut(most, self.steps[order.symbol]))
        if size <= 0:
            return 0.0
        if not self.account.affordable(order, size, order.limit, self.account.rules.maker):
            self.account.end(order, "refused", "margin")
            return 0.0
        self._fill(order.number, order.symbol, order.side * size, order.limit, order.limit, True)
        self.account.count(order, size)
        self.account.drop_useless(order.symbol)
        return size

    def _meet_trade(
        self, order: SlowOrder, price: float, volume: float, taker: int, ours: float
    ) -> float:
        """What a trade fills of the order, after ``ours`` of it went to older ones."""
        through = price < order.limit if order.side > 0 else price > order.limit
        if through:
            self._make(order, inf)
            return 0.0
        if price != order.limit or taker == order.side:
            return 0.0
        filled = self._make(order, max(0.0, volume - ours - order.ahead))
        order.ahead = max(0.0, order.ahead - volume)
        return filled

    def _act_on_offers(self, symbol: str) -> None:
        market, position = self.markets[symbol], self.account.positions[symbol]
        if not market.last:
            best = [self._offers(symbol, side)[:1] for side in (1, -1)]
            prices = [levels[0][0] for levels in best if levels]
            position.mark = sum(prices) / len(prices) if prices else 0.0
            self._liquidate_if_needed()
        for order in self._working(symbol):
            if order.state != "working" or order.pending_stop:
                continue
            if not order.limited:
                self._take(order)
                continue
            order.ahead = min(order.ahead, self._shown(order))
            if order.left and self._source(symbol) != "trade":
                self._meet_offers(order)

    def _meet_offers(self, order: SlowOrder) -> None:
        """The market has come to a resting order: it fills at its own price."""
        offered = self._in_reach(order)
        if not offered:
            return
        order.ahead = 0.0
        filled = self._make(order, sum(size for _, size in offered))
        for price, size in offered:
            part = self._tidy(min(filled, size), self.steps[order.symbol])
            self._note_taken(order.symbol, order.side, price, part)
            filled = self._tidy(filled - part, self.steps[order.symbol])

    def _finish(self, time_ns: int) -> None:
        self._begin_due(time_ns)
        self._liquidate_if_needed()

    def _liquidate_if_needed(self) -> None:
        account = self.account
        if account.exposure <= 0 or account.equity > account.rules.maintenance * account.exposure:
            return
        for symbol, position in account.positions.items():
            if position.size:
                self._close_by_force(symbol, position.size)
        for order in self.orders:
            if order.live:
                order.state, order.reason = "cancelled", "liquidation"

    def _close_by_force(self, symbol: str, held: float) -> None:
        side = -1 if held > 0 else 1
        offers, step, rest = self._offers(symbol, side), self.steps[symbol], abs(held)
        best = next((price for price, size in offers if size), 0.0)
        for price, size in offers:
            part = self._tidy(min(rest, size), step)
            if part > 0:
                self._fill(0, symbol, side * part, best, price, False)
                rest = self._tidy(rest - part, step)
        if rest > 0:
            known = offers[-1][0] if offers else self.account.positions[symbol].mark
            price = known * (1 + side * self.account.rules.slippage)
            self._fill(0, symbol, side * rest, known, price, False)

    @staticmethod
    def _tidy(size: float, step: float) -> float:
        """``size`` without the rounding of floats."""
        return size if size == inf else round(round(size / step) * step, 9)


def _cut(size: float, step: float) -> float:
    if size in (inf, -inf):
        return size
    return round(floor(size / step * (1 + 1e-14) + NEAR) * step, 9)
