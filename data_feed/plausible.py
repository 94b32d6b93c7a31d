"""Trades whose time cannot be: far ahead of the clock, or far before the trade that came earlier.

One such trade would leave a candle years away that no later trade removes. Sans-IO: the wall clock
is handed in. This machine's clock may be wrong, and so may the first trade that is believed, so
several refused trades in a row that agree with each other are believed in the end.
"""

from math import inf

from market.types import MINUTE, SECOND, Symbol, Trade

TOLERANCE_NS = MINUTE
"""How far times may differ: clocks are wrong by seconds, frames late by seconds."""

CONVINCING = 5
"""Refused trades in a row whose clocks agree."""


class TradeTimes:
    """Remembers the newest trade of each symbol, and by how much the venue's clock is ahead.

    A symbol's first trade must not be older than ``oldest_ns``.
    """

    def __init__(self, oldest_ns: float = inf) -> None:
        self._oldest_ns = oldest_ns
        self._newest: dict[Symbol, tuple[int, float]] = {}
        self._ahead_ns = 0
        self._refused: list[int] = []

    def refusal(self, trade: Trade, wall_ns: int) -> str:
        """Why ``trade``, received at ``wall_ns``, cannot be true; empty when it can."""
        none_yet = (-1, wall_ns - self._oldest_ns)
        newest_id, newest_ns = self._newest.get(trade.symbol, none_yet)
        ahead_ns = trade.time_ns - wall_ns
        reason = ""
        if ahead_ns > self._ahead_ns + TOLERANCE_NS:
            reason = f"its time is {ahead_ns / SECOND:,.0f} s ahead of the clock"
        elif trade.trade_id > newest_id and trade.time_ns < newest_ns - TOLERANCE_NS:
            reason = f"its time is {-ahead_ns / SECOND:,.0f} s old, yet it is a new trade"
        if reason and not self._convinces(ahead_ns):
            return reason
        if not reason:
            self._refused.clear()
        if reason or trade.trade_id > newest_id:
            self._newest[trade.symbol] = trade.trade_id, trade.time_ns
        return ""

    def _convinces(self, ahead_ns: int) -> bool:
        """Whether refused trades have agreed long enough; then their clock is the venue's."""
        if self._refused and abs(ahead_ns - self._refused[0]) > TOLERANCE_NS:
            self._refused.clear()
        self._refused.append(ahead_ns)
        if len(self._refused) < CONVINCING:
            return False
        self._ahead_ns = max(ahead_ns, 0)
        self._refused.clear()
        return True
