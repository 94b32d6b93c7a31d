"""Live orders of an engine that are not as they were told last, found in one compiled call."""

from collections.abc import Callable
from functools import cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from market.columns import F64
from market.kernel import entry, lean_kernel
from trading.engine.records import ORDER, State

__all__ = ["WIDTH", "Seen", "find_changed", "finding"]

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


WIDTH = len(Seen.__struct_fields__)
"""Columns of what is found."""


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
    orders, places, found = np.zeros(1, ORDER), np.zeros(1, np.int64), np.zeros((1, WIDTH))
    return entry(find_changed, orders, orders, places, 0, found)
