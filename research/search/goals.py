"""Which way a figure is good."""

import numpy as np
from numpy.typing import NDArray

from research.errors import BadSearch
from trading.metrics import METRICS

__all__ = ["best_row", "check_goal", "lower_is_better"]

F64 = NDArray[np.float64]

_LOWER = frozenset(
    {
        "volatility", "longest_drawdown", "ulcer_index", "loss_streak", "turnover", "fees_paid",
        "slippage_paid",
    }
)  # fmt: skip
"""Max drawdown, VaR and CVaR are no such figures: they are negative, nearer to zero is better."""


def lower_is_better(goal: str) -> bool:
    """Whether the smallest value of the figure ``goal`` is the best."""
    return goal in _LOWER


def check_goal(goal: str) -> None:
    """Raises :class:`BadSearch` unless ``goal`` is the key of a figure."""
    known = [metric.key for metric in METRICS]
    if goal not in known:
        raise BadSearch(f"The goal was {goal!r}; there are {', '.join(known)}.")


def best_row(goals: F64, lower: bool) -> int | None:
    """Index of the best value of (k,), the first of equal ones; None when all are NaN."""
    if np.isnan(goals).all():
        return None
    return int(np.nanargmin(goals) if lower else np.nanargmax(goals))
