"""Backtests asked for, watched, cancelled and looked up again: the one face of the package."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter_ns

import numpy as np

from market.columns import CandleWindow
from market.errors import MarketError
from research.errors import RequestError, ResearchError
from research.progress import Progress
from research.result_views import convention_of, result_view
from research.run_queue import QueuedRun, RunQueue
from research.views import (
    BacktestRequest,
    ParameterView,
    ResultView,
    RunRow,
    RunView,
    StrategyView,
)
from trading.backtest import BacktestResult
from trading.backtest.sma_cross_run import run_sma_cross
from trading.engine.records import FILL
from trading.errors import TradingError
from trading.fill_models import Costs
from trading.strategies.sma_cross import SmaCrossParameters

__all__ = ["ReadCandles", "Research"]

ReadCandles = Callable[[BacktestRequest], CandleWindow]
"""The closed candles that a request names, oldest first; raises :class:`ResearchError`."""

_SMA_CROSS = StrategyView(
    "sma_cross",
    "Moving average cross",
    "Long while the fast average is above the slow one, else in cash. "
    "Decides on a closed candle, acts on the next open.",
    "",
    "signal",
    (
        ParameterView("fast", "Fast average", 20, 2, 200, 1, "bars"),
        ParameterView("slow", "Slow average", 50, 3, 500, 1, "bars"),
    ),
    (("fast", "slow"),),
)


@dataclass(frozen=True, slots=True)
class _Finished:
    row: RunRow
    result: ResultView


class Research:
    """Runs of backtests. All methods may be called from any thread; none waits for a run."""

    def __init__(self, read: ReadCandles) -> None:
        self._read = read
        self._queue: RunQueue[_Finished] = RunQueue((ResearchError, TradingError, MarketError))
        self._requests: dict[str, BacktestRequest] = {}

    def strategies(self) -> tuple[StrategyView, ...]:
        """Every strategy that can be chosen."""
        return (_SMA_CROSS,)

    def start(self, request: BacktestRequest) -> str:
        """Begin a run; returns its id. Raises :class:`RequestError` for what cannot be run."""
        if request.strategy not in {each.key for each in self.strategies()}:
            known = ", ".join(each.key for each in self.strategies())
            raise RequestError(f"strategy was {request.strategy[:80]!r}; allowed are {known}")
        candles = self._read(request)
        key = secrets.token_hex(6)
        self._requests[key] = request
        self._queue.start(
            key, request.sweep is not None, lambda told: _run(key, request, candles, told)
        )
        return key

    def run(self, key: str) -> RunView:
        """How a run stands; raises :class:`RequestError` for an unknown one."""
        run = self._found(key)
        state, progress = run.state, run.progress
        return RunView(
            key,
            state,
            progress.done,
            progress.of,
            progress.words,
            progress.seconds_left if state == "running" else None,
            run.error,
            self._requests[key],
            run.outcome.result if run.outcome else None,
        )

    def cancel(self, key: str) -> None:
        """End a run; one that is over stays as it is."""
        self._queue.cancel(self._found(key))

    def history(self) -> tuple[RunRow, ...]:
        """Finished runs, newest first."""
        return tuple(run.outcome.row for run in self._queue.all() if run.outcome)

    def delete(self, key: str) -> None:
        """Remove a finished run from the history."""
        self._queue.forget(self._found(key).id)

    def close(self) -> None:
        """Cancel what runs and wait for it."""
        self._queue.close()

    def _found(self, key: str) -> QueuedRun[_Finished]:
        run = self._queue.find(key)
        if run is None:
            raise RequestError(f"run was {key[:40]!r}; allowed are the ids that history lists")
        return run


def _run(key: str, request: BacktestRequest, candles: CandleWindow, told: Progress) -> _Finished:
    told.tell(0, 1, f"{len(candles):,} candles")
    started = perf_counter_ns()
    fast, slow = (int(request.values.get(name, start)) for name, start in _DEFAULTS)
    found = run_sma_cross(
        candles,
        SmaCrossParameters(fast, slow),
        Costs(request.fee_percent / 100, request.slippage_bp),
        request.capital,
        convention_of(request.convention),
    )
    result = BacktestResult(
        found.time_ns, found.interval_ns, found.equity, found.buy_and_hold,
        np.zeros(len(candles)), None, {"Fast average": found.fast, "Slow average": found.slow},
        found.trades, found.metrics, None, found.warnings, found.warm_up, found.start_capital,
        np.zeros(0, FILL),
    )  # fmt: skip
    title = f"Moving average cross {fast} / {slow}"
    view = result_view(result, request, title, (perf_counter_ns() - started) / 1e6)
    told.tell(1, 1, "Done")
    figures = {metric.key: metric.value for metric in view.metrics}
    row = RunRow(
        key, 0, time.time_ns(), title, request.symbol, request.interval,
        figures["total_return"], figures["sharpe"], figures["max_drawdown"], len(view.trades),
    )  # fmt: skip
    return _Finished(row, view)


_DEFAULTS = (("fast", 20), ("slow", 50))
