"""What a backtest found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trading.metrics import Measures
from trading.trades import Trades

__all__ = ["BacktestResult", "Band"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Band:
    """How much the result depends on what a candle does not say: which extreme came first.

    ``worst`` and ``best`` are total returns (0.1 is 10 %) of the same run by ``Path.WORST`` and
    ``Path.BEST`` (:mod:`trading.engine.motion`), ``worst_equity`` and ``best_equity`` (n,) its
    equity in quote currency. ``depends`` is False where no order rested inside a candle: then both
    are the run itself. It is no proven bound.
    """

    worst: float
    best: float
    worst_equity: F64
    best_equity: F64
    depends: bool


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """Arrays of shape (n,), one value per candle, read-only.

    ``time_ns`` candle starts, ``interval_ns`` their median step; ``equity`` in quote currency at
    the closes; ``market`` what ``start_capital`` would be worth, put in at the first close in equal
    parts of every symbol, without costs; ``position`` the signed size at the close in base currency
    (of the first symbol where there are several); ``target`` what a signal decided at each close,
    None for event strategies.
    ``curves``, in prices, and ``gauges``, in units of their own, are the strategy's, by name, NaN
    while warming. ``fills`` FILL (k,) of :mod:`trading.engine.records`. ``warm_up`` is the number
    of candles before the first decision, ``warnings`` are sentences on what weakens the result.
    ``band`` is None where it was not asked for.
    """

    time_ns: I64
    interval_ns: int
    equity: F64
    market: F64
    position: F64
    target: F64 | None
    curves: Mapping[str, F64]
    trades: Trades
    measures: Measures
    band: Band | None
    warnings: tuple[str, ...]
    warm_up: int
    start_capital: float
    fills: NDArray[np.void]
    gauges: Mapping[str, F64] = field(default_factory=dict)
