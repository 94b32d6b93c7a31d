"""Optuna, the only module that knows it: proposals by its tree-structured Parzen estimator.

Bergstra, Bardenet, Bengio and Kégl, Algorithms for Hyper-Parameter Optimization, 2011.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import optuna
from numpy.typing import NDArray

from research.search.grid import Range, steps

__all__ = ["Proposals"]

F64 = NDArray[np.float64]


class Proposals:
    """Asks for combinations and is told what they came to; the same seed proposes the same.

    Several are asked for at once: those of which nothing is known yet count as bad ones, so that
    they spread out.
    """

    def __init__(self, ranges: Mapping[str, Range], seed: int, lower: bool) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._axes = {name: steps(within) for name, within in ranges.items()}
        self._study = optuna.create_study(
            direction="minimize" if lower else "maximize",
            sampler=optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True),
        )
        self._open: list[optuna.trial.Trial] = []

    def ask(self, count: int) -> F64:
        """``count`` combinations, (count, number of ranges); they may repeat earlier ones."""
        self._open = [self._study.ask() for _ in range(count)]
        rows = [
            [axis[trial.suggest_int(name, 0, len(axis) - 1)] for name, axis in self._axes.items()]
            for trial in self._open
        ]
        return np.array(rows, np.float64)

    def tell(self, goals: Sequence[float]) -> None:
        """What the combinations of the last :meth:`ask` came to, in order; NaN: as bad as any."""
        for trial, goal in zip(self._open, goals, strict=True):
            if np.isfinite(goal):
                self._study.tell(trial, float(goal))
            else:
                self._study.tell(trial, state=optuna.trial.TrialState.PRUNED)
