"""Figures of a backtest: functions of equity, market and trades, nothing else.

Every figure is one function whose docstring says formula, convention and source; pages show it as
it stands. Returns are fractions (0.1 is 10 %) after fees and slippage.
"""

from trading.metrics.catalogue import METRICS, Metric, Unit
from trading.metrics.measures import Measures, measure
from trading.metrics.months import ReturnTable, monthly_returns
from trading.metrics.sample import Convention, Period, Run

__all__ = [
    "METRICS", "Convention", "Measures", "Metric", "Period", "ReturnTable", "Run", "Unit",
    "measure", "monthly_returns",
]  # fmt: skip
