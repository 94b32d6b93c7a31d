"""Fills by the orders that made them, and the equity that they make."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from market.columns import F64, I64
from trading.engine.records import Cause

__all__ = ["Execution", "equity_at", "executions"]


@dataclass(frozen=True, slots=True)
class Execution:
    """All fills of one order: ``price`` and ``reference`` are means, weighted by size.

    ``order`` is 0 for a liquidation, ``bar`` its candle in the backtest, -1 on paper.
    """

    order: int
    symbol: str
    side: int
    size: float
    price: float
    reference: float
    fee: float
    maker: bool
    time_ns: int


def executions(fills: NDArray[np.void], symbols: Sequence[str]) -> list[Execution]:
    """FILL records (n,) by order, in the order of their first fills."""
    found: dict[tuple[int, int], list[np.void]] = {}
    for number, fill in enumerate(fills):
        order = int(fill["order"])
        found.setdefault((order, 0 if order else number + 1), []).append(fill)
    return [_together(each, symbols) for each in found.values()]


def _together(fills: Sequence[np.void], symbols: Sequence[str]) -> Execution:
    first, sizes = fills[0], np.array([float(fill["size"]) for fill in fills])
    total = float(sizes.sum())

    def mean(name: str) -> float:
        if len(fills) == 1:
            return float(first[name])
        return float(np.dot(sizes, [float(fill[name]) for fill in fills]) / total)

    order = 0 if first["cause"] == Cause.LIQUIDATION else int(first["order"])
    return Execution(
        order, symbols[int(first["symbol"])], int(first["side"]), total, mean("price"),
        mean("reference"), float(sum(float(fill["fee"]) for fill in fills)), bool(first["maker"]),
        int(first["time_ns"]),
    )  # fmt: skip


def equity_at(fills: NDArray[np.void], capital: float, time_ns: I64, marks: F64) -> F64:
    """Equity at moments ``time_ns`` (n,), sorted, at prices ``marks`` (n, symbols).

    ``fills`` as FILL records in the order of time; those at or before a moment count.
    """
    count = np.searchsorted(fills["time_ns"], time_ns, "right")
    change = fills["side"] * fills["size"]
    cash = np.concatenate(([0.0], np.cumsum(-change * fills["price"] - fills["fee"])))
    equity: F64 = capital + cash[count]
    for symbol in range(marks.shape[1]):
        held = np.concatenate(([0.0], np.cumsum(np.where(fills["symbol"] == symbol, change, 0.0))))
        size = held[count]
        equity += np.where(size != 0, size * marks[:, symbol], 0.0)
    return equity
