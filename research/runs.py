"""Backtests asked for, watched, cancelled and looked up again: the one face of the package."""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from market.errors import MarketError
from research.backtest_job import compute
from research.candle_data import CandleData, CandleSource
from research.catalogue import Catalogue, Chosen
from research.charted_run import charted
from research.child import Children
from research.comparison import MOST_COMPARED, compared
from research.datasets import Datasets
from research.errors import RequestError, ResearchError
from research.export import csv_export, json_export
from research.history import History, head_of
from research.prepared import prepared
from research.progress import Progress
from research.report import report
from research.request_setup import checked_setup
from research.result_cache import ResultCache
from research.result_views import result_view
from research.run_queue import QueuedRun, RunQueue
from research.search.workers import Workers
from research.sweep_job import checked_sweep
from research.views import (
    BacktestRequest,
    ChartedRun,
    ComparisonView,
    CoverageView,
    DatasetView,
    ResultView,
    RunRow,
    RunView,
    StrategyView,
)
from storage.errors import StorageError
from trading.errors import TradingError

__all__ = ["Research"]


@dataclass(frozen=True, slots=True)
class _Done:
    """Where a finished run is kept, and whether it had been computed before."""

    number: int
    cached: bool


class Research:
    """Runs of backtests. All methods may be called from any thread; none waits for a run.

    What cannot be done is refused with a :class:`RequestError`.
    """

    def __init__(
        self,
        source: CandleSource,
        root: Path | None = None,
        strategies: Path | None = None,
        dask: str | None = None,
    ) -> None:
        """``root`` is the store's folder; without one nothing outlives the program.

        ``strategies``: the folder of the user's own; ``dask``: the address of a scheduler whose
        workers search instead of this machine. Nothing is started before :meth:`start`.
        """
        self._root = root
        self._children = Children()
        self._workers = Workers(self._children, dask)
        self._datasets = Datasets(root)
        self._data = CandleData(source, self._datasets)
        self._catalogue = Catalogue(strategies, self._children)
        self._history = History(root)
        self._cache = ResultCache()
        self._requests: dict[str, BacktestRequest] = {}
        self._shown: tuple[int, bool, ResultView] | None = None
        self._queue: RunQueue[_Done] = RunQueue(
            (ResearchError, TradingError, MarketError, StorageError)
        )

    # --- what can be run ----------------------------------------------------------------------

    def strategies(self) -> tuple[StrategyView, ...]:
        """Every strategy that can be chosen."""
        return self._catalogue.views()

    def coverage(self, request: BacktestRequest) -> CoverageView:
        """Which candles ``request`` would run over. May read files."""
        return self._data.coverage(request)

    def upload(self, name: str, content: bytes) -> DatasetView:
        """Keep the candles of a CSV or Parquet file. May take seconds."""
        return self._datasets.upload(name, content)

    def datasets(self) -> tuple[DatasetView, ...]:
        """What was uploaded."""
        return self._datasets.all()

    def remove_dataset(self, key: str) -> None:
        """Forget an upload; runs over it stay as they are."""
        self._datasets.remove(key)

    # --- runs ---------------------------------------------------------------------------------

    @property
    def children(self) -> Children:
        """The processes in which users' files run."""
        return self._children

    @property
    def catalogue(self) -> Catalogue:
        """The strategies that can be chosen."""
        return self._catalogue

    def start(self, request: BacktestRequest) -> str:
        """Let a run begin when its turn comes; returns its id."""
        chosen = self._catalogue.find(request.strategy)
        chosen.values(request.values)
        checked_setup(request)
        symbols, _ = self._data.named(request)
        chosen.check_symbols(len(symbols))
        if request.sweep is not None:
            checked_sweep(chosen, request.sweep)
        key = secrets.token_hex(6)
        heavy = request.sweep is not None
        self._requests[key] = request
        try:
            self._queue.start(key, heavy, lambda told: self._work(key, request, chosen, told))
        except RequestError:
            del self._requests[key]
            raise
        return key

    def run(self, key: str) -> RunView:
        """How a run stands, with its result once it is done."""
        run, request = self._queue.find(key), self._requests.get(key)
        if run is None or request is None:
            return self._kept(key)
        state, told, done = run.state, run.progress, run.outcome
        seconds = told.seconds_left if state == "running" else None
        result = self._result(done.number, done.cached) if done and state == "done" else None
        return RunView(
            key, state, told.done, told.of, told.words, seconds, run.error, request, result
        )

    def active(self) -> tuple[RunView, ...]:
        """Runs that wait or are under way, newest first."""
        views = [self.run(run.id) for run in self._queue.all() if not run.ended.is_set()]
        return tuple(view for view in views if view.state in ("queued", "running"))

    def cancel(self, key: str) -> None:
        """End a run; one that is over stays as it is."""
        self._queue.cancel(self._found(key))

    def charted(self, key: str) -> ChartedRun:
        """Candles, curves and trades of a finished run."""
        outcome = self._history.outcome(self._number(key))
        return charted(outcome, next(iter(self._history.candles(outcome).values())))

    # --- history ------------------------------------------------------------------------------

    def history(self) -> tuple[RunRow, ...]:
        """Finished runs, newest first."""
        return self._history.rows()

    def compare(self, keys: Sequence[str]) -> ComparisonView:
        """Two to six finished runs side by side."""
        if not 2 <= len(set(keys)) == len(keys) <= MOST_COMPARED:
            raise RequestError(
                f"ids were {len(keys)}; allowed are 2 to {MOST_COMPARED} different runs"
            )
        numbers = [self._number(key) for key in keys]
        return compared([(self._history.row(n), self._history.outcome(n)) for n in numbers])

    def report(self, key: str, pictures: Mapping[str, bytes] | None = None) -> str:
        """A finished run as one page of HTML; ``pictures`` of its chart by ``dark``, ``light``."""
        number = self._number(key)
        return report(self._history.outcome(number), number, pictures)

    def export(self, key: str, kind: str) -> bytes:
        """A finished run as ``csv`` (its trades) or ``json`` (everything)."""
        writer = {"csv": csv_export, "json": json_export}.get(kind)
        if writer is None:
            raise RequestError(f"format was {kind[:20]!r}; allowed are csv, json")
        return writer(self._history.outcome(self._number(key)))

    def delete(self, key: str) -> None:
        """Remove a finished run from the history."""
        self._history.remove(self._number(key))
        self._queue.forget(key)
        self._requests.pop(key, None)

    def close(self) -> None:
        """Cancel what runs and wait for it."""
        self._queue.close()
        self._workers.close()
        self._children.close()

    # ------------------------------------------------------------------------------------------

    def _work(self, key: str, request: BacktestRequest, chosen: Chosen, told: Progress) -> _Done:
        told.tell(0, 1, "Reading candles")
        work = prepared(request, chosen, self._data)
        known = self._history.same(work.key)
        if known is not None:
            return _Done(known, cached=True)
        cached = self._cache.get(work.key)
        outcome = cached or compute(
            work, self._children, self._workers, told, self._partial(work.key)
        )
        if cached is None:
            self._cache.put(work.key, outcome)
        head = head_of(key, work.key, time.time_ns(), outcome)
        candles = dict(zip(work.keys, work.candles.values(), strict=True))
        return _Done(self._history.add(head, outcome, candles), cached is not None)

    def _partial(self, computation: str) -> Path | None:
        """Where a search of this computation keeps what it has."""
        return None if self._root is None else self._root / "searches" / f"{computation}.npz"

    def _result(self, number: int, cached: bool) -> ResultView:
        """The view of a kept run; that of the last one asked for is held."""
        shown = self._shown
        if shown is None or shown[:2] != (number, cached):
            view = result_view(self._history.outcome(number), number, cached)
            shown = self._shown = (number, cached, view)
        return shown[2]

    def _kept(self, key: str) -> RunView:
        number = self._number(key)
        outcome = self._history.outcome(number)
        result = self._result(number, False)
        return RunView(key, "done", 1, 1, "Done", None, None, outcome.request, result)

    def _number(self, key: str) -> int:
        run = self._queue.find(key)
        if run is not None and run.outcome is not None:
            return run.outcome.number
        number = self._history.number_of(key)
        if number is None:
            raise RequestError(f"run was {key[:40]!r}; allowed are the ids that history lists")
        return number

    def _found(self, key: str) -> QueuedRun[_Done]:
        run = self._queue.find(key)
        if run is None:
            raise RequestError(f"run was {key[:40]!r}; no such run is waiting or under way")
        return run
