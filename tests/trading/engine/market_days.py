"""Random days of a market with orders, and how both engines take them."""

from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

from market.types import Side
from tests.trading.engine.slow_engine import SlowEngine, SlowOrder, SlowRules
from trading.engine.engine import Engine
from trading.engine.orders import Order
from trading.engine.policies import (
    Fees,
    Latency,
    Margin,
    Participation,
    Policies,
    Slippage,
)
from trading.engine.records import Kind, Path, Sizing, TimeInForce

NAMES = ("X-USD", "Y-USD")
START = 10_000.0
STEPS = {"X-USD": 0.0, "Y-USD": 0.5}


@dataclass(frozen=True)
class Wish:
    """One order of a day; links count back from the newest order."""

    symbol: str
    side: int
    size: float
    kind: Kind
    limit: float
    stop: float
    trail: float
    tif: TimeInForce
    reduce_only: bool
    post_only: bool
    parent_back: int
    group: int
    share: float = 0.0
    sizing: Sizing = Sizing.GIVEN


@dataclass(frozen=True)
class Step:
    """Orders placed, one cancelled (counted back from the newest, 0 none), then one input."""

    wishes: tuple[Wish, ...]
    cancel_back: int
    symbol: str
    prices: tuple[float, float, float, float]
    is_trade: bool
    volume: float


def _prices() -> st.SearchStrategy[float]:
    """Around 100 in quarters, so that levels, opens and extremes often coincide."""
    return st.integers(320, 480).map(lambda quarters: quarters / 4)


def _sized(random: Random) -> Wish:
    """A market order by share of the equity, in eighths and thirds."""
    sizing = random.choice([Sizing.TARGET, Sizing.TARGET, Sizing.SHARE])
    least = -8 if sizing is Sizing.TARGET else 1
    return Wish(
        symbol=random.choice(NAMES), side=random.choice([1, -1]), size=0.0, kind=Kind.MARKET,
        limit=0.0, stop=0.0, trail=0.0, tif=random.choice(list(TimeInForce)),
        reduce_only=random.random() < 0.1, post_only=False, parent_back=0, group=0,
        share=random.randint(least, 8) / random.choice([8, 9]), sizing=sizing,
    )  # fmt: skip


def _any_wishes() -> st.SearchStrategy[Wish]:
    """Orders of a given size, and some by share."""
    sized = st.builds(_sized, st.builds(Random, st.integers(0, 2**32 - 1)))
    return st.one_of(_wishes(), _wishes(), _wishes(), sized)


@st.composite
def _wishes(draw: st.DrawFn) -> Wish:
    kind = draw(st.sampled_from(Kind))
    limited, stopped = kind in (Kind.LIMIT, Kind.STOP_LIMIT), kind in (Kind.STOP, Kind.STOP_LIMIT)
    tif = draw(st.sampled_from([TimeInForce.GTC, *TimeInForce]))
    return Wish(
        symbol=draw(st.sampled_from(NAMES)),
        side=draw(st.sampled_from([1, -1])),
        size=draw(st.integers(1, 300)) / 2,
        kind=kind,
        limit=draw(_prices()) if limited else 0.0,
        stop=draw(_prices()) if stopped else 0.0,
        trail=draw(st.integers(1, 40)) / 4 if kind is Kind.TRAILING else 0.0,
        tif=tif,
        reduce_only=draw(st.sampled_from([False, False, True])),
        post_only=limited and tif is TimeInForce.GTC and draw(st.booleans()),
        parent_back=draw(st.sampled_from([0, 0, 1, 2])),
        group=draw(st.sampled_from([0, 0, 1, 2])),
    )


@st.composite
def _steps(draw: st.DrawFn) -> Step:
    drawn = sorted(draw(st.tuples(_prices(), _prices(), _prices(), _prices())))
    opened, closed = drawn[1], drawn[2]
    if draw(st.booleans()):
        opened, closed = closed, opened
    return Step(
        wishes=tuple(draw(st.lists(_any_wishes(), max_size=3))),
        cancel_back=draw(st.sampled_from([0, 0, 0, 1, 3])),
        symbol=draw(st.sampled_from(NAMES)),
        prices=(opened, drawn[3], drawn[0], closed),
        is_trade=draw(st.sampled_from([False, False, False, True])),
        volume=float(draw(st.integers(0, 800))),
    )


@st.composite
def policies(draw: st.DrawFn) -> Policies:
    """Odd numbers, so that margins are not met exactly."""
    leverage = draw(st.sampled_from([1.0, 3.0, 15.0]))
    return Policies(
        Fees(draw(st.sampled_from([0.0, 0.00037])), draw(st.sampled_from([0.0, 0.00113]))),
        Slippage(draw(st.sampled_from([0.0, 0.00071]))),
        Latency(draw(st.sampled_from([0, 1, 25]))),
        Participation(draw(st.sampled_from([0.0, 0.137]))),
        Margin(leverage, draw(st.sampled_from([0.0, 0.0617]))),
        draw(st.sampled_from(Path)),
    )


def days() -> st.SearchStrategy[list[Step]]:
    """Up to 14 inputs that shrink well, or up to 60 busy ones, ten time units apart."""
    busy = st.builds(_busy_day, st.integers(0, 2**32 - 1), st.integers(1, 60))
    return st.one_of(st.lists(_steps(), min_size=1, max_size=14), busy, busy)


def _busy_day(seed: int, inputs: int) -> list[Step]:
    random, marks = Random(seed), dict.fromkeys(NAMES, 100.0)
    day = []
    for _ in range(inputs):
        symbol = random.choice(NAMES)
        drawn = sorted(max(1.0, _quarter(random.gauss(marks[symbol], 5))) for _ in range(4))
        opened, closed = random.sample(drawn[1:3], 2)
        wishes = [busy_wish(random, marks[symbol]) for _ in range(random.choice([0, 0, 1, 2, 3]))]
        marks[symbol] = closed
        day.append(
            Step(
                tuple(wishes), random.choice([0] * 8 + [1, 3]), symbol,
                (opened, drawn[3], drawn[0], closed), random.random() < 0.2,
                float(random.randint(0, 800)),
            )
        )  # fmt: skip
    return day


def busy_wish(random: Random, mark: float) -> Wish:
    """Some order near ``mark``."""
    if random.random() < 0.2:
        return _sized(random)
    kind = random.choice(list(Kind))
    limited, stopped = kind in (Kind.LIMIT, Kind.STOP_LIMIT), kind in (Kind.STOP, Kind.STOP_LIMIT)
    tif = random.choice([TimeInForce.GTC] * 3 + list(TimeInForce))
    return Wish(
        symbol=random.choice(NAMES),
        side=random.choice([1, -1]),
        size=random.randint(1, random.choice([60, 200, 1500])) / 2,
        kind=kind,
        limit=_quarter(mark + random.uniform(-6, 6)) if limited else 0.0,
        stop=_quarter(mark + random.uniform(-6, 6)) if stopped else 0.0,
        trail=random.randint(1, 24) / 4 if kind is Kind.TRAILING else 0.0,
        tif=tif,
        reduce_only=random.random() < 0.25,
        post_only=limited and tif is TimeInForce.GTC and random.random() < 0.2,
        parent_back=random.choice([0, 0, 1, 2, 3]),
        group=random.choice([0, 0, 1, 2]),
    )


def _quarter(price: float) -> float:
    return max(0.25, round(price * 4) / 4)


class Pair:
    """Both engines, given the same."""

    def __init__(self, chosen: Policies) -> None:
        self.engine = Engine(STEPS, START, chosen)
        self.slow = SlowEngine(list(NAMES), START, slow_rules(chosen))
        self.now = 0

    def take(self, step: Step) -> None:
        """Orders, the cancellation, then the input."""
        for wish in step.wishes:
            self._place(wish)
        count = len(self.slow.orders)
        if 0 < step.cancel_back <= count:
            self.engine.cancel(count + 1 - step.cancel_back)
            self.slow.cancel(count + 1 - step.cancel_back)
        self.now += 10
        if step.is_trade:
            self.engine.trade(step.symbol, step.prices[0], step.volume, self.now)
            self.slow.trade(step.symbol, step.prices[0], step.volume, self.now)
        else:
            self.engine.candle(step.symbol, *step.prices, step.volume, self.now)
            self.slow.candle(step.symbol, *step.prices, step.volume, self.now)

    def _place(self, wish: Wish) -> None:
        order, slow = both_orders(wish, self.slow.orders)
        self.engine.place(order)
        self.slow.place(slow, self.now)


def both_orders(wish: Wish, orders: list[SlowOrder]) -> tuple[Order, SlowOrder]:
    """What is wished, for either engine, after ``orders``."""
    parent = _parent(wish, orders)
    group = 2 * wish.group - NAMES.index(wish.symbol) if wish.group else 0
    order = Order(
        symbol=wish.symbol, side=Side(wish.side), size=wish.size, kind=wish.kind,
        limit=wish.limit, stop=wish.stop, trail=wish.trail, tif=wish.tif,
        reduce_only=wish.reduce_only, post_only=wish.post_only,
        parent=parent.number if parent else 0, group=group, share=wish.share,
        sizing=wish.sizing,
    )  # fmt: skip
    slow = SlowOrder(
        len(orders) + 1, wish.symbol, wish.side, wish.size, wish.kind.name.lower(), wish.limit,
        wish.stop, wish.trail, wish.tif.name.lower(), wish.reduce_only, wish.post_only, parent,
        group, wish.share, wish.sizing.name.lower(),
    )  # fmt: skip
    return order, slow


def _parent(wish: Wish, orders: list[SlowOrder]) -> SlowOrder | None:
    if not 0 < wish.parent_back <= len(orders):
        return None
    parent = orders[-wish.parent_back]
    usable = parent.symbol == wish.symbol and (parent.live or parent.filled > 0)
    return parent if usable else None


def slow_rules(chosen: Policies) -> SlowRules:
    """``chosen`` as the slow engine takes it."""
    return SlowRules(
        chosen.fees.maker, chosen.fees.taker, chosen.slippage.fraction, chosen.latency.ns,
        chosen.participation.share, chosen.margin.leverage, chosen.margin.maintenance,
        chosen.path.name.lower(), dict(STEPS),
    )  # fmt: skip
