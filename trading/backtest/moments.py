"""Candles of several symbols on one time line."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from market.columns import F64, I64, CandleWindow
from trading.backtest.candle_checks import check_candles
from trading.errors import BacktestError

__all__ = ["Moments", "moments_of"]


class Moments(NamedTuple):
    """Every start of a candle of any symbol, n of them, from when all have had one.

    ``columns`` (symbols, 5, n) as :func:`trading.backtest.event_core.pass_moments` takes them;
    ``counts``: for each symbol how many of its candles have closed at each moment;
    ``interval_ns``: the shortest step.
    """

    time_ns: I64
    interval_ns: int
    columns: F64
    counts: tuple[Sequence[int], ...]


def moments_of(candles: Mapping[str, CandleWindow]) -> Moments:
    """Raises :class:`BacktestError` for candles that cannot be, and where times do not overlap."""
    for window in candles.values():
        check_candles(window)
    windows = list(candles.values())
    if len(windows) == 1:
        time_ns = windows[0].time_ns.copy()
        counts: tuple[Sequence[int], ...] = (range(1, len(time_ns) + 1),)
        return Moments(time_ns, _interval(time_ns), _columns(windows[0])[np.newaxis], counts)
    start = max(int(window.time_ns[0]) for window in windows)
    every = np.unique(np.concatenate([window.time_ns for window in windows]))
    time_ns = every[every >= start]
    if any(window.time_ns[-1] < start for window in windows) or len(time_ns) < 2:
        raise BacktestError(
            f"The candles of {', '.join(candles)} have no time in common; they must overlap."
        )
    columns = np.full((len(windows), 5, len(time_ns)), np.nan)
    closed = [np.searchsorted(window.time_ns, time_ns, "right") for window in windows]
    for place, (window, count) in enumerate(zip(windows, closed, strict=True)):
        there = window.time_ns[count - 1] == time_ns
        columns[place][:, there] = _columns(window)[:, count[there] - 1]
    return Moments(time_ns, _interval(time_ns), columns, tuple(count.tolist() for count in closed))


def _columns(window: CandleWindow) -> F64:
    return np.stack((window.open, window.high, window.low, window.close, window.volume))


def _interval(time_ns: I64) -> int:
    return int(np.diff(time_ns).min())
