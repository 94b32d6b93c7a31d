"""One combination of a strategy: a whole run, or a quick one for one figure."""

from collections.abc import Mapping
from math import nan

from market.columns import CandleWindow
from trading.backtest import BacktestResult, Setup, backtest
from trading.backtest.candle_checks import check_candles
from trading.metrics import Convention
from trading.strategy import SignalStrategy

__all__ = ["Evaluator", "run_once"]


def run_once(
    strategy: SignalStrategy,
    candles: Mapping[str, CandleWindow],
    values: Mapping[str, float],
    setup: Setup,
    convention: Convention,
    band: bool = True,
) -> BacktestResult:
    """A backtest of either form; raises as :func:`trading.backtest.backtest` does."""
    return backtest(next(iter(candles.values())), strategy, values, setup, convention, band)


class Evaluator:
    """Runs of ``strategy`` over the same candles, of which only the figure ``goal`` is wanted.

    Threads may share one. Raises
    :class:`trading.errors.BacktestError` for candles that nothing can run on.
    """

    def __init__(
        self, strategy: SignalStrategy, candles: Mapping[str, CandleWindow], setup: Setup,
        goal: str, convention: Convention,
    ) -> None:  # fmt: skip
        for window in candles.values():
            check_candles(window)
        self._strategy, self._windows, self._setup = strategy, candles, setup
        self._goal, self._convention = goal, convention

    def goal(self, values: Mapping[str, float]) -> float:
        """The figure of the run with ``values``, NaN where it is not defined.

        What the strategy raises passes through.
        """
        result = run_once(
            self._strategy, self._windows, values, self._setup, self._convention, band=False
        )
        value = result.measures[self._goal]
        return nan if value is None else value
