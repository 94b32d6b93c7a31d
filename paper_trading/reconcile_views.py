"""A session of an automation beside the backtest over the same candles, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["DifferenceView", "ExecutionView", "ReconcileView"]


@dataclass(frozen=True, slots=True)
class ExecutionView:
    """All fills of one order; ``price`` is their mean."""

    time_ms: int
    size: float
    price: float
    fee: float
    maker: bool


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """An order that filled otherwise, or on one side only.

    ``cause`` in a word or two, ``words`` a sentence; ``money`` is what paper lost by it in quote
    currency, negative where it gained, None where there is nothing to compare.
    """

    time_ms: int
    symbol: str
    side: Literal["buy", "sell"]
    paper: ExecutionView | None
    backtest: ExecutionView | None
    cause: str
    words: str
    money: float | None


@dataclass(frozen=True, slots=True)
class ReconcileView:
    """``replay``: whether the same inputs, given to a new core, gave the same fills again; None
    where they were not kept; ``replay_words`` say which.

    ``time_ms``, ``paper`` and ``backtest`` are both equity curves at the closes, (n,), read-only.
    Returns are percent over the session. ``causes``: how many orders and how much money each cause
    made, the one with most orders first. ``unasked`` closes passed without the strategy being
    asked. ``problem`` says why there is no comparison, empty where there is.
    """

    owner: str
    name: str
    strategy: str
    values: Mapping[str, float]
    symbols: tuple[str, ...]
    interval: str
    from_ms: int
    to_ms: int
    closes: int
    unasked: int
    replay: bool | None
    replay_words: str
    paper_return: float | None
    backtest_return: float | None
    paper_orders: int
    backtest_orders: int
    equal_orders: int
    differences: tuple[DifferenceView, ...]
    causes: tuple[tuple[str, int, float], ...]
    time_ms: NDArray[np.int64] = field(compare=False)
    paper: NDArray[np.float64] = field(compare=False)
    backtest: NDArray[np.float64] = field(compare=False)
    problem: str = ""
