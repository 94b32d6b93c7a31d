"""Every fill of an account in columns, for figures and marks on charts."""

import numpy as np
from numpy.typing import NDArray

from trading.engine.records import FILL
from trading.paper.events import Filled

__all__ = ["FillLog"]


class FillLog:
    """Fills in order. A lane is one symbol of one owner: positions of different owners never mix.

    In the records ``symbol`` is the lane's number.
    """

    def __init__(self) -> None:
        self._fills = np.zeros(64, FILL)
        self._count = 0
        self._lanes: dict[tuple[str, str], int] = {}

    def __len__(self) -> int:
        return self._count

    @property
    def lanes(self) -> tuple[tuple[str, str], ...]:
        """(owner, symbol) of every lane, by its number."""
        return tuple(self._lanes)

    @property
    def records(self) -> NDArray[np.void]:
        """FILL (n,) of :mod:`trading.engine.records`, read-only; ``bar`` is 0."""
        found = self._fills[: self._count]
        found.flags.writeable = False
        return found

    def append(self, fill: Filled) -> None:
        """Write a fill down."""
        if self._count == len(self._fills):
            self._fills = np.concatenate((self._fills, np.zeros(self._count, FILL)))
        lane = self._lanes.setdefault((fill.owner, fill.symbol), len(self._lanes))
        self._fills[self._count] = (
            fill.id, fill.order, fill.time_ns, 0, float(fill.price), fill.reference,
            float(fill.size), float(fill.fee), float(fill.realised), lane, fill.side,
            fill.maker, fill.cause,
        )  # fmt: skip
        self._count += 1
