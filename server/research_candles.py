"""Candles for backtests: of the rings, and before them those that are stored."""

from collections.abc import Callable

import numpy as np

from data_feed.status import FeedMode
from data_feed.venue_names import tag, venue_keys
from market.columns import CandleWindow
from market.market import Market
from market.types import Interval, plain, venue_of
from research.errors import RequestError
from server import market_reader
from server.errors import RequestError as Refusal
from server.settings import Settings
from storage.candle_store import CandleStore, join, part_of
from storage.errors import StorageError

FOREVER_NS = 2**63 - 1


class ResearchCandles:
    """Reads the candles of what is followed. Calls may come from any thread.

    Stored ones are of a real venue, so they are only joined to those of a live market.
    """

    def __init__(self, settings: Settings, market: Market, mode: Callable[[], FeedMode]) -> None:
        self._settings = settings
        self._market = market
        self._mode = mode

    def symbols(self) -> tuple[str, ...]:
        """See :class:`research.candle_data.CandleSource`."""
        return self._market.symbols

    def read(
        self, symbol: str, interval: Interval, start_ns: int | None, end_ns: int | None
    ) -> CandleWindow:
        """See :class:`research.candle_data.CandleSource`. Raises :class:`RequestError`."""
        try:
            held = market_reader.closed_candles(self._market, symbol, interval)
            first_ns, last_ns = start_ns or 0, FOREVER_NS if end_ns is None else end_ns
            rows = np.searchsorted(held.time_ns, (first_ns, last_ns))
            newest = part_of(held, slice(int(rows[0]), max(int(rows[0]), int(rows[1]))))
            oldest_ns = int(held.time_ns[0]) if len(held) else FOREVER_NS
            if self._settings.store is None or first_ns >= min(oldest_ns, last_ns):
                return newest
            if self._mode() is not FeedMode.LIVE:
                return newest
            older = self._stored(symbol, interval, first_ns, min(oldest_ns, last_ns))
        except (Refusal, StorageError) as error:
            raise RequestError(str(error)) from None
        return join([older, newest]) if len(newest) else older

    def _stored(self, symbol: str, interval: Interval, start_ns: int, end_ns: int) -> CandleWindow:
        assert self._settings.store is not None
        venue = venue_of(symbol) or tag(venue_keys(self._settings.venue)[0])
        store = CandleStore(self._settings.store, venue)
        return store.read(plain(symbol), interval, start_ns, end_ns)
