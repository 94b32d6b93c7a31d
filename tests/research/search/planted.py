"""A study whose runs are a formula, and the scorer that works it out."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from market.columns import CandleWindow
from research.search import Study
from research.search.lanes import Cancelled, Done
from research.strategy_ref import StrategyRef
from trading.backtest import Setup
from trading.parameters import Parameter, Rule

F64 = NDArray[np.float64]


def candles(count: int = 50) -> CandleWindow:
    times = np.arange(count) * 60_000_000_000
    prices = 100 + np.sin(np.arange(count) / 5)
    return CandleWindow.from_arrays(times, prices, prices + 1, prices - 1, prices, np.ones(count))


def study(goal: str = "sharpe", capital: float = 10_000.0, rules: bool = True) -> Study:
    return Study(
        StrategyRef("planted"),
        (
            Parameter("fast", "Fast", 3, 0, 100, 1),
            Parameter("slow", "Slow", 50, 0, 100, 1),
            Parameter("share", "Share", 0.5, 0.0, 1.0, 0.1),
        ),
        (Rule("fast", "slow"),) if rules else (),
        {"A-B": candles()},
        goal,
        setup=Setup(capital=capital),
    )


def hill(point: F64) -> float:
    """Highest, 0, at 37 and 80."""
    return -float((point[0] - 37) ** 2 + (point[1] - 80) ** 2)


class Formula:
    """Scores points by a function; counts them; an error of the function is their failure.

    After ``most`` of them it waits to be cancelled, however late that comes.
    """

    chunk_s = 0.01

    def __init__(
        self, of: Callable[[F64], float] = hill, lanes: int = 2, seconds: float = 0.0,
        most: int = 1_000_000,
    ) -> None:  # fmt: skip
        self.of, self.lanes, self.seconds, self.most = of, lanes, seconds, most
        self.count = 0

    def score(self, points: F64, done: Done, cancelled: Cancelled) -> None:
        for row, point in enumerate(points):
            while self.count >= self.most and not cancelled():
                time.sleep(0.001)
            if cancelled():
                return
            self.count += 1
            time.sleep(self.seconds)
            try:
                done(row, self.of(point), None)
            except ArithmeticError as error:
                done(row, float("nan"), str(error))
