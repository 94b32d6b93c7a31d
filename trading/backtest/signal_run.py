"""A backtest of the signal form: the target of every close, traded by the compiled driver."""

import numpy as np

from market.columns import F64, CandleWindow
from trading.backtest.candle_checks import Steps, steps_of
from trading.backtest.follow import FEW_FILLS, ORDERS_EACH, Bars, follow
from trading.backtest.result import BacktestResult
from trading.backtest.setup import Direction, Fill, Setup
from trading.backtest.summary import Course, Told, band_of, fixed, summary
from trading.backtest.turning import PLAN, Plan
from trading.engine.records import Books, Path, grown, make_books
from trading.errors import BacktestError
from trading.metrics import Convention
from trading.round_trips import round_trips
from trading.strategy import Signal

__all__ = ["bars_of", "open_books", "plan_of", "run_signal"]

_BOUNDS = {
    # targets are cut to these
    Direction.LONG: (0.0, 1.0),
    Direction.SHORT: (-1.0, 0.0),
    Direction.BOTH: (-1.0, 1.0),
}


def run_signal(
    candles: CandleWindow,
    signal: Signal,
    setup: Setup | None = None,
    convention: Convention | None = None,
    band: bool = True,
) -> BacktestResult:
    """Trade ``signal`` over ``candles``, which :func:`check_candles` must have let pass.

    ``signal`` as :func:`trading.strategy.decided` returns it. Orders and fills are those of
    :mod:`trading.backtest.follow`; a decision at the last close is never traded, and none that
    fills at the first. The run is repeated for the band where stop-loss or take-profit rest inside
    candles. Raises :class:`BacktestError` when there are too few candles after the warm-up, or when
    equity grows beyond all numbers.
    """
    setup = setup or Setup()
    _check_length(len(candles), signal.warm_up)
    bars, target, steps = bars_of(candles), fixed(signal.target), steps_of(candles.time_ns)
    # In one piece: the system gives large memory in large pages, but for the ends of each piece.
    equity, position, market = np.empty((3, len(candles)))
    books = _driven(bars, target, setup, steps, setup.policies.path, equity, position)
    fills = books.fills[: books.account[0]["fills"]]
    np.multiply(candles.close, setup.capital / bars.close[0], out=market)
    course = Course(
        candles.time_ns, steps, fixed(equity), fixed(market), fixed(position), position != 0,
        fixed(fills), round_trips([candles], fills),
    )  # fmt: skip
    told = Told(signal.target, signal.curves, signal.gauges, signal.warm_up)
    rests = setup.stop_loss is not None or setup.take_profit is not None
    paths = (Path.WORST, Path.BEST) if band and rests else ()
    others = [_equity(bars, target, setup, steps, path) for path in paths]
    return summary(course, told, setup, convention, band_of(equity, others) if band else None)


def bars_of(candles: CandleWindow) -> Bars:
    """The columns of ``candles`` as the driver takes them."""
    return Bars(
        fixed(candles.time_ns), fixed(candles.open), fixed(candles.high), fixed(candles.low),
        fixed(candles.close), fixed(candles.volume),
    )  # fmt: skip


def plan_of(setup: Setup, steps: Steps, path: Path) -> Plan:
    """The driver's plan before the first candle."""
    plan = np.zeros(1, PLAN)
    first = plan[0]
    first["share"] = setup.size * setup.policies.margin.leverage
    first["least"], first["most"] = _BOUNDS[setup.direction]
    first["stop_loss"], first["take_profit"] = setup.stop_loss or 0.0, setup.take_profit or 0.0
    first["interval_ns"], first["path"] = steps.interval_ns, path
    first["at_close"] = setup.fill is Fill.CLOSE
    first["decided"], first["lower"], first["upper"] = -1, -np.inf, np.inf
    return plan


def open_books(setup: Setup, orders: int, fills: int) -> Books:
    """Books of an account with the setup's capital and policies."""
    books = make_books(1, orders, fills)
    account = books.account[0]
    account["cash"] = account["start"] = setup.capital
    setup.policies.write_to(books)
    return books


def _equity(bars: Bars, target: F64, setup: Setup, steps: Steps, path: Path) -> F64:
    """The equity of a run over all candles."""
    equity, position = np.empty((2, len(target)))
    _driven(bars, target, setup, steps, path, equity, position)
    return equity


def _driven(
    bars: Bars, target: F64, setup: Setup, steps: Steps, path: Path, equity: F64, position: F64
) -> Books:
    """The books after a run over all candles, which fills ``equity`` and ``position``."""
    changes = int(np.count_nonzero(target[1:] != target[:-1])) + 1
    bare = setup.stop_loss is None and setup.take_profit is None
    # Space for what a run mostly needs, not for the most it can: zeros cost, and the books grow.
    orders = (1 if bare else ORDERS_EACH) * changes + ORDERS_EACH
    books = open_books(setup, orders, (1 if bare else 2) * changes + FEW_FILLS)
    plan = plan_of(setup, steps, path)
    while not follow(books, bars, plan, target, equity, position):
        account = books.account[0]
        books = grown(books, int(account["orders"]) + ORDERS_EACH, 2 * len(books.fills))
    if not _finite(equity):
        raise BacktestError("The prices rise or fall so far that equity cannot be computed.")
    return books


def _finite(values: F64) -> bool:
    """Whether all are finite: their sum is sooner had, but may itself be too large."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(values.sum()) or np.isfinite(values).all())


def _check_length(count: int, warm_up: int) -> None:
    if count < warm_up + 2:
        raise BacktestError(
            f"There are {count} candles; the strategy warms up over {warm_up} and needs "
            f"{warm_up + 2}, one to decide after and one to act on."
        )
