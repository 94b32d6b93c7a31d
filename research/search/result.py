"""What a search found."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from research.errors import BadSearch
from research.search.goals import best_row, lower_is_better

__all__ = ["Heatmap", "SearchResult", "heatmap", "stability"]

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """``k`` combinations of ``p`` parameters and what each of them came to.

    ``points`` (k, p) in the order of ``names``; ``goals`` (k,) the figure ``goal``, NaN where it is
    not defined or the run failed. ``left_out`` combinations broke a rule of the strategy and were
    not run; ``failed`` ones raised, ``failure`` is the first one's sentence. ``complete`` is False
    after a cancelled search, whose points are those that were done.
    """

    names: tuple[str, ...]
    points: F64
    goals: F64
    goal: str
    left_out: int = 0
    failed: int = 0
    failure: str | None = None
    complete: bool = True

    @property
    def best(self) -> int | None:
        """Row of the best combination, the first of equal ones; None when no goal is defined."""
        return best_row(self.goals, lower_is_better(self.goal))

    def values(self, row: int) -> dict[str, float]:
        """The combination in ``row`` by name."""
        return dict(zip(self.names, map(float, self.points[row]), strict=True))


@dataclass(frozen=True, slots=True)
class Heatmap:
    """``matrix[j, i]`` is the best goal at ``xs[i]`` and ``ys[j]``; NaN where nothing was run.

    Best over all other parameters. With one parameter ``y`` is None and ``ys`` is one 0.
    """

    x: str
    y: str | None
    xs: F64
    ys: F64
    matrix: F64


def heatmap(result: SearchResult, x: str | None = None, y: str | None = None) -> Heatmap:
    """The result over two of its parameters, the first two unless they are named.

    Raises :class:`BadSearch` for a name that did not vary, and for the same one twice.
    """
    names = result.names
    x = names[0] if x is None else x
    if y is None and len(names) > 1:
        y = next(name for name in names if name != x)
    if x not in names or (y is not None and y not in names) or x == y:
        raise BadSearch(f"The axes were {x} and {y}; there are {', '.join(names)}.")
    xs, column = np.unique(result.points[:, names.index(x)], return_inverse=True)
    if y is None:
        ys, row = np.zeros(1), np.zeros(len(column), np.intp)
    else:
        ys, row = np.unique(result.points[:, names.index(y)], return_inverse=True)
    sign = -1.0 if lower_is_better(result.goal) else 1.0
    matrix = np.full((len(ys), len(xs)), np.nan)
    np.fmax.at(matrix, (row, column), sign * result.goals)  # fmax takes the number, not the NaN
    return Heatmap(x, y, xs, ys, sign * matrix)


def stability(shown: Heatmap) -> F64:
    """Mean goal of each cell and its up to eight neighbours, shaped as the matrix; NaN stays NaN.

    A peak that stands alone is likely chance: it falls here, a plateau does not.
    """
    rows, columns = shown.matrix.shape
    defined = np.isfinite(shown.matrix)
    padded = np.pad(np.where(defined, shown.matrix, 0.0), 1)
    counted = np.pad(defined.astype(np.float64), 1)
    total, number = np.zeros((rows, columns)), np.zeros((rows, columns))
    for down in range(3):
        for right in range(3):
            here = (slice(down, down + rows), slice(right, right + columns))
            total += padded[here]
            number += counted[here]
    mean = np.full((rows, columns), np.nan)
    np.divide(total, number, out=mean, where=defined)
    return mean


def best_values(result: SearchResult, otherwise: Mapping[str, float]) -> dict[str, float]:
    """The best combination over ``otherwise``, which fills in what did not vary."""
    row = result.best
    return {**otherwise, **({} if row is None else result.values(row))}
