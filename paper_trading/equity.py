"""The line of an account's equity, made of its journaled marks, thinned to be drawn."""

import numpy as np
from numpy.typing import NDArray

from market.types import MINUTE
from paper_trading.views import EquityCurve
from research.thinning import kept_rows

__all__ = ["EquityHistory"]

MOST_POINTS = 2000
MINUTE_MS = MINUTE // 1_000_000
SAMPLE = np.dtype([("time_ms", np.int64), ("equity", np.float64)])


class EquityHistory:
    """Samples of one account. For one thread.

    While nothing changes nothing is added: the line goes on to the newest moment anyway.
    """

    def __init__(self) -> None:
        self._samples = np.zeros(0, SAMPLE)
        self._count = 0
        self._thinned: NDArray[np.void] | None = None

    def add(self, time_ms: int, equity: float) -> None:
        """Remember what the account is worth, unless that is what it was."""
        if self._count and equity == self._samples["equity"][self._count - 1]:
            return
        new = [(time_ms, equity)]
        if self._count and time_ms - self._last_ms > 2 * MINUTE_MS:
            # It stood still in between; without this point the line would slope all the way.
            new.insert(0, (time_ms - MINUTE_MS, float(self._samples["equity"][self._count - 1])))
        self._append(np.array(new, SAMPLE))

    def curve(self, time_ms: int, equity: float) -> EquityCurve:
        """The line up to now, at most 2,001 points that keep every high and low."""
        if self._thinned is None:
            known = self._samples[: self._count]
            self._thinned = (
                known[kept_rows([known["equity"]], MOST_POINTS)] if len(known) else known
            )
        times = np.append(self._thinned["time_ms"], time_ms)
        values = np.append(self._thinned["equity"], equity)
        times.flags.writeable = values.flags.writeable = False
        return EquityCurve(times, values)

    @property
    def _last_ms(self) -> int:
        return int(self._samples["time_ms"][self._count - 1])

    def _append(self, new: NDArray[np.void]) -> None:
        end = self._count + len(new)
        if end > len(self._samples):
            larger = np.zeros(max(end, 2 * len(self._samples)), SAMPLE)
            larger[: self._count] = self._samples[: self._count]
            self._samples = larger
        self._samples[self._count : end] = new
        self._count = end
        self._thinned = None
