"""When the candles of a run's symbols have closed: by the trades that begin the next ones.

A symbol in which nothing is traded closes by the clock, some time after the end, so that trades
that are still on their way have come.
"""

from collections.abc import Iterable

from market.types import SECOND

__all__ = ["GRACE_NS", "Closes"]

GRACE_NS = 2 * SECOND


class Closes:
    """Of candles that last ``interval_ns``; ``end_ns`` is when those that are open now end."""

    def __init__(self, symbols: Iterable[str], interval_ns: int, now_ns: int) -> None:
        self._symbols = frozenset(symbols)
        self._interval_ns = interval_ns
        self._begin(now_ns)

    @property
    def next_ns(self) -> int:
        """When they close at the latest."""
        return self.end_ns + GRACE_NS

    def trade(self, symbol: str, time_ns: int) -> int | None:
        """A trade, by its venue's time; the end of the candles that it is the last to close."""
        if time_ns < self.end_ns:
            return None
        self._open.discard(symbol)
        return None if self._open else self._closed(time_ns)

    def clock(self, now_ns: int) -> int | None:
        """The end of the candles that have closed by now, if any have."""
        return self._closed(now_ns) if now_ns >= self.next_ns else None

    def _closed(self, now_ns: int) -> int:
        """The newest end that there was by then; the clock may have stood still for long."""
        ended = self.end_ns + (now_ns - self.end_ns) // self._interval_ns * self._interval_ns
        self._begin(ended)
        return ended

    def _begin(self, now_ns: int) -> None:
        self.end_ns = (now_ns // self._interval_ns + 1) * self._interval_ns
        self._open = set(self._symbols)
