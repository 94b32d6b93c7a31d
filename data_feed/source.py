"""Where a feed's data may come from."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from data_feed.connectors import Connector
from data_feed.history import VenueHistory
from data_feed.policy import LoopPolicy
from data_feed.protocol import VenueParser
from data_feed.rest import Rest
from data_feed.status import FeedMode


@dataclass(frozen=True, slots=True)
class Route:
    """An opened source: where frames come from, who reads them, and where history is asked for.

    ``label`` says in a sentence what is being shown when all is well. ``pause_s`` is kept between
    questions to ``history``. ``follow_books`` keeps order books, if the parser reads them. ``rest``
    answers the questions where plain HTTP does not.
    """

    label: str
    parser: VenueParser
    connector: Connector
    history: VenueHistory | None
    pause_s: float
    policy: LoopPolicy
    follow_books: bool = False
    rest: Rest | None = None


class Source(Protocol):
    """Something that can be opened inside the feed's loop."""

    @property
    def mode(self) -> FeedMode:
        """How its data must be labelled."""
        ...

    @property
    def venue(self) -> str:
        """Its name for people."""
        ...

    def open(self) -> AbstractAsyncContextManager[Route]:
        """Start what it needs; leaving the context stops it."""
        ...
