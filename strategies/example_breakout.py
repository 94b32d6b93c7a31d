"""An example: a breakout of the Keltner channel, but only in trends.

Copy this file under another name, give it another key, and change what you like. It appears on the
backtesting page when that is opened again; a mistake is shown there with its line.
"""

from trading.signals import above, held
from trading.strategy import Parameter, Rule, Signal, SignalStrategy, length


def decide(candles, values):
    # Arrays with one number per candle, oldest first: candles.time_ns, .open, .high, .low, .close,
    # .volume. Indicators by their names in docs/indicators.md; they are NaN while warming up.
    close = candles.close
    upper, middle, lower = candles.indicator(
        "keltner", period=values["period"], range_period=values["period"], width=values["width"]
    )
    fast = candles.line("ema", period=values["fast"])
    slow = candles.line("ema", period=values["slow"])
    rising, falling = above(fast, slow), above(slow, fast)

    # A decision may use its own candle and those before, never a later one: no close[i + 1], no
    # mean of the whole array. Every run is checked for that.
    target = held(
        buy=above(close, upper) & rising,
        sell=above(middle, close),
        short=above(lower, close) & falling,
        cover=above(close, middle),
    )
    warm_up = max(
        candles.warm_up("keltner", period=values["period"], range_period=values["period"]),
        candles.warm_up("ema", period=values["slow"]),
    )
    return Signal(
        target,  # 1 long, -1 short, 0 out; parts such as 0.5 too
        curves={"Upper": upper, "Middle": middle, "Lower": lower},  # drawn over the candles
        warm_up=warm_up,
        gauges={"Trend": fast - slow},  # drawn in a pane of its own
    )


STRATEGY = SignalStrategy(
    key="example_breakout",
    name="Example: Keltner breakout",
    description="Goes with a close outside the channel if the trend points the same way. Leaves "
    "when the close crosses the middle.",
    source="Example",
    # name, label, default, least, most, step, unit. Whole numbers stay whole.
    parameters=(
        length(20, "period", "Channel length", 2, 300),
        Parameter("width", "Channel width", 1.5, 0.5, 5.0, 0.1, "true ranges"),
        length(20, "fast", "Fast trend", 2, 200),
        length(100, "slow", "Slow trend", 3, 500),
    ),
    rules=(Rule("fast", "slow"),),  # fast must stay below slow
    decide=decide,
)
