"""Replays as pages and routes ask for them: from the list, steered, and left again."""

import threading
import time
from dataclasses import replace
from math import inf
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from data_feed.open_feed import venues_of
from data_feed.replay import Recording
from data_feed.replay_control import ReplayControl, Shown, Step, SwitchableFeed
from data_feed.status import FeedState
from market.errors import MarketError
from market.market import Market
from market.types import Interval
from server.errors import RequestError
from server.outliving import feed_request, watched
from server.replay_entry import MILLISECOND
from server.replay_library import ReplayLibrary
from server.settings import Settings
from server.views import RecordingView, ReplayView

FASTEST = 1_000_000.0
SWITCH_S = 10.0

Pace = float | str
"""A speed, or the word max."""


class ReplayOrder(BaseModel):
    """What to do; at least one field is given. They are done in the order in which they stand."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    recording: str | None = Field(None, max_length=200, description="Key from /api/recordings")
    speed: Pace | None = Field(None, description="Above 0 to 1000000, or max")
    seek_ms: int | None = Field(None, ge=0, lt=2**43, description="Time to go to, ms since 1970")
    paused: bool | None = Field(None, description="Whether to stand still")
    step: Step | None = Field(None, description="Play one frame, trade or candle, stand still")
    symbol: str | None = Field(None, description="Whose candle a step leads to; the first one's")
    interval: str = Field("1m", description="Which candle a step leads to")


class ReplayDesk:
    """One per server. Orders are carried out one at a time, whatever thread they come from.

    Methods read the disk and are for a thread; they raise :class:`RequestError` with a sentence.
    A recording that cannot be replayed changes nothing.
    """

    def __init__(self, settings: Settings, market: Market, feed: SwitchableFeed) -> None:
        self._settings = settings
        self._market = market
        self._feed = feed
        self._library = ReplayLibrary(settings)
        self._control = ReplayControl(feed, market, self._live)
        self._spans: dict[Path, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def recordings(self) -> list[RecordingView]:
        """Everything that can be replayed, newest first."""
        with self._lock:
            return [entry.view for entry in self._library.entries().values()]

    def state(self) -> ReplayView | None:
        """The replay that is shown; None while there is none."""
        source = self._control.playing
        if source is None:
            return None
        start_ns, end_ns = self._span(source.recording)
        head = source.head
        ended = self._feed.status().state is FeedState.ENDED
        at_ns = min(max(head.at_ns, start_ns), end_ns)
        return ReplayView(
            source.recording.name or source.recording.path.name,
            source.venue,
            start_ns // MILLISECOND,
            end_ns // MILLISECOND,
            at_ns // MILLISECOND,
            None if head.speed == inf else head.speed,
            head.paused,
            head.seeking and not ended,
            ended,
        )

    def symbols(self) -> tuple[str, ...]:
        """What is watched now."""
        return self._market.symbols

    def obey(self, order: ReplayOrder) -> ReplayView | None:
        """Carry out ``order``; returns what is shown then."""
        with self._lock:
            speed = _speed(order.speed)
            if order.recording is not None:
                self._start(order.recording, speed or 1.0)
            elif self._control.playing is None:
                raise RequestError("nothing is being replayed; name a recording to begin with")
            elif speed is not None:
                self._control.pace(speed)
            if order.seek_ms is not None:
                self._seek(order.seek_ms)
            if order.paused is not None:
                self._control.pause(order.paused)
            if order.step is not None:
                self._step(order.step, order.symbol, order.interval)
        return self.state()

    def end(self) -> None:
        """Go back to what the program was started with, or to the live venue."""
        with self._lock:
            before, playing = self._feed.session, self._control.playing
            self._control.end()
            if playing is not None:
                self._switched(before)

    def _switched(self, before: int) -> None:
        """Wait a little for the feed, so that who asks next is told of the new market."""
        until_s = time.monotonic() + SWITCH_S
        while self._feed.session == before and time.monotonic() < until_s:
            time.sleep(0.01)

    def _start(self, key: str, speed: float) -> None:
        opened = self._library.open(key)
        self._spans[opened.recording.path] = opened.span
        channels = feed_request(self._settings, opened.symbols).channels
        before = self._feed.session
        self._control.start(opened.recording, opened.symbols, speed, channels)
        self._switched(before)

    def _seek(self, time_ms: int) -> None:
        playing = self._control.playing
        assert playing is not None
        start_ns, end_ns = self._span(playing.recording)
        self._control.seek(min(max(time_ms * MILLISECOND, start_ns), end_ns))

    def _step(self, step: Step, symbol: str | None, interval: str) -> None:
        try:
            length, symbols = Interval.parse(interval), self._market.symbols
            # A page may still show what was there before.
            whose = symbol if symbol in symbols else symbols[0]
            self._control.step(step, whose, length)
        except MarketError as error:
            raise RequestError(str(error)) from None

    def _span(self, recording: Recording) -> tuple[int, int]:
        """First and last time; a recording named at the start is read for it, once."""
        if recording.path not in self._spans:
            times = [frame.time_ns for frame in recording.frames()]
            self._spans[recording.path] = min(times, default=0), max(times, default=0)
        return self._spans[recording.path]

    def _live(self) -> Shown:
        settings = self._settings
        symbols = watched(settings)
        request = feed_request(settings, symbols)
        if settings.feed.startswith("replay:"):
            request = replace(request, source="auto", read=None)
        first, *others = venues_of(request)
        return first.sources, symbols, others


def _speed(asked: Pace | None) -> float | None:
    if asked is None or asked == "max":
        return None if asked is None else inf
    if isinstance(asked, str) or not 0 < asked <= FASTEST:
        given = f"{asked[:40]!r}" if isinstance(asked, str) else f"{asked:g}"
        raise RequestError(f"speed was {given}; allowed are above 0 to 1,000,000, and max")
    return asked
