"""VWAP reversion: against a price far from the day's average, until it is there again."""

from collections.abc import Mapping

from trading.candles import Candles
from trading.signals import above, held
from trading.strategy import Parameter, Signal, SignalStrategy, length

__all__ = ["STRATEGY"]


def _decide(candles: Candles, values: Mapping[str, float]) -> Signal:
    vwap = candles.line("session_vwap", hour=values["hour"])
    reach = values["distance"] * candles.line("atr", period=values["period"])
    close, upper, lower = candles.close, vwap + reach, vwap - reach
    target = held(
        above(lower, close), close >= vwap, above(close, upper), close <= vwap
    )  # fmt: skip
    curves = {"VWAP": vwap, "Upper edge": upper, "Lower edge": lower}
    return Signal(target, curves, candles.warm_up("atr", period=values["period"]))


STRATEGY = SignalStrategy(
    "vwap_reversion",
    "VWAP reversion",
    "Bets on a return to the day's volume-weighted average price. Buys a number of true ranges "
    "below it, sells short as far above it, leaves when the close is there again.",
    "VWAP: Berkowitz, Logue and Noser, The total cost of transactions on the NYSE, Journal of "
    "Finance 1988; fading the distance is common practice",
    (
        length(14, "period", "Range length"),
        Parameter("distance", "Distance", 2.0, 0.2, 20.0, 0.1, "true ranges"),
        Parameter("hour", "Session starts", 0, 0, 23, 1, "UTC"),
    ),
    (),
    _decide,
)
