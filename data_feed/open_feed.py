"""From what the user asked for to a feed that can be started."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from random import Random

from data_feed.connectors import WebSocketConnector
from data_feed.errors import BadRequest, UnknownSource, UnknownVenue
from data_feed.feed import Feed, Route, Source
from data_feed.history import BinanceHistory, CoinbaseHistory, VenueHistory
from data_feed.protocol import VenueParser
from data_feed.replay import Recording, ReplayConnector, open_recording
from data_feed.socket_loop import LoopPolicy
from data_feed.status import FeedMode
from data_feed.venues.binance import BinanceParser
from data_feed.venues.coinbase import CoinbaseParser
from market.market import Market
from market.types import Symbol

DEFAULT_SYMBOLS: dict[str, tuple[Symbol, ...]] = {
    "coinbase": tuple(
        Symbol(name) for name in ("BTC-USD", "ETH-USD", "SOL-USD", "ADA-USD", "LTC-USD", "ETH-BTC")
    ),
    "binance": tuple(
        Symbol(name)
        for name in ("BTC-USDT", "ETH-USDT", "SOL-USDT", "ADA-USDT", "LTC-USDT", "ETH-BTC")
    ),
}
"""Symbols to watch when the user names none, by venue."""

HISTORY_PAUSE_S = 0.15
"""Between two REST questions to a venue: Coinbase allows ten a second, Binance more."""


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """What the user asked for.

    ``source`` is ``auto``, ``live``, ``sim`` or ``replay:PATH``; ``venue`` is ``coinbase`` or
    ``binance``. ``seed`` is the simulator's, ``speed`` the replay's (1 is the recorded pace).
    """

    source: str
    venue: str
    symbols: tuple[Symbol, ...]
    seed: int = 7
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class LiveSource:
    """A real venue."""

    parser: VenueParser
    history: VenueHistory
    symbols: tuple[Symbol, ...]
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
            WebSocketConnector(self.parser.url(self.symbols)),
            self.history,
            HISTORY_PAUSE_S,
            LoopPolicy(),
        )


@dataclass(frozen=True, slots=True)
class SimulatorSource:
    """The built-in exchange, served on loopback inside the feed's own thread."""

    symbols: tuple[Symbol, ...]
    seed: int
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
                CoinbaseParser(),
                WebSocketConnector(server.url),
                CoinbaseHistory(server.rest_url),
                0.0,
                LoopPolicy(longest_delay_s=2.0),
            )
        finally:
            await server.stop()


@dataclass(frozen=True, slots=True)
class ReplaySource:
    """A recording."""

    recording: Recording
    speed: float
    mode: FeedMode = FeedMode.REPLAY

    @property
    def venue(self) -> str:
        """See :class:`data_feed.feed.Source`."""
        return self.recording.parser().name

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Route]:
        """See :class:`data_feed.feed.Source`."""
        yield Route(
            f"Replaying {self.recording.path.name} at {_pace(self.speed)}.",
            self.recording.parser(),
            ReplayConnector(self.recording, self.speed),
            None,
            0.0,
            # A recording is as silent as its market was.
            LoopPolicy(silence_s=inf, no_data_s=inf, slow_s=inf),
        )


def open_feed(request: FeedRequest, market: Market) -> Feed:
    """The feed that ``request`` describes, not started yet; it will write to ``market``.

    Raises :class:`data_feed.errors.BadRequest` or :class:`data_feed.errors.RecordingError`.
    """
    return Feed(_sources(request), market, Random())


def _pace(speed: float) -> str:
    return "full speed" if speed == inf else f"{speed:,.10g}×"


def _sources(request: FeedRequest) -> list[Source]:
    kind, _, path = request.source.partition(":")
    if kind == "replay" and path:
        if not request.speed > 0:
            raise BadRequest(f"replay speed was {request.speed}; it must be above 0")
        return [ReplaySource(open_recording(Path(path)), request.speed)]
    if request.source not in {"auto", "live", "sim"}:
        raise UnknownSource(request.source)
    simulator = SimulatorSource(request.symbols, request.seed)
    if request.source == "sim":
        return [simulator]
    live = _live(request)
    return [live] if request.source == "live" else [live, simulator]


def _live(request: FeedRequest) -> LiveSource:
    parser: VenueParser
    history: VenueHistory
    if request.venue == "coinbase":
        parser, history = CoinbaseParser(), CoinbaseHistory()
    elif request.venue == "binance":
        parser, history = BinanceParser(), BinanceHistory()
    else:
        raise UnknownVenue(request.venue, DEFAULT_SYMBOLS)
    # Asking for the subscription now makes a symbol that the venue lacks an error before the start.
    parser.subscribe(request.symbols)
    return LiveSource(parser, history, request.symbols)
