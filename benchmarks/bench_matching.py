"""Live matching: what an input and an order cost, and 15 engines of 16 symbols at full pace.

Times are the processor time of the thread. The last row is one second of a market: 5,000 trades,
each given to every engine, which holds a position and a resting order; below 1,000 ms is below one
core.
"""

import time
from itertools import cycle

import numpy as np

from benchmarks.harness import Row, measure
from market.types import Side
from trading.engine.engine import Engine
from trading.engine.orders import Order
from trading.engine.policies import Fees, Matching, Policies
from trading.engine.records import Kind

SYMBOLS = tuple(f"S{number}-USD" for number in range(16))
ENGINES = 15
TRADES = 5_000
RUNS = 50
GOAL = "below one core: 1,000 ms"
LEVELS = np.arange(64) * 0.1
BIDS = np.array([100.0 - LEVELS, np.ones(64)])
ASKS = np.array([100.1 + LEVELS, np.ones(64)])


def _engine() -> Engine:
    """A position in the first symbol, an order that rests in the second, quotes everywhere."""
    engine = Engine(SYMBOLS, 1e6, Policies(Fees(0.001, 0.002), matching=Matching.LIVE))
    for symbol in SYMBOLS:
        engine.trade(symbol, 100.0, 1.0, 1)
        engine.quote(symbol, 99.9, 5.0, 100.1, 5.0, 1)
    engine.place(Order(symbol=SYMBOLS[0], side=Side.BUY, size=1.0), 2)
    engine.place(_resting(SYMBOLS[1]), 2)
    engine.wake()
    return engine


def _resting(symbol: str) -> Order:
    return Order(symbol=symbol, side=Side.BUY, size=1.0, kind=Kind.LIMIT, limit=50.0)


def _single() -> list[Row]:
    engine, now = _engine(), iter(range(10, 10**12))
    order = _resting(SYMBOLS[2])

    def trade() -> None:
        engine.trade(SYMBOLS[1], 100.0, 1.0, next(now), 1)

    def quote() -> None:
        engine.quote(SYMBOLS[1], 99.9, 5.0, 100.1, 5.0, next(now))

    def book() -> None:
        engine.book(SYMBOLS[1], BIDS, ASKS, next(now))

    def send() -> None:
        number = engine.place(order, next(now))
        engine.wake()
        engine.cancel(number)

    calls = (
        ("a trade", trade), ("a quote", quote), ("a book of 2 × 64 levels", book),
        ("an order placed, accepted, cancelled", send),
    )  # fmt: skip
    return [
        measure(name, call, runs=RUNS, inner=200, clock=time.thread_time_ns)
        for name, call in calls
    ]  # fmt: skip


def _second() -> list[Row]:
    engines, now = [_engine() for _ in range(ENGINES)], iter(range(10, 10**12))
    names = cycle(SYMBOLS)

    def one_by_one() -> None:
        for _ in range(TRADES):
            symbol, time_ns = next(names), next(now)
            for engine in engines:
                engine.trade(symbol, 100.0, 1.0, time_ns, 1)

    name = f"{TRADES:,} trades, {len(SYMBOLS)} symbols, {ENGINES} engines"
    clock = time.thread_time_ns
    return [
        measure(name, one_by_one, runs=RUNS // 5, goal=GOAL, clock=clock),
    ]


def run() -> list[Row]:
    """All of it."""
    return [*_single(), *_second()]
