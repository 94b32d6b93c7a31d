"""Candles of one symbol that go on: history first, then one more with every close."""

import numpy as np

from market.columns import CandleWindow
from market.types import Candle

__all__ = ["RunningCandles"]

SPARE = 1024

_VALUES = ("open", "high", "low", "close", "volume")


class RunningCandles:
    """Grows at one end, may be cut at the other. Windows given out stay as they are."""

    def __init__(self, history: CandleWindow) -> None:
        self._first = self._end = self._cut = 0
        self._window: CandleWindow | None = None
        self._take(history)

    def __len__(self) -> int:
        return self._end - self._first

    @property
    def last_ns(self) -> int:
        """Start of the newest candle, -1 without any."""
        return self._times.item(self._end - 1) if self._end > self._first else -1

    @property
    def window(self) -> CandleWindow:
        """All of them, views that are read-only; the same object until the next one comes."""
        if self._window is None:
            rows = slice(self._first, self._end)
            times, values, trades = self._shown
            o, h, low, c, v = values[:, rows]
            self._window = CandleWindow(
                times[rows], o, h, low, c, v, trades[rows], self._cut, self._end
            )
        return self._window

    def append(self, candle: Candle) -> bool:
        """Add ``candle``; False for one that is not newer than the newest, which stays out."""
        if candle.time_ns <= self.last_ns:
            return False
        if self._end == len(self._times):
            self._take(self.window)
        at = self._end
        self._times[at], self._trades[at] = candle.time_ns, candle.trades
        self._values[:, at] = candle[1:6]
        self._end, self._window = at + 1, None
        return True

    def keep(self, count: int) -> None:
        """Forget all but the newest ``count``."""
        if count < len(self):
            self._cut += len(self) - count
            self._first, self._window = self._end - count, None

    def _take(self, window: CandleWindow) -> None:
        """Copy ``window`` into arrays with space for as many again."""
        count = len(window)
        space = 2 * count + SPARE
        self._times, self._trades = np.empty(space, np.int64), np.empty(space, np.int32)
        self._values = np.empty((5, space))
        self._times[:count], self._trades[:count] = window.time_ns, window.trades
        for row, name in enumerate(_VALUES):
            self._values[row, :count] = getattr(window, name)
        # Parts of what is read-only are, too.
        self._shown = self._times.view(), self._values.view(), self._trades.view()
        for columns in self._shown:
            columns.flags.writeable = False
        self._first, self._end, self._cut = 0, count, window.first_index
        self._window = None
