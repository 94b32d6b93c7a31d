"""How far the history of every ring has been loaded, for pages to tell while it is under way."""

from typing import NamedTuple

from market.types import Interval


class Loading(NamedTuple):
    """Candles that have come, and those that have been asked for."""

    loaded: int
    expected: int


class HistoryProgress:
    """Written by the feed's thread, read from any. Symbols are the market's."""

    def __init__(self) -> None:
        self._loading: dict[tuple[str, Interval], Loading] = {}

    def asked(self, symbol: str, interval: Interval) -> Loading | None:
        """While candles of this ring are being asked for, or will be; else None."""
        return self._loading.get((symbol, interval))

    def all(self) -> dict[tuple[str, Interval], Loading]:
        """Every ring for which candles are being asked for."""
        return self._loading.copy()

    def begin(self, symbol: str, interval: Interval, expected: int) -> None:
        """``expected`` candles will be asked for."""
        self._loading[symbol, interval] = Loading(0, expected)

    def came(self, symbol: str, interval: Interval, candles: int) -> None:
        """So many candles have come."""
        known = self._loading.get((symbol, interval))
        if known is not None:
            loaded = known.loaded + candles
            self._loading[symbol, interval] = Loading(loaded, max(known.expected, loaded))

    def end(self, symbol: str, interval: Interval) -> None:
        """Nothing more will be asked for."""
        self._loading.pop((symbol, interval), None)
