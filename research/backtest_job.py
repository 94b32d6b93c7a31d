"""One run from its candles to its outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import perf_counter_ns

from market.columns import CandleWindow
from market.types import Interval
from research.candle_data import CandleData
from research.catalogue import Chosen
from research.datasets import content_key
from research.outcome import Outcome
from research.progress import Progress
from research.request_setup import checked_setup
from research.result_cache import result_key
from research.views import BacktestRequest
from trading.backtest import BacktestResult, Setup, backtest
from trading.metrics import Convention

__all__ = ["BacktestJob"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request with everything read and checked. ``key`` is that of the computation."""

    request: BacktestRequest
    chosen: Chosen
    values: Mapping[str, float]
    setup: Setup
    convention: Convention
    interval: Interval
    candles: Mapping[str, CandleWindow]
    keys: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True)
class BacktestJob:
    """What :class:`research.runs.Research` has done in a thread."""

    request: BacktestRequest
    chosen: Chosen

    def prepared(self, data: CandleData, told: Progress) -> Prepared:
        """Read the candles; raises :class:`research.errors.RequestError` for what cannot be run."""
        request = self.request
        told.tell(0, 1, "Reading candles")
        values = self.chosen.values(request.values)
        setup, convention = checked_setup(request)
        _, interval = data.named(request)
        candles = data.read(request)
        keys = tuple(content_key(window) for window in candles.values())
        full = replace(request, values=values, interval=interval.value)
        key = result_key(full, self.chosen.version, keys)
        return Prepared(full, self.chosen, values, setup, convention, interval, candles, keys, key)


def compute(work: Prepared, told: Progress) -> Outcome:
    """Run it; what a strategy raises passes through."""
    count = sum(len(window) for window in work.candles.values())
    told.tell(0, 1, f"{count:,} candles")
    started = perf_counter_ns()
    result = _result(work)
    elapsed_ms = (perf_counter_ns() - started) / 1e6
    told.tell(1, 1, "Done")
    return Outcome(
        work.request, title_of(work), work.values, tuple(work.candles), work.interval.value,
        work.keys, elapsed_ms, result,
    )  # fmt: skip


def _result(work: Prepared) -> BacktestResult:
    strategy = work.chosen.strategy
    assert strategy is not None
    window = next(iter(work.candles.values()))
    return backtest(window, strategy, work.values, work.setup, work.convention)


def title_of(work: Prepared) -> str:
    """Like ``SMA cross 20 / 50``."""
    numbers = " / ".join(f"{value:g}" for value in work.values.values())
    return f"{work.chosen.view.name} {numbers}".strip()
