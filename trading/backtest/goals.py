"""The figures that a sweep can go for, compiled: equal to those of :mod:`trading.metrics`."""

from enum import IntEnum
from math import expm1, log, nan, sqrt

import numpy as np
from numpy.typing import NDArray

from market.columns import F64
from market.kernel import lean_kernel
from trading.metrics.growth import LARGEST_LOG_GROWTH, SHORTEST_FOR_CAGR
from trading.metrics.sample import YEAR
from trading.metrics.sums import drawdown_sums, lowest_of, return_sums

__all__ = ["RULES", "TALLY", "Goal", "Rules", "count_trips", "goal_of", "needs_trips"]

Records = NDArray[np.void]
Rules = NDArray[np.void]


class Goal(IntEnum):
    """Figures by their keys in :data:`trading.metrics.METRICS`; from ``TRADES`` on of trips."""

    TOTAL_RETURN = 0
    CAGR = 1
    VOLATILITY = 2
    SHARPE = 3
    SORTINO = 4
    OMEGA = 5
    MAX_DRAWDOWN = 6
    CALMAR = 7
    ULCER_INDEX = 8
    TRADES = 9
    WIN_RATE = 10
    PROFIT_FACTOR = 11
    EXPECTANCY = 12
    SQN = 13


RULES = np.dtype(
    [
        ("goal", np.int64),
        ("free", np.float64),  # risk-free return of a period
        ("per_year", np.float64),  # periods
        ("span_ns", np.int64),  # from the first close to the last
    ],
    align=True,
)
"""What a figure depends on besides the run."""

TALLY = np.dtype(
    [
        ("trades", np.int64),  # still open ones too
        ("closed", np.int64),
        ("won", np.int64),
        ("profits", np.float64),
        ("losses", np.float64),
        ("returns", np.float64),
        ("first", np.float64),  # profit of the first closed trade
        ("offsets", np.float64),  # sums of profit - first, and of its square
        ("squares", np.float64),
    ],
    align=True,
)
"""Sums over round trips."""


@lean_kernel
def needs_trips(goal: int) -> bool:
    """Whether the figure is one of round trips."""
    return bool(goal >= Goal.TRADES)


@lean_kernel
def count_trips(trips: Records, count: int, tally: Records) -> None:
    """Add the closed ones of the first ``count`` trips to ``tally``."""
    sums = tally[0]
    for at in range(count):
        trip = trips[at]
        if trip["is_open"]:
            continue
        pnl = trip["side"] * (trip["closed"] - trip["opened"]) - trip["fees"]
        if sums["closed"] == 0:
            sums["first"] = pnl
        sums["closed"] += 1
        if pnl > 0:
            sums["won"] += 1
            sums["profits"] += pnl
        else:
            sums["losses"] -= pnl
        sums["returns"] += pnl / (trip["opened"] + trip["entry_fees"])
        off = pnl - sums["first"]
        sums["offsets"] += off
        sums["squares"] += off * off


@lean_kernel
def _of_trips(goal: int, sums: Records) -> float:
    closed = sums["closed"]
    if goal == Goal.TRADES:
        return float(sums["trades"])
    if closed == 0:
        return nan
    if goal == Goal.WIN_RATE:
        return float(sums["won"] / closed)
    if goal == Goal.PROFIT_FACTOR:
        return float(sums["profits"] / sums["losses"]) if sums["losses"] > 0 else nan
    if goal == Goal.EXPECTANCY:
        return float(sums["returns"] / closed)
    if closed < 2:
        return nan
    variance = (sums["squares"] - sums["offsets"] * sums["offsets"] / closed) / (closed - 1)
    if variance <= 0:
        return nan
    return float(sqrt(closed) * (sums["first"] + sums["offsets"] / closed) / sqrt(variance))


@lean_kernel
def _growth(values: F64, span_ns: int) -> float:
    first, last = values[0], values[len(values) - 1]
    if span_ns < SHORTEST_FOR_CAGR or last <= 0:
        return nan
    exponent = log(last / first) / (span_ns / YEAR)
    return float(expm1(exponent)) if exponent <= LARGEST_LOG_GROWTH else nan


@lean_kernel
def _of_losses(goal: int, equity: F64, span_ns: int) -> float:
    lowest, squares = drawdown_sums(equity)
    if goal == Goal.MAX_DRAWDOWN:
        return float(lowest)
    if goal == Goal.ULCER_INDEX:
        return sqrt(squares / len(equity))
    return _growth(equity, span_ns) / -lowest if lowest < 0 else nan


@lean_kernel
def _of_returns(goal: int, values: F64, rules: Rules) -> float:
    if len(values) < 3 or lowest_of(values) <= 0:
        return nan
    free, yearly = rules[0]["free"], sqrt(rules[0]["per_year"])
    mean, spread, downside, gains, losses = return_sums(values, free)
    if goal == Goal.VOLATILITY:
        return float(spread * yearly)
    if goal == Goal.OMEGA:
        return gains / losses if losses > 0 else nan
    risk = sqrt(downside / (len(values) - 1)) if goal == Goal.SORTINO else spread
    return float((mean - free) / risk * yearly) if risk > 0 else nan


@lean_kernel
def goal_of(equity: F64, values: F64, tally: Records, rules: Rules) -> float:
    """The figure that ``rules`` name, NaN where it is not defined.

    ``equity`` (n,) at the closes, ``values`` those at the ends of the periods, ``tally`` of all
    round trips.
    """
    goal, span_ns = rules[0]["goal"], rules[0]["span_ns"]
    if goal >= Goal.TRADES:
        return _of_trips(goal, tally[0])
    if goal == Goal.TOTAL_RETURN:
        return float(equity[len(equity) - 1] / equity[0] - 1)
    if goal == Goal.CAGR:
        return _growth(equity, span_ns)
    if goal == Goal.MAX_DRAWDOWN or goal == Goal.CALMAR or goal == Goal.ULCER_INDEX:  # noqa: PLR1714
        return _of_losses(goal, equity, span_ns)
    return _of_returns(goal, values, rules)
