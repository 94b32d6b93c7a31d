"""Event strategies: candles per second through a strategy in Python, beside backtesting.py.

Times are the processor time of the thread, figures included. The peer is measured where
``BACKTEST_PEERS_PYTHON`` names an interpreter that has it, see ``peer_backtests.py``: the same
rule, the same candles, and, which is looked at, the same entries.
"""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.harness import Row, measure
from indicators.moving import sma
from market.columns import CandleWindow
from market.types import MINUTE
from trading.backtest import BacktestResult, Setup, backtest
from trading.engine.policies import Fees, Policies, Slippage
from trading.event_strategy import Desk, EventStrategy, Trader
from trading.strategies.grid import STRATEGY as GRID
from trading.strategies.pairs import STRATEGY as PAIRS

ROOT = Path(__file__).parent.parent
BARS = 100_000
FAST, SLOW = 20, 50
RUNS = 10
FEE = 0.001
SETUP = Setup(10_000.0, Policies(Fees(FEE, FEE), Slippage(0.0)))
GOAL = "twice backtesting.py"


class Cross:
    """Long while the fast average is above the slow one, else flat; looks at its position."""

    def __init__(self, _values: Mapping[str, float]) -> None: ...

    def init(self, desk: Desk) -> None:
        close = desk.candles().close
        self.fast, self.slow = (desk.indicator(sma, close, period) for period in (FAST, SLOW))

    def next(self, desk: Desk) -> None:
        if self.fast[-1] > self.slow[-1]:
            if desk.position() == 0:
                desk.target(1.0)
        elif desk.position() > 0:
            desk.close()


class Busy:
    """A bracket at every tenth close, cancelled at the next tenth: orders are never few."""

    def __init__(self, _values: Mapping[str, float]) -> None: ...

    def init(self, desk: Desk) -> None:
        self.close = desk.candles().close

    def next(self, desk: Desk) -> None:
        if desk.index % 10 == 0:
            price = self.close[-1]
            desk.cancel_all()
            desk.close()
            desk.buy(fraction=0.5, limit=price, stop_loss=price * 0.99, take_profit=price * 1.01)


def _strategy(make: type[Trader], key: str) -> EventStrategy:
    return EventStrategy(key, key, "Measured.", "benchmarks", (), (), make)


def _walk(seed: int) -> CandleWindow:
    """A random walk in minutes with wicks."""
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.normal(0, 1e-3, BARS)))
    opened = np.concatenate(([100.0], close[:-1]))
    wick = np.abs(random.normal(0, 5e-4, (2, BARS)))
    high, low = np.maximum(opened, close) * (1 + wick[0]), np.minimum(opened, close) * (1 - wick[1])
    return CandleWindow.from_arrays(
        np.arange(BARS) * MINUTE, opened, high, low, close, np.ones(BARS)
    )


def _measured(
    name: str, strategy: EventStrategy, *markets: CandleWindow, goal: str = ""
) -> tuple[Row, BacktestResult]:
    candles = dict(zip("AB", markets, strict=False))

    def once() -> BacktestResult:
        return backtest(candles, strategy, {}, SETUP, band=False)

    found = once()
    row = measure(name, once, runs=RUNS, warm_up=1, goal=goal, clock=time.thread_time_ns)
    rate = len(found.time_ns) / row.median_ms * 1e3
    return replace(row, note=f"{rate:,.0f} closes/s, {len(found.fills):,} fills"), found


def _peer(market: CandleWindow, ours: BacktestResult) -> list[Row]:
    python = os.environ.get("BACKTEST_PEERS_PYTHON")
    if python is None:
        return []
    names = ("time_ns", "open", "high", "low", "close", "volume")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "candles.npz"
        np.savez(path, **{name: getattr(market, name) for name in names})
        script = [python, str(ROOT / "benchmarks" / "peer_backtests.py"), "backtesting", str(path)]
        command = [*script, str(FAST), str(SLOW), str(FEE), "5"]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    entries = ours.fills["bar"][ours.fills["side"] > 0].tolist()
    theirs = [int(trade[0]) for trade in answer["trades"]]
    # A position that is open at the end is no round trip there.
    alike = entries[: len(theirs)] == theirs and len(entries) - len(theirs) <= 1
    times = sorted(answer["ms"])
    note = (
        f"{len(market) / median(times) * 1e3:,.0f} closes/s, {'the same' if alike else 'OTHER'} "
        f"{len(theirs):,} entries"
    )
    return [Row("SMA cross, backtesting.py", median(times), times[0], times[-1], len(times),
                note=note)]  # fmt: skip


def run() -> list[Row]:
    """Every figure of this file; 100,000 candles, each close asked."""
    market, other = _walk(1), _walk(2)
    cross, found = _measured(
        "SMA cross, looks at its position", _strategy(Cross, "cross"), market, goal=GOAL
    )
    return [
        cross,
        *_peer(market, found),
        _measured("A bracket every 10 closes", _strategy(Busy, "busy"), market)[0],
        _measured("Grid, 5 levels", GRID, market)[0],
        _measured("Pairs, two symbols", PAIRS, market, other)[0],
    ]
