"""OKX's REST interface: okx.com/docs-v5, market data; sans-IO.

Candles reach back 1,440 rows. The venue's words are ``after`` for older and ``before`` for newer.
"""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Raw, Struct

from data_feed.errors import HistoryError
from data_feed.history import candle_window, decoded, read_book
from data_feed.protocol import BookSnapshot
from data_feed.venues.fields import Level, Milliseconds, Price, Sequenced, Size, TradeId
from data_feed.venues.okx import INTERVALS, venue_symbol
from market.columns import CandleWindow
from market.types import Interval, Side, Symbol, Trade

T = TypeVar("T")

_NAMES = {interval: name for name, interval in INTERVALS.items()}
_SIDES = {"buy": Side.BUY, "sell": Side.SELL}


class _Answer(Struct):
    code: str
    msg: str = ""
    data: Raw = Raw()


class _Trade(Struct):
    trade_id: TradeId = msgspec.field(name="tradeId")
    px: Price
    sz: Size
    side: str
    ts: Milliseconds


class _Book(Struct):
    bids: list[tuple[str, str, str, str]]
    asks: list[tuple[str, str, str, str]]
    sequence: Sequenced = msgspec.field(name="seqId")


class OkxHistory:
    """OKX's REST interface."""

    intervals = (
        Interval.M1, Interval.H1, Interval.D1, Interval.M5, Interval.M15, Interval.H4,
    )  # fmt: skip
    page = 300
    newest_only = False

    def __init__(self, base_url: str = "https://www.okx.com") -> None:
        self.base_url = base_url
        self._decode = msgspec.json.Decoder(_Answer).decode
        # start ms, open, high, low, close, volume, volumes of currencies, confirm; newest first
        row = tuple[Milliseconds, Price, Price, Price, Price, Level, Level, Level, int]
        self._decode_candles = msgspec.json.Decoder(list[row], strict=False).decode
        self._decode_trades = msgspec.json.Decoder(list[_Trade], strict=False).decode
        self._decode_book = msgspec.json.Decoder(tuple[_Book], strict=False).decode

    def candles_path(self, symbol: Symbol, interval: Interval, end_ns: int) -> str:
        """See :class:`data_feed.history.VenueHistory`."""
        query = {
            "instId": venue_symbol(symbol),
            "bar": _NAMES[interval],
            "after": end_ns // 1_000_000 + 1,
            "limit": self.page,
        }
        return f"/api/v5/market/candles?{urlencode(query)}"

    def candles(self, interval: Interval, body: bytes) -> CandleWindow:
        """See :class:`data_feed.history.VenueHistory`."""
        rows = self.rows(self._decode_candles, body)
        return candle_window([row[:6] for row in rows], 1_000_000)

    def trades_path(self, symbol: Symbol, before_id: int | None) -> str | None:
        """See :class:`data_feed.history.VenueHistory`."""
        name = venue_symbol(symbol)
        if before_id is None:
            return f"/api/v5/market/trades?{urlencode({'instId': name, 'limit': 500})}"
        query = {"instId": name, "type": 1, "after": before_id, "limit": 100}
        return f"/api/v5/market/history-trades?{urlencode(query)}"

    def trades(self, symbol: Symbol, body: bytes) -> list[Trade]:
        """See :class:`data_feed.history.VenueHistory`."""
        rows = self.rows(self._decode_trades, body)
        trades = [
            Trade(symbol, row.trade_id, row.ts * 1_000_000, row.px, row.sz, _side(row.side))
            for row in rows
        ]
        return sorted(trades, key=lambda trade: trade.trade_id)

    def book_path(self, symbol: Symbol) -> str:
        """See :class:`data_feed.history.BookHistory`."""
        return f"/api/v5/market/books?{urlencode({'instId': venue_symbol(symbol), 'sz': 400})}"

    def book(self, symbol: Symbol, body: bytes) -> BookSnapshot:
        """See :class:`data_feed.history.BookHistory`."""
        [book] = self.rows(self._decode_book, body)
        return read_book(symbol, book)

    def rows(self, decode: Callable[[bytes | Raw], T], body: bytes) -> T:
        """The data in any answer, read by ``decode``; raises :class:`HistoryError`."""
        answer = decoded(self._decode, body)
        if answer.code != "0":
            raise HistoryError(f"OKX refused: {answer.msg} (code {answer.code})")
        return decoded(decode, bytes(answer.data))


def _side(text: str) -> Side:
    side = _SIDES.get(text)
    if side is None:
        raise HistoryError(f"trades could not be read: side was {text!r}; allowed are buy, sell")
    return side
