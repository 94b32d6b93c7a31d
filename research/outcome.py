"""All that a run found: what is kept, shown, drawn, exported and reported."""

from collections.abc import Mapping
from dataclasses import dataclass

from research.views import BacktestRequest, CheckView, SweepView
from trading.backtest import BacktestResult

__all__ = ["Outcome"]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """``title`` says strategy and parameters; ``values`` are all of them, defaults included.

    ``symbols`` are those traded, the first is the chart's; ``candles`` are the keys of their
    candles (:func:`research.datasets.content_key`), in the same order. ``elapsed_ms`` is what the
    computation took.
    """

    request: BacktestRequest
    title: str
    values: Mapping[str, float]
    symbols: tuple[str, ...]
    interval: str
    candles: tuple[str, ...]
    elapsed_ms: float
    result: BacktestResult
    checks: tuple[CheckView, ...] = ()
    sweep: SweepView | None = None
