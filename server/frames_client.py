"""One browser tab on the frames socket, without the socket: what it watches and what it may get.

Flow control lives here. Nothing queues up: pictures are made when there is room for them, texts of
one kind replace each other, so a slow tab costs the same as a fast one and always gets the newest.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from itertools import count

from server.frame_meta import for_chart
from server.frames_protocol import Box, Entry, Kind, pack_frame
from server.live_view import LiveView

WINDOW = 2
"""Patches that may be on their way without an acknowledgement, and keyframes of one chart."""
KEYFRAMES = 6
"""Keyframes of all charts that may be on their way without an acknowledgement."""

RECENT_ACKS = 512
"""Pictures of which a tab keeps (acknowledged at, how long that took), both nanoseconds."""

PACE_NS = 20_000_000
"""From one picture of the market to the next, at least; a gesture's picture waits for nothing."""
SLACK_NS = 10_000_000
"""A tab joins those that are served so long before its turn: they share one picture."""
_SLOWEST_NS = 1_000_000_000
_SLOW_LINE_NS = 200_000_000
_ACK_WEIGHT = 0.2


@dataclass(slots=True, eq=False)
class Watch:
    """One chart of a tab: its view, and which keyframe and content of it the tab holds.

    ``caused_ns``: when the first trade was received that the tab has not been sent; 0 for none.
    """

    view: LiveView
    since_ns: int
    serial: int = -1
    version: int = -1
    caused_ns: int = 0
    state: str = ""

    @property
    def keyframe_due(self) -> bool:
        """Whether the tab lacks the view's keyframe."""
        return self.view.keyframe is not None and self.serial != self.view.serial

    @property
    def patch_due(self) -> bool:
        """Whether the tab holds the keyframe and an older content."""
        view = self.view
        return (
            view.keyframe is not None
            and view.failure is None
            and self.serial == view.serial
            and self.version != view.version
        )

    @property
    def hungry(self) -> bool:
        """Whether it waits for a keyframe, which no pause holds back."""
        return self.serial == -1 or self.keyframe_due

    def sent(self, serial: int, version: int) -> None:
        """The tab gets this content of this keyframe."""
        self.serial, self.version, self.caused_ns = serial, version, 0

    def settle(self) -> None:
        """A trade that changed nothing in sight is no cause of the next picture."""
        view = self.view
        if not (view.behind or view.keyframe is None or self.keyframe_due or self.patch_due):
            self.caused_ns = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A WebP and what it shows: per entry the chart number, kind, rectangles, description, rows.

    ``received_ns``: of the first trade that it shows, 0 where no trade caused it. ``live``: it
    shows what the market did, not what the tab asked for.
    """

    kind: str
    webp: bytes
    entries: tuple[tuple[int, Kind, Box, Box, bytes, bytes], ...]
    received_ns: int
    live: bool = True


@dataclass(slots=True)
class _InFlight:
    received_ns: int
    keyframe_of: int | None
    written_ns: int = 0


@dataclass(frozen=True, slots=True)
class AckTimes:
    """Durations known once a picture is acknowledged; ``tick_to_ack_ns`` None without a trade."""

    ack_ns: int
    tick_to_ack_ns: int | None


@dataclass(eq=False)
class FramesClient:
    """The state of one tab. Used from the event loop only.

    ``due_ns``: when it may get the next picture of the market.
    """

    address: str = ""
    visible: bool = True
    number: int = field(default_factory=count(1).__next__)
    watches: dict[int, Watch] = field(default_factory=dict)
    acks: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=RECENT_ACKS))
    due_ns: int = 0
    _sequence: int = 0
    _ack_ns: float = 0.0
    _in_flight: dict[int, _InFlight] = field(default_factory=dict)
    _pictures: deque[tuple[int, bytes, str]] = field(default_factory=deque)
    _texts: dict[str, bytes] = field(default_factory=dict)
    _last: Picture | None = None
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def room(self) -> int:
        """How many more patches may be sent now."""
        if not self.visible:
            return 0
        return WINDOW - sum(flight.keyframe_of is None for flight in self._in_flight.values())

    def has_room_for(self, chart: int) -> bool:
        """Whether a keyframe of ``chart`` may be sent now."""
        charts = [f.keyframe_of for f in self._in_flight.values() if f.keyframe_of is not None]
        return self.visible and len(charts) < KEYFRAMES and charts.count(chart) < WINDOW

    @property
    def unacknowledged(self) -> int:
        """Pictures that it has not said to have shown."""
        return len(self._in_flight)

    @property
    def hungry(self) -> bool:
        """Whether some chart waits for a keyframe and may get it."""
        return any(w.hungry and self.has_room_for(chart) for chart, w in self.watches.items())

    def patches_due(self) -> set[LiveView]:
        """The views whose content changed since this tab got it."""
        return {watch.view for watch in self.watches.values() if watch.patch_due}

    def may_take(self, now_ns: int) -> bool:
        """Whether a picture of changed candles may be made for this tab now."""
        return self.room > 0 and now_ns >= self.due_ns - SLACK_NS and bool(self.watches)

    def owes(self, now_ns: int) -> bool:
        """Whether it would get the next picture now, had it acknowledged those before."""
        return self.visible and self.room == 0 and now_ns >= self.due_ns

    def offer_picture(self, picture: Picture, now_ns: int) -> bool:
        """Send ``picture``; False when it equals the last one sent, which is then left out."""
        patch = picture.kind == "patch"
        if patch and self._same_as_last(picture):
            return False
        self._last = picture
        self._sequence += 1
        entries = [Entry(*part[:4], part[5]) for part in picture.entries]
        meta = b"[" + b",".join(for_chart(part[0], part[4]) for part in picture.entries) + b"]"
        message = pack_frame(self._sequence, entries, meta, picture.webp)
        chart = None if patch else picture.entries[0][0]
        self._in_flight[self._sequence] = _InFlight(picture.received_ns, chart)
        self._pictures.append((self._sequence, message, picture.kind))
        if picture.live:
            # A tab that needs long for a picture gets them at that pace instead of two at a time.
            pause = min(max(PACE_NS, int(self._ack_ns * 0.75)), _SLOWEST_NS)
            self.due_ns = now_ns + pause
        self._ready.set()
        return True

    def _same_as_last(self, picture: Picture) -> bool:
        last = self._last
        return last is not None and last.webp == picture.webp and last.entries == picture.entries

    def offer_text(self, key: str, text: bytes, always: bool = False) -> None:
        """Send a JSON text unless the tab is hidden; a newer one of the same ``key`` wins."""
        if self.visible or always:
            self._texts[key] = text
            self._ready.set()

    @property
    def busy(self) -> bool:
        """Whether its line has enough to do: pictures wait, or a slow line carries one.

        What is handed to a slow line meanwhile piles up there, out of reach, before every picture.
        """
        return bool(self._pictures) or (bool(self._in_flight) and self._ack_ns > _SLOW_LINE_NS)

    def waits(self, key: str) -> bool:
        """Whether a text of this ``key`` was not handed to the network yet."""
        return key in self._texts

    async def next_message(self) -> tuple[int, bytes, str]:
        """The next thing to send: (sequence, message, kind); sequence 0 is a JSON text."""
        while True:
            if self._texts:
                key = next(iter(self._texts))
                return 0, self._texts.pop(key), key
            if self._pictures:
                return self._pictures.popleft()
            self._ready.clear()
            await self._ready.wait()

    def written(self, sequence: int, now_ns: int) -> None:
        """Picture ``sequence`` was handed to the network."""
        if sequence in self._in_flight:
            self._in_flight[sequence].written_ns = now_ns

    def acknowledge(self, sequence: int, now_ns: int) -> AckTimes | None:
        """The tab has shown ``sequence``; None when that picture was not awaited."""
        flight = self._in_flight.pop(sequence, None)
        if flight is None:
            return None
        took = now_ns - flight.written_ns if flight.written_ns else 0
        self.acks.append((now_ns, took))
        self._ack_ns += _ACK_WEIGHT * (took - self._ack_ns)
        whole = now_ns - flight.received_ns if flight.received_ns else None
        return AckTimes(took, whole)

    def show(self, visible: bool) -> None:
        """The tab was shown or hidden; once shown again every chart starts with a keyframe.

        A hidden tab may not swap pictures, so it owes no acknowledgement for those on their way.
        """
        self.visible = visible
        self._pictures.clear()
        self._texts.clear()
        self._in_flight.clear()
        self._last = None
        self.due_ns = 0
        for watch in self.watches.values():
            watch.serial, watch.caused_ns = -1, 0
