"""Backtests of a simple average cross: one run with costs and all figures, and a sweep.

vectorbt and backtesting.py are measured in the same run when ``BACKTEST_PEERS_PYTHON`` names an
interpreter that has them, see :mod:`benchmarks.peer_backtests`; their trades are then compared too.
Times are of processors, those of the sweep of the clock.
"""

import json
import os
import resource
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np

from benchmarks.harness import Row, measure
from market.columns import CandleWindow
from market.types import MINUTE
from trading.backtest import Setup, backtest
from trading.backtest.scoring import Scorer
from trading.candles import Candles
from trading.engine.policies import Fees, Policies, Slippage
from trading.strategies.sma_cross import STRATEGY
from trading.strategy import decided

FEE = 0.001
FAST, SLOW = 20, 50
WINDOWS = 50
PEER_WINDOWS = 15
THREADS = 2
SETUP = Setup(policies=Policies(Fees(FEE, FEE), Slippage(0.0)))
COLUMNS = ("time_ns", "open", "high", "low", "close", "volume")


def market(count: int) -> CandleWindow:
    """A random walk, a candle a minute."""
    draws = np.random.default_rng(5)
    close = 100 * np.exp(np.cumsum(draws.normal(0, 0.001, count)))
    opened = np.concatenate((close[:1], close[:-1]))
    high = np.maximum(opened, close) * (1 + np.abs(draws.normal(0, 0.0005, count)))
    low = np.minimum(opened, close) * (1 - np.abs(draws.normal(0, 0.0005, count)))
    volume = np.abs(draws.normal(10, 2, count))
    return CandleWindow.from_arrays(np.arange(count) * MINUTE, opened, high, low, close, volume)


def run() -> list[Row]:
    """One run over 100,000 and a million candles, and a sweep of 1,225 pairs of averages."""
    rows = []
    for count, goal, peers in (
        (100_000, "", ("vectorbt", "backtesting")),
        (1_000_000, "<= 50 ms", ("vectorbt",)),
    ):
        candles = market(count)
        rows.append(_one_run(candles, goal))
        rows += [row for peer in peers if (row := _peer_run(peer, candles))]
    return [*rows, *_sweeps(market(100_000))]


def _one_run(candles: CandleWindow, goal: str) -> Row:
    values = {"fast": FAST, "slow": SLOW}
    trades = len(backtest(candles, STRATEGY, values, SETUP).trades.closed)
    return measure(
        f"SMA cross, {len(candles):,} candles, costs, all figures",
        lambda: backtest(candles, STRATEGY, values, SETUP),
        runs=15,
        goal=goal,
        note=f"{trades:,} trades",
        clock=time.thread_time_ns,
    )


def _asked(peer: str, candles: CandleWindow, fast: int, slow: int, runs: int) -> Any:
    python = os.environ.get("BACKTEST_PEERS_PYTHON")
    if python is None:
        return None
    script = str(Path(__file__).with_name("peer_backtests.py"))
    with NamedTemporaryFile(suffix=".npz") as file:
        np.savez(file, **{name: getattr(candles, name) for name in COLUMNS})
        file.flush()
        words = [peer, file.name, *map(str, (fast, slow, FEE, runs))]
        command = [python, "-W", "ignore", script, *words]
        answer = subprocess.run(command, check=True, capture_output=True)
    return json.loads(answer.stdout)


def _peer_run(peer: str, candles: CandleWindow) -> Row | None:
    found = _asked(peer, candles, FAST, SLOW, 3)
    if found is None:
        return None
    ours = backtest(candles, STRATEGY, {"fast": FAST, "slow": SLOW}, SETUP).trades.closed
    theirs = np.asarray(found["trades"])
    starts = np.searchsorted(candles.time_ns, ours.entry_ns)
    same = len(theirs) == len(ours) and bool((starts == theirs[:, 0]).all())
    note = f"{len(theirs):,} trades, {'the same' if same else 'NOT the same'}"
    return _timed(f"SMA cross, {len(candles):,} candles: {peer}", found["ms"], note)


def _timed(name: str, times: list[float], note: str, goal: str = "") -> Row:
    return Row(name, median(times), min(times), max(times), len(times), goal=goal, note=note)


def _sweeps(candles: CandleWindow) -> list[Row]:
    pairs = list(combinations(range(2, 2 + WINDOWS), 2))
    _swept(candles, pairs[:2])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = []
    for _ in range(3):
        start = time.perf_counter_ns()
        _swept(candles, pairs)
        times.append((time.perf_counter_ns() - start) / 1e6)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    name = f"Sweep of {len(pairs):,} SMA crosses, {len(candles):,} candles, {THREADS} threads"
    rows = [_timed(name, times, f"Sharpe; memory grew by {grown} MiB", "<= 2,000 ms")]
    found = _asked("sweep", candles, PEER_WINDOWS, 0, 1)
    if found is not None:
        count = PEER_WINDOWS * (PEER_WINDOWS - 1) // 2
        note = f"{found['ms'][0] / count:.1f} ms a cross, ours {median(times) / len(pairs):.2f}"
        rows.append(_timed(f"Sweep of {count} SMA crosses: vectorbt", found["ms"], note))
    return rows


def _swept(candles: CandleWindow, pairs: list[tuple[int, int]]) -> list[float]:
    """The Sharpe ratio of every pair; averages are computed once each."""
    shared = Candles(candles)

    def part(first: int) -> list[float]:
        scorer = Scorer(candles, SETUP, "sharpe")
        return [
            scorer.score(decided(STRATEGY, shared, {"fast": fast, "slow": slow}).target)
            for fast, slow in pairs[first::THREADS]
        ]

    with ThreadPoolExecutor(THREADS) as pool:
        return [score for found in pool.map(part, range(THREADS)) for score in found]
