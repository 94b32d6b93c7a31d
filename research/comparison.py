"""Runs side by side."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from research.outcome import Outcome
from research.result_views import MS, metric_views
from research.thinning import kept_rows
from research.views import MOST_POINTS, ComparisonView, RunRow

__all__ = ["MOST_COMPARED", "compared"]

MOST_COMPARED = 6

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


def compared(runs: Sequence[tuple[RunRow, Outcome]]) -> ComparisonView:
    """Figures side by side, and growth on the times of all runs together."""
    kept = []
    for _, outcome in runs:
        result = outcome.result
        rows = kept_rows((result.equity,), MOST_POINTS)
        kept.append(result.time_ns[rows])
    times = np.unique(np.concatenate(kept))
    return ComparisonView(
        tuple(row for row, _ in runs),
        tuple(metric_views(outcome.result.measures) for _, outcome in runs),
        times // MS,
        tuple(_growth(outcome.result.time_ns, outcome.result.equity, times) for _, outcome in runs),
    )


def _growth(time_ns: I64, equity: F64, times: I64) -> F64:
    """Percent of the start at the newest candle up to each of ``times``, NaN outside the run."""
    rows = np.searchsorted(time_ns, times, side="right") - 1
    found: F64 = 100.0 * (equity[np.maximum(rows, 0)] / equity[0] - 1.0)
    found[(rows < 0) | (times > time_ns[-1])] = np.nan
    return found
