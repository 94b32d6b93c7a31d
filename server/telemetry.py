"""Counters and stage times, for ``/metrics``, the status bar and the performance page.

Every picture has one row of stages: ``receive`` (a frame of the exchange is complete → read),
``parse``, ``ingest`` (candles updated), ``wait`` (the frame arrived → its picture is begun),
``layout``, ``draw``, ``encode``, ``send`` (offered → written to the socket), ``ack`` (written →
acknowledged by the browser) and ``tick_to_ack`` (the frame arrived → acknowledged: the whole way).
"""

from collections import deque
from collections.abc import Callable
from time import monotonic_ns

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from server.feed_views import SymbolMetrics
from server.histogram_ring import SLOT_NS, CountRing, HistogramRing

STAGES = (
    "receive", "parse", "ingest", "wait", "layout", "draw", "encode", "send", "ack", "tick_to_ack",
)  # fmt: skip
_BUCKETS = (
    0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0,
)  # fmt: skip
_RATE_WINDOW_NS = 5_000_000_000
_STATUS_SLOTS = 60_000_000_000 // SLOT_NS
_SHORTEST_NS = 1000.0
_SMALLEST_BYTES = 10.0

COUNTED = (
    "frames", "frame_bytes", "equal", "held_back", "raw_bytes", "webp_bytes", "cached", "drawn",
)  # fmt: skip
"""Pictures and bytes sent; pictures left out because they equal the one before; ticks on which a
tab owed acknowledgements and got nothing; pixels drawn and their bytes as WebP; pictures asked for
by URL that were kept, and those that had to be drawn."""


class Telemetry:
    """Metrics of one process, in a registry of their own; ``clock`` gives monotonic nanoseconds."""

    def __init__(self, clock: Callable[[], int] = monotonic_ns) -> None:
        self.registry = CollectorRegistry()
        self.stages = Histogram(
            "candlecast_stage_seconds",
            "Time of each stage from an exchange message to an acknowledged picture",
            ["stage"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._stages = {stage: self.stages.labels(stage) for stage in STAGES}
        self.frames = self._counter("candlecast_frames", "Pictures sent to browsers", "kind")
        self.frame_bytes = self._counter("candlecast_frame_bytes", "Bytes of pictures sent", "kind")
        self.draws = self._counter("candlecast_draws", "Pictures drawn and encoded", "kind")
        self.draw_failures = self._counter("candlecast_draw_failures", "Failed draws", "renderer")
        self.closed = self._counter("candlecast_clients_closed", "Sockets we closed", "reason")
        self.unsent = self._counter("candlecast_unsent", "Pictures not sent", "reason")
        self.asked = self._counter("candlecast_pictures_asked", "Pictures asked by URL", "cache")
        self.clients = self._gauge("candlecast_clients", "Open frames sockets")
        self.live_views = self._gauge("candlecast_views", "Distinct charts being watched")
        self.feed_age = self._gauge("candlecast_feed_age_seconds", "Since the newest market event")
        self.loop_lag = self._gauge("candlecast_loop_lag_seconds", "Newest delay of the event loop")
        self.feed_events = Gauge(
            "candlecast_feed_events",
            "What the feed counted since it started",
            ["event"],
            registry=self.registry,
        )
        self.symbols = SymbolMetrics(self.registry)
        self._clock = clock
        self.times = {
            name: HistogramRing(_SHORTEST_NS)
            for name in (*STAGES, "keyframe", "patch", "picture", "loop_lag")
        }
        self.sizes = HistogramRing(_SMALLEST_BYTES)
        self.counts = CountRing(COUNTED)
        self._sent = deque[tuple[int, int]](maxlen=10_000)

    def _counter(self, name: str, text: str, label: str) -> Counter:
        return Counter(name, text, [label], registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self.registry)

    def stage(self, stage: str, nanoseconds: float) -> None:
        """Record how long one of :data:`STAGES` took."""
        self._stages[stage].observe(nanoseconds / 1e9)
        self.times[stage].record(nanoseconds, self._clock())

    def drew(self, kind: str, layout_ms: float, draw_ms: float, encode_ms: float) -> None:
        """Record one drawn and encoded picture; ``kind`` is keyframe or patch."""
        self.draws.labels(kind).inc()
        self.stage("layout", layout_ms * 1e6)
        self.stage("draw", draw_ms * 1e6)
        self.stage("encode", encode_ms * 1e6)
        self.times[kind].record((layout_ms + draw_ms + encode_ms) * 1e6, self._clock())

    def encoded(self, pixels: int, webp: int) -> None:
        """Record what the encoder made of ``pixels`` palette indices, one byte each, in bytes."""
        now_ns = self._clock()
        self.counts.add("raw_bytes", pixels, now_ns)
        self.counts.add("webp_bytes", webp, now_ns)

    def sent(self, kind: str, size: int, now_ns: int) -> None:
        """Record one picture of ``size`` bytes handed to a socket."""
        self.frames.labels(kind).inc()
        self.frame_bytes.labels(kind).inc(size)
        self.sizes.record(size, now_ns)
        self.counts.add("frames", 1, now_ns)
        self.counts.add("frame_bytes", size, now_ns)
        self._sent.append((now_ns, size))

    def left_out(self, reason: str) -> None:
        """Record a picture that a tab did not get; ``reason`` is equal or held_back."""
        self.unsent.labels(reason).inc()
        self.counts.add(reason, 1, self._clock())

    def answered(self, cached: bool, nanoseconds: int) -> None:
        """Record one picture asked for by URL, and how long the answer took."""
        self.asked.labels("hit" if cached else "miss").inc()
        now_ns = self._clock()
        self.counts.add("cached" if cached else "drawn", 1, now_ns)
        self.times["picture"].record(nanoseconds, now_ns)

    def lagged(self, nanoseconds: int) -> None:
        """Record how much later than asked for the event loop came back."""
        self.loop_lag.set(nanoseconds / 1e9)
        self.times["loop_lag"].record(nanoseconds, self._clock())

    def draw_ms(self) -> float | None:
        """Median of layout + draw + encode over a minute's pictures of the commoner kind, in ms."""
        now_ns = self._clock()
        spreads = (self.times[kind].spread(_STATUS_SLOTS, now_ns) for kind in ("patch", "keyframe"))
        most = max(spreads, key=lambda spread: spread.samples)
        return None if most.p50 is None else most.p50 / 1e6

    def p95_ms(self, stage: str) -> float | None:
        """The 95th percentile of a minute's times of ``stage``, in ms."""
        p95 = self.times[stage].spread(_STATUS_SLOTS, self._clock()).p95
        return None if p95 is None else p95 / 1e6

    def frames_per_s(self, now_ns: int) -> float:
        """Pictures sent a second over the last 5 s, all clients together."""
        self._forget_sent(now_ns)
        return len(self._sent) / (_RATE_WINDOW_NS / 1e9)

    def bytes_per_s(self, now_ns: int) -> float:
        """Bytes of pictures sent a second over the last 5 s."""
        self._forget_sent(now_ns)
        return sum(size for _, size in self._sent) / (_RATE_WINDOW_NS / 1e9)

    def _forget_sent(self, now_ns: int) -> None:
        while self._sent and self._sent[0][0] < now_ns - _RATE_WINDOW_NS:
            self._sent.popleft()

    def text(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self.registry)
