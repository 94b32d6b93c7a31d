"""Pairs: bets that the prices of two symbols come together again when they have drifted apart."""

from collections import deque
from collections.abc import Mapping
from math import log, sqrt

from trading.event_strategy import Desk, EventStrategy, Parameter, Rule

__all__ = ["STRATEGY"]

LEAST_DEVIATION = 1e-9
"""Ratios that deviate less than this from their mean stand still, so that rounding never trades."""


class _Spread:
    """The z-score of a number among the last ``period`` of its kind, itself included.

    The sums are of distances from the first number, so that they lose no digits.
    """

    def __init__(self, period: int) -> None:
        self._period = period
        self._kept: deque[float] = deque()
        self._origin = 0.0
        self._sum = 0.0
        self._squares = 0.0

    def push(self, value: float) -> float | None:
        """The z-score of ``value``; None until there are enough, and while nothing moves."""
        if not self._kept:
            self._origin = value
        new = value - self._origin
        old = self._kept.popleft() if len(self._kept) == self._period else 0.0
        self._kept.append(new)
        self._sum += new - old
        self._squares += new * new - old * old
        if len(self._kept) < self._period:
            return None
        mean = self._sum / self._period
        deviation = sqrt(max(self._squares / self._period - mean * mean, 0.0))
        return (new - mean) / deviation if deviation > LEAST_DEVIATION else None


class _Pairs:
    """``side`` is 1 long the first symbol and short the second, -1 the other way, 0 neither."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._enter, self._leave = values["enter"], values["leave"]
        self._share = values["share"] / 100
        self._spread = _Spread(int(values["period"]))
        self._side = 0

    def init(self, desk: Desk) -> None:
        self._first, self._second = (desk.candles(symbol) for symbol in desk.symbols)

    def next(self, desk: Desk) -> None:
        if self._first.time_ns[-1] != self._second.time_ns[-1]:
            return  # the ratio of prices of different times says nothing
        score = self._spread.push(log(self._first.close[-1] / self._second.close[-1]))
        if self._side and self._limps(desk):
            self._go(desk, 0)
        elif score is not None:
            self._decide(desk, score)

    def _decide(self, desk: Desk, score: float) -> None:
        if self._side == 0 and abs(score) >= self._enter:
            self._go(desk, -1 if score > 0 else 1)
        elif self._side and -score * self._side <= self._leave:
            self._go(desk, 0)

    def _limps(self, desk: Desk) -> bool:
        """Whether one leg is missing: refused, or lost in a liquidation."""
        return not desk.orders and any(desk.position(symbol) == 0 for symbol in desk.symbols)

    def _go(self, desk: Desk, side: int) -> None:
        for symbol, way in zip(desk.symbols, (1, -1), strict=True):
            desk.target(side * way * self._share, symbol)
        self._side = side


STRATEGY = EventStrategy(
    "pairs",
    "Pairs",
    "Sells the dear and buys the cheap one of two symbols, by the z-score of the logarithm of "
    "their price ratio. Leaves when the ratio is near its mean again.",
    "Gatev, Goetzmann and Rouwenhorst, Pairs Trading: Performance of a Relative-Value Arbitrage "
    "Rule, Review of Financial Studies 2006; z-score as in Vidyamurthy, Pairs Trading, 2004",
    (
        Parameter("period", "Candles of the mean", 60, 3, 5_000, 1, "candles"),
        Parameter("enter", "Z-score to enter", 2.0, 0.1, 10.0, 0.1),
        Parameter("leave", "Z-score to leave", 0.5, -5.0, 5.0, 0.1),
        Parameter("share", "Equity in each leg", 45.0, 1.0, 50.0, 1.0, "%"),
    ),
    (Rule("leave", "enter"),),
    _Pairs,
    symbols=2,
)
