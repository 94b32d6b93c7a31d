"""Errors of the data_feed package.

FeedError
├── BadRequest               what was asked for cannot be fed; fatal
│   ├── UnknownSource        a feed source that is none of auto, live, sim, replay:PATH
│   ├── UnknownVenue         a venue without a parser
│   └── SymbolNotOffered     a symbol that the venue does not trade
├── RecordingError           a recording that cannot be replayed; fatal
├── ConnectionLost           a connection that could not be made or ended; the loop tries again
└── HistoryError             an answer to a history request that is unusable; counted, never fatal
    └── HistoryUnavailable   the venue cannot answer now; it is asked again later

The simulator has its own tree in ``data_feed.simulator.errors``.
"""

from collections.abc import Iterable
from pathlib import Path


class FeedError(Exception):
    """Root of the errors raised by ``data_feed``."""


class BadRequest(FeedError):
    """What was asked for cannot be fed."""


class UnknownSource(BadRequest):
    """A feed source that is none of the allowed ones."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"feed was {text!r}; allowed are auto, live, sim and replay:PATH")


class UnknownVenue(BadRequest):
    """A venue without a parser."""

    def __init__(self, text: str, allowed: Iterable[str]) -> None:
        self.text = text
        super().__init__(f"venue was {text!r}; allowed are {', '.join(allowed)}")


class SymbolNotOffered(BadRequest):
    """A symbol that the venue does not trade."""

    def __init__(self, venue: str, symbol: str, advice: str) -> None:
        self.venue = venue
        self.symbol = symbol
        super().__init__(f"{venue} does not offer {symbol}; {advice}")


class RecordingError(FeedError):
    """A recording that cannot be replayed."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"recording {path} cannot be replayed: {reason}")


class ConnectionLost(FeedError):
    """A connection that could not be made or has ended; ``reason`` is a sentence for a person."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class HistoryError(FeedError):
    """An answer to a history request that cannot be used."""


class HistoryUnavailable(HistoryError):
    """The venue cannot answer at the moment: it failed, or wants fewer questions."""
