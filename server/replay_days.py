"""Stored days as frames, so that they are replayed through a parser like any recording.

The frames are ``match`` messages of Coinbase Exchange, the plainest of the protocols. A day whose
trades were not stored is played from its shortest candles: each as four trades, at its open, its
low and high (the nearer to the open first), and its close, a quarter of its volume each. Candles of
that interval and longer come out as they were stored; shorter ones are made up.
"""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from pathlib import Path

import numpy as np

from data_feed.errors import RecordingError
from data_feed.replay import Frame, Recording
from data_feed.venues.coinbase import CoinbaseParser
from market.columns import CandleWindow
from market.types import DAY, SECOND, Interval, Symbol
from server.replay_entry import MILLISECOND, MOST_SYMBOLS, Entry, Opened
from server.views import RecordingView
from storage.candle_store import CandleStore
from storage.trade_columns import TradeColumns
from storage.trade_store import TradeStore

Parts = dict[Symbol, Interval | None]
"""The symbols of a day, each with the shortest candles stored; None where its trades are."""

DAILY = (Interval.S1, Interval.S5, Interval.S15, Interval.M1)
"""Intervals whose candles lie in files by day."""

CHUNK = 4096
LEAST_SIZE = 1e-12
"""Size of the trades of a candle without volume, which a parser would refuse."""

_FRAME = (
    '{"type":"match","trade_id":%d,"side":"%s","size":"%r","price":"%r",'
    '"product_id":"%s","time":"%sZ"}'
)


def day_entries(store: Path) -> Iterator[Entry]:
    """Every day of every venue in ``store``, of which trades or short candles are there."""
    folders = chain(*((store / kind).glob("[A-Za-z0-9]*") for kind in ("candles", "trades")))
    for venue in sorted({path.name for path in folders if path.is_dir()}):
        trades, candles = TradeStore(store, venue), CandleStore(store, venue)
        days: dict[str, Parts] = {}
        for symbol in candles.symbols():
            for interval in reversed(DAILY):
                for day in candles.files(symbol, interval):
                    days.setdefault(day, {})[Symbol(symbol)] = interval
        for symbol in trades.symbols():
            for day in trades.days(symbol):
                days.setdefault(day, {})[Symbol(symbol)] = None
        for day, parts in days.items():
            stored = _StoredDay(venue, day, parts, trades, candles)
            yield Entry(stored.view, stored.open)


@dataclass(frozen=True, slots=True)
class _StoredDay:
    venue: str
    day: str
    parts: Parts
    trades: TradeStore
    candles: CandleStore

    @property
    def start_ns(self) -> int:
        return int(np.datetime64(self.day, "ns").astype(np.int64))

    @property
    def name(self) -> str:
        return f"{self.day} {self.venue}"

    @property
    def note(self) -> str:
        shortest = {str(interval) for interval in self.parts.values() if interval is not None}
        return f"from {' and '.join(sorted(shortest))} candles" if shortest else ""

    @property
    def view(self) -> RecordingView:
        start_ms = self.start_ns // MILLISECOND
        return RecordingView(
            f"day:{self.venue}:{self.day}", self.name, "day", self.venue.capitalize(), start_ms,
            start_ms + DAY // MILLISECOND, self._bytes(), tuple(self.parts), self.note,
        )  # fmt: skip

    def open(self) -> Opened:
        found = {symbol: each for symbol, each in self._columns().items() if each.number}
        if not found:
            raise RecordingError(Path(self.name), "its files hold nothing that is whole")
        first = min(int(each.time.min()) for each in found.values())
        last = max(int(each.time.max()) for each in found.values())
        told = f"{self.name} ({self.note})" if self.note else self.name
        recording = Recording(
            Path(self.name), CoinbaseParser, lambda _: day_frames(self._columns()), told,
            self.venue.capitalize(),
        )  # fmt: skip
        symbols = sorted(found, key=lambda symbol: -found[symbol].number)
        return Opened(recording, tuple(symbols), (first, last))

    def _columns(self) -> dict[Symbol, TradeColumns]:
        chosen = list(self.parts.items())[:MOST_SYMBOLS]
        return {symbol: self._trades(symbol, interval) for symbol, interval in chosen}

    def _trades(self, symbol: Symbol, interval: Interval | None) -> TradeColumns:
        if interval is None:
            return self.trades.read(symbol, self.day)
        start_ns = self.start_ns
        return trades_of(self.candles.read(symbol, interval, start_ns, start_ns + DAY), interval)

    def _bytes(self) -> int:
        return sum(
            self.trades.bytes_of(symbol, self.day)
            if interval is None
            else self.candles.bytes_of(symbol, interval, self.day)
            for symbol, interval in self.parts.items()
        )


def day_frames(trades: Mapping[Symbol, TradeColumns]) -> Iterator[Frame]:
    """The trades of all symbols in order of time."""
    each = (_frames(symbol, columns) for symbol, columns in trades.items())
    return heapq.merge(*each, key=attrgetter("time_ns"))


def trades_of(candles: CandleWindow, interval: Interval) -> TradeColumns:
    """Four trades for each candle, see the module."""
    low_first = candles.open - candles.low <= candles.high - candles.open
    second = np.where(low_first, candles.low, candles.high)
    third = np.where(low_first, candles.high, candles.low)
    steps = np.arange(4) * (interval.nanoseconds // 4)
    times = candles.time_ns[:, None] + steps
    prices = np.stack((candles.open, second, third, candles.close), axis=1)
    sizes = np.repeat(np.maximum(candles.volume / 4, LEAST_SIZE), 4)
    sides = np.ones_like(prices, np.int64)
    sides[:, 1:] = np.where(np.diff(prices, axis=1) < 0, -1, 1)
    ids = candles.time_ns[:, None] // SECOND * 4 + np.arange(4)
    return TradeColumns(times.ravel(), prices.ravel(), sizes, sides.ravel(), ids.ravel())


def _frames(symbol: str, trades: TradeColumns) -> Iterator[Frame]:
    order = np.argsort(trades.time, kind="stable")
    for start in range(0, trades.number, CHUNK):
        part = trades.rows(order[start : start + CHUNK])
        times = part.time.astype("datetime64[ns]").astype(str).tolist()
        makers = np.where(part.side > 0, "sell", "buy").tolist()
        columns = (part.time, part.trade_id, part.size, part.price)
        values = [column.tolist() for column in columns]
        for time_ns, number, size, price, maker, text in zip(*values, makers, times, strict=True):
            yield Frame(time_ns, (_FRAME % (number, maker, size, price, symbol, text)).encode())
