"""Where an account traded, as arrays that charts mark; kept up fill by fill."""

from collections.abc import Mapping
from decimal import Decimal
from enum import IntEnum
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trading.paper.events import Filled

__all__ = ["NO_MARKS", "FillMarks", "MarkKind", "Marks"]

I64 = NDArray[np.int64]


class MarkKind(IntEnum):
    """What a fill did to the position of its owner."""

    ENTRY = 0
    PROFIT = 1
    LOSS = 2


class Marks(NamedTuple):
    """Fills of a symbol, oldest first: ns since 1970 and :class:`MarkKind`, int64 (n,)."""

    time_ns: I64
    kind: I64


NO_MARKS = Marks(np.zeros(0, np.int64), np.zeros(0, np.int64))


class FillMarks:
    """Marks of every symbol. :meth:`add` in one thread; what :meth:`all` gave never changes."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], Decimal] = {}
        self._rows: dict[str, I64] = {}
        self._counts: dict[str, int] = {}

    def add(self, fill: Filled) -> None:
        """Take the next fill in."""
        lane = (fill.owner, fill.symbol)
        held, change = self._held.get(lane, Decimal(0)), fill.size * int(fill.side)
        self._held[lane] = held + change
        kind = MarkKind.ENTRY
        if held * change < 0:
            kind = MarkKind.LOSS if fill.realised < 0 else MarkKind.PROFIT
        count = self._counts.get(fill.symbol, 0)
        rows = self._rows.get(fill.symbol, np.zeros((2, 64), np.int64))
        if count == rows.shape[1]:
            rows = np.concatenate((rows, np.zeros_like(rows)), axis=1)
        rows[:, count] = fill.time_ns, kind
        self._rows[fill.symbol], self._counts[fill.symbol] = rows, count + 1

    def all(self) -> Mapping[str, Marks]:
        """The marks by symbol, as they are now."""
        return MappingProxyType(
            {
                symbol: Marks(rows[0, : self._counts[symbol]], rows[1, : self._counts[symbol]])
                for symbol, rows in self._rows.items()
            }
        )
