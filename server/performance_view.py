"""What the performance page gets: frozen plain values, all measured by this process.

Times are milliseconds unless the name says otherwise; None means not measured yet.
"""

from dataclasses import dataclass

from paper_trading.views import NO_STATUS, PaperStatus
from server.feed_views import SymbolView

WINDOWS = {"1m": 60, "5m": 300, "1h": 3600}
"""Seconds that a page can look back, by name."""

BARS_PER_DECADE = 8
BAR_DECADES = 6
"""Bars of a stage's histogram: from 1 µs to 1 s, eight to the decade."""


@dataclass(frozen=True, slots=True)
class StageView:
    """One stage over the chosen stretch of time.

    ``bars``: samples by duration, the first bar holds all shorter and the last all longer ones.
    ``p95s``: one value for each part of the stretch, oldest first.
    """

    key: str
    samples: int
    p50: float | None
    p95: float | None
    p99: float | None
    most: float | None
    bars: tuple[int, ...]
    p95s: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class FrameView:
    """Pictures over the chosen stretch of time, rates over the last 5 s.

    ``full`` and ``light``: medians of layout + draw + encode of keyframes and patches. ``not_sent``
    counts pictures left out because they equal the one before, ``held_back`` ticks on which a tab
    owed acknowledgements. ``raw_bytes`` are the pixels drawn, one byte each, ``webp_bytes`` what
    the encoder made of them.
    """

    full: float | None
    light: float | None
    frames_per_s: float
    bytes_per_s: float
    frame_bytes_p50: float | None
    sent: int
    not_sent: int
    held_back: int
    raw_bytes: int
    webp_bytes: int
    charts: int
    views: int


@dataclass(frozen=True, slots=True)
class CacheView:
    """Pictures asked for by URL over the chosen stretch: kept ones, drawn ones, time to answer."""

    hits: int
    misses: int
    p95: float | None


@dataclass(frozen=True, slots=True)
class RendererView:
    """One candidate. ``state``: chosen, ready, standby, unavailable, given up or not tried.

    ``full``, ``light`` and ``encode`` are medians for a test chart of 1280 x 720 pixels and 300
    candles.
    """

    name: str
    state: str
    reason: str
    full: float | None = None
    light: float | None = None
    encode: float | None = None


@dataclass(frozen=True, slots=True)
class FeedView:
    """The feed: ``state`` as in :class:`data_feed.status.FeedState`, counters since the start.

    ``symbols``: each by itself.
    """

    venue: str
    mode: str
    state: str
    age: float | None
    retry_in_s: float | None
    messages_per_s: float | None
    gaps: int
    reconnects: int
    out_of_order: int
    duplicates: int
    malformed: int
    symbols: tuple[SymbolView, ...] = ()


@dataclass(frozen=True, slots=True)
class ViewerView:
    """One tab: pictures a second and time to acknowledge over the last 10 s, pictures it owes."""

    charts: int
    visible: bool
    frames_per_s: float
    ack_p95: float | None
    unacknowledged: int


@dataclass(frozen=True, slots=True)
class GpuView:
    """A card that a renderer runs on, and its memory: of this process, in use by all, there."""

    name: str
    own_bytes: int
    used_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class ProcessView:
    """The server's process. ``cpu``: share of one core over the last 5 s, 1.0 is all of it."""

    cpu: float | None
    cores: int
    memory_bytes: int | None
    ring_bytes: int
    threads: int
    lag_p99: float | None
    lag_most: float | None
    gpu: GpuView | None


@dataclass(frozen=True, slots=True)
class SeriesView:
    """The whole way of a tick over time, a value for each ``part_s`` seconds, oldest first."""

    part_s: int
    p50s: tuple[float | None, ...]
    p95s: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class PerformanceView:
    """Everything at one moment; ``part_s`` is the length of a part of the stages' series.

    ``renderer_asked`` is ``auto`` or the renderer that was asked for by name."""

    time_ns: int
    window: str
    part_s: int
    stages: tuple[StageView, ...]
    ticks: SeriesView
    frames: FrameView
    cache: CacheView
    renderers: tuple[RendererView, ...]
    renderers_timed: bool
    renderer_asked: str
    feed: FeedView
    viewers: tuple[ViewerView, ...]
    process: ProcessView
    paper: PaperStatus = NO_STATUS

    def stage(self, key: str) -> StageView:
        """The stage called ``key``; KeyError when there is none."""
        return {stage.key: stage for stage in self.stages}[key]
