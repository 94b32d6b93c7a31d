"""Random days of live markets with orders, and how both engines take them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

import numpy as np
from hypothesis import strategies as st

from market.columns import F64
from tests.trading.engine.market_days import (
    NAMES,
    START,
    STEPS,
    Wish,
    both_orders,
    busy_wish,
    slow_rules,
)
from tests.trading.engine.slow_engine import SlowOrder
from tests.trading.engine.slow_live import Levels, SlowLive
from trading.engine.engine import Engine
from trading.engine.policies import Fees, Latency, Margin, Matching, Policies, Slippage
from trading.engine.records import Sizing

KINDS = ("trade", "trade", "trade", "quote", "quote", "book", "book", "no_book", "time")


@dataclass(frozen=True)
class Moment:
    """Orders placed, one cancelled and one changed (counted back, 0 none), then one input.

    ``numbers`` are what the input takes: price, volume and taker of a trade; the four of a quote.
    """

    wishes: tuple[Wish, ...]
    cancel_back: int
    change_back: int
    change: Mapping[str, float]
    kind: str
    symbol: str
    numbers: tuple[float, ...] = ()
    bids: Levels = field(default_factory=list)
    asks: Levels = field(default_factory=list)
    later_ns: int = 10
    awake: bool = True


def live_policies() -> st.SearchStrategy[Policies]:
    """Odd numbers, so that margins are not met exactly."""
    return st.builds(
        lambda maker, taker, slip, late, leverage, maintenance: Policies(
            Fees(maker, taker), Slippage(slip), Latency(late),
            margin=Margin(leverage, maintenance), matching=Matching.LIVE,
        ),
        st.sampled_from([0.0, 0.00037]), st.sampled_from([0.0, 0.00113]),
        st.sampled_from([0.0, 0.00071]), st.sampled_from([0, 1, 25]),
        st.sampled_from([1.0, 3.0, 15.0]), st.sampled_from([0.0, 0.0617]),
    )  # fmt: skip


@dataclass(frozen=True)
class LiveDay:
    """So many moments, made of a seed; kept as that, for a day of books is long to print."""

    seed: int
    count: int

    def moments(self) -> list[Moment]:
        """The moments."""
        random, marks = Random(self.seed), dict.fromkeys(NAMES, 100.0)
        day = []
        for _ in range(self.count):
            symbol = random.choice(NAMES)
            marks[symbol] = max(20.0, _quarter(random.gauss(marks[symbol], 1)))
            wishes = [busy_wish(random, marks[symbol]) for _ in range(random.choice([0, 0, 1, 2]))]
            day.append(_moment(random, tuple(wishes), marks, symbol))
        return day


def live_days() -> st.SearchStrategy[LiveDay]:
    """Up to 80 moments."""
    return st.builds(LiveDay, st.integers(0, 2**32 - 1), st.integers(1, 80))


def _moment(
    random: Random, wishes: tuple[Wish, ...], marks: Mapping[str, float], symbol: str
) -> Moment:
    mark, kind = marks[symbol], random.choice(KINDS)
    numbers: tuple[float, ...] = ()
    bids, asks = _side(random, mark - random.randint(0, 3) / 4, -1), _side(random, mark, 1)
    if kind == "trade":
        price = _quarter(mark + random.choice([0, 0, 0.25, -0.25, 1, -1]))
        numbers = (price, random.randint(0, 300) / random.choice([2, 7]), random.choice([1, -1, 0]))
    if kind == "quote":
        best = [bids[0] if bids else (0.0, 0.0), asks[0] if asks else (0.0, 0.0)]
        numbers = (*best[0], *best[1])
    return Moment(
        wishes, random.choice([0] * 8 + [1, 3]), random.choice([0, 0, 0, 1, 2]),
        {"size": random.randint(1, 400) / 2, "price": _quarter(mark + random.uniform(-3, 3))},
        kind, symbol, numbers, bids, asks, random.choice([0, 1, 10, 30]), random.random() < 0.7,
    )  # fmt: skip


def _side(random: Random, best: float, way: int) -> Levels:
    levels, price = [], best
    for _ in range(random.choice([0, 1, 3, 8, 70])):
        levels.append((price, random.choice([0.0, random.randint(1, 120) / random.choice([2, 7])])))
        price += way * random.choice([0.25, 0.25, 0.5, 1])
    return [(price, size) for price, size in levels if price > 0]


def _quarter(price: float) -> float:
    return max(0.25, round(price * 4) / 4)


def rows(levels: Levels) -> F64:
    """(2, n) prices and sizes, as the engine takes them."""
    return np.array(levels, np.float64).reshape(-1, 2).T


def give(engine: Engine, moment: Moment, now: int) -> None:
    """The moment's input."""
    if moment.kind == "trade":
        price, volume, taker = moment.numbers
        engine.trade(moment.symbol, price, volume, now, int(taker))
    elif moment.kind == "quote":
        bid, bid_size, ask, ask_size = moment.numbers
        engine.quote(moment.symbol, bid, bid_size, ask, ask_size, now)
    elif moment.kind == "book":
        engine.book(moment.symbol, rows(moment.bids), rows(moment.asks), now)
    elif moment.kind == "no_book":
        engine.no_book(moment.symbol)
    else:
        engine.pass_time(now)


class LivePair:
    """Both engines, given the same."""

    def __init__(self, chosen: Policies) -> None:
        self.engine = Engine(STEPS, START, chosen)
        self.slow = SlowLive(list(NAMES), START, slow_rules(chosen))
        self.now = 0

    def take(self, moment: Moment) -> None:
        """Orders, the cancellation, the change, then the input."""
        for wish in moment.wishes:
            order, slow = both_orders(wish, self.slow.orders)
            self.engine.place(order, self.now)
            self.slow.place(slow, self.now)
        count = len(self.slow.orders)
        if 0 < moment.cancel_back <= count:
            self.engine.cancel(count + 1 - moment.cancel_back)
            self.slow.account.cancel(count + 1 - moment.cancel_back)
        if 0 < moment.change_back <= count:
            self._change(self.slow.orders[-moment.change_back], moment.change)
        if moment.awake:
            self.engine.wake()
            self.slow.pass_time(self.slow.now)
        self.now += moment.later_ns
        self._input(moment)

    def _input(self, moment: Moment) -> None:
        symbol, now = moment.symbol, self.now
        give(self.engine, moment, now)
        if moment.kind == "trade":
            price, volume, taker = moment.numbers
            self.slow.trade(symbol, price, volume, int(taker), now)
        elif moment.kind == "quote":
            bid, bid_size, ask, ask_size = moment.numbers
            self.slow.quote(symbol, (bid, bid_size, ask, ask_size), now)
        elif moment.kind == "book":
            self.slow.book(symbol, moment.bids, moment.asks, now)
        elif moment.kind == "no_book":
            self.slow.no_book(symbol)
        else:
            self.slow.pass_time(now)

    def _change(self, order: SlowOrder, wanted: Mapping[str, float]) -> None:
        """Change what such an order has: its size, or the price that it waits for."""
        if not order.live or order.sizing != Sizing.GIVEN.name.lower():
            return
        names = {"limit": "limit", "stop": "stop", "stop_limit": "limit", "trailing": "trail"}
        terms: dict[str, float] = {}
        most = order.parent.filled if order.parent and not order.parent.live else 1e9
        if order.filled + order.taken < wanted["size"] <= most:
            terms["size"] = wanted["size"]
        name = names.get(order.kind)
        if name and not (order.triggered and name in {"stop", "trail"}):
            terms[name] = wanted["price"] if name != "trail" else 2.5
        if terms:
            self.engine.change(order.number, **terms, time_ns=self.now)
            self.slow.change(order.number, self.now, **terms)
