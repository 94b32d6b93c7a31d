"""One thing that can be replayed, and what it is once it was looked through."""

from collections.abc import Callable
from dataclasses import dataclass

from data_feed.replay import Recording
from market.types import Symbol
from server.views import RecordingView

MILLISECOND = 1_000_000

MOST_SYMBOLS = 50
"""Symbols of a recording that are watched; every one has rings of its own."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A recording that was looked through: what to play, its symbols, its first and last time."""

    recording: Recording
    symbols: tuple[Symbol, ...]
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list, and how to open it; opening raises FeedError and StorageError."""

    view: RecordingView
    open: Callable[[], Opened]
