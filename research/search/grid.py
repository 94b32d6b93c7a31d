"""Every combination of parameter values within ranges."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, isfinite, prod

import numpy as np
from numpy.typing import NDArray

from research.errors import BadSearch

__all__ = ["MAX_POINTS", "Grid", "Range", "steps"]

F64 = NDArray[np.float64]
Range = tuple[float, float, float]
"""From, to (both included) and step."""

MAX_POINTS = 200_000


@dataclass(frozen=True, slots=True)
class Grid:
    """Every combination of the values that ``ranges`` give by the name of a parameter.

    The last name changes fastest. Raises :class:`BadSearch` for no range, a range that runs
    backwards, and more than :data:`MAX_POINTS` combinations.
    """

    ranges: Mapping[str, Range]

    def __post_init__(self) -> None:
        check_ranges(self.ranges)
        if self.size > MAX_POINTS:
            raise BadSearch(
                f"The ranges make {self.size:,} combinations; a grid takes up to {MAX_POINTS:,}. "
                "Widen the steps, or let Optuna choose among them."
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that vary."""
        return tuple(self.ranges)

    @property
    def size(self) -> int:
        """Combinations before any rule leaves some out."""
        return prod(count(each) for each in self.ranges.values())

    def points(self) -> F64:
        """All combinations, (size, number of names)."""
        axes = np.meshgrid(*(steps(each) for each in self.ranges.values()), indexing="ij")
        return np.stack([axis.ravel() for axis in axes], axis=1)


def check_ranges(ranges: Mapping[str, Range]) -> None:
    """Raises :class:`BadSearch` for no range at all and for one that holds no value."""
    if not ranges:
        raise BadSearch("No parameter varies; a search needs a range for at least one.")
    for name, (start, stop, step) in ranges.items():
        if not (all(map(isfinite, (start, stop, step))) and start <= stop and step > 0):
            raise BadSearch(
                f"The range of {name} was {start:g} to {stop:g} in steps of {step:g}; "
                "it has to rise, by a step above 0."
            )


def count(within: Range) -> int:
    """How many values a range has."""
    start, stop, step = within
    return floor((stop - start) / step + 1e-9) + 1


def steps(within: Range) -> F64:
    """The values of a range, rounded to 12 digits after the step's first: 0.1 + 2 × 0.1 is 0.3."""
    start, _, step = within
    values = start + step * np.arange(count(within), dtype=np.float64)
    return np.round(values, max(0, 12 - floor(np.log10(step))))
