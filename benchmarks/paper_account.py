"""A paper account whose clock and market the benchmarks move, and strategies that trade on it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from market.columns import CandleWindow
from market.types import MINUTE, Candle, Quote, Side, Symbol, Trade
from paper_trading.account_hand import AccountHand
from trading.backtest import Setup
from trading.decisions import Strategy
from trading.engine.policies import Fees, Policies, Slippage
from trading.paper.automation import LiveRun, RunTerms, live_run
from trading.paper.commands import Command, SetAutomation
from trading.paper.core import open_account
from trading.paper.events import Event
from trading.paper.risk import RiskLimits
from trading.paper.tape import Heard
from trading.paper.terms import AccountTerms

__all__ = [
    "HISTORY", "LIMITS", "OWNERS", "START_NS", "SYMBOLS", "Account", "candle_of", "run_of", "seen",
]  # fmt: skip

SYMBOLS = tuple(Symbol(f"S{number}-USD") for number in range(16))
OWNERS = tuple(f"a{number}" for number in range(15))
START_NS = 1_700_000_000_000_000_000 // MINUTE * MINUTE
HISTORY = 500
LIMITS = RiskLimits(
    max_order_value=1e9, max_position_value=1e9, max_exposure=1e9, max_daily_loss=1e9,
    max_drawdown=0.9, orders_per_minute=10_000, price_collar=0.5, stale_after_s=15.0,
)  # fmt: skip
NO_RATE = replace(LIMITS, orders_per_minute=None)


class Account:
    """A core on its own, with a clock that the benchmark moves."""

    def __init__(self) -> None:
        terms = AccountTerms(name="Measured", start_capital=Decimal(10_000_000))
        self.now_ns = START_NS
        self.core, _ = open_account(terms, NO_RATE, START_NS, dict.fromkeys(SYMBOLS, 1e-6))
        for symbol in SYMBOLS:
            self.core.market(Heard(symbol, START_NS, START_NS), START_NS)
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


def run_of(
    strategy: Strategy, values: dict[str, float], symbol: Symbol, hand: AccountHand
) -> LiveRun:
    defaults = {each.name: each.default for each in strategy.parameters}
    setup = Setup(100_000.0, Policies(Fees(0.001, 0.001), Slippage(0.0)), size=0.01)
    terms = RunTerms(strategy, {**defaults, **values}, (symbol,), MINUTE, setup)
    run = live_run(terms, {symbol: _history()}, hand)
    run.begin()
    return run


def _history() -> CandleWindow:
    rows = [candle_of(number) for number in range(HISTORY)]
    columns = [[getattr(row, name) for row in rows] for name in Candle._fields[:6]]
    return CandleWindow.from_arrays(*columns)


def candle_of(number: int) -> Candle:
    """Prices go up for four minutes and down for four: two averages cross every time."""
    price = 100.0 + abs(number % 8 - 4) * 0.1
    return Candle(START_NS + number * MINUTE, price, price + 0.1, price - 0.1, price, 1.0, 10)


def seen(_symbol: str, _time_ns: int) -> None:
    """The account has the newest prices already."""
