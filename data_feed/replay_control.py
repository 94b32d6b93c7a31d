"""Starts, steers and ends replays while the feed runs.

Going on, fast or slow, is the playhead's business. Going back cannot be: candles only ever grow.
The market begins anew and everything before the place is played without a pause.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import count
from typing import Protocol

from data_feed.feed import VenueSources
from data_feed.playhead import Count, Playhead
from data_feed.protocol import TICKS, Channel
from data_feed.replay import Recording
from data_feed.replay_source import ReplaySource
from data_feed.source import Source
from data_feed.status import FeedStatus
from market.market import Market
from market.types import Interval, Symbol

Shown = tuple[Sequence[Source], Sequence[Symbol], Sequence[VenueSources]]
"""What :meth:`data_feed.feed.Feed.switch` takes."""

Live = Callable[[], Shown]
"""What to go back to after a replay."""


class Step(StrEnum):
    """How far a step leads. A candle ends when the next one of its ring begins."""

    FRAME = "frame"
    TRADE = "trade"
    CANDLE = "candle"


class SwitchableFeed(Protocol):
    """What is needed of a feed."""

    @property
    def source(self) -> Source:
        """See :attr:`data_feed.feed.Feed.source`."""
        ...

    @property
    def session(self) -> int:
        """See :attr:`data_feed.feed.Feed.session`."""
        ...

    def switch(
        self,
        sources: Sequence[Source],
        symbols: Sequence[Symbol],
        others: Sequence[VenueSources] = (),
    ) -> None:
        """See :meth:`data_feed.feed.Feed.switch`."""
        ...

    def relabel(self, label: str) -> None:
        """See :meth:`data_feed.feed.Feed.relabel`."""
        ...

    def status(self) -> FeedStatus:
        """See :meth:`data_feed.feed.Feed.status`."""
        ...


class ReplayControl:
    """One per feed. All methods may be called from any thread but the feed's, one at a time.

    The methods that steer do nothing while no recording is played.
    """

    def __init__(self, feed: SwitchableFeed, market: Market, live: Live) -> None:
        self._feed = feed
        self._market = market
        self._live = live

    @property
    def playing(self) -> ReplaySource | None:
        """The replay that is being shown, also after its end; None while there is none."""
        source = self._feed.source
        return source if isinstance(source, ReplaySource) else None

    def start(
        self,
        recording: Recording,
        symbols: Sequence[Symbol],
        speed: float,
        channels: frozenset[Channel] = TICKS,
    ) -> None:
        """Show ``recording`` from its start instead of what is shown now."""
        self._feed.switch((ReplaySource(recording, Playhead(speed), channels),), symbols)

    def end(self) -> None:
        """Go back to the live sources."""
        if self.playing is not None:
            self._feed.switch(*self._live())

    def pace(self, speed: float) -> None:
        """Go on at ``speed``, above 0."""
        self._steer(lambda head: head.pace(speed))

    def pause(self, paused: bool) -> None:
        """Stand still, or go on."""
        self._steer(lambda head: head.pause(paused))

    def seek(self, time_ns: int) -> None:
        """Show the market of ``time_ns`` by the recorder's clock."""
        source = self.playing
        if source is None:
            return
        if time_ns >= source.head.at_ns:
            source.head.seek(time_ns)
        else:
            self._feed.switch((source.again(time_ns),), self._market.symbols)

    def step(self, step: Step, symbol: str, interval: Interval) -> None:
        """Play one frame, or as many as bring a trade or a candle; then stand still.

        Candles are those of ``interval`` and ``symbol``. Raises
        :class:`market.errors.UnknownSymbol`.
        """
        columns = self._market[symbol].builder.columns(interval)
        counts: dict[Step, Count] = {
            Step.FRAME: count().__next__,
            Step.TRADE: self._trades,
            Step.CANDLE: lambda: columns.next_index,
        }
        self._steer(lambda head: head.step(counts[step]))

    def _steer(self, act: Callable[[Playhead], None]) -> None:
        source = self.playing
        if source is not None:
            act(source.head)
            self._feed.relabel(source.label)

    def _trades(self) -> int:
        return sum(sum(self._market[each].builder.counters) for each in self._market.symbols)
