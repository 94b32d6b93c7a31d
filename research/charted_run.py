"""What the chart of a run is drawn from."""

import numpy as np

from market.columns import F64, CandleWindow
from research.outcome import Outcome
from research.result_views import trade_views
from research.views import ChartedCurve, ChartedRun

__all__ = ["charted"]

MOST_DECIMALS = 8
SAMPLE = 200


def charted(outcome: Outcome, candles: CandleWindow) -> ChartedRun:
    """The run over ``candles``, those of its first symbol."""
    result = outcome.result
    first = outcome.symbols[0]
    trades = trade_views(result.trades, result.time_ns, outcome.symbols)
    return ChartedRun(
        candles,
        tuple(
            ChartedCurve(name, values, pane)
            for pane, curves in ((False, result.curves), (True, result.gauges))
            for name, values in curves.items()
        ),
        tuple(trade for trade in trades if trade.symbol == first),
        first,
        outcome.interval,
        _decimals(candles.close[-SAMPLE:]),
    )


def _decimals(prices: F64) -> int:
    """Digits after the point that write the newest prices exactly."""
    for digits in range(MOST_DECIMALS):
        if np.array_equal(np.round(prices, digits), prices):
            return digits
    return MOST_DECIMALS
