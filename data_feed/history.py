"""What to ask a venue's REST interface for, and how to read the answers; no client, no clock.

Coinbase Exchange (and the simulator): docs.cdp.coinbase.com, get-product-candles and
get-product-trades. Binance: rest-api.md, klines, trades and depth. The other venues are in modules
of their own. Candles of zero volume are dropped: intervals without trades have no candle here.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar, runtime_checkable
from urllib.parse import urlencode

import msgspec
import numpy as np
from msgspec import Struct

from data_feed.errors import HistoryError, HistoryUnavailable
from data_feed.protocol import BookSnapshot
from data_feed.rfc3339 import parse_rfc3339
from data_feed.venues.binance import venue_symbol
from data_feed.venues.fields import (
    Level,
    Milliseconds,
    Price,
    Seconds,
    Sequenced,
    Size,
    TradeId,
)
from data_feed.venues.levels import LevelReader, Rows
from market.columns import CandleWindow
from market.types import SECOND, Interval, Side, Symbol, Trade

T = TypeVar("T")


class VenueHistory(Protocol):
    """One venue's REST interface. Paths start with a slash and include the query."""

    @property
    def base_url(self) -> str:
        """Address without a path."""
        ...

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """Intervals the venue has candles of, most useful first."""
        ...

    @property
    def page(self) -> int:
        """Candles in one answer at most."""
        ...

    @property
    def newest_only(self) -> bool:
        """Whether older candles than the newest page cannot be had."""
        ...

    def candles_path(self, symbol: Symbol, interval: Interval, end_ns: int) -> str:
        """Asks for the newest ``page`` candles that start at or before ``end_ns``."""
        ...

    def candles(self, interval: Interval, body: bytes) -> CandleWindow:
        """Candles in an answer, oldest first; raises :class:`HistoryError`."""
        ...

    def trades_path(self, symbol: Symbol, before_id: int | None) -> str | None:
        """Asks for the newest trades, or those before ``before_id``; None if there is no way."""
        ...

    def trades(self, symbol: Symbol, body: bytes) -> list[Trade]:
        """Trades in an answer, oldest first; raises :class:`HistoryError`."""
        ...


@runtime_checkable
class BookHistory(Protocol):
    """The REST interface of a venue whose books start from it."""

    def book_path(self, symbol: Symbol) -> str:
        """Asks for the book of ``symbol``."""
        ...

    def book(self, symbol: Symbol, body: bytes) -> BookSnapshot:
        """The book in an answer; raises :class:`HistoryError`."""
        ...


@runtime_checkable
class WeighedHistory(Protocol):
    """The REST interface of a venue that counts weights instead of questions."""

    @property
    def per_minute(self) -> float:
        """The weight that it bears in a minute."""
        ...

    def weight(self, path: str) -> float:
        """What the question ``path`` weighs."""
        ...


class _CoinbaseTrade(Struct):
    trade_id: TradeId
    side: str
    size: Size
    price: Price
    time: str


class CoinbaseHistory:
    """Coinbase Exchange's REST interface, or the simulator's."""

    intervals = (Interval.M1, Interval.H1, Interval.D1, Interval.M5, Interval.M15)
    page = 300
    newest_only = False

    def __init__(self, base_url: str = "https://api.exchange.coinbase.com") -> None:
        self.base_url = base_url
        # time s, low, high, open, close, volume: the venue's order
        row = tuple[Seconds, Price, Price, Price, Price, Level]
        self._decode_candles = msgspec.json.Decoder(list[row], strict=False).decode
        self._decode_trades = msgspec.json.Decoder(list[_CoinbaseTrade], strict=False).decode

    def candles_path(self, symbol: Symbol, interval: Interval, end_ns: int) -> str:
        """See :class:`VenueHistory`."""
        end_s = end_ns // SECOND
        start_s = end_s - (self.page - 1) * interval.seconds
        query = {
            "granularity": interval.seconds,
            "start": _iso(start_s),
            "end": _iso(end_s),
        }
        return f"/products/{symbol}/candles?{urlencode(query)}"

    def candles(self, interval: Interval, body: bytes) -> CandleWindow:
        """See :class:`VenueHistory`."""
        rows = decoded(self._decode_candles, body)
        return candle_window([(t, o, h, low, c, v) for t, low, h, o, c, v in rows], SECOND)

    def trades_path(self, symbol: Symbol, before_id: int | None) -> str | None:
        """See :class:`VenueHistory`."""
        # The venue's cursor is called "after": what comes after in its order, newest first.
        cursor = "" if before_id is None else f"&after={before_id}"
        return f"/products/{symbol}/trades?limit=1000{cursor}"

    def trades(self, symbol: Symbol, body: bytes) -> list[Trade]:
        """See :class:`VenueHistory`. ``side`` is the maker's."""
        rows = decoded(self._decode_trades, body)
        try:
            trades = [
                Trade(
                    symbol, row.trade_id, parse_rfc3339(row.time), row.price, row.size,
                    Side.SELL if row.side == "buy" else Side.BUY,
                )
                for row in rows
            ]  # fmt: skip
        except ValueError as error:
            raise HistoryError(f"trades could not be read: {error}") from None
        return sorted(trades, key=lambda trade: trade.trade_id)


class _BinanceTrade(Struct, rename={"buyer_is_maker": "isBuyerMaker"}):
    id: TradeId
    price: Price
    qty: Size
    time: Milliseconds
    buyer_is_maker: bool


class _BinanceBook(Struct, rename={"sequence": "lastUpdateId"}):
    sequence: Sequenced
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


_WEIGHTS = {"/api/v3/depth": 50.0, "/api/v3/trades": 25.0, "/api/v3/exchangeInfo": 20.0}


class BinanceHistory:
    """Binance spot's REST interface."""

    intervals = (
        Interval.M1, Interval.H1, Interval.D1, Interval.M5, Interval.M15, Interval.H4, Interval.S1,
    )  # fmt: skip
    page = 1000
    newest_only = False
    # 6000 for an address of the network; what else asks from there has the other half.
    per_minute = 3000.0

    def __init__(self, base_url: str = "https://api.binance.com") -> None:
        self.base_url = base_url
        # open time ms, open, high, low, close, volume, close time, quote volume, trades, …
        row = tuple[
            Milliseconds, Price, Price, Price, Price, Level, int, Level, int, Level, Level, Any
        ]
        self._decode_candles = msgspec.json.Decoder(list[row], strict=False).decode
        self._decode_trades = msgspec.json.Decoder(list[_BinanceTrade], strict=False).decode
        self._decode_book = msgspec.json.Decoder(_BinanceBook).decode

    def weight(self, path: str) -> float:
        """See :class:`WeighedHistory`; a depth of 1000, a page of trades, instruments, klines."""
        return next((each for name, each in _WEIGHTS.items() if path.startswith(name)), 2.0)

    def candles_path(self, symbol: Symbol, interval: Interval, end_ns: int) -> str:
        """See :class:`VenueHistory`."""
        query = {
            "symbol": venue_symbol(symbol),
            "interval": interval.value,
            "limit": self.page,
            "endTime": end_ns // 1_000_000,
        }
        return f"/api/v3/klines?{urlencode(query)}"

    def candles(self, interval: Interval, body: bytes) -> CandleWindow:
        """See :class:`VenueHistory`."""
        rows = decoded(self._decode_candles, body)
        return candle_window([(*row[:6], row[8]) for row in rows], 1_000_000)

    def trades_path(self, symbol: Symbol, before_id: int | None) -> str | None:
        """See :class:`VenueHistory`. Older trades than the newest thousand need an account."""
        if before_id is not None:
            return None
        return f"/api/v3/trades?{urlencode({'symbol': venue_symbol(symbol), 'limit': 1000})}"

    def trades(self, symbol: Symbol, body: bytes) -> list[Trade]:
        """See :class:`VenueHistory`."""
        rows = decoded(self._decode_trades, body)
        trades = [
            Trade(
                symbol, row.id, row.time * 1_000_000, row.price, row.qty,
                Side.SELL if row.buyer_is_maker else Side.BUY,
            )
            for row in rows
        ]  # fmt: skip
        return sorted(trades, key=lambda trade: trade.trade_id)

    def book_path(self, symbol: Symbol) -> str:
        """See :class:`BookHistory`. Levels beyond 1000 stay unknown until they change.

        More would be a twentieth of what the venue answers in a minute.
        """
        return f"/api/v3/depth?{urlencode({'symbol': venue_symbol(symbol), 'limit': 1000})}"

    def book(self, symbol: Symbol, body: bytes) -> BookSnapshot:
        """See :class:`BookHistory`."""
        return read_book(symbol, decoded(self._decode_book, body))


class _Sides(Protocol):
    @property
    def sequence(self) -> int: ...
    @property
    def bids(self) -> Rows: ...
    @property
    def asks(self) -> Rows: ...


def read_book(symbol: Symbol, answer: _Sides) -> BookSnapshot:
    """The book in a decoded answer; raises :class:`HistoryError`."""
    try:
        return LevelReader(symbol).snapshot(0, answer.bids, answer.asks, answer.sequence)
    except ValueError as error:
        raise HistoryError(f"the book could not be read: {error}") from None


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def decoded(decode: Callable[[bytes], T], body: bytes) -> T:
    """``body`` decoded; raises :class:`HistoryError` with its beginning.

    A body that is no JSON at all broke off, or is a page that says sorry: it can be had later, so
    it raises :class:`HistoryUnavailable`.
    """
    try:
        return decode(body)
    except msgspec.ValidationError as error:
        raise HistoryError(f"answer was {body[:80]!r}: {error}") from None
    except msgspec.DecodeError as error:
        raise HistoryUnavailable(f"answer was {body[:80]!r}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise HistoryError(f"answer was {body[:80]!r}: {error}") from None


def candle_window(rows: Sequence[tuple[float, ...]], unit_ns: int) -> CandleWindow:
    """Candles from unordered rows of time, open, high, low, close, volume, perhaps trades."""
    by_time = {int(row[0]): row for row in rows if row[5] > 0}
    kept = np.array([by_time[time] for time in sorted(by_time)], np.float64).reshape(
        len(by_time), -1 if by_time else 6
    )
    times = np.array(sorted(by_time), np.int64) * unit_ns
    trades = kept[:, 6] if kept.shape[1] > 6 else None
    return CandleWindow.from_arrays(
        times, kept[:, 1], kept[:, 2], kept[:, 3], kept[:, 4], kept[:, 5], trades
    )
