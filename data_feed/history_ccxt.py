"""What is asked of ccxt's REST functions, written as a query, and their answers; sans-IO.

Source: docs.ccxt.com, fetchOHLCV. :mod:`data_feed.ccxt_venue` calls the functions.
"""

from collections.abc import Collection
from urllib.parse import urlencode

import msgspec

from data_feed.ccxt_parser import unified
from data_feed.history import candle_window, decoded
from market.columns import CandleWindow
from market.types import SECOND, Interval, Symbol, Trade

_MS = 1_000_000


class CcxtHistory:
    """Candles through ccxt's ``fetch_ohlcv``; ``timeframes`` are those that the exchange has."""

    base_url = ""
    page = 300
    newest_only = False

    def __init__(self, timeframes: Collection[str]) -> None:
        useful = (Interval.M1, Interval.H1, Interval.D1, Interval.M5, Interval.M15, Interval.H4)
        self.intervals = tuple(each for each in useful if each.value in timeframes)
        row = tuple[int, float, float, float, float, float]
        self._decode = msgspec.json.Decoder(list[row]).decode

    def candles_path(self, symbol: Symbol, interval: Interval, end_ns: int) -> str:
        """See :class:`data_feed.history.VenueHistory`."""
        since_ns = end_ns - (self.page - 1) * interval.nanoseconds
        return urlencode({
            "symbol": unified(symbol), "timeframe": interval.value, "since": since_ns // _MS,
            "limit": self.page,
        })  # fmt: skip

    def candles(self, interval: Interval, body: bytes) -> CandleWindow:
        """See :class:`data_feed.history.VenueHistory`."""
        return candle_window(decoded(self._decode, body), SECOND // 1000)

    def trades_path(self, symbol: Symbol, before_id: int | None) -> str | None:
        """None: trades are numbered by their arrival here, so older ones have no number."""
        return None

    def trades(self, symbol: Symbol, body: bytes) -> list[Trade]:
        """See :meth:`trades_path`."""
        return []
