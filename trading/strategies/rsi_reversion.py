"""RSI reversion: against a market that has gone too far, until its strength is even again."""

from collections.abc import Mapping

from trading.candles import Candles
from trading.signals import held
from trading.strategy import Parameter, Rule, Signal, SignalStrategy, length

__all__ = ["STRATEGY"]

EVEN = 50.0


def _decide(candles: Candles, values: Mapping[str, float]) -> Signal:
    rsi = candles.line("rsi", period=values["period"])
    target = held(
        rsi < values["oversold"], rsi >= EVEN, rsi > values["overbought"], rsi <= EVEN
    )  # fmt: skip
    return Signal(target, {}, candles.warm_up("rsi", period=values["period"]), {"RSI": rsi})


STRATEGY = SignalStrategy(
    "rsi_reversion",
    "RSI reversion",
    "Bets on a return after an exaggeration. Buys when the RSI falls below the oversold level and "
    "leaves at 50; sells short above the overbought level and covers at 50.",
    "Wilder, New Concepts in Technical Trading Systems, 1978: levels 30 and 70; leaving at 50 is "
    "common practice",
    (
        length(14),
        Parameter("oversold", "Oversold", 30.0, 1.0, 49.0, 1.0),
        Parameter("overbought", "Overbought", 70.0, 51.0, 99.0, 1.0),
    ),
    (Rule("oversold", "overbought"),),
    _decide,
)
