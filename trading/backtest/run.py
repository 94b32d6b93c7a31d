"""One call for a backtest, whichever form the strategy has."""

from collections.abc import Mapping

from market.columns import CandleWindow
from trading.backtest.candle_checks import check_candles, steps_of
from trading.backtest.event_run import EventRun, run_events
from trading.backtest.result import BacktestResult
from trading.backtest.setup import Setup
from trading.backtest.signal_run import run_signal
from trading.backtest.summary import Course, Told, band_of, fixed, summary
from trading.candles import Candles
from trading.engine.records import Kind, Path
from trading.errors import BacktestError
from trading.event_strategy import EventStrategy
from trading.metrics import Convention
from trading.round_trips import round_trips
from trading.strategy import SignalStrategy, checked, decided

__all__ = ["backtest"]


def backtest(
    candles: CandleWindow | Mapping[str, CandleWindow],
    strategy: SignalStrategy | EventStrategy,
    values: Mapping[str, object] | None = None,
    setup: Setup | None = None,
    convention: Convention | None = None,
    band: bool = True,
) -> BacktestResult:
    """Run ``strategy`` with parameters ``values``, defaults filled in, over ``candles``.

    Strategies of several symbols take them by name, the main one first. Raises
    :class:`BacktestError` for candles that nothing can run on, with the first bad one and its
    value, :class:`BadParameters`, :class:`BadStrategy` and :class:`StrategyFailed`; what a signal's
    ``decide`` raises passes through. Without ``band`` it is not computed.
    """
    setup = setup or Setup()
    windows = candles if isinstance(candles, Mapping) else {"": candles}
    _check(windows)
    if isinstance(strategy, EventStrategy):
        return _of_events(windows, strategy, values, setup, convention, band)
    if len(windows) != 1:
        raise BacktestError(f"{strategy.name} trades 1 symbol; {len(windows)} were given.")
    (window,) = windows.values()
    signal = decided(strategy, Candles(window), checked(strategy, values or {}))
    return run_signal(window, signal, setup, convention, band)


def _check(windows: Mapping[str, CandleWindow]) -> None:
    for symbol, window in windows.items():
        try:
            check_candles(window)
        except BacktestError as error:
            if not symbol:
                raise
            raise BacktestError(f"{symbol}: {error}") from None


def _of_events(
    windows: Mapping[str, CandleWindow], strategy: EventStrategy,
    values: Mapping[str, object] | None, setup: Setup, convention: Convention | None, band: bool,
) -> BacktestResult:  # fmt: skip
    """The band takes two more runs where an order other than at market was placed."""
    run = run_events(windows, strategy, values, setup)
    rests = bool((run.orders["kind"] != Kind.MARKET).any())
    paths = (Path.WORST, Path.BEST) if band and rests else ()
    others = [run_events(windows, strategy, values, setup, path).equity for path in paths]
    told = Told(None, run.curves, run.gauges, warnings=run.warnings)
    found = band_of(run.equity, others) if band else None
    return summary(_course(windows, run), told, setup, convention, found)


def _course(windows: Mapping[str, CandleWindow], run: EventRun) -> Course:
    shares = (run.marks / run.marks[0]).mean(axis=1)
    return Course(
        run.time_ns, steps_of(run.time_ns), run.equity, fixed(run.start_capital * shares),
        fixed(run.sizes[:, 0]), (run.sizes != 0).any(axis=1), fixed(run.fills),
        round_trips(list(windows.values()), run.fills),
    )  # fmt: skip
