"""Bollinger reversion: against a close outside the bands, until the middle is met again."""

from collections.abc import Mapping

from trading.candles import Candles
from trading.signals import above, held
from trading.strategies.bollinger_breakout import BANDS
from trading.strategy import Signal, SignalStrategy

__all__ = ["STRATEGY"]


def _decide(candles: Candles, values: Mapping[str, float]) -> Signal:
    upper, middle, lower = candles.indicator("bollinger", **values)
    close = candles.close
    target = held(
        above(lower, close), close >= middle, above(close, upper), close <= middle
    )  # fmt: skip
    curves = {"Upper band": upper, "Middle": middle, "Lower band": lower}
    return Signal(target, curves, candles.warm_up("bollinger", **values))


STRATEGY = SignalStrategy(
    "bollinger_reversion",
    "Bollinger reversion",
    "Bets on a return to the average. Buys at a close below the lower band, sells short at one "
    "above the upper band, leaves when the close has come back to the middle.",
    "Bollinger, Bollinger on Bollinger Bands, 2001: fading tags of the bands",
    BANDS,
    (),
    _decide,
)
