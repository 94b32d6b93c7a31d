"""The watchlist's numbers: computed once for all viewers, handed out where they changed."""

from collections.abc import Callable
from time import time_ns

import numpy as np

from market.market import Market
from market.types import DAY, Interval
from server import market_reader
from server.watch_views import WatchView

_ROWS = 1 + DAY // Interval.M15.nanoseconds
_MILLISECOND = 1_000_000
_OLD_MS = 60_000
"""A row is computed anew after this time even without a trade: its day goes on."""


class WatchRows:
    """Rows of all symbols, each with the moment of its last change, in milliseconds.

    Moments rise with every change and, being times, across restarts of the server. Used from the
    event loop.
    """

    def __init__(self, market: Market, clock: Callable[[], int] = time_ns) -> None:
        self._market = market
        self._clock = clock
        self._moment = 0
        self._rows: dict[str, WatchView] = {}
        self._changed: dict[str, int] = {}
        self._computed: dict[str, tuple[int, int]] = {}  # version of the market, minute

    def since(self, seen: int) -> tuple[int, list[WatchView]]:
        """The newest moment, and the rows that changed after ``seen`` in the market's order."""
        self._refresh()
        changed = self._changed
        # The market may have begun to watch others meanwhile.
        rows = [self._rows[name] for name in self._market.symbols if changed.get(name, 0) > seen]
        return self._moment, rows

    def _refresh(self) -> None:
        now = self._clock() // _MILLISECOND
        moment = max(now, self._moment + 1)
        for symbol in self._market.symbols:
            state = (self._market[symbol].version, now // _OLD_MS)
            if self._computed.get(symbol) == state:
                continue
            self._computed[symbol] = state
            row = watch_row(self._market, symbol)
            if self._rows.get(symbol) != row:
                self._rows[symbol] = row
                self._changed[symbol] = self._moment = moment


def watch_row(market: Market, symbol: str) -> WatchView:
    """Price, change and turnover of ``symbol`` now."""
    last = market_reader.last(market, symbol)
    return WatchView(symbol, last.price, last.change_pct, _turnover(market, symbol), last.decimals)


def _turnover(market: Market, symbol: str) -> float | None:
    day = market[symbol].builder.columns(Interval.M15).snapshot(_ROWS)
    if not len(day):
        return None
    held = day.time_ns > day.time_ns[-1] - DAY
    return float(np.dot(day.close[held], day.volume[held]))
