"""Backtests: a strategy over candles, its orders matched by :mod:`trading.engine`."""

from trading.backtest.result import BacktestResult, Band
from trading.backtest.run import backtest
from trading.backtest.setup import Direction, Fill, Setup

__all__ = ["BacktestResult", "Band", "Direction", "Fill", "Setup", "backtest"]
