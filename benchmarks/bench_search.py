"""Searches: 1,225 combinations over 100,000 candles, Optuna, and runs in processes of their own.

The sweep beside vectorbt's is in :mod:`benchmarks.bench_backtest`; here it goes through everything
that a search from the page does. Peak memory is that of a fresh process.
"""

import subprocess
import sys
from functools import partial

from benchmarks.bench_backtest import SETUP, market
from benchmarks.harness import Row, measure
from market.columns import CandleWindow
from research.child import Children
from research.child.calls import backtest_in_child
from research.search import Grid, OptunaSearch, Study, search
from research.search.threads import ThreadScorer, cores
from research.strategy_ref import StrategyRef
from trading.metrics import Convention
from trading.strategies.sma_cross import STRATEGY

CANDLES = 100_000
SWEEP = Grid({"fast": (5, 53, 2), "slow": (60, 300, 5)})
TRIALS = OptunaSearch({"fast": (2, 100, 1), "slow": (101, 500, 1)}, 100, 1)
PEAK = """
import resource
from benchmarks.bench_search import SWEEP, study, swept
from benchmarks.bench_backtest import market
made = study(market(100_000))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
swept(made, SWEEP)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def study(candles: CandleWindow) -> Study:
    """The SMA cross over ``candles``."""
    ref = StrategyRef(STRATEGY.key)
    return Study(ref, STRATEGY.parameters, STRATEGY.rules, {"A-B": candles}, setup=SETUP)


def swept(made: Study, method: Grid | OptunaSearch) -> None:
    """One search from its first to its last step."""
    search(made, method, ThreadScorer(made, STRATEGY, method.names))


def run() -> list[Row]:
    """Searches in threads, and what a process of its own costs."""
    made = study(market(CANDLES))
    peak = int(subprocess.check_output([sys.executable, "-c", PEAK])) / 1024
    return [
        measure(
            f"grid of {SWEEP.size:,}, {CANDLES:,} candles, {cores()} threads",
            lambda: swept(made, SWEEP),
            runs=5,
            goal="<= 2,000 ms",
            note=f"peak memory above the start {peak:,.0f} MB (goal 500)",
        ),
        measure(
            f"Optuna, {TRIALS.trials} trials, {CANDLES:,} candles",
            lambda: swept(made, TRIALS),
            runs=3,
        ),
        *_children(next(iter(made.candles.values()))),
    ]


def _children(candles: CandleWindow) -> list[Row]:
    rows = [measure("template of children started and ended", _started, runs=3)]
    children = Children()
    children.warm()
    ref, values = StrategyRef(STRATEGY.key), {"fast": 20, "slow": 50}
    try:
        for window in (candles.part(0, 200), candles):
            call = partial(
                backtest_in_child, children, ref, values, {"A-B": window}, SETUP, Convention()
            )
            rows.append(
                measure(
                    f"SMA cross in a process of its own, {len(window):,} candles", call, runs=10
                )
            )
    finally:
        children.close()
    return rows


def _started() -> None:
    children = Children()
    children.warm()
    children.close()
