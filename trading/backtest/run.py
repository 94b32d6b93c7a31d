"""One call for a backtest, whichever form the strategy has."""

from collections.abc import Mapping

from market.columns import CandleWindow
from trading.backtest.candle_checks import check_candles
from trading.backtest.result import BacktestResult
from trading.backtest.setup import Setup
from trading.backtest.signal_run import run_signal
from trading.candles import Candles
from trading.metrics import Convention
from trading.strategy import SignalStrategy, checked, decided

__all__ = ["backtest"]


def backtest(
    candles: CandleWindow,
    strategy: SignalStrategy,
    values: Mapping[str, object] | None = None,
    setup: Setup | None = None,
    convention: Convention | None = None,
    band: bool = True,
) -> BacktestResult:
    """Run ``strategy`` with parameters ``values``, defaults filled in, over ``candles``.

    Raises :class:`BacktestError` for candles that nothing can run on, with the first bad one and
    its value, :class:`BadParameters` and :class:`BadStrategy`; what the strategy itself raises
    passes through. Without ``band`` it is not computed.
    """
    check_candles(candles)
    signal = decided(strategy, Candles(candles), checked(strategy, values or {}))
    return run_signal(candles, signal, setup, convention, band)
