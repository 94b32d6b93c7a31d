"""Time series momentum: on the side of the past return."""

from collections.abc import Mapping

import numpy as np

from trading.candles import Candles
from trading.strategy import Parameter, Signal, SignalStrategy, length

__all__ = ["STRATEGY"]

TIE = 1e-9
"""Percent by which a return must exceed the threshold, so that rounding never trades."""


def _decide(candles: Candles, values: Mapping[str, float]) -> Signal:
    change = candles.line("roc", period=values["period"])
    least = values["threshold"] + TIE
    target = (change > least).astype(np.float64) - (change < -least)
    return Signal(target, {}, candles.warm_up("roc", period=values["period"]), {"Return": change})


STRATEGY = SignalStrategy(
    "momentum",
    "Momentum",
    "Bets that what has risen goes on rising. Long while the return over the look-back is above "
    "the threshold, short while it is as far below zero, else out.",
    "Moskowitz, Ooi and Pedersen, Time series momentum, Journal of Financial Economics 2012",
    (
        length(100, "period", "Look-back", 1, 2000),
        Parameter("threshold", "Threshold", 0.0, 0.0, 100.0, 0.1, "%"),
    ),
    (),
    _decide,
)
