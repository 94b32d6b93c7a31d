"""Where the venue's candles end and those made of trades begin.

From some moment on all trades of a symbol are known without a hole; candles that begin later are
exact by themselves, and what a venue's answer says about them can only be stale. Candles that had
ended before are the venue's. The one in between, the seam, is the sum of shorter ones of both
kinds; only the minute at the seam has no shorter ones: it is asked for again once it has ended.
"""

from collections.abc import Sequence

import numpy as np

from market.candle_builder import CandleBuilder
from market.columns import CandleWindow
from market.types import SECOND, Interval, Symbol, Trade

WHOLE = (Interval.S15, Interval.S5, Interval.S1)
"""Trades count from the start of one of these on, so that no short candle lacks its beginning; of
the first of them that leaves any trade.
"""

_LONGER = (Interval.M5, Interval.M15, Interval.H1, Interval.H4, Interval.D1)


class Seams:
    """The seams of one venue's symbols. Sans-IO."""

    def __init__(self) -> None:
        self._since: dict[Symbol, int] = {}
        self._reach: dict[tuple[Symbol, Interval], int] = {}
        self._open: dict[Symbol, int] = {}

    def trades(self, symbol: Symbol, trades: Sequence[Trade], *, broken: bool) -> list[Trade]:
        """Those of ``trades``, the newest in order, that count.

        ``broken``: some between them and the ones known before are missing for good.
        """
        if trades and (broken or symbol not in self._since):
            self.begin(symbol, trades[0].time_ns, trades[-1].time_ns)
        since_ns = self._since.get(symbol, 0)
        return [trade for trade in trades if trade.time_ns >= since_ns]

    def begin(self, symbol: Symbol, oldest_ns: int, newest_ns: int) -> None:
        """All trades since ``oldest_ns``, but not those before, are known."""
        starts = [-(-oldest_ns // each.nanoseconds) * each.nanoseconds for each in WHOLE]
        since_ns = next((start for start in starts if start <= newest_ns), oldest_ns)
        self._since[symbol] = self._open[symbol] = since_ns

    def known(self, symbol: Symbol) -> bool:
        """Whether there is a seam yet."""
        return symbol in self._since

    def take(
        self, symbol: Symbol, interval: Interval, answer: CandleWindow, builder: CandleBuilder
    ) -> None:
        """Give ``builder`` those candles of an ``answer`` that the trades do not know better.

        All but the newest of an answer have ended, and all of a page of older ones.
        """
        if not len(answer):
            return
        place, oldest_ns = (symbol, interval), int(answer.time_ns[0])
        older = answer.time_ns[-1] < self._reach.get(place, 0)
        self._reach[place] = min(self._reach.get(place, oldest_ns), oldest_ns)
        since_ns = self._since[symbol]
        if interval is Interval.M1 and answer.time_ns[-1] > _minute_before(since_ns):
            self._open.pop(symbol, None)  # a later candle shows that the one at the seam has ended
        kept = int(np.searchsorted(answer.time_ns, since_ns))
        ended = kept if older else min(kept, len(answer) - 1)
        builder.load_history(interval, answer.part(0, ended), final=True)
        builder.load_history(interval, answer.part(ended, kept))

    def compose(self, symbol: Symbol, builder: CandleBuilder) -> None:
        """Make the longer candles at the seam of the longest shorter ones that reach back enough.

        Call when all answers are in.
        """
        since_ns = self._since.get(symbol)
        if since_ns is None:
            return
        whole = [Interval.M1]
        for interval in _LONGER:
            start_ns = since_ns - since_ns % interval.nanoseconds
            parts = [each for each in whole if self._reach.get((symbol, each), 2**63) <= start_ns]
            if start_ns < since_ns and parts:
                builder.compose(interval, parts[-1], start_ns)
            if (symbol, interval) in self._reach and (parts or start_ns == since_ns):
                whole.append(interval)

    def unsettled(self, now_ns: int) -> list[Symbol]:
        """Symbols whose minute at the seam has ended since, by the wall clock, but was open when it
        was asked for.
        """
        ended_ns = now_ns - Interval.M1.nanoseconds - 2 * SECOND
        return [each for each, since in self._open.items() if _minute_before(since) <= ended_ns]


def _minute_before(since_ns: int) -> int:
    """Start of the minute that holds the moment before ``since_ns``."""
    return (since_ns - 1) // Interval.M1.nanoseconds * Interval.M1.nanoseconds
