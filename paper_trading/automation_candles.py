"""Candles for automations: those that were there at the beginning, and each that closes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from market.columns import CandleWindow
from market.market import Market
from market.types import Candle, Interval
from storage.candle_files import candles_in, put_candles
from storage.errors import StorageError

__all__ = ["HistoryFiles", "closed_before", "closed_since"]


def closed_before(
    market: Market, symbols: Sequence[str], interval: Interval, end_ns: int
) -> dict[str, CandleWindow]:
    """The candles of each symbol that have ended by ``end_ns``, as far as the rings reach."""
    found = {}
    for symbol in symbols:
        window = market[symbol].builder.columns(interval).snapshot()
        found[symbol] = window.part(0, _until(window, end_ns - interval.nanoseconds))
    return found


def closed_since(
    market: Market, symbols: Sequence[str], interval: Interval, since_ns: int, end_ns: int
) -> list[Mapping[str, Candle]]:
    """The moments after ``since_ns``, of candles that have ended by ``end_ns``, oldest first.

    Each is the candles that began at one time, by symbol.
    """
    count = (end_ns - since_ns) // interval.nanoseconds + 2
    moments: dict[int, dict[str, Candle]] = {}
    for symbol in symbols:
        window = market[symbol].builder.columns(interval).snapshot(count)
        first, last = _until(window, since_ns), _until(window, end_ns - interval.nanoseconds)
        for row in range(first, last):
            candle = _candle(window, row)
            moments.setdefault(candle.time_ns, {})[symbol] = candle
    return [moments[time_ns] for time_ns in sorted(moments)]


def _until(window: CandleWindow, start_ns: int) -> int:
    """How many candles of ``window`` begin at ``start_ns`` or before."""
    return int(np.searchsorted(window.time_ns, start_ns, "right"))


def _candle(window: CandleWindow, row: int) -> Candle:
    return Candle(
        window.time_ns.item(row), window.open.item(row), window.high.item(row),
        window.low.item(row), window.close.item(row), window.volume.item(row),
        window.trades.item(row),
    )  # fmt: skip


class HistoryFiles:
    """What each run began with, kept as files of ``folder``; without one nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def put(self, run: str, history: Mapping[str, CandleWindow]) -> None:
        """Keep the history of ``run``; raises ``StorageError``."""
        if self._folder is not None:
            for at, window in enumerate(history.values()):
                put_candles(self._path(run, at), window)

    def get(self, run: str, symbols: Sequence[str]) -> dict[str, CandleWindow] | None:
        """The history of ``run``; None where it is not, or no more."""
        if self._folder is None:
            return None
        try:
            return {symbol: candles_in(self._path(run, at)) for at, symbol in enumerate(symbols)}
        except StorageError:
            return None

    def _path(self, run: str, at: int) -> Path:
        assert self._folder is not None
        return self._folder / f"{run}-{at}.parquet"
