"""A backtest of the event form: a strategy asked at every close, its orders in one account.

The engine goes no further than the strategy looks: while it only reads candles and indicators,
candles pass the account in one compiled sweep, up to the close at which it is asked for something.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from market.columns import F64, I64, CandleWindow
from market.kernel import entry
from trading.backtest.event_core import CLOSE, pass_moments
from trading.backtest.moments import Moments, moments_of
from trading.backtest.setup import Fill, Setup
from trading.engine.engine import Engine
from trading.engine.records import Path, State
from trading.errors import BacktestError, BadStrategy, StrategyFailed, TradingError
from trading.event_strategy import Desk, EventStrategy, Trader
from trading.hand import EngineHand
from trading.order_view import OrderView
from trading.series import Track
from trading.strategy import checked

__all__ = ["EventRun", "failure_of", "made", "run_events"]

_AHEAD = 256
"""So many candles ahead the account looks whether anything can happen, to be asked less often."""


@dataclass(frozen=True, slots=True)
class EventRun:
    """What an event strategy did; n closes of all symbols' candles, merged by time.

    ``time_ns`` (n,) starts of these candles; ``equity`` (n,) in quote currency and ``sizes``
    (n, symbols), negative when short, at the closes; ``marks`` (n, symbols) the closes, the one
    before where a symbol has no candle; ``fills`` and ``orders`` are the engine's FILL and ORDER
    records, a fill's ``bar`` the row of its symbol's candle. ``curves`` and ``gauges`` (n,) are the
    indicators that the strategy named. ``warnings`` are sentences.
    """

    symbols: tuple[str, ...]
    time_ns: I64
    interval_ns: int
    equity: F64
    sizes: F64
    marks: F64
    fills: NDArray[np.void]
    orders: NDArray[np.void]
    curves: Mapping[str, F64]
    gauges: Mapping[str, F64]
    warnings: tuple[str, ...]
    start_capital: float


def run_events(
    candles: Mapping[str, CandleWindow],
    strategy: EventStrategy,
    values: Mapping[str, object] | None = None,
    setup: Setup | None = None,
    path: Path | None = None,
) -> EventRun:
    """Run ``strategy`` over candles of as many symbols as it trades, the first its main one.

    Of the ``setup`` it takes capital and policies: sides, sizes and exits are the strategy's own
    orders. ``path``, if given, is taken instead of that of the policies. Raises
    :class:`BacktestError` for candles that cannot be, or not in this number, and for fills at the
    close, :class:`BadParameters`, and :class:`StrategyFailed` for what the strategy raised.
    """
    setup, numbers = setup or Setup(), checked(strategy, values or {})
    if len(candles) != strategy.symbols:
        raise BacktestError(
            f"{strategy.name} trades {strategy.symbols} symbols; {len(candles)} were given."
        )
    if setup.fill is not Fill.NEXT_OPEN:
        raise BacktestError(
            f"{strategy.name} places orders of its own; they fill from the next open, never at the "
            "close at which they are placed."
        )
    moments = moments_of(candles)
    engine = Engine(tuple(candles), setup.capital, setup.policies)
    course = _Course(engine, moments, setup.policies.path if path is None else path)
    tracks = {symbol: Track(window) for symbol, window in candles.items()}
    desk = Desk(EngineHand(engine), tracks, moments.interval_ns, course)
    _ask(strategy, numbers, desk, course, tuple(tracks.values()))
    if not np.isfinite(course.equity).all():
        raise BacktestError("The prices rise or fall so far that equity cannot be computed.")
    return _found(candles, engine, course, desk, setup.capital)


class _Course:
    """The engine's way through the moments, and what it leaves behind."""

    def __init__(self, engine: Engine, moments: Moments, path: Path) -> None:
        count, symbols = len(moments.time_ns), len(engine.symbols)
        self.engine = engine
        self.moments = moments
        self.equity = np.empty(count)
        self.sizes = np.empty((count, symbols))
        self.now = -1
        self._passed = 0
        self._quiet = 0
        self._end = count
        self._arrays = (moments.columns, moments.time_ns)
        self._path = int(path)
        self._pass = entry(
            pass_moments, engine.books, *self._arrays, 0, 0, 0, 0, self.equity, self.sizes
        )
        _begin(engine, moments)

    def settle(self) -> None:
        """See to it that orders and positions stand as they do at the close of moment ``now``."""
        if self.now >= self._quiet:
            self._go(min(self.now + 1 + _AHEAD, self._end))

    def catch_up(self) -> None:
        """Like :meth:`settle`, for the marks too; orders may be placed and cancelled then."""
        self._go(0)

    def _go(self, ahead: int) -> None:
        stop = self.now + 1
        columns, time_ns = self._arrays
        while True:
            self._quiet = self._pass(
                self.engine.books, columns, time_ns, self._passed, stop, ahead, self._path,
                self.equity, self.sizes,
            )  # fmt: skip
            self._passed = min(self._quiet, stop)
            if self._passed == stop:
                return
            self.engine.make_space()


def _begin(engine: Engine, moments: Moments) -> None:
    """Count the candles before the first moment as passed: fills name the rows of the candles."""
    positions = engine.books.positions
    for place, counts in enumerate(moments.counts):
        opens_now = not np.isnan(moments.columns[place, CLOSE, 0])
        positions["bar"][place] = counts[0] - 1 - opens_now


def _ask(
    strategy: EventStrategy, numbers: Mapping[str, float], desk: Desk, course: _Course,
    tracks: tuple[Track, ...],
) -> None:  # fmt: skip
    """Ask the strategy at every close, then let the account catch up with the last."""
    try:
        trader = made(strategy, numbers)
        trader.init(desk)
        counts = course.moments.counts
        if len(tracks) == 1:
            _ask_of_one(trader.next, desk, course, tracks[0], counts[0])
        else:
            _ask_of_many(trader.next, desk, course, tracks, counts)
    except Exception as error:
        raise failure_of(strategy, desk.index, desk.time_ns, error) from error
    course.catch_up()


def _ask_of_one(
    ask: Callable[[Desk], None], desk: Desk, course: _Course, track: Track, counts: Sequence[int]
) -> None:
    for course.now, track.count in enumerate(counts):
        ask(desk)


def _ask_of_many(
    ask: Callable[[Desk], None], desk: Desk, course: _Course, tracks: tuple[Track, ...],
    counts: tuple[Sequence[int], ...],
) -> None:  # fmt: skip
    for course.now, closed in enumerate(zip(*counts, strict=True)):
        for track, count in zip(tracks, closed, strict=True):
            track.count = count
        ask(desk)


def made(strategy: EventStrategy, numbers: Mapping[str, float]) -> Trader:
    """A new trader; raises :class:`BadStrategy` where ``make`` returns none."""
    trader = strategy.make(numbers)
    for name in ("init", "next"):
        if not callable(getattr(trader, name, None)):
            raise BadStrategy(f"make returned {trader!r:.40}; it needs the methods init and next.")
    return trader


def failure_of(
    strategy: EventStrategy, index: int, time_ns: int, error: Exception
) -> StrategyFailed:
    """What is raised for an ``error`` of the strategy at close ``index``, -1 in ``init``."""
    words = str(error) or "no reason was given"
    what = words if isinstance(error, TradingError) else f"{type(error).__name__}: {words}"
    where = "before the first candle"
    if index >= 0:
        closed = np.datetime64(time_ns, "ns").astype("datetime64[s]")
        where = f"at the close of candle {index} ({str(closed).replace('T', ' ')} UTC)"
    return StrategyFailed(f"{strategy.name} failed {where}: {what}", index, time_ns)


def _found(
    candles: Mapping[str, CandleWindow], engine: Engine, course: _Course, desk: Desk, capital: float
) -> EventRun:
    moments = course.moments
    rows = [np.asarray(counts) - 1 for counts in moments.counts]
    marks = [window.close[row] for window, row in zip(candles.values(), rows, strict=True)]
    for array in (course.equity, course.sizes):
        array.flags.writeable = False
    return EventRun(
        symbols=engine.symbols,
        time_ns=moments.time_ns,
        interval_ns=moments.interval_ns,
        equity=course.equity,
        sizes=course.sizes,
        marks=np.stack(marks, axis=1),
        fills=engine.fills,
        orders=engine.orders,
        curves={name: series.whole[rows[0]] for name, series in desk.curves.items()},
        gauges={name: series.whole[rows[0]] for name, series in desk.gauges.items()},
        warnings=_refusals(engine),
        start_capital=capital,
    )


def _refusals(engine: Engine) -> tuple[str, ...]:
    """A sentence for each reason for which orders were refused."""
    refused = engine.orders[engine.orders["state"] == State.REFUSED]
    _, firsts, counts = np.unique(refused["reason"], return_index=True, return_counts=True)
    return tuple(
        f"Orders refused: {count}. The first, number {refused['number'][first]}, was "
        f"{OrderView.of(refused[first], engine.symbols).words}."
        for first, count in zip(firsts, counts, strict=True)
    )
