"""Event strategies for tests, written as a script: what to do at which close."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from indicators.moving import sma
from market.columns import CandleWindow
from market.types import MINUTE
from trading.backtest.event_run import EventRun, run_events
from trading.backtest.setup import Setup
from trading.engine.policies import Fees, Latency, Margin, Participation, Policies, Slippage
from trading.event_strategy import Desk, EventStrategy, Parameter, Rule, Series, Trader
from trading.signals import TIE

Step = Callable[[Desk], object]


def strategy(make: Callable[[Mapping[str, float]], Trader], symbols: int = 1) -> EventStrategy:
    """A strategy without parameters."""
    return EventStrategy("script", "Script", "For a test.", "here", (), (), make, symbols)


class Script:
    """Takes a step at the closes that have one; -1 is ``init``."""

    def __init__(self, steps: Mapping[int, Step]) -> None:
        self.steps = steps

    def init(self, desk: Desk) -> None:
        self.next(desk)

    def next(self, desk: Desk) -> None:
        if desk.index in self.steps:
            self.steps[desk.index](desk)


def free(
    *, leverage: float = 1.0, maintenance: float = 0.0, latency_ns: int = 0,
    participation: float = 0.0,
) -> Setup:  # fmt: skip
    """10,000 without costs."""
    return Setup(
        10_000.0,
        Policies(
            Fees(0.0, 0.0), Slippage(0.0), Latency(latency_ns), Participation(participation),
            Margin(leverage, maintenance),
        ),
    )  # fmt: skip


def window(
    *rows: tuple[float, float, float, float], first: int = 0, volume: float = 1.0
) -> CandleWindow:
    """A candle a minute from (open, high, low, close)."""
    opened, high, low, closed = np.array(rows, float).T
    times, volumes = (np.arange(len(rows)) + first) * MINUTE, np.full(len(rows), volume)
    return CandleWindow.from_arrays(times, opened, high, low, closed, volumes)


def flat(*prices: float, first: int = 0) -> CandleWindow:
    """Candles that stand still."""
    return window(*((price,) * 4 for price in prices), first=first)


def played(
    steps: Mapping[int, Step], *candles: CandleWindow, setup: Setup | None = None
) -> EventRun:
    """A run of a script; the symbols are A, B, C …"""
    market = dict(zip("ABCDEFGH", candles, strict=False))
    return run_events(market, strategy(lambda _: Script(steps), len(market)), {}, setup or free())


def trades(run: EventRun) -> list[tuple[Any, ...]]:
    """(bar, symbol, signed size, price) of every fill."""
    return [
        (int(fill["bar"]), run.symbols[fill["symbol"]], float(fill["side"] * fill["size"]),
         float(fill["price"]))
        for fill in run.fills
    ]  # fmt: skip


class SmaCross:
    """The shipped signal strategy of this name, in event form; flat instead of short."""

    fast: Series
    slow: Series

    def __init__(self, values: Mapping[str, float]) -> None:
        self.values = values
        self.wanted = 0.0

    def init(self, desk: Desk) -> None:
        close = desk.candles().close
        self.fast = desk.indicator(sma, close, self.values["fast"], name="SMA fast")
        self.slow = desk.indicator(sma, close, self.values["slow"], name="SMA slow")

    def next(self, desk: Desk) -> None:
        slow = self.slow[-1]
        wanted = 1.0 if self.fast[-1] > slow + TIE * abs(slow) else 0.0
        if wanted != self.wanted:
            desk.target(wanted)
            self.wanted = wanted


SMA_CROSS = EventStrategy(
    "sma_cross_event", "SMA cross", "Long while fast is above slow.", "here",
    (Parameter("fast", "Fast", 3, 2, 200, 1), Parameter("slow", "Slow", 5, 3, 500, 1)),
    (Rule("fast", "slow"),), SmaCross,
)  # fmt: skip
