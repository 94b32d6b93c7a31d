"""Paper trading: from a trade of the market to an order that was taken, and what a busy day costs.

The way from a trade through a strategy's decision to the order is timed by the clock, everything
else by the processor time of the thread. A decision is a whole one: the candle closes, the
strategy of the backtester decides over its candles, the order passes the rules of risk, is
matched and becomes events. Rows with a journal wait until it is on the disk (the folder of
``TMPDIR``) and in the account's view.
"""

import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.harness import Row, measure
from benchmarks.paper_account import (
    HISTORY,
    LIMITS,
    OWNERS,
    START_NS,
    SYMBOLS,
    Account,
    candle_of,
    run_of,
    seen,
)
from market.types import MINUTE, Side
from paper_trading.account_hand import AccountHand
from storage.journal.entry import Journal
from storage.journal.memory import MemoryJournal
from tests.paper_trading.harness import moved, stored
from trading.engine.records import Kind
from trading.event_strategy import Desk, EventStrategy
from trading.paper.automation import LiveRun
from trading.paper.commands import CancelAll, Place, Target
from trading.paper.risk import MOST_A_MINUTE, Facts, Intent, RiskState
from trading.paper.risk_rules import check
from trading.paper.tape import Heard
from trading.shelf import strategies

TRADES_A_SECOND = 5_000
DECIDED = "p50 ≤ 0.05 ms, p99 ≤ 0.5 ms"
FACTS = Facts(
    time_ns=START_NS, equity=99_588.0, currency="USD", own=0.25, own_live=0.0, net=0.25, buys=0.0,
    sells=0.0, exposure=21_687.0, pending=0.0, bid=38_529.5, ask=38_530.5, mark=38_530.0,
    age_ns=38_000_000, own_age_ns=38_000_000,
)  # fmt: skip


def run() -> list[Row]:
    """All rows."""
    return [_risk(), *_decisions(), _signals(), _limits(), _busy_second(), *_journaled()]


def _risk() -> Row:
    state = RiskState(peak=100_000.0, day_start=100_000.0)
    for number in range(9_000):
        state.accepted(START_NS - number)
    intent = Intent("BTC-USD", 1, 0.1, 37_600.0, (37_600.0,), (39_200.0, 37_000.0))
    assert check(LIMITS, state, intent, FACTS) is None
    return measure(
        "risk check of an order, every limit set", lambda: check(LIMITS, state, intent, FACTS),
        inner=200, goal="≤ 0.005 ms", clock=time.thread_time_ns,
    )  # fmt: skip


def _decisions() -> Iterator[Row]:
    """By the clock, the garbage collector on as in the program."""
    account = Account()
    hand = AccountHand(account, OWNERS[0], SYMBOLS[:1], seen)
    cross = run_of(strategies()["sma_cross"], {"fast": 2, "slow": 5}, SYMBOLS[0], hand)
    accepted, filled = _decided(account, hand, cross)
    yield _latency(
        "trade → SMA cross decides → market order accepted, without the disk", accepted, DECIDED
    )
    yield _latency("… and filled, booked and told, without the disk", filled, "")
    account = Account()
    hand = AccountHand(account, OWNERS[0], SYMBOLS[:1], seen)
    bids = EventStrategy("bids", "Bids", "Measured.", "benchmarks", (), (), Bids)
    accepted, told = _decided(account, hand, run_of(bids, {}, SYMBOLS[0], hand))
    yield _latency(
        "trade → event strategy decides → limit order accepted, without the disk", accepted, DECIDED
    )
    yield _latency("… and told, waits in the book, without the disk", told, "")


class Bids:
    """A limit order one percent below every close."""

    def __init__(self, _values: Mapping[str, float]) -> None: ...

    def init(self, desk: Desk) -> None:
        self.close = desk.candles().close

    def next(self, desk: Desk) -> None:
        desk.buy(0.01, limit=self.close[-1] * 0.99)


class Moments(deque[int]):
    """Stands where an account notes the times of its orders, and notes when it did."""

    at_ns = 0

    def append(self, time_ns: int) -> None:
        self.at_ns = time.perf_counter_ns()
        super().append(time_ns)


def _decided(account: Account, hand: AccountHand, run: LiveRun) -> tuple[list[int], list[int]]:
    """Of the closes at which ``run`` placed an order: ns until it was accepted, and in all."""
    accepted: list[int] = []
    samples: list[int] = []
    moments = account.core.records.risk.placed_ns = Moments(maxlen=MOST_A_MINUTE)
    for bar in range(6_000):
        account.now_ns += MINUTE
        candle = candle_of(HISTORY + bar)
        started = time.perf_counter_ns()
        orders = account.core.records.order_count
        account.trade(SYMBOLS[0], candle.close)
        hand.begin(account.now_ns)
        run.close({SYMBOLS[0]: candle})
        run.act()
        if account.core.records.order_count > orders:
            samples.append(time.perf_counter_ns() - started)
            accepted.append(moments.at_ns - started)
        run.tidy()
        account.do(CancelAll(owner=OWNERS[0]))
        account.core.market(Heard(SYMBOLS[0], account.now_ns, account.now_ns), account.now_ns)
    return accepted[200:], samples[200:]


def _signals() -> Row:
    """Targets that change with every signal, of 15 strategies over 16 symbols."""
    account, turn = Account(), count()

    def signals() -> None:
        for owner in OWNERS:
            number = next(turn)
            target = 0.05 if number // len(OWNERS) % 2 else 0.0
            account.do(Target(owner, ((SYMBOLS[0], target),)))

    row = measure(
        "signal → order taken, filled and booked", signals, runs=200, clock=time.thread_time_ns,
        goal="≤ 0.02 ms: 50,000 a second",
    )  # fmt: skip
    return _per_signal(row)


def _limits() -> Row:
    """A limit order of each of 15 portfolios; they are cancelled outside of what is timed."""
    account, samples = Account(), []
    for _ in range(220):
        started = time.thread_time_ns()
        for owner in OWNERS:
            account.do(Place(
                symbol=SYMBOLS[0], side=Side.BUY, kind=Kind.LIMIT, size=0.01, limit=99.0,
                owner=owner,
            ))  # fmt: skip
        samples.append(time.thread_time_ns() - started)
        account.do(CancelAll())
    assert account.core.records.order_count == 220 * len(OWNERS)
    return _per_signal(_latency("limit order → taken, waits in the book", samples[20:], ""))


def _per_signal(row: Row) -> Row:
    row = _per(row, len(OWNERS))
    return replace(row, note=f"{1e3 / row.median_ms:,.0f} a second on one core")


def _busy_second() -> Row:
    """A second of 5,000 trades over 16 symbols; 15 strategies on each decide once in a minute."""
    account = Account()
    hands = {owner: AccountHand(account, owner, SYMBOLS, seen) for owner in OWNERS}
    keys = [key for key, each in strategies().items() if not hasattr(each, "make")]
    runs = [
        (hand, symbol, run_of(strategies()[keys[number % len(keys)]], {}, symbol, hand))
        for number, hand in enumerate(hands.values())
        for symbol in SYMBOLS
    ]
    seconds, bars = count(1), count(HISTORY)

    def second() -> None:
        number = next(seconds)
        for trade in range(TRADES_A_SECOND):
            account.now_ns += 1_000_000_000 // TRADES_A_SECOND
            account.trade(SYMBOLS[trade % 16], 100.0 + (number + trade) % 7 * 0.01)
        # The closes of a minute, spread over its seconds.
        bar = next(bars)
        for hand, symbol, run in runs[number % 60 :: 60]:
            hand.begin(account.now_ns)
            run.close({symbol: candle_of(bar)})
            run.act()
        for symbol in SYMBOLS:
            account.core.market(Heard(symbol, account.now_ns, account.now_ns), account.now_ns)

    row = measure(
        "one second of 5,000 trades, 16 symbols, 15 strategies on each", second, runs=70,
        warm_up=2, goal="< 1,000 ms", clock=time.thread_time_ns,
    )  # fmt: skip
    return replace(row, note=f"{row.median_ms / 10:.1f} % of a core")


def _journaled() -> Iterator[Row]:
    """From a command of another thread to its events, told once the journal has them."""
    name = "order of another thread → taken, filled, journaled, told"
    yield _told(f"{name}; journal in memory", MemoryJournal(), "")
    with tempfile.TemporaryDirectory() as folder:
        yield _told(f"{name}; on the disk (SQLite)", stored(Path(folder)), "≤ 2 ms")


def _told(name: str, journal: Journal, goal: str) -> Row:
    samples, told = [], threading.Event()
    with moved(journal) as market:
        market.buy(0.01)
        queue = market.paper.subscribe(market.paper.main(), wake=told.set)
        for number in range(1_200):
            if number % 50 == 0:
                market.trade(100.0)
            side = Side.SELL if number % 2 else Side.BUY
            queue.take()
            told.clear()
            started = time.perf_counter_ns()
            answer = market.paper.submit(1, Place(symbol="BTC-USD", side=side, size=0.01))
            told.wait()
            samples.append(time.perf_counter_ns() - started)
            assert answer.result().refusal is None
    return _latency(name, samples[200:], goal)


def _latency(name: str, samples: list[int], goal: str) -> Row:
    """Median and, in the note, the 99th percentile."""
    ordered = sorted(sample / 1e6 for sample in samples)
    last = len(ordered) - 1
    note = f"p99 {ordered[int(0.99 * last)]:.3f} ms"
    return Row(
        name, median(ordered), ordered[int(0.05 * last)], ordered[int(0.95 * last)], len(ordered),
        goal=goal, note=note,
    )  # fmt: skip


def _per(row: Row, number: int) -> Row:
    times = (row.median_ms, row.low_ms, row.high_ms)
    median_ms, low_ms, high_ms = (each / number for each in times)
    return replace(row, median_ms=median_ms, low_ms=low_ms, high_ms=high_ms)
