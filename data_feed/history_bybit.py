"""Bybit's REST interface: docs/v5/market/kline and recent-trade; sans-IO."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Raw, Struct

from data_feed.errors import HistoryError
from data_feed.history import candle_window, decoded
from data_feed.venues.bybit import INTERVALS, venue_symbol
from data_feed.venues.fields import Level, Milliseconds, Price, Size, TradeId
from market.columns import CandleWindow
from market.types import Interval, Side, Symbol, Trade

T = TypeVar("T")

_NAMES = {interval: name for name, interval in INTERVALS.items()}
_SIDES = {"Buy": Side.BUY, "Sell": Side.SELL}


class _Result(Struct):
    list: Raw


class _Answer(Struct):
    code: int = msgspec.field(name="retCode")
    text: str = msgspec.field(name="retMsg", default="")
    result: Raw = Raw()


class _Trade(Struct):
    trade_id: TradeId = msgspec.field(name="execId")
    price: Price
    size: Size
    side: str
    time: Milliseconds


class BybitHistory:
    """Bybit's REST interface, spot market."""

    intervals = (
        Interval.M1, Interval.H1, Interval.D1, Interval.M5, Interval.M15, Interval.H4,
    )  # fmt: skip
    page = 1000
    newest_only = False

    def __init__(self, base_url: str = "https://api.bybit.com") -> None:
        self.base_url = base_url
        self._decode = msgspec.json.Decoder(_Answer).decode
        self._decode_result = msgspec.json.Decoder(_Result).decode
        # start ms, open, high, low, close, volume, turnover; newest first
        row = tuple[Milliseconds, Price, Price, Price, Price, Level, Level]
        self._decode_candles = msgspec.json.Decoder(list[row], strict=False).decode
        self._decode_trades = msgspec.json.Decoder(list[_Trade], strict=False).decode

    def candles_path(self, symbol: Symbol, interval: Interval, end_ns: int) -> str:
        """See :class:`data_feed.history.VenueHistory`."""
        query = {
            "category": "spot",
            "symbol": venue_symbol(symbol),
            "interval": _NAMES[interval],
            "end": end_ns // 1_000_000,
            "limit": self.page,
        }
        return f"/v5/market/kline?{urlencode(query)}"

    def candles(self, interval: Interval, body: bytes) -> CandleWindow:
        """See :class:`data_feed.history.VenueHistory`."""
        rows = self.rows(self._decode_candles, body)
        return candle_window([row[:6] for row in rows], 1_000_000)

    def trades_path(self, symbol: Symbol, before_id: int | None) -> str | None:
        """See :class:`data_feed.history.VenueHistory`. The venue has the newest sixty only."""
        if before_id is not None:
            return None
        query = {"category": "spot", "symbol": venue_symbol(symbol), "limit": 60}
        return f"/v5/market/recent-trade?{urlencode(query)}"

    def trades(self, symbol: Symbol, body: bytes) -> list[Trade]:
        """See :class:`data_feed.history.VenueHistory`."""
        rows = self.rows(self._decode_trades, body)
        trades = [
            Trade(symbol, row.trade_id, row.time * 1_000_000, row.price, row.size, _side(row.side))
            for row in rows
        ]
        return sorted(trades, key=lambda trade: trade.trade_id)

    def rows(self, decode: Callable[[bytes | Raw], T], body: bytes) -> T:
        """The list in any answer, read by ``decode``; raises :class:`HistoryError`."""
        answer = decoded(self._decode, body)
        if answer.code:
            raise HistoryError(f"Bybit refused: {answer.text} (code {answer.code})")
        return decoded(decode, bytes(decoded(self._decode_result, bytes(answer.result)).list))


def _side(text: str) -> Side:
    side = _SIDES.get(text)
    if side is None:
        raise HistoryError(f"trades could not be read: side was {text!r}; allowed are Buy, Sell")
    return side
