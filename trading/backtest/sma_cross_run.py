"""Backtest of a signal over candles.

A target position is decided at the close of a candle and filled at the open of the next one, with
slippage against the trader and a fee on the value. Long only; every entry puts in all cash, fee
included. A position that is open at the end is marked at the last close and reported as an open
trade; nothing is closed by force. Candles that are missing are not filled in: the next one there is
counts as the next.

Fills, fees and position changes are computed by :mod:`trading.fill_arithmetic`, the same code as in
paper trading, here in float64.
"""

from dataclasses import dataclass
from math import isfinite
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from market.columns import CandleWindow
from market.types import DAY, HOUR, MINUTE, SECOND
from trading.backtest_core import CHANGE, PRICE, replay_signal
from trading.errors import BacktestError
from trading.fill_models import Costs
from trading.metrics import Convention, Measures, Run, measure
from trading.round_trips import round_trips
from trading.strategies.sma_cross import SmaCrossParameters, decide
from trading.trades import Trades

__all__ = ["SmaCrossResult", "run_sma_cross"]

F64 = NDArray[np.float64]
I8 = NDArray[np.int8]
I64 = NDArray[np.int64]
T = TypeVar("T", bound=np.generic)

FEW_TRADES = 30
MAX_CAPITAL = 1e15
MIN_PRICE, MAX_PRICE = 1e-12, 1e12
_UNITS = ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes"), (SECOND, "seconds"))


@dataclass(frozen=True, slots=True)
class SmaCrossResult:
    """Arrays of shape (n,), one value per candle, read-only.

    ``time_ns`` candle starts; ``equity`` and ``buy_and_hold`` in quote currency at the closes, the
    latter from ``start_capital`` put in at the first close without costs; ``fast`` and ``slow``
    averages, NaN while warming; ``target`` int8, the position decided at each close. ``warm_up`` is
    the number of candles before the first decision. ``warnings`` are sentences on what weakens the
    result.
    """

    time_ns: I64
    equity: F64
    buy_and_hold: F64
    fast: F64
    slow: F64
    target: I8
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
    """Backtest the moving average cross of :mod:`trading.strategies.sma_cross`.

    Raises :class:`BacktestError` when there are too few candles, a price outside 10^-12 to 10^12,
    or a capital outside 0 to 10^15. The candle length is taken as the median step of ``time_ns``.
    """
    parameters, costs = parameters or SmaCrossParameters(), costs or Costs()
    _check(candles, parameters, start_capital)
    count = len(candles)
    signal = decide(candles.close, parameters)
    equity = np.empty(count)
    fill_bars, fills = np.empty(count, np.int64), np.empty((count, 4))
    filled = replay_signal(
        candles.open, candles.close, signal.target, float(costs.fee_rate), costs.slippage_rate,
        float(start_capital), equity, fill_bars, fills,
    )  # fmt: skip
    if not (np.isfinite(equity).all() and (equity > 0).all()):
        raise BacktestError("The prices rise or fall so far that equity cannot be computed.")
    fill_bars, fills = fill_bars[:filled], fills[:filled]
    trades = round_trips(candles, fill_bars, fills)
    interval_ns = int(np.median(np.diff(candles.time_ns)))
    warm_up = parameters.slow - 1
    run = Run(
        candles.time_ns,
        interval_ns,
        _read_only(equity),
        _read_only(candles.close * (start_capital / candles.close[0])),
        _held(count, fill_bars),
        trades,
        float(np.abs(fills[:, CHANGE] * fills[:, PRICE]).sum()),
    )
    return SmaCrossResult(
        time_ns=candles.time_ns,
        equity=run.equity,
        buy_and_hold=run.market,
        fast=_read_only(signal.fast),
        slow=_read_only(signal.slow),
        target=_read_only(signal.target),
        trades=trades,
        metrics=measure(run, convention),
        warnings=_warnings(candles.time_ns, interval_ns, trades, costs, warm_up),
        warm_up=warm_up,
        start_capital=start_capital,
        interval_ns=interval_ns,
    )


def _check(candles: CandleWindow, parameters: SmaCrossParameters, capital: float) -> None:
    if not (isfinite(capital) and 0 < capital <= MAX_CAPITAL):
        raise BacktestError(f"Start capital was {capital}; allowed is above 0 to {MAX_CAPITAL:g}.")
    needed = parameters.slow + 1
    if len(candles) < needed:
        raise BacktestError(
            f"There are {len(candles)} candles; a slow average over {parameters.slow} needs "
            f"{needed}, one more to act on."
        )
    for name, prices in (("open", candles.open), ("close", candles.close)):
        good = (prices >= MIN_PRICE) & (prices <= MAX_PRICE)
        if not good.all():
            at = int(np.argmin(good))
            raise BacktestError(
                f"Candle {at} has the {name} price {prices[at]}; allowed is "
                f"{MIN_PRICE:g} to {MAX_PRICE:g}."
            )


def _held(count: int, fill_bars: I64) -> NDArray[np.bool_]:
    """Whether there was a position at each close: fills alternate between in and out."""
    fills = np.zeros(count, np.int8)
    fills[fill_bars] = 1
    return (np.cumsum(fills) & 1).astype(np.bool_)


def _warnings(
    time_ns: I64, interval_ns: int, trades: Trades, costs: Costs, warm_up: int
) -> tuple[str, ...]:
    found = []
    closed = len(trades.closed)
    if closed < FEW_TRADES:
        found.append(f"Closed trades: {closed}. Below {FEW_TRADES} the figures may be chance.")
    if closed < len(trades):
        found.append("The last position is still open and counts at the last close.")
    if costs.free:
        found.append("No fees and no slippage: real trading costs more.")
    steps = np.diff(time_ns)
    gaps = int((steps > interval_ns).sum())
    if gaps:
        longest = _span_words(int(steps.max()) - interval_ns)
        found.append(f"Gaps: {gaps}, longest {longest}. Missing candles are not filled.")
    if warm_up * 2 > len(time_ns):
        found.append(f"{warm_up} of {len(time_ns)} candles only warm up the slow average.")
    return tuple(found)


def _span_words(span_ns: int) -> str:
    unit, word = next((pair for pair in _UNITS if span_ns >= pair[0]), _UNITS[-1])
    return f"{span_ns / unit:.3g} {word}"


def _read_only(array: NDArray[T]) -> NDArray[T]:
    array.flags.writeable = False
    return array
