"""Compiles what the first viewer, trade and backtest would otherwise wait for.

Charts, candles and order books are compiled before anything is served. Paper orders, backtests and
indicators, which take longer on the very first start, are compiled beside the running program:
until then, what is asked for compiles on its own.
"""

import atexit
import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from chart_acceleration.pipeline import ChartPipeline
from chart_acceleration.renderers.auto import RendererChoice
from indicators.batch import compute
from indicators.registry import INDICATORS
from indicators.stream import Stream
from market.candle_builder import CandleBuilder
from market.columns import CandleWindow
from market.compiled import is_compiled
from market.order_book import OrderBook
from market.tape import Tape
from market.types import MINUTE, Candle, Interval, Quote, Side, Symbol, Trade
from trading.backtest import Setup, backtest
from trading.backtest.scoring import Scorer
from trading.engine.records import Kind
from trading.paper.commands import Change, Kill, Place
from trading.paper.core import open_account
from trading.paper.risk import RiskLimits
from trading.paper.tape import BookInput, NoBook, PassTime
from trading.paper.terms import AccountTerms
from trading.shelf import strategies
from trading.strategies.dca import STRATEGY as DCA

BARS = 16

_log = logging.getLogger("candlecast.warm_up")

INTERPRETED = "Python, at half the pace: make compiles them where there is a C compiler"


class Orders(Protocol):
    """What takes orders: it lets them wait while what they need is compiled."""

    def prepare(self) -> None:
        """That begins."""
        ...

    def prepared(self) -> None:
        """That is over."""
        ...


def warm_up(choice: RendererChoice, orders: Orders, wait: bool = True) -> None:
    """Run every compiled path once; with a filled cache this takes a fraction of a second.

    Without ``wait`` paper orders, backtests and indicators are compiled beside the caller.
    ``orders`` wait until then.
    """
    orders.prepare()
    compiled = is_compiled("trading.paper.core")
    _log.info("paper accounts decide in %s", "machine code" if compiled else INTERPRETED)
    if choice.renderer is not None:
        ChartPipeline(choice.renderer).warm_up()
    builder = CandleBuilder(BARS)
    builder.load_history(Interval.M1, _candles())
    builder.add(1, BARS * MINUTE, 100.0, 1.0)
    builder.columns(Interval.M1).snapshot()
    warm_up_book()
    if wait:
        warm_up_paper(orders.prepared)
        warm_up_backtests()
        warm_up_indicators()
    else:
        warm_up_beside(orders.prepared)


def warm_up_book() -> None:
    """Change and read an order book and a tape: the feed's thread would compile meanwhile."""
    book = OrderBook(BARS)
    book.replace([(99, 1)], [(101, 1)], 0, 0)
    book.change([(985, 1)], [], 1, 0)
    book.price_unit()
    book.groups(1, 0, BARS)
    book.view(BARS)
    book.invalidate()
    tape = Tape(BARS)
    tape.add(Trade(Symbol("A-B"), 1, MINUTE, 100.0, 1.0, Side.BUY))
    tape.view()
    tape.clear()


def warm_up_paper(prepared: Callable[[], None]) -> None:
    """Compile what orders on paper need, then call ``prepared``, whatever happens."""
    try:
        _trade_on_paper()
    finally:
        prepared()


def _trade_on_paper() -> None:
    """Place, trigger, change and fill orders of a paper account, with and without a book."""
    symbol = Symbol("A-USD")
    terms = AccountTerms(name="Warm-up", maintenance=0.1)
    core, _ = open_account(terms, RiskLimits(), 1, {symbol: 0.0})
    bids, asks = np.array([[[100.0, 99.0], [5.0, 5.0]], [[101.0, 102.0], [5.0, 5.0]]])
    core.market(Quote(symbol, 0, 100.0, 5.0, 101.0, 5.0), 2)
    core.market(Trade(symbol, 1, 0, 100.0, 1.0, Side.BUY), 3)
    core.do(Place(symbol=symbol, side=Side.BUY, size=1.0), 4)
    core.market(BookInput(symbol, bids, asks), 5)
    for at, place in enumerate(_ORDERS):
        core.do(place, 6 + at)
    core.do(Change(id=core.records.order_count, trail=2.0), 20)
    core.market(Trade(symbol, 2, 0, 98.0, 1.0, Side.SELL), 21)
    core.market(Quote(symbol, 0, 97.0, 5.0, 98.0, 5.0), 22)
    core.market(NoBook(symbol), 23)
    core.market(PassTime(), 24)
    core.do(Kill("warm-up"), 25)


_ORDERS = (
    Place(symbol="A-USD", side=Side.BUY, size=1.0, kind=Kind.LIMIT, limit=99.5, stop_loss=90.0,
          take_profit=120.0),
    Place(symbol="A-USD", side=Side.SELL, fraction=0.01, kind=Kind.STOP_LIMIT, stop=99.0,
          limit=98.5),
    Place(symbol="A-USD", side=Side.SELL, size=0.5, kind=Kind.STOP, stop=97.5),
    Place(symbol="A-USD", side=Side.BUY, fraction=0.01),
    Place(symbol="A-USD", side=Side.SELL, size=0.1, kind=Kind.TRAILING, trail=1.0),
)  # fmt: skip


def warm_up_backtests(stop: threading.Event | None = None) -> None:
    """Run a backtest of each form and score one, as a search does, until ``stop`` is set."""
    window, strategy = _candles(), strategies()["sma_cross"]
    setup = Setup(stop_loss=0.1, take_profit=0.1)
    for step in (
        lambda: backtest(window, strategy, {"fast": 2, "slow": 3}, setup),
        lambda: Scorer(window, setup).score(np.ones(BARS)),
        lambda: backtest(window, DCA, {"every": 2}, band=False),
    ):
        if stop is not None and stop.is_set():
            break
        step()


def warm_up_indicators(stop: threading.Event | None = None) -> int:
    """Run every indicator once, whole and bar by bar; how many, fewer when ``stop`` was set."""
    start, done = time.perf_counter(), 0
    window = _candles()
    columns = {
        "time_ns": window.time_ns, "high": window.high, "low": window.low,
        "close": window.close, "volume": window.volume,
    }  # fmt: skip
    bar = Candle(BARS * MINUTE, 100.0, 101.0, 99.0, 100.0, 1.0, 1)
    for indicator in INDICATORS.values():
        if stop is not None and stop.is_set():
            break
        compute(indicator, columns, {})
        Stream(indicator).update(bar)
        done += 1
    _log.info("%d of %d indicators are compiled, after %.1f s", done, len(INDICATORS),
              time.perf_counter() - start)  # fmt: skip
    return done


def warm_up_beside(prepared: Callable[[], None]) -> threading.Thread:
    """All the rest on a thread; a program that ends waits for one step at most."""
    stop = threading.Event()

    def work() -> None:
        warm_up_paper(prepared)
        warm_up_backtests(stop)
        warm_up_indicators(stop)

    thread = threading.Thread(target=work, name="warm-up", daemon=True)

    def end() -> None:
        stop.set()
        thread.join()

    atexit.register(end)
    thread.start()
    return thread


def _candles() -> CandleWindow:
    times = np.arange(BARS, dtype=np.int64) * MINUTE
    prices = 100.0 + np.sin(np.arange(BARS))
    return CandleWindow.from_arrays(times, prices, prices + 1, prices - 1, prices, prices)
