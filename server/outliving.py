"""What outlives the process: what live venues showed and told, frames in a recording.

Only those of a real venue are stored: the simulator and replays begin anew every time.
"""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from data_feed.errors import RecordingError
from data_feed.open_feed import FeedRequest, default_symbols
from data_feed.replay import ReadFrames, symbols_in
from data_feed.status import FeedMode, FeedStatus
from data_feed.tap import Keep
from data_feed.users import InstrumentMemory, Restore
from data_feed.venue_market import FedMarket, VenueMarket
from data_feed.venue_names import by_venue, tag, venue_keys
from market.columns import CandleWindow
from market.instrument import Instrument
from market.market import Market
from market.types import Interval, Symbol
from server.settings import Settings
from server.venue_keepers import VenueKeepers
from storage.blocks import Damage, StoredFrame
from storage.errors import StorageError
from storage.recorder import Recorder
from storage.segments import SegmentWriter, is_recording, read_frames

log = logging.getLogger(__name__)


class RecordableFeed(Protocol):
    """What is needed of a feed."""

    def status(self) -> FeedStatus:
        """How things stand."""
        ...

    @property
    def mode(self) -> FeedMode:
        """See :attr:`data_feed.feed.Feed.mode`."""
        ...

    @property
    def session(self) -> int:
        """See :attr:`data_feed.feed.Feed.session`."""
        ...

    def record(self, keep: Keep) -> None:
        """See :meth:`data_feed.feed.Feed.record`."""
        ...

    def restore(self, restore: Restore) -> None:
        """See :meth:`data_feed.feed.Feed.restore`."""
        ...

    def remember(self, memory: InstrumentMemory) -> None:
        """See :meth:`data_feed.feed.Feed.remember`."""
        ...


class Outliving:
    """The store's and the recorder's threads, as the settings ask for them.

    Make it before the feed starts, and stop it after the feed has stopped.
    """

    def __init__(self, settings: Settings, market: Market, feed: RecordableFeed) -> None:
        self.venues: list[VenueKeepers] = []
        self.recorder: Recorder | None = None
        if settings.store is not None:
            for name, part in _parts(settings, market):
                keepers = VenueKeepers(
                    settings.store, name, part, lambda: _session(feed),
                    lambda: feed.mode is FeedMode.LIVE,
                )  # fmt: skip
                market.keep(keepers.keep)
                self.venues.append(keepers)
            feed.restore(self._restored)
            feed.remember(self)
        if settings.record is not None:
            self.recorder = Recorder(SegmentWriter(settings.record))
            feed.record(self.recorder.keep)

    def start(self) -> None:
        """Start the threads."""
        for part in (*self.venues, self.recorder):
            if part is not None:
                part.start()

    def stop(self) -> None:
        """Store and record what is left; takes seconds at most."""
        for part in (*self.venues, self.recorder):
            if part is not None:
                part.stop()

    def recall(self, symbols: Sequence[Symbol]) -> list[Instrument]:
        """See :meth:`data_feed.users.InstrumentMemory.recall`."""
        return [each for keepers in self.venues for each in keepers.recall(symbols)]

    def remember(self, instruments: Sequence[Instrument]) -> None:
        """See :meth:`data_feed.users.InstrumentMemory.remember`."""
        for keepers in self.venues:
            keepers.remember(instruments)

    def _restored(self, symbol: Symbol, interval: Interval) -> CandleWindow:
        owner = next(keepers for keepers in self.venues if keepers.owns(symbol))
        return owner.restore(symbol, interval)


def _parts(settings: Settings, market: Market) -> list[tuple[str, FedMarket]]:
    """Name and part of the market of each venue; what is replayed is not stored anyway."""
    keys = venue_keys(settings.venue)
    if len(keys) == 1 or settings.feed.startswith("replay:"):
        return [(tag(keys[0]), market)]
    grouped = by_venue(market.symbols, keys)
    return [(tag(key), VenueMarket(market, symbols)) for key, symbols in grouped.items()]


def _session(feed: RecordableFeed) -> int | None:
    """Which of the live sessions is shown; None for what is simulated or replayed."""
    session = feed.session
    return session if feed.status().mode is FeedMode.LIVE else None


def feed_request(settings: Settings, symbols: tuple[Symbol, ...]) -> FeedRequest:
    """What the settings ask the feed for."""
    return FeedRequest(
        settings.feed,
        settings.venue,
        symbols,
        settings.seed,
        settings.speed,
        books=settings.books,
        read=frame_reader(settings),
    )


def symbols_for(settings: Settings) -> tuple[Symbol, ...]:
    """The symbols named, else those of the recording, else the venue's usual ones."""
    kind, _, path = settings.feed.partition(":")
    if kind != "replay":
        return watched(settings)
    return settings.symbols or symbols_in(Path(path), frame_reader(settings))


def watched(settings: Settings) -> tuple[Symbol, ...]:
    """The symbols named, else the usual ones of the venues; each venue's together."""
    keys = venue_keys(settings.venue)
    if not settings.symbols:
        return default_symbols(keys)
    grouped = by_venue(settings.symbols, keys)
    return tuple(symbol for symbols in grouped.values() for symbol in symbols)


def frame_reader(settings: Settings) -> ReadFrames | None:
    """What reads the recording that is to be replayed, if one of ours; else None."""
    kind, _, path = settings.feed.partition(":")
    return recorded if kind == "replay" and is_recording(Path(path)) else None


def recorded(path: Path) -> Iterator[StoredFrame]:
    """Frames of a recording of ours; damage is logged, see :class:`ReadFrames`."""
    try:
        yield from read_frames(path, _log_damage)
    except StorageError as error:
        raise RecordingError(path, str(error)) from None


def _log_damage(path: Path, damage: Damage) -> None:
    log.warning(
        "%s: bytes %d to %d are no whole block and were skipped",
        path, damage.offset, damage.offset + damage.length,
    )  # fmt: skip
