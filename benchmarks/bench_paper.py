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
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.harness import Row, measure
from market.columns import CandleWindow
from market.types import MINUTE, Candle, Quote, Side, Symbol, Trade
from paper_trading.account_hand import AccountHand
from storage.journal.entry import Journal
from storage.journal.memory import MemoryJournal
from tests.paper_trading.harness import moved, stored
from trading.backtest import Setup
from trading.engine.policies import Fees, Policies, Slippage
from trading.paper.automation import LiveRun, RunTerms, live_run
from trading.paper.commands import Command, Place, SetAutomation, Target
from trading.paper.core import open_account
from trading.paper.events import Event
from trading.paper.risk import Facts, Intent, RiskLimits, RiskState
from trading.paper.risk_rules import check
from trading.paper.tape import Heard
from trading.paper.terms import AccountTerms
from trading.shelf import strategies

SYMBOLS = tuple(Symbol(f"S{number}-USD") for number in range(16))
OWNERS = tuple(f"a{number}" for number in range(15))
START_NS = 1_700_000_000_000_000_000 // MINUTE * MINUTE
HISTORY = 500
TRADES_A_SECOND = 5_000
LIMITS = RiskLimits(
    max_order_value=1e9, max_position_value=1e9, max_exposure=1e9, max_daily_loss=1e9,
    max_drawdown=0.9, orders_per_minute=10_000, price_collar=0.5, stale_after_s=15.0,
)  # fmt: skip
NO_RATE = replace(LIMITS, orders_per_minute=None)
FACTS = Facts(
    time_ns=START_NS, equity=99_588.0, currency="USD", own=0.25, own_live=0.0, net=0.25, buys=0.0,
    sells=0.0, exposure=21_687.0, pending=0.0, bid=38_529.5, ask=38_530.5, mark=38_530.0,
    age_ns=38_000_000,
)  # fmt: skip


class Account:
    """A core on its own, with a clock that the benchmark moves."""

    def __init__(self) -> None:
        terms = AccountTerms(name="Measured", start_capital=Decimal(10_000_000))
        self.now_ns = START_NS
        self.core, _ = open_account(terms, NO_RATE, START_NS, dict.fromkeys(SYMBOLS, 1e-6))
        for symbol in SYMBOLS:
            self.core.market(Heard(symbol, START_NS), START_NS)
            self.core.market(Quote(symbol, 0, 99.99, 5e3, 100.01, 5e3), START_NS)
            self.trade(symbol, 100.0)
        for owner in OWNERS:
            self.do(SetAutomation(
                owner=owner, name=owner, strategy="sma_cross", values={}, symbols=SYMBOLS[:1],
                interval="1m", capital=Decimal(100_000), state="running",
            ))  # fmt: skip

    def trade(self, symbol: Symbol, price: float) -> None:
        """A trade of the market."""
        self.core.market(Trade(symbol, 1, self.now_ns, price, 0.1, Side.BUY), self.now_ns)

    def do(self, command: Command, time_ns: int | None = None) -> tuple[int, Sequence[Event]]:
        """As :class:`paper_trading.account_hand.Commanded`."""
        return 0, self.core.do(command, time_ns or self.now_ns)


def run() -> list[Row]:
    """All rows."""
    return [_risk(), *_decisions(), _signals(), _busy_second(), *_journaled()]


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
    hand, strategy = AccountHand(account, OWNERS[0], SYMBOLS[:1], _seen), "sma_cross"
    run = _run(strategy, {"fast": 2, "slow": 5}, SYMBOLS[0], hand)
    samples: list[int] = []
    for bar in range(6_000):
        account.now_ns += MINUTE
        candle = _candle(HISTORY + bar)
        started = time.perf_counter_ns()
        orders = account.core.records.order_count
        account.trade(SYMBOLS[0], candle.close)
        hand.begin(account.now_ns)
        run.close({SYMBOLS[0]: candle})
        run.act()
        if account.core.records.order_count > orders:
            samples.append(time.perf_counter_ns() - started)
        run.tidy()
        account.core.market(Heard(SYMBOLS[0], account.now_ns), account.now_ns)
    yield _latency(
        "trade → SMA cross decides → order taken and filled, without the disk", samples[200:],
        "p50 ≤ 0.05 ms, p99 ≤ 0.5 ms",
    )  # fmt: skip


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
    row = _per(row, len(OWNERS))
    return replace(row, note=f"{1e3 / row.median_ms:,.0f} a second on one core")


def _busy_second() -> Row:
    """A second of 5,000 trades over 16 symbols; 15 strategies on each decide once in a minute."""
    account = Account()
    hands = {owner: AccountHand(account, owner, SYMBOLS, _seen) for owner in OWNERS}
    keys = [key for key, each in strategies().items() if not hasattr(each, "make")]
    runs = [
        (hand, symbol, _run(keys[number % len(keys)], {}, symbol, hand))
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
            run.close({symbol: _candle(bar)})
            run.act()
        for symbol in SYMBOLS:
            account.core.market(Heard(symbol, account.now_ns), account.now_ns)

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


def _run(key: str, values: dict[str, float], symbol: Symbol, hand: AccountHand) -> LiveRun:
    strategy = strategies()[key]
    defaults = {each.name: each.default for each in strategy.parameters}
    setup = Setup(100_000.0, Policies(Fees(0.001, 0.001), Slippage(0.0)), size=0.01)
    terms = RunTerms(strategy, {**defaults, **values}, (symbol,), MINUTE, setup)
    run = live_run(terms, {symbol: _history()}, hand)
    run.begin()
    return run


def _history() -> CandleWindow:
    rows = [_candle(number) for number in range(HISTORY)]
    columns = [[getattr(row, name) for row in rows] for name in Candle._fields[:6]]
    return CandleWindow.from_arrays(*columns)


def _candle(number: int) -> Candle:
    """Prices go up for four minutes and down for four: two averages cross every time."""
    price = 100.0 + abs(number % 8 - 4) * 0.1
    return Candle(START_NS + number * MINUTE, price, price + 0.1, price - 0.1, price, 1.0, 10)


def _seen(_symbol: str, _time_ns: int) -> None:
    """The account has the newest prices already."""


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
