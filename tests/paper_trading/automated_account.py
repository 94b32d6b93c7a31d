"""An account with automations on a market of trades, without threads, journal or clock."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from market.market import Market
from market.types import SECOND, Quote, Side, Symbol, Trade
from paper_trading.automation_candles import HistoryFiles
from paper_trading.automations import Automations
from paper_trading.input_log import Began, InputLog
from paper_trading.live_account import AccountKey
from paper_trading.run_starter import AutomationTools
from storage.blocks import StoredFrame
from trading.paper.commands import Command, SetAutomation
from trading.paper.core import open_account, rebuild
from trading.paper.events import AutomationRemoved, AutomationSet, AutomationStepped, Event, Filled
from trading.paper.risk import RiskLimits
from trading.paper.tape import MarketInput
from trading.paper.terms import AccountTerms

A = "A-USD"
B = "B-USD"
STEPS = {A: 0.0, B: 0.0}
START_NS = 1_700_000_000 * SECOND


class Account:
    """Keeps every event, as a :class:`paper_trading.live_account.LiveAccount` does."""

    key = AccountKey(1, 1, "simulated", temporary=False)

    def __init__(self, events: Sequence[Event] = (), terms: AccountTerms | None = None) -> None:
        self.events: list[Event] = list(events)
        self.automations: Automations | None = None
        self.kept = _steps(self.events)
        self.given: list[StoredFrame] = []
        self.log = InputLog(self, 1)
        if events:
            self.core = rebuild(events, STEPS)
        else:
            terms = terms or AccountTerms(name="Main", market="simulated")
            self.core, opened = open_account(terms, RiskLimits(), START_NS, STEPS)
            self.events += opened
        self.log.keep(Began(len(self.events), STEPS), START_NS)

    def keep(self, source: str, time_ns: int, data: bytes) -> None:
        """What the core was given, as it is recorded."""
        self.given.append(StoredFrame(time_ns, data, source))

    def market(self, item: MarketInput, time_ns: int) -> None:
        """Give the core something of the market."""
        self.log.keep(item, time_ns)
        self.events += self.core.market(item, time_ns)

    def do(self, command: Command, time_ns: int) -> tuple[int, Sequence[Event]]:
        """Carry it out and tell the automations of theirs."""
        first = len(self.events) + 1
        self.log.keep(command, time_ns)
        events = self.core.do(command, time_ns)
        self.events += events
        for event in events:
            if isinstance(event, AutomationSet | AutomationRemoved) and self.automations:
                self.automations.changed(event)
        return first, events

    def record(self, events: Sequence[Event]) -> int:
        """Keep ``events``."""
        self.events += events
        return len(self.events)

    def fills(self, owner: str) -> list[Filled]:
        """The fills of a portfolio."""
        return [each for each in self.events if isinstance(each, Filled) and each.owner == owner]


def _steps(events: Sequence[Event]) -> Mapping[str, Sequence[AutomationStepped]]:
    found: dict[str, list[AutomationStepped]] = {}
    for event in events:
        if isinstance(event, AutomationStepped):
            found.setdefault(event.owner, []).append(event)
    return found


class Place:
    """A market, an account, and its automations."""

    def __init__(self, folder: Path | None, account: Account | None = None) -> None:
        self.market = Market([Symbol(A), Symbol(B)], 2_000)
        self.account = account or Account()
        self.loaded = True
        self.now_ns = START_NS
        self.looked: list[str] = []
        tools = AutomationTools(
            self.market, HistoryFiles(folder), lambda symbol, interval: self.loaded,
            lambda: self.account.kept,
        )  # fmt: skip
        self.automations = self.account.automations = Automations(
            self.account, tools, lambda symbol, now: self.looked.append(symbol)
        )

    def history(self, trades: Iterable[Trade]) -> None:
        """What came before."""
        for trade in trades:
            self.market.apply(trade, trade.time_ns)

    def pass_on(self, trades: Iterable[Trade]) -> None:
        """A quote and a trade each, as the runner gives them."""
        for trade in trades:
            self.market.apply(trade, trade.time_ns)
            self.show(trade)
            if trade.symbol in self.automations.symbols:
                self.automations.trade(trade, trade.time_ns)

    def show(self, trade: Trade) -> None:
        """A quote around the trade, then itself, for the core alone."""
        self.now_ns = now = trade.time_ns
        spread = trade.price * 1e-4
        bid, ask = trade.price - spread, trade.price + spread
        quote = Quote(trade.symbol, now, bid, 300.0, ask, 200.0)
        self.account.market(quote, now)
        self.account.market(trade, now)

    def set(self, state: str = "running", **other: Any) -> None:
        """Start, pause or stop the automation ``a1``."""
        told: dict[str, Any] = {
            "owner": "a1", "name": "SMA cross 3 / 8", "strategy": "sma_cross",
            "values": {"fast": 3, "slow": 8}, "symbols": (A,), "interval": "5s",
            "capital": Decimal(10_000), "state": state, "direction": "both",
        }  # fmt: skip
        command = SetAutomation(**(told | other))
        self.account.do(command, self.now_ns)


def trades(count: int, seed: int, symbol: str = A, first: int = 0) -> list[Trade]:
    """One a second or so, a random walk."""
    random = np.random.default_rng(seed)
    prices = 100 * np.exp(np.cumsum(random.normal(0, 0.004, first + count)))
    times = START_NS + np.arange(first + count) * SECOND
    rows = zip(range(first + count), times.tolist(), prices.round(2).tolist(), strict=True)
    return [
        Trade(Symbol(symbol), at, time_ns, price, 0.5, Side.BUY) for at, time_ns, price in rows
    ][first:]
