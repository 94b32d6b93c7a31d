"""Combinations of a user's file or of an event strategy: each chunk in a process of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from research.child import Children, Limits
from research.child.requests import request_of
from research.errors import ChildCancelled, ChildStopped, SearchFailed
from research.search.lanes import Cancelled, Done
from research.search.study import Study
from research.search.threads import cores

__all__ = ["ProcessScorer"]

F64 = NDArray[np.float64]


class ProcessScorer:
    """See :class:`research.search.lanes.Scorer`. ``limits``: ``seconds`` are for one combination.

    What one combination raises is its failure; one that had to be stopped ends the search.
    """

    chunk_s = 1.0

    def __init__(
        self, study: Study, names: Sequence[str], children: Children,
        limits: Limits | None = None, lanes: int | None = None,
    ) -> None:  # fmt: skip
        self.lanes = lanes or cores()
        self._children, self._limits, self._names = children, limits, tuple(names)
        tree, self._arrays = request_of(
            study.strategy, study.fixed(), study.candles, study.setup, study.convention
        )
        self._tree = tree | {"names": list(names), "goal": study.goal}

    def score(self, points: F64, done: Done, cancelled: Cancelled) -> None:
        """See :class:`research.search.lanes.Scorer`."""
        told = 0

        def tell(tree: Any, _: Mapping[str, NDArray[Any]]) -> None:
            nonlocal told
            row, goal, failure = tree
            if row != told or told >= len(points):
                raise SearchFailed("The strategy's process told what it was not asked.")
            done(row, float(goal), None if failure is None else str(failure))
            told += 1

        try:
            self._children.call(
                "goals", self._tree, self._arrays | {"points": points},
                limits=self._limits, cancelled=cancelled, tell=tell,
            )  # fmt: skip
        except ChildCancelled:
            return
        except ChildStopped as error:
            point = points[min(told, len(points) - 1)].tolist()
            values = ", ".join(f"{k} {v:g}" for k, v in zip(self._names, point, strict=True))
            raise SearchFailed(f"The search ended at {values}. {error}") from error
