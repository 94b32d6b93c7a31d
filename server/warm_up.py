"""Compiles what the first viewer, trade and backtest would otherwise wait for."""

import numpy as np

from chart_acceleration.pipeline import ChartPipeline
from chart_acceleration.renderers.auto import RendererChoice
from market.candle_builder import CandleBuilder
from market.columns import CandleWindow
from market.types import MINUTE, Interval
from trading.backtest import run_sma_cross
from trading.fill_models import Costs
from trading.strategies.sma_cross import SmaCrossParameters

BARS = 16


def warm_up(choice: RendererChoice) -> None:
    """Run every compiled path once; with a filled cache this takes a fraction of a second."""
    if choice.renderer is not None:
        ChartPipeline(choice.renderer).warm_up()
    builder = CandleBuilder(BARS)
    builder.load_history(Interval.M1, _candles())
    builder.add(1, BARS * MINUTE, 100.0, 1.0)
    builder.columns(Interval.M1).snapshot()
    run_sma_cross(_candles(), SmaCrossParameters(2, 3), Costs(0.001, 5.0), 10_000.0)


def _candles() -> CandleWindow:
    times = np.arange(BARS, dtype=np.int64) * MINUTE
    prices = 100.0 + np.sin(np.arange(BARS))
    return CandleWindow.from_arrays(times, prices, prices + 1, prices - 1, prices, prices)
