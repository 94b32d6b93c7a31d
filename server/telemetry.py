"""Counters and stage times, for ``/metrics`` and the status bar.

Every picture has one row of stages: ``ingest`` (socket receive → candle updated: parsing included),
``layout``, ``draw``, ``encode``, ``send`` (offered → written to the socket), ``ack`` (written →
acknowledged by the browser) and ``tick_to_ack`` (socket receive → acknowledged: the whole way).
"""

from collections import deque

import numpy as np
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

STAGES = ("ingest", "layout", "draw", "encode", "send", "ack", "tick_to_ack")
_BUCKETS = (
    0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0,
)  # fmt: skip
_RECENT = 512
_RATE_WINDOW_NS = 5_000_000_000


class Telemetry:
    """Metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
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
        self.clients = self._gauge("candlecast_clients", "Open frames sockets")
        self.live_views = self._gauge("candlecast_views", "Distinct charts being watched")
        self.feed_age = self._gauge("candlecast_feed_age_seconds", "Since the newest market event")
        self.feed_events = Gauge(
            "candlecast_feed_events",
            "What the feed counted since it started",
            ["event"],
            registry=self.registry,
        )
        self._recent = {stage: deque[float](maxlen=_RECENT) for stage in STAGES}
        self._drawn = deque[float](maxlen=_RECENT)
        self._sent_ns = deque[int](maxlen=10_000)

    def _counter(self, name: str, text: str, label: str) -> Counter:
        return Counter(name, text, [label], registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self.registry)

    def stage(self, stage: str, nanoseconds: float) -> None:
        """Record how long one of :data:`STAGES` took."""
        self._stages[stage].observe(nanoseconds / 1e9)
        self._recent[stage].append(nanoseconds / 1e6)

    def drew(self, kind: str, layout_ms: float, draw_ms: float, encode_ms: float) -> None:
        """Record one drawn and encoded picture; ``kind`` is keyframe or patch."""
        self.draws.labels(kind).inc()
        self.stage("layout", layout_ms * 1e6)
        self.stage("draw", draw_ms * 1e6)
        self.stage("encode", encode_ms * 1e6)
        self._drawn.append(layout_ms + draw_ms + encode_ms)

    def sent(self, kind: str, size: int, now_ns: int) -> None:
        """Record one picture of ``size`` bytes handed to a socket."""
        self.frames.labels(kind).inc()
        self.frame_bytes.labels(kind).inc(size)
        self._sent_ns.append(now_ns)

    def draw_ms(self) -> float | None:
        """Median of layout + draw + encode over the recent pictures, in ms."""
        return float(np.median(list(self._drawn))) if self._drawn else None

    def percentile_ms(self, stage: str, percent: float) -> float | None:
        """The percentile of the recent times of ``stage``, in ms."""
        recent = self._recent[stage]
        return float(np.percentile(list(recent), percent)) if recent else None

    def frames_per_s(self, now_ns: int) -> float:
        """Pictures sent a second over the last 5 s, all clients together."""
        while self._sent_ns and self._sent_ns[0] < now_ns - _RATE_WINDOW_NS:
            self._sent_ns.popleft()
        return len(self._sent_ns) / (_RATE_WINDOW_NS / 1e9)

    def text(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self.registry)
