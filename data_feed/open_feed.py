"""From what the user asked for to a feed that can be started."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from data_feed.connectors import WebSocketConnector
from data_feed.errors import BadRequest, UnknownSource
from data_feed.feed import Feed, VenueSources
from data_feed.history import BinanceHistory, CoinbaseHistory, VenueHistory
from data_feed.history_bybit import BybitHistory
from data_feed.history_kraken import KrakenHistory
from data_feed.history_okx import OkxHistory
from data_feed.playhead import Playhead
from data_feed.policy import LoopPolicy
from data_feed.protocol import TICKS, Channel, VenueParser
from data_feed.replay import ReadFrames, open_recording
from data_feed.replay_source import ReplaySource
from data_feed.source import Route, Source
from data_feed.status import FeedMode
from data_feed.venue_names import by_venue, marked, tag, venue_keys
from data_feed.venues.binance import BinanceParser
from data_feed.venues.bybit import BybitParser
from data_feed.venues.coinbase import CoinbaseParser
from data_feed.venues.kraken import KrakenParser
from data_feed.venues.okx import OkxParser
from market.market import Market
from market.types import DAY, SECOND, Symbol, plain


@dataclass(frozen=True, slots=True)
class Venue:
    """A venue that can be watched; ``pause_s`` is kept between two questions to its REST."""

    parser: Callable[[Collection[Channel]], VenueParser]
    history: Callable[[], VenueHistory]
    pause_s: float
    symbols: tuple[Symbol, ...]


def _pairs(quote: str) -> tuple[Symbol, ...]:
    names = ("BTC", "ETH", "SOL", "ADA", "LTC")
    return (*(Symbol(f"{name}-{quote}") for name in names), Symbol("ETH-BTC"))


VENUES = {
    # Coinbase allows ten questions a second, Kraken about one; Binance, Bybit and OKX more.
    "coinbase": Venue(CoinbaseParser, CoinbaseHistory, 0.15, _pairs("USD")),
    "binance": Venue(BinanceParser, BinanceHistory, 0.15, _pairs("USDT")),
    "kraken": Venue(KrakenParser, KrakenHistory, 1.1, _pairs("USD")),
    "bybit": Venue(BybitParser, BybitHistory, 0.1, _pairs("USDT")),
    "okx": Venue(OkxParser, OkxHistory, 0.15, _pairs("USDT")),
}
"""By the name that the user gives."""


def default_symbols(keys: Sequence[str]) -> tuple[Symbol, ...]:
    """Symbols to watch when the user names none: the usual ones of each venue.

    Raises :class:`BadRequest` where there are none.
    """
    first, *others = keys
    for key in keys:
        if key not in VENUES:
            raise BadRequest(f"name the symbols of {key} with --symbols; it has no usual ones here")
    return (*VENUES[first].symbols, *(name for key in others for name in _marked_usual(key)))


def _marked_usual(key: str) -> tuple[Symbol, ...]:
    return marked(VENUES[key].symbols, key)


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """What the user asked for.

    ``source`` is ``auto``, ``live``, ``sim`` or ``replay:PATH``; ``venue`` names one or several,
    see :mod:`data_feed.venue_names`, which ``symbols`` are of. ``seed`` is the simulator's,
    ``speed`` the replay's (1 is the recorded pace). ``books`` follows the order books too. ``read``
    reads recordings of another form than data_feed.replay's own.
    """

    source: str
    venue: str
    symbols: tuple[Symbol, ...]
    seed: int = 7
    speed: float = 1.0
    books: bool = False
    read: ReadFrames | None = None

    @property
    def channels(self) -> frozenset[Channel]:
        """The kinds of market data that are needed for it."""
        return TICKS | {Channel.BOOK} if self.books else TICKS


@dataclass(frozen=True, slots=True)
class LiveSource:
    """A real venue."""

    parser: VenueParser
    history: VenueHistory
    symbols: tuple[Symbol, ...]
    pause_s: float
    follow_books: bool
    mode: FeedMode = FeedMode.LIVE

    @property
    def venue(self) -> str:
        """See :class:`data_feed.feed.Source`."""
        return self.parser.name

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Route]:
        """See :class:`data_feed.feed.Source`."""
        yield Route(
            f"Connected to {self.venue}.",
            self.parser,
            WebSocketConnector(self.parser.url(self.symbols), limits=self.parser.limits),
            self.history,
            self.pause_s,
            LoopPolicy(oldest_s=DAY / SECOND),
            self.follow_books,
        )


@dataclass(frozen=True, slots=True)
class SimulatorSource:
    """The built-in exchange, served on loopback inside the feed's own thread."""

    symbols: tuple[Symbol, ...]
    seed: int
    channels: frozenset[Channel] = TICKS
    mode: FeedMode = FeedMode.SIMULATED
    venue: str = "Simulator"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Route]:
        """See :class:`data_feed.feed.Source`."""
        # Only a simulated feed pays for importing the exchange.
        from data_feed.simulator.server import SimulatorServer  # noqa: PLC0415

        server = SimulatorServer(self.symbols, self.seed)
        await server.start()
        try:
            yield Route(
                f"Simulated exchange, seed {self.seed}. These prices are not real.",
                CoinbaseParser(self.channels),
                WebSocketConnector(server.url),
                CoinbaseHistory(server.rest_url),
                0.0,
                LoopPolicy(longest_delay_s=2.0),
                Channel.BOOK in self.channels,
            )
        finally:
            await server.stop()


def open_feed(request: FeedRequest, market: Market) -> Feed:
    """The feed that ``request`` describes, not started yet; it will write to ``market``.

    Raises :class:`data_feed.errors.BadRequest` or :class:`data_feed.errors.RecordingError`.
    """
    first, *others = venues_of(request)
    return Feed(first.sources, market, Random(), others)


def venues_of(request: FeedRequest) -> list[VenueSources]:
    """What :func:`open_feed` tries for each venue, in order; raises as that does."""
    kind, _, path = request.source.partition(":")
    if kind == "replay" and path:
        if not request.speed > 0:
            raise BadRequest(f"replay speed was {request.speed}; it must be above 0")
        recording = open_recording(Path(path), request.read)
        source = ReplaySource(recording, Playhead(request.speed), request.channels)
        return [VenueSources(request.symbols, (source,))]
    if request.source not in {"auto", "live", "sim"}:
        raise UnknownSource(request.source)
    grouped = by_venue(request.symbols, venue_keys(request.venue))
    return [
        VenueSources(symbols, _venue_sources(request, key, symbols, number))
        for number, (key, symbols) in enumerate(grouped.items())
    ]


def _venue_sources(
    request: FeedRequest, key: str, symbols: tuple[Symbol, ...], number: int
) -> tuple[Source, ...]:
    names = tuple(plain(symbol) for symbol in symbols)
    # Each simulated venue has prices of its own.
    simulator = SimulatorSource(names, request.seed + number, request.channels)
    if request.source == "sim":
        return (simulator,)
    live = _live(request, key, names)
    return (live,) if request.source == "live" else (live, simulator)


def _live(request: FeedRequest, key: str, symbols: tuple[Symbol, ...]) -> Source:
    if key.startswith("ccxt:"):
        # Only who asks for it pays for importing that library.
        from data_feed.ccxt_venue import ccxt_source  # noqa: PLC0415

        return ccxt_source(tag(key), request.channels)
    venue = VENUES[key]
    parser = venue.parser(request.channels)
    # A symbol that the venue cannot have is an error before the start.
    for symbol in symbols:
        parser.venue_symbol(symbol)
    return LiveSource(parser, venue.history(), symbols, venue.pause_s, request.books)
