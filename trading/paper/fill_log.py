"""Every fill of an account in columns, for figures and marks on charts."""

from struct import Struct

import numpy as np
from numpy.typing import NDArray

from trading.engine.records import FILL
from trading.paper.events import Filled

__all__ = ["FillLog"]

_ROW = Struct("".join(FILL[name].char for name in FILL.names or ()))
"""A FILL as it lies in memory, without what fills its last word up."""


class FillLog:
    """Fills in order. A lane is one symbol of one owner: positions of different owners never mix.

    In the records ``symbol`` is the lane's number.
    """

    def __init__(self) -> None:
        self._fills = np.zeros(64, FILL)
        self._bytes = self._fills.view(np.uint8).data
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
            raw = self._fills.view(np.uint8)  # as bytes: rows would be copied field by field
            self._fills = np.concatenate((raw, np.zeros_like(raw))).view(FILL)
            self._bytes = self._fills.view(np.uint8).data
        lanes = self._lanes
        lane = lanes.setdefault((fill.owner, fill.symbol), len(lanes))
        _ROW.pack_into(  # half of what an assignment of the row takes
            self._bytes, self._count * FILL.itemsize, fill.id, fill.order, fill.time_ns, 0,
            float(fill.price), fill.reference, float(fill.size), float(fill.fee),
            float(fill.realised) if fill.realised else 0.0, lane, fill.side, fill.maker, fill.cause,
        )  # fmt: skip
        self._count += 1
