"""What a strategy decides over a part of the candles, as numbers that can be compared."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from market.columns import F64, I64, CandleWindow
from trading.candles import Candles
from trading.strategy import SignalStrategy, decided

__all__ = ["Replay", "replay_of"]

MOST_SIGNALS = 100_000
"""Candles that are looked at."""


class Replay(Protocol):
    """A strategy that can be asked about parts of its candles, the rows of ``time_ns``."""

    @property
    def time_ns(self) -> I64: ...
    @property
    def warm_up(self) -> int: ...
    @property
    def skipped(self) -> int:
        """How many older candles are not looked at."""

    def decisions(self, first: int, end: int) -> F64:
        """All it did after each close of rows ``first`` to ``end - 1`` alone; shape (n, k)."""

    def positions(self, first: int, end: int) -> F64:
        """The side it wanted or had then, −1 to 1, by symbol; shape (n, symbols)."""


def replay_of(
    strategy: SignalStrategy, values: Mapping[str, float], candles: CandleWindow
) -> Replay:
    """Over the newest candles where there are more than a check can look at."""
    return SignalReplay(strategy, values, candles)


class SignalReplay:
    """A :class:`Replay` of the signal form."""

    def __init__(
        self, strategy: SignalStrategy, values: Mapping[str, float], candles: CandleWindow
    ) -> None:
        self._strategy, self._values = strategy, values
        self.skipped = max(0, len(candles) - MOST_SIGNALS)
        self._candles = candles.part(self.skipped, len(candles))

    @property
    def time_ns(self) -> I64:
        return self._candles.time_ns

    @property
    def warm_up(self) -> int:
        return decided(self._strategy, Candles(self._candles), self._values).warm_up

    def decisions(self, first: int, end: int) -> F64:
        candles = Candles(self._candles.part(first, end))
        return decided(self._strategy, candles, self._values).target[:, np.newaxis]

    def positions(self, first: int, end: int) -> F64:
        return self.decisions(first, end)
