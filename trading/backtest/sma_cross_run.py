"""The moving average cross, long only, as today's page asks for it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from market.columns import F64, I64, CandleWindow
from trading.backtest.candle_checks import check_candles
from trading.backtest.setup import Setup
from trading.backtest.signal_run import run_signal
from trading.engine.policies import Fees, Policies, Slippage
from trading.fill_models import Costs
from trading.metrics import Convention, Measures
from trading.strategies.sma_cross import SmaCrossParameters, decide
from trading.strategy import Signal
from trading.trades import Trades

__all__ = ["SmaCrossResult", "run_sma_cross"]


@dataclass(frozen=True, slots=True)
class SmaCrossResult:
    """As :class:`trading.backtest.BacktestResult`, with the two averages by name."""

    time_ns: I64
    equity: F64
    buy_and_hold: F64
    fast: F64
    slow: F64
    target: NDArray[np.int8]
    trades: Trades
    metrics: Measures
    warnings: tuple[str, ...]
    warm_up: int
    start_capital: float
    interval_ns: int


def run_sma_cross(
    candles: CandleWindow,
    parameters: SmaCrossParameters | None = None,
    costs: Costs | None = None,
    start_capital: float = 10_000.0,
    convention: Convention | None = None,
) -> SmaCrossResult:
    """Backtest the moving average cross; raises :class:`BacktestError` for what cannot be run."""
    parameters, costs = parameters or SmaCrossParameters(), costs or Costs()
    policies = Policies(Fees(costs.fee_rate, costs.fee_rate), Slippage(costs.slippage_rate))
    setup = Setup(start_capital, policies)
    check_candles(candles)
    found = decide(candles.close, parameters)
    signal = Signal(found.target.astype(float), {}, parameters.slow - 1)
    result = run_signal(candles, signal, setup, convention)
    return SmaCrossResult(
        result.time_ns, result.equity, result.market, found.fast, found.slow, found.target,
        result.trades, result.measures, result.warnings, result.warm_up, result.start_capital,
        result.interval_ns,
    )  # fmt: skip
