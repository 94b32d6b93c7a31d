"""Bollinger breakout: with a close outside the bands, until the middle is met again."""

from collections.abc import Mapping

from trading.candles import Candles
from trading.signals import above, held
from trading.strategy import Parameter, Signal, SignalStrategy, length

__all__ = ["BANDS", "STRATEGY"]

BANDS = (length(20), Parameter("width", "Standard deviations", 2.0, 0.5, 5.0, 0.1))


def _decide(candles: Candles, values: Mapping[str, float]) -> Signal:
    upper, middle, lower = candles.indicator("bollinger", **values)
    close = candles.close
    target = held(
        above(close, upper), above(middle, close), above(lower, close), above(close, middle)
    )  # fmt: skip
    curves = {"Upper band": upper, "Middle": middle, "Lower band": lower}
    return Signal(target, curves, candles.warm_up("bollinger", **values))


STRATEGY = SignalStrategy(
    "bollinger_breakout",
    "Bollinger breakout",
    "Goes with a price that breaks out of its usual range. Buys at a close above the upper band, "
    "sells short at one below the lower band, leaves when the close crosses the middle.",
    "Bollinger, Bollinger on Bollinger Bands, 2001: method I, volatility breakout",
    BANDS,
    (),
    _decide,
)
