"""Which live orders of an engine are not as they were told last, found in one compiled call."""

from collections.abc import Callable
from functools import cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from market.columns import F64
from market.kernel import entry, lean_kernel
from trading.engine.records import ORDER, Books, State

__all__ = ["OrderWatch", "Seen", "find_changed"]

Records = NDArray[np.void]
I64 = NDArray[np.int64]


class Seen(Struct, frozen=True, gc=False):
    """What may change of an order, all as numbers; of one that ended the first three count."""

    number: float
    state: float
    reason: float
    triggered: float = 0.0
    size: float = 0.0
    limit: float = 0.0
    stop: float = 0.0
    trail: float = 0.0
    taken: float = 0.0


_WIDTH = len(Seen.__struct_fields__)


@lean_kernel
def find_changed(
    orders: Records, told: Records, places: I64, count: int, found: F64
) -> tuple[int, int]:
    """Write changed orders into ``found``; how many, and how many are still live.

    ``orders`` and ``told`` ORDER: as they are and as they were told, by place. ``places`` holds
    ``count`` live ones, of which those that ended are dropped. ``told`` is brought up to date.
    ``found`` float64 (``count`` or more, fields of :class:`Seen`).
    """
    changed = kept = 0
    for index in range(count):
        at = places[index]
        now, before = orders[at], told[at]
        ended = now["state"] > State.WORKING
        same = now["size"] == before["size"] and now["limit"] == before["limit"]
        same = same and now["stop"] == before["stop"] and now["trail"] == before["trail"]
        same = same and now["taken"] == before["taken"]
        if ended or not same or now["triggered"] != before["triggered"]:
            row = found[changed]
            changed += 1
            row[0], row[1], row[2] = now["number"], now["state"], now["reason"]
            row[3], row[4], row[5] = now["triggered"], now["size"], now["limit"]
            row[6], row[7], row[8] = now["stop"], now["trail"], now["taken"]
            before["size"], before["limit"], before["stop"] = now["size"], now["limit"], now["stop"]
            before["trail"], before["taken"] = now["trail"], now["taken"]
            before["triggered"] = now["triggered"]
        if not ended:
            places[kept] = at
            kept += 1
    return changed, kept


@cache
def finding() -> Callable[..., tuple[int, int]]:
    """:func:`find_changed` without looking at types, compiled when first asked for."""
    orders, places, found = np.zeros(1, ORDER), np.zeros(1, np.int64), np.zeros((1, _WIDTH))
    return entry(find_changed, orders, orders, places, 0, found)


class OrderWatch:
    """The live orders of one engine by their places."""

    def __init__(self) -> None:
        self._told = np.zeros(64, ORDER)
        self._places = np.zeros(64, np.int64)
        self._found = np.zeros((64, _WIDTH))
        self._count = 0
        self._ended: list[Seen] = []
        self._find = finding()

    def add(self, number: int) -> None:
        """Watch order ``number``, of which nothing was told yet; no number comes twice."""
        if number > len(self._told):
            self._told = np.concatenate((self._told, np.zeros(max(number, 64), ORDER)))
        if self._count == len(self._places):
            self._places = np.concatenate((self._places, np.zeros(self._count, np.int64)))
            self._found = np.zeros((len(self._places), _WIDTH))
        self._places[self._count] = number - 1
        self._count += 1

    def add_ended(self, number: int, state: int, reason: int) -> None:
        """Order ``number``, the newest, ended before anybody could be told of it."""
        self._ended.append(Seen(number, state, reason))

    def changed(self, books: Books) -> list[Seen]:
        """Those that changed or ended since the last call, oldest first."""
        ended, self._ended = self._ended, []
        if not self._count:
            return ended
        found, self._count = self._find(
            books.orders, self._told, self._places, self._count, self._found
        )
        return [*(Seen(*row) for row in self._found[:found].tolist()), *ended]
