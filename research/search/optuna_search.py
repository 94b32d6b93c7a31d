"""What a search by Optuna is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

from research.errors import BadSearch
from research.search.grid import MAX_POINTS, Range, check_ranges

__all__ = ["OptunaSearch"]


@dataclass(frozen=True, slots=True)
class OptunaSearch:
    """``trials`` combinations out of ``ranges``, chosen by Optuna's TPE from what it has seen.

    ``seed`` makes it choose the same ones again. Raises :class:`BadSearch` as a grid does, and for
    a number of trials outside 1 to :data:`research.search.grid.MAX_POINTS`.
    """

    ranges: Mapping[str, Range]
    trials: int
    seed: int = 7

    def __post_init__(self) -> None:
        check_ranges(self.ranges)
        if not 1 <= self.trials <= MAX_POINTS:
            raise BadSearch(f"Trials were {self.trials:,}; allowed is 1 to {MAX_POINTS:,}.")

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that vary."""
        return tuple(self.ranges)
