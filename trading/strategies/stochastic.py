"""Stochastic: %K crosses %D at the edge of the range."""

from collections.abc import Mapping

import numpy as np

from trading.candles import Candles
from trading.signals import crosses, held
from trading.strategy import Parameter, Rule, Signal, SignalStrategy, length

__all__ = ["STRATEGY"]

LENGTHS = ("period", "smooth", "signal")


def _decide(candles: Candles, values: Mapping[str, float]) -> Signal:
    lengths = {name: values[name] for name in LENGTHS}
    k, d = candles.indicator("stochastic", **lengths)
    cross = crosses(k, d, np.full(len(candles), 100.0))
    buy = (cross > 0) & (d < values["oversold"])
    short = (cross < 0) & (d > values["overbought"])
    gauges = {"%K": k, "%D": d}
    return Signal(
        held(buy, short, short, buy), {}, candles.warm_up("stochastic", **lengths), gauges
    )


STRATEGY = SignalStrategy(
    "stochastic",
    "Stochastic",
    "Trades turns at the edges of the recent range. Buys when %K crosses above %D in the oversold "
    "zone, sells when it crosses below %D in the overbought zone; holds in between.",
    "Lane, Lane's stochastics, TASC 1984",
    (
        length(14),
        length(3, "smooth", "%K smoothing", 1, 100),
        length(3, "signal", "%D length", 1, 100),
        Parameter("oversold", "Oversold", 20.0, 1.0, 49.0, 1.0),
        Parameter("overbought", "Overbought", 80.0, 51.0, 99.0, 1.0),
    ),
    (Rule("oversold", "overbought"),),
    _decide,
)
