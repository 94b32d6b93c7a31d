"""From a prepared request to its outcome."""

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter_ns

from research.child import Children
from research.child.calls import backtest_in_child, checks_in_child
from research.outcome import Outcome
from research.prepared import Prepared
from research.progress import Progress
from research.search.workers import Workers
from research.sweep_job import swept
from research.truth_checks import truth_checks
from research.views import CheckView
from trading.backtest import BacktestResult, backtest

__all__ = ["compute"]

PRINTED = 2000
"""Characters of what a user's strategy printed that are kept."""


def compute(
    work: Prepared,
    children: Children,
    workers: Workers,
    told: Progress,
    partial: Path | None = None,
) -> Outcome:
    """Search where that is asked for, then run the request with its or the best values.

    ``partial``: where a search keeps what it has, to go on from there when it is asked for again.
    Raises :class:`research.errors.ResearchError` and :class:`trading.errors.TradingError`.
    """
    count = sum(len(window) for window in work.candles.values())
    told.tell(0, 2, f"{count:,} candles")
    started = perf_counter_ns()
    values, asked, sweep = work.values, work.request.sweep, None
    if asked is not None:
        found = swept(work, asked, workers, told, partial)
        values, sweep = found.values, found.view
        told.tell(1, 2, "The best combination")
    result, checks = _run(work, values, children, told)
    elapsed_ms = (perf_counter_ns() - started) / 1e6
    told.tell(1, 2, "Checks")
    checks = (*_checks(work, values, children, told), *checks)
    told.tell(2, 2, "Done")
    return Outcome(
        work.request, title_of(work, values), values, tuple(work.candles), work.interval.value,
        work.keys, elapsed_ms, result, checks, sweep,
    )  # fmt: skip


def _run(
    work: Prepared, values: Mapping[str, float], children: Children, told: Progress
) -> tuple[BacktestResult, tuple[CheckView, ...]]:
    """Ours in this thread, a user's and event strategies in a process of their own."""
    strategy = work.chosen.strategy
    if strategy is not None:
        window = next(iter(work.candles.values()))
        return backtest(window, strategy, values, work.setup, work.convention), ()
    result, printed = backtest_in_child(
        children, work.chosen.ref, values, work.candles, work.setup, work.convention,
        lambda: told.cancelled,
    )  # fmt: skip
    if not printed.strip():
        return result, ()
    return result, (CheckView("printed", "Printed", True, printed.strip()[:PRINTED]),)


def _checks(
    work: Prepared, values: Mapping[str, float], children: Children, told: Progress
) -> tuple[CheckView, ...]:
    """Where the run was made, too."""
    strategy = work.chosen.strategy
    if strategy is not None:
        return truth_checks(strategy, values, work.candles, work.setup)
    return checks_in_child(
        children, work.chosen.ref, values, work.candles, work.setup, lambda: told.cancelled
    )


def title_of(work: Prepared, values: Mapping[str, float]) -> str:
    """Like ``SMA cross 20 / 50``."""
    numbers = " / ".join(f"{value:g}" for value in values.values())
    return f"{work.chosen.view.name} {numbers}".strip()
