"""The decisions of a signal strategy on a market that goes on.

They are made anew at every close, over a part of the candles that is long enough: the newest of
those over which decisions are the same as over all of them. That part is chosen by looking. A
decision forgets where its data began: averages by a share with every candle, positions that are
held with the next time they are left. Once two beginnings have led to the same decisions for a
while they go on doing so. Where they have not, the longer part is kept.
"""

from collections.abc import Mapping

import numpy as np

from market.columns import CandleWindow
from market.types import Candle
from trading.candles import Candles
from trading.paper.running_candles import RunningCandles
from trading.strategy import Signal, SignalStrategy, decided

__all__ = ["SignalDecider"]

LEAST = 256
WARM_UPS = 32
"""So many times the warm-up are looked at: what a Wilder average remembers of more is below
e⁻³², less than rounding."""

AGREED = 4
"""One part in so many, the newest, is compared."""


class SignalDecider:
    """Decides over ``history`` and every candle that closes after it."""

    def __init__(
        self, strategy: SignalStrategy, values: Mapping[str, float], history: CandleWindow
    ) -> None:
        self._strategy, self._values = strategy, values
        self._candles = RunningCandles(history)
        self._signal: Signal | None = None
        self._most = 0

    @property
    def looked_at(self) -> int:
        """How many candles the next decision is made over."""
        return len(self._candles)

    def close(self, candle: Candle) -> None:
        """Take a candle that has closed; one that was taken before is left out."""
        if self._candles.append(candle):
            self._signal = None

    def target(self) -> float:
        """The target after the newest close, 0 before the first.

        Raises :class:`BadStrategy`; what ``decide`` raises passes through.
        """
        if self._signal is None:
            self._signal = decided(self._strategy, Candles(self._candles.window), self._values)
        target: float = self._signal.target.item(-1) if len(self._candles) else 0.0
        return target

    def tidy(self) -> None:
        """Look whether fewer candles decide alike."""
        signal, count = self._signal, len(self._candles)
        if signal is None or count < self._most:
            return
        span = max(LEAST, WARM_UPS * signal.warm_up)
        self._most = 2 * span
        if count <= span:
            return
        part = self._candles.window.part(count - span, count)
        fewer = decided(self._strategy, Candles(part), self._values)
        agreed = slice(-span // AGREED, None)
        if np.array_equal(fewer.target[agreed], signal.target[agreed]):
            self._candles.keep(span)
            self._signal = fewer
        else:
            self._most = 2 * count
