"""How far a search is."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """Combinations ``done`` ``of`` how many, failed ones included.

    ``best`` is the best goal so far, None before there is any, ``values`` its combination;
    ``seconds_left`` at the speed so far, None before there is one.
    """

    done: int
    of: int
    best: float | None
    values: Mapping[str, float]
    seconds_left: float | None
