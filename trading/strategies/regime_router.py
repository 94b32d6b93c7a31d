"""Regime router: a gate asks what kind of market it is and lets one of several experts decide.

A mixture of experts with a hard gate. Two questions are asked after every candle:

- *Is there a trend?* Yes from the moment the ADX rises above ``strong``, until it falls below
  ``weak`` (Wilder's 25 and 20): two levels, so that the answer does not flicker.
- *Is the market wild?* Yes while the true range in percent of the price is more than ``wild`` times
  its own mean over ``volatility_period`` candles.

========  =====================  =========================
          calm                   wild
========  =====================  =========================
trend     EMA cross              Donchian breakout
no trend  Bollinger reversion    nobody: out of the market
========  =====================  =========================

The experts follow the market all the time, with their usual parameters. When the gate turns, the
position becomes the one the next expert holds at that moment.
"""

from collections.abc import Mapping

import numpy as np

from indicators.moving import sma
from market.columns import F64
from trading.candles import Candles
from trading.signals import BOOLS, held
from trading.strategies import bollinger_reversion, donchian, ema_cross
from trading.strategy import Parameter, Rule, Signal, SignalStrategy, checked, decided, length

__all__ = ["STRATEGY"]

RANGE = 14
"""Candles of the true range whose size is compared with its mean."""

_FOLLOWING, _BREAKING, _FADING = (
    (expert, checked(expert, {}))
    for expert in (ema_cross.STRATEGY, donchian.STRATEGY, bollinger_reversion.STRATEGY)
)


def _trending(adx: F64, weak: float, strong: float) -> BOOLS:
    return held(adx > strong, adx < weak) > 0


def _volatility(candles: Candles, period: float) -> F64:
    """The true range as a multiple of its mean, 1 where nothing moves, NaN while warming up."""
    size = candles.line("natr", period=RANGE)
    mean = sma(size, int(period))
    return np.divide(size, mean, out=np.where(np.isnan(mean), np.nan, 1.0), where=mean > 0)


def _decide(candles: Candles, values: Mapping[str, float]) -> Signal:
    adx = candles.line("adx", period=values["trend_period"])
    volatility = _volatility(candles, values["volatility_period"])
    trend, wild = _trending(adx, values["weak"], values["strong"]), volatility > values["wild"]
    following, breaking, fading = (
        decided(expert, candles, usual) for expert, usual in (_FOLLOWING, _BREAKING, _FADING)
    )
    target = np.where(
        trend,
        np.where(wild, breaking.target, following.target),
        np.where(wild, 0.0, fading.target),
    )
    warm_up = max(
        following.warm_up,
        breaking.warm_up,
        fading.warm_up,
        candles.warm_up("adx", period=values["trend_period"]),
        candles.warm_up("natr", period=RANGE) + int(values["volatility_period"]) - 1,
    )
    target[:warm_up] = 0.0
    gauges = {"ADX": adx, "Volatility": volatility}
    return Signal(target, {**following.curves, **fading.curves}, warm_up, gauges)


STRATEGY = SignalStrategy(
    "regime_router",
    "Regime router",
    "Lets the market choose the rule: EMA cross in calm trends, Donchian breakout in wild ones, "
    "Bollinger reversion without a trend. Stays out of a wild market without a trend.",
    "Jacobs, Jordan, Nowlan and Hinton, Adaptive mixtures of local experts, Neural Computation "
    "1991; trend by Wilder's ADX, 1978; the table of experts is our own",
    (
        length(14, "trend_period", "ADX length"),
        Parameter("strong", "Trend above", 25.0, 5.0, 60.0, 1.0, "ADX"),
        Parameter("weak", "Trend until", 20.0, 4.0, 59.0, 1.0, "ADX"),
        length(100, "volatility_period", "Volatility length", 10, 2000),
        Parameter("wild", "Wild above", 1.5, 1.0, 5.0, 0.1, "× mean range"),
    ),
    (Rule("weak", "strong"),),
    _decide,
)
