"""Donchian breakout, the first system of the Turtles, at closes."""

from collections.abc import Mapping

import numpy as np

from market.columns import F64
from trading.candles import Candles
from trading.signals import above, held
from trading.strategy import Rule, Signal, SignalStrategy, length

__all__ = ["STRATEGY"]


def _before(line: F64) -> F64:
    """Each candle's value is that of the candle before: the channel that it may leave."""
    before = np.full(len(line), np.nan)
    before[1:] = line[:-1]
    return before


def _decide(candles: Candles, values: Mapping[str, float]) -> Signal:
    enter = candles.indicator("donchian", period=values["enter"])
    leave = candles.indicator("donchian", period=values["leave"])
    top, bottom = _before(enter[0]), _before(enter[2])
    leave_top, leave_bottom = _before(leave[0]), _before(leave[2])
    close = candles.close
    target = held(
        above(close, top), above(leave_bottom, close), above(bottom, close), above(close, leave_top)
    )
    curves = {"Highest": top, "Lowest": bottom, "Exit of longs": leave_bottom,
              "Exit of shorts": leave_top}  # fmt: skip
    return Signal(target, curves, candles.warm_up("donchian", period=values["enter"]) + 1)


STRATEGY = SignalStrategy(
    "donchian",
    "Donchian breakout",
    "Goes with new highs and lows, as the Turtles did. Buys at a close above the highest high of "
    "the candles before and leaves below the lowest low of fewer candles; short the other way.",
    "Faith, Way of the Turtle, 2007: system 1, here at closes and without its filter of winners",
    (
        length(20, "enter", "Entry length", 3, 500),
        length(10, "leave", "Exit length", 2, 250),
    ),
    (Rule("leave", "enter"),),
    _decide,
)
