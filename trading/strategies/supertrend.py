"""SuperTrend: on the side of a trailing stop that turns when the close passes it."""

from collections.abc import Mapping

import numpy as np

from trading.candles import Candles
from trading.signals import turns
from trading.strategy import Parameter, Signal, SignalStrategy, length

__all__ = ["STRATEGY"]


def _decide(candles: Candles, values: Mapping[str, float]) -> Signal:
    """The first side is a guess of the indicator, so nothing is done before the first turn."""
    up, down = candles.indicator("supertrend", **values)
    side = np.isfinite(up).astype(np.float64) - np.isfinite(down)
    curves = {"SuperTrend up": up, "SuperTrend down": down}
    return Signal(turns(side), curves, candles.warm_up("supertrend", **values))


STRATEGY = SignalStrategy(
    "supertrend",
    "SuperTrend",
    "Follows the trend with a stop that trails by a multiple of the true range. Turns from long to "
    "short when the close falls below the stop, and back when it rises above.",
    "Seban, Tout le monde mérite d'être riche, 2008",
    (length(10), Parameter("width", "True ranges", 3.0, 0.5, 10.0, 0.1)),
    (),
    _decide,
)
