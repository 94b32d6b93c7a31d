"""One combination of a strategy: a whole run, or a quick one for one figure."""

from collections.abc import Mapping
from dataclasses import replace
from math import nan
from threading import local

import numpy as np

from market.columns import CandleWindow
from trading.backtest import BacktestResult, Fill, Setup, backtest
from trading.backtest.candle_checks import check_candles
from trading.backtest.scoring import GOALS, Scorer
from trading.candles import Candles
from trading.decisions import Strategy
from trading.event_strategy import Desk, EventStrategy, Trader
from trading.metrics import Convention
from trading.parameters import checked
from trading.strategy import Signal, SignalStrategy, decided

__all__ = ["Evaluator", "run_once"]


def run_once(
    strategy: Strategy,
    candles: Mapping[str, CandleWindow],
    values: Mapping[str, float],
    setup: Setup,
    convention: Convention,
    trade_from: int = 0,
    band: bool = True,
) -> BacktestResult:
    """A backtest of either form; nothing is traded before the candle in row ``trade_from``.

    Raises as :func:`trading.backtest.backtest` does.
    """
    if trade_from:
        strategy = _later(strategy, trade_from - (setup.fill is Fill.NEXT_OPEN))
    return backtest(candles, strategy, values, setup, convention, band)


def _later(strategy: Strategy, first: int) -> Strategy:
    """The same strategy, flat until the close of candle ``first`` decides."""
    if isinstance(strategy, EventStrategy):
        make = strategy.make
        return replace(strategy, make=lambda values: _Late(make(values), first))

    def decide(candles: Candles, values: Mapping[str, float]) -> Signal:
        signal = strategy.decide(candles, values)
        target = np.array(signal.target, np.float64)
        target[:first] = 0.0
        return replace(signal, target=target)

    return replace(strategy, decide=decide)


class _Late:
    """A trader that is not asked before the close of candle ``first``."""

    def __init__(self, trader: Trader, first: int) -> None:
        self._trader, self._first = trader, first

    def init(self, desk: Desk) -> None:
        self._trader.init(desk)

    def next(self, desk: Desk) -> None:
        if desk.index >= self._first:
            self._trader.next(desk)


class Evaluator:
    """Runs of ``strategy`` over the same candles, of which only the figure ``goal`` is wanted.

    Threads may share one: indicators are computed once for all combinations, and signals are scored
    by :class:`trading.backtest.scoring.Scorer` where it knows the figure. Raises
    :class:`trading.errors.BacktestError` for candles that nothing can run on.
    """

    def __init__(
        self, strategy: Strategy, candles: Mapping[str, CandleWindow], setup: Setup,
        goal: str, convention: Convention,
    ) -> None:  # fmt: skip
        for window in candles.values():
            check_candles(window)
        self._strategy, self._windows, self._setup = strategy, candles, setup
        self._goal, self._convention = goal, convention
        self._candles = Candles(next(iter(candles.values())))
        self._quick = strategy if isinstance(strategy, SignalStrategy) and goal in GOALS else None
        self._scratch = local()

    def goal(self, values: Mapping[str, float]) -> float:
        """The figure of the run with ``values``, NaN where it is not defined.

        What the strategy raises passes through.
        """
        if self._quick is not None:
            signal = decided(self._quick, self._candles, checked(self._quick, values))
            return self._scorer().score(signal.target)
        result = run_once(
            self._strategy, self._windows, values, self._setup, self._convention, band=False
        )
        value = result.measures[self._goal]
        return nan if value is None else value

    def _scorer(self) -> Scorer:
        """One for each thread: it has scratch space."""
        held: Scorer | None = getattr(self._scratch, "scorer", None)
        if held is None:
            window = self._candles.window
            held = Scorer(window, self._setup, self._goal, self._convention)
            self._scratch.scorer = held
        return held
