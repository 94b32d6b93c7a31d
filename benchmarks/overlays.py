"""The studies that the chart measurements draw over the candles."""

from dataclasses import replace

import numpy as np

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import Curve, CurveStyle, Elements, Study
from chart_acceleration.palette import Role
from indicators.batch import compute
from indicators.registry import find
from market.columns import CandleWindow

OVERLAYS = (("sma", 20, Role.LINE_A), ("sma", 50, Role.LINE_B), ("ema", 100, Role.LINE_C))
OVERLAID = ", 3 overlays"
"""In the name of a row."""
LONGEST = 100
"""Candles before the first visible one, so that every line enters the picture."""

ELEMENTS = Elements(
    studies=tuple(
        Study(f"{key.upper()} {period}", (Curve(key.upper(), CurveStyle.LINE, role),))
        for key, period, role in OVERLAYS
    )
)


def with_overlays(window: CandleWindow) -> ChartData:
    """``window`` and the overlays' values."""
    names = ("time_ns", "high", "low", "close", "volume")
    columns = {name: getattr(window, name) for name in names}
    values = (
        np.vstack(list(compute(find(key), columns, {"period": period}).values()))
        for key, period, _ in OVERLAYS
    )
    return ChartData(window, tuple(values))


def ticked(data: ChartData) -> ChartData:
    """The same after one more trade inside the newest candle's range."""
    window = data.candles
    close = np.array(window.close)
    close[-1] = (window.high[-1] + window.low[-1]) / 2
    after = replace(window, close=close)
    return with_overlays(after) if data.values else ChartData(after)
