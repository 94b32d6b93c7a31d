"""Combinations of a strategy that comes with the program: compiled, in threads of this process."""

import os
from collections.abc import Sequence
from math import nan

import numpy as np
from numpy.typing import NDArray

from indicators.errors import IndicatorError
from research.search.evaluator import Evaluator
from research.search.lanes import Cancelled, Done
from research.search.study import Study
from trading.decisions import Strategy
from trading.errors import TradingError

__all__ = ["ThreadScorer", "cores"]

F64 = NDArray[np.float64]


def cores() -> int:
    """How many processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


class ThreadScorer:
    """See :class:`research.search.lanes.Scorer`. The compiled parts run side by side."""

    chunk_s = 0.1

    def __init__(
        self, study: Study, strategy: Strategy, names: Sequence[str], lanes: int | None = None
    ) -> None:
        self.lanes = lanes or cores()
        self._fixed, self._names = study.fixed(), tuple(names)
        self._evaluator = Evaluator(
            strategy, study.candles, study.setup, study.goal, study.convention
        )

    def score(self, points: F64, done: Done, cancelled: Cancelled) -> None:
        """See :class:`research.search.lanes.Scorer`."""
        for row, point in enumerate(points.tolist()):
            if cancelled():
                return
            values = self._fixed | dict(zip(self._names, point, strict=True))
            try:
                done(row, self._evaluator.goal(values), None)
            except (TradingError, IndicatorError) as error:
                done(row, nan, str(error))
