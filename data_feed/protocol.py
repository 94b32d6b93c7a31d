"""What a venue parser is: text in, events out, no socket, no clock.

A parser is told what arrived and when; it answers with events. The socket loop, the replay and the
simulator's client are the same code with another parser or another source of frames.

Which kinds of message a parser asks for and reads is chosen by :class:`Channel` when it is made.
Books are followed by :mod:`data_feed.books`; the parser says with :class:`BookRules` how.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from math import inf
from typing import NamedTuple, Protocol, TypeAlias

from market.order_book import Levels
from market.types import Candle, Interval, Quote, Symbol, Trade

HEAD = 80
"""Bytes of a malformed frame that are kept for the log."""


UNNUMBERED = -1
"""Sequence number of a book message from a venue that numbers none."""


class Channel(Enum):
    """A kind of market data."""

    TRADES = "trades"
    QUOTES = "quotes"
    CANDLES = "candles"
    BOOK = "book"


TICKS = frozenset({Channel.TRADES, Channel.QUOTES})
"""What the charts need: candles are built from trades."""


class BookSnapshot(NamedTuple):
    """A whole book, or its upper part.

    Levels are (price, size) as integers of 10 to the minus ``price_decimals`` and ``size_decimals``
    units, best first. ``sequence`` is the number of the last change that is in it, or
    ``UNNUMBERED``; ``checksum`` is None where the venue sends none; ``time_ns`` 0 likewise.
    """

    symbol: Symbol
    time_ns: int
    price_decimals: int
    size_decimals: int
    bids: Levels
    asks: Levels
    sequence: int
    checksum: int | None


class BookDelta(NamedTuple):
    """Changed levels of a book, with their new sizes; size 0 removes the level.

    It holds the changes numbered ``first`` to ``last``. The rest is as in :class:`BookSnapshot`,
    but the levels are in no order.
    """

    symbol: Symbol
    time_ns: int
    price_decimals: int
    size_decimals: int
    bids: Levels
    asks: Levels
    first: int
    last: int
    checksum: int | None


class CandleUpdate(NamedTuple):
    """A candle as the venue counts it; ``closed`` where the venue says that it is final."""

    symbol: Symbol
    interval: Interval
    candle: Candle
    closed: bool


class Heartbeat(NamedTuple):
    """The venue says it is alive; ``time_ns`` is its clock, 0 where it gives none.

    ``last_trade_id`` is the newest trade of ``symbol``; both are None where it does not say.
    """

    time_ns: int
    symbol: Symbol | None = None
    last_trade_id: int | None = None


class Acknowledged(NamedTuple):
    """The venue confirmed a subscription; the symbols that are subscribed now."""

    symbols: tuple[Symbol, ...]


class Refused(NamedTuple):
    """The venue refused a request; ``reason`` is its own text."""

    reason: str


class Closing(NamedTuple):
    """The venue announced that it will close this connection."""

    reason: str


class Malformed(NamedTuple):
    """A frame that is not what the venue's protocol allows, with its first bytes."""

    reason: str
    head: bytes


Event: TypeAlias = (
    Trade | Quote | BookSnapshot | BookDelta | CandleUpdate
    | Heartbeat | Acknowledged | Refused | Closing | Malformed
)  # fmt: skip


class Limits(NamedTuple):
    """What a venue asks of a connection.

    ``keep_alive`` is to be sent every ``keep_alive_s`` seconds; messages of the client are to be
    ``pause_s`` seconds apart, attempts to connect ``connect_s``; the venue ends a connection some
    time after ``lifetime_s``; one connection serves at most ``symbols`` symbols.
    """

    keep_alive: str = ""
    keep_alive_s: float = inf
    pause_s: float = 0.0
    lifetime_s: float = inf
    connect_s: float = 0.0
    symbols: int = 10_000


class BookRules(NamedTuple):
    """How a venue's book is followed.

    Only the best ``depth`` levels of each side are kept, 0 keeps all. ``checksum`` takes at most
    ``checked`` best bids and asks, best first, with the decimals of prices and of sizes.
    ``numbered``: messages carry sequence numbers, so that a gap shows. ``rest``: a lost book is
    asked for over REST, otherwise by subscribing again.
    """

    depth: int = 0
    checksum: Callable[[Levels, Levels, int, int], int] | None = None
    checked: int = 0
    numbered: bool = True
    rest: bool = False


class VenueParser(Protocol):
    """One venue's protocol."""

    @property
    def name(self) -> str:
        """The venue's name for people: ``Coinbase``."""
        ...

    @property
    def limits(self) -> Limits:
        """What the venue asks of a connection."""
        ...

    @property
    def book_rules(self) -> BookRules:
        """How its books are followed."""
        ...

    @property
    def ids_rise_by_one(self) -> bool:
        """Whether a jump in the trade ids of a symbol means that trades were missed."""
        ...

    def url(self, symbols: Sequence[Symbol]) -> str:
        """Address of the WebSocket to open."""
        ...

    def venue_symbol(self, symbol: Symbol) -> str:
        """``symbol`` as the venue writes it on its WebSocket.

        Raises :class:`data_feed.errors.SymbolNotOffered` for a quote currency that it has not.
        """
        ...

    def subscribe(self, symbols: Sequence[Symbol]) -> list[str]:
        """Messages to send once the connection is open, in order.

        Raises :class:`data_feed.errors.SymbolNotOffered`.
        """
        ...

    def resubscribe_book(self, symbol: Symbol) -> list[str]:
        """Messages that bring a new snapshot of one book; none where REST is asked for it."""
        ...

    def receive(self, frame: bytes | str, received_ns: int) -> Sequence[Event]:
        """Events in one frame, received at monotonic ``received_ns``.

        Never raises: a frame that is not understood is one :class:`Malformed`, a message of a kind
        that nobody asked for is nothing.
        """
        ...


def malformed(reason: str, frame: bytes | str) -> Malformed:
    """A :class:`Malformed` with the first bytes of ``frame``."""
    head = frame[:HEAD]
    if isinstance(head, str):
        head = head.encode("utf-8", "replace")[:HEAD]
    return Malformed(reason, bytes(head))
