"""Kraken's REST interface: docs.kraken.com, get-ohlc-data and get-recent-trades; sans-IO.

Answers hold the newest 720 candles whatever is asked for; the last one is not finished. Pairs have
their old names here: XBT for BTC.
"""

from collections.abc import Callable
from typing import Annotated, TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Meta, Raw, Struct

from data_feed.errors import HistoryError
from data_feed.history import candle_window, decoded
from data_feed.venues.fields import Level, Price, Seconds, Size, TradeId
from data_feed.venues.kraken import OLD_NAMES, venue_symbol
from market.columns import CandleWindow
from market.types import SECOND, Interval, Side, Symbol, Trade

T = TypeVar("T")

_FloatSeconds = Annotated[float, Meta(gt=0.0, lt=2**63 / SECOND)]
_NEW_NAMES = {new: old for old, new in OLD_NAMES.items()}


class _Answer(Struct):
    error: list[str] = []
    result: dict[str, Raw] = {}


class KrakenHistory:
    """Kraken's REST interface."""

    intervals = (
        Interval.M1, Interval.H1, Interval.D1, Interval.M5, Interval.M15, Interval.H4,
    )  # fmt: skip
    page = 720
    newest_only = True

    def __init__(self, base_url: str = "https://api.kraken.com") -> None:
        self.base_url = base_url
        self._decode = msgspec.json.Decoder(_Answer).decode
        # time s, open, high, low, close, average price, volume, trades
        row = tuple[Seconds, Price, Price, Price, Price, Level, Level, TradeId]
        self._decode_candles = msgspec.json.Decoder(list[row], strict=False).decode
        # price, size, time s, b or s, m or l, remarks, id
        trade = tuple[Price, Size, _FloatSeconds, str, str, str, TradeId]
        self._decode_trades = msgspec.json.Decoder(list[trade], strict=False).decode

    def candles_path(self, symbol: Symbol, interval: Interval, end_ns: int) -> str:
        """See :class:`data_feed.history.VenueHistory`; the end is always now."""
        query = {"pair": rest_symbol(symbol), "interval": interval.seconds // 60}
        return f"/0/public/OHLC?{urlencode(query)}"

    def candles(self, interval: Interval, body: bytes) -> CandleWindow:
        """See :class:`data_feed.history.VenueHistory`."""
        rows = self._rows(self._decode_candles, body)
        return candle_window([(*row[:5], row[6], row[7]) for row in rows], SECOND)

    def trades_path(self, symbol: Symbol, before_id: int | None) -> str | None:
        """See :class:`data_feed.history.VenueHistory`. The venue only goes forward in time."""
        if before_id is not None:
            return None
        return f"/0/public/Trades?{urlencode({'pair': rest_symbol(symbol), 'count': 1000})}"

    def trades(self, symbol: Symbol, body: bytes) -> list[Trade]:
        """See :class:`data_feed.history.VenueHistory`."""
        rows = self._rows(self._decode_trades, body)
        trades = [
            # Times are whole microseconds, which seconds in float64 still tell apart.
            Trade(symbol, row[6], round(row[2] * 1e6) * 1000, row[0], row[1], _side(row[3]))
            for row in rows
        ]
        return sorted(trades, key=lambda trade: trade.trade_id)

    def result(self, body: bytes) -> dict[str, Raw]:
        """What any answer tells, by name; raises :class:`HistoryError`."""
        answer = decoded(self._decode, body)
        if answer.error:
            raise HistoryError(f"Kraken refused: {', '.join(answer.error)}")
        return answer.result

    def _rows(self, decode: Callable[[bytes | Raw], T], body: bytes) -> T:
        """What stands beside ``last``: the name asked for may come back as another."""
        for name, rows in self.result(body).items():
            if name != "last":
                return decoded(decode, bytes(rows))
        raise HistoryError(f"answer was {body[:80]!r}: it names no pair")


def rest_symbol(symbol: Symbol) -> str:
    """``BTC-USD`` → ``XBTUSD``; raises :class:`data_feed.errors.SymbolNotOffered`."""
    return "".join(_NEW_NAMES.get(name, name) for name in venue_symbol(symbol).split("/"))


def _side(text: str) -> Side:
    if text not in {"b", "s"}:
        raise HistoryError(f"trades could not be read: side was {text!r}; allowed are b, s")
    return Side.BUY if text == "b" else Side.SELL
