"""A recording as a source of the feed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf

from data_feed.playhead import Playhead
from data_feed.policy import LoopPolicy
from data_feed.protocol import TICKS, Channel
from data_feed.replay import Recording, ReplayConnector
from data_feed.source import Route
from data_feed.status import FeedMode


@dataclass(frozen=True, slots=True)
class ReplaySource:
    """One pass over a recording; ``head`` says how it goes on."""

    recording: Recording
    head: Playhead
    channels: frozenset[Channel] = TICKS
    mode: FeedMode = FeedMode.REPLAY

    @property
    def venue(self) -> str:
        """See :class:`data_feed.feed.Source`."""
        return self.recording.venue or self.recording.parser().name

    @property
    def label(self) -> str:
        """What is being shown, in a sentence."""
        name = self.recording.name or self.recording.path.name
        if self.head.paused:
            return f"Replay of {name}, paused."
        return f"Replaying {name} at {pace(self.head.speed)}."

    def again(self, until_ns: int) -> "ReplaySource":
        """The same from its start on, without a pause to ``until_ns``."""
        head = Playhead(self.head.speed, self.head.paused, until_ns)
        return ReplaySource(self.recording, head, self.channels)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Route]:
        """See :class:`data_feed.feed.Source`."""
        yield Route(
            self.label,
            self.recording.parser(self.channels),
            ReplayConnector(self.recording, self.head),
            None,
            0.0,
            # A recording is as silent as its market was.
            LoopPolicy(silence_s=inf, no_data_s=inf, slow_s=inf),
            Channel.BOOK in self.channels,
        )


def pace(speed: float) -> str:
    """``8×`` or ``full speed``."""
    return "full speed" if speed == inf else f"{speed:,.10g}×"
