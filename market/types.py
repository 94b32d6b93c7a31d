"""The words every package shares: symbols, currencies, intervals, sides, trades, quotes, candles.

Times are integer nanoseconds since the Unix epoch, UTC. Prices and sizes of market data are
float64, in quote and base currency. Money that is kept (cash, positions) never uses these floats:
see ``trading.account``.
"""

from enum import IntEnum, StrEnum
from typing import NamedTuple, NewType

from market.errors import UnknownInterval

Symbol = NewType("Symbol", str)
"""Canonical pair, base then quote, upper case: ``BTC-USD``.

Of several venues, those after the first are named behind it: ``BTC-USD@kraken``.
"""

Nanoseconds = NewType("Nanoseconds", int)
"""Nanoseconds since the Unix epoch, UTC."""

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def base_currency(symbol: str) -> str:
    """``BTC`` of ``BTC-USD``."""
    return symbol.partition("-")[0]


def quote_currency(symbol: str) -> str:
    """``USD`` of ``BTC-USD``; empty when the symbol has no dash."""
    return plain(symbol).partition("-")[2]


def plain(symbol: str) -> Symbol:
    """``BTC-USD`` of ``BTC-USD@kraken``."""
    return Symbol(symbol.partition("@")[0])


def venue_of(symbol: str) -> str:
    """``kraken`` of ``BTC-USD@kraken``; empty for the first venue's."""
    return symbol.partition("@")[2]


class Side(IntEnum):
    """The taker's side."""

    BUY = 1
    SELL = -1


class Interval(StrEnum):
    """Length of a candle."""

    S1 = "1s"
    S5 = "5s"
    S15 = "15s"
    M1 = "1m"
    M5 = "5m"
    M15 = "15m"
    H1 = "1h"
    H4 = "4h"
    D1 = "1d"

    @property
    def nanoseconds(self) -> int:
        """Length in nanoseconds."""
        return _LENGTHS[self]

    @property
    def seconds(self) -> int:
        """Length in whole seconds."""
        return _LENGTHS[self] // SECOND

    @classmethod
    def parse(cls, text: str) -> "Interval":
        """The interval named by ``text``; raises :class:`UnknownInterval` listing those allowed."""
        try:
            return cls(text)
        except ValueError:
            raise UnknownInterval(text, [member.value for member in cls]) from None


_LENGTHS: dict[Interval, int] = {
    Interval.S1: SECOND,
    Interval.S5: 5 * SECOND,
    Interval.S15: 15 * SECOND,
    Interval.M1: MINUTE,
    Interval.M5: 5 * MINUTE,
    Interval.M15: 15 * MINUTE,
    Interval.H1: HOUR,
    Interval.H4: 4 * HOUR,
    Interval.D1: DAY,
}

INTERVALS: tuple[Interval, ...] = tuple(Interval)
"""All intervals, shortest first; the row order of every per-interval array."""


class Trade(NamedTuple):
    """One execution as the venue reported it. Per symbol ``trade_id`` rises with every trade."""

    symbol: Symbol
    trade_id: int
    time_ns: int
    price: float
    size: float
    side: Side


class Quote(NamedTuple):
    """Best bid and ask. ``time_ns`` is 0 where the venue gives no time."""

    symbol: Symbol
    time_ns: int
    bid: float
    bid_size: float
    ask: float
    ask_size: float


class Candle(NamedTuple):
    """Open, high, low, close and volume of one interval that starts at ``time_ns``."""

    time_ns: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    trades: int
