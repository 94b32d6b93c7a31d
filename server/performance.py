"""Puts together what the performance page shows, from what the process measures anyway."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from chart_acceleration.errors import RendererUnavailable
from data_feed.status import FeedStatus, SymbolStatus
from market.market import Market
from paper_trading.views import PaperStatus
from server.drawing import Drawing
from server.errors import RequestError
from server.feed_views import symbol_view
from server.frames_client import FramesClient
from server.histogram_ring import PER_DECADE, SLOT_NS, HistogramRing, Spread
from server.performance_view import (
    BAR_DECADES,
    BARS_PER_DECADE,
    WINDOWS,
    CacheView,
    FeedView,
    FrameView,
    PerformanceView,
    ProcessView,
    SeriesView,
    StageView,
    ViewerView,
)
from server.process_facts import core_count, resident_bytes, thread_count
from server.renderer_rows import gpu_view, preference, renderer_views, time_all
from server.renderer_times import RendererTimes
from server.telemetry import STAGES, Telemetry
from server.viewers import Viewers

_GROUPS = {"1m": 1, "5m": 3, "1h": 30}
_FINE_GROUPS = {"1m": 1, "5m": 1, "1h": 10}
_LAG_NS = 250_000_000
_SAMPLES = 6
"""One a second: rates are over the five seconds between the first and the last."""
_RECENT_NS = 10_000_000_000
_BAR_BUCKETS = PER_DECADE // BARS_PER_DECADE


@dataclass(frozen=True, slots=True)
class _Sample:
    now_ns: int
    cpu_ns: int
    messages: int


@dataclass(frozen=True, slots=True)
class _Moment:
    """What only the event loop's thread may look at, copied."""

    now_ns: int
    samples: tuple[_Sample, ...]
    viewers: tuple[ViewerView, ...]
    views: int
    frames_per_s: float
    bytes_per_s: float

    def rate(self, value: Callable[[_Sample], int]) -> float | None:
        """What ``value`` rose by a second over the samples held."""
        if len(self.samples) < 2:
            return None
        first, last = self.samples[0], self.samples[-1]
        return (value(last) - value(first)) / ((last.now_ns - first.now_ns) / 1e9)


class Performance:
    """Samples the process while :meth:`run` runs, and answers :meth:`view`."""

    def __init__(
        self,
        telemetry: Telemetry,
        drawing: Drawing,
        viewers: Viewers,
        market: Market,
        feed: Callable[[], FeedStatus],
        symbols: Callable[[], tuple[SymbolStatus, ...]],
        paper: Callable[[], PaperStatus],
    ) -> None:
        self._telemetry = telemetry
        self._drawing = drawing
        self._viewers = viewers
        self._market = market
        self._feed = feed
        self._symbols = symbols
        self._paper = paper
        self._samples = deque[_Sample](maxlen=_SAMPLES)
        self._renderer_times: dict[str, RendererTimes] = {}

    async def run(self) -> None:
        """Measure until cancelled how late the event loop comes back, and what work it did."""
        while True:
            self._samples.append(
                _Sample(time.monotonic_ns(), time.process_time_ns(), self._feed().counters.frames)
            )
            for _ in range(1_000_000_000 // _LAG_NS):
                asked_ns = time.monotonic_ns() + _LAG_NS
                await asyncio.sleep(_LAG_NS / 1e9)
                self._telemetry.lagged(max(0, time.monotonic_ns() - asked_ns))

    async def view(self, window: str, since_slot: int = 0) -> PerformanceView:
        """All figures over ``window``, a key of WINDOWS, nothing from before ``since_slot``.

        Put together in a thread; raises :class:`RequestError` for another window.
        """
        return await asyncio.to_thread(self._view, window, since_slot, self._moment())

    def view_now(self, window: str) -> PerformanceView:
        """The same at once, for a page that is being made; a few milliseconds."""
        return self._view(window, 0, self._moment())

    async def time_renderers(self) -> None:
        """Start the candidates that were not tried yet, and time all that work, in a thread."""
        self._renderer_times = await asyncio.to_thread(time_all)

    @property
    def renderer_asked(self) -> str:
        """``auto``, or the renderer that was asked for by name."""
        return preference(self._drawing.reasons)

    async def use_renderer(self, name: str) -> None:
        """Have all charts drawn by ``name``, a name of the rows or ``auto``, from now on.

        Raises :class:`RequestError` with the reason when it cannot draw; then nothing changes.
        """
        try:
            await self._drawing.use(name)
        except RendererUnavailable as error:
            raise RequestError(f"{error.why[:1].upper()}{error.why[1:]}") from error

    # --- the parts of a view ------------------------------------------------------------------

    def _moment(self) -> _Moment:
        now_ns = time.monotonic_ns()
        clients = sorted(self._viewers.clients, key=lambda client: client.number)
        return _Moment(
            now_ns,
            tuple(self._samples),
            tuple(_viewer(client, now_ns) for client in clients),
            len(self._viewers.views),
            self._telemetry.frames_per_s(now_ns),
            self._telemetry.bytes_per_s(now_ns),
        )

    def _view(self, window: str, since_slot: int, moment: _Moment) -> PerformanceView:
        if window not in WINDOWS:
            raise RequestError(f"window was {window!r}; allowed are {', '.join(WINDOWS)}")
        slots = WINDOWS[window] * 1_000_000_000 // SLOT_NS
        stretch = (slots, moment.now_ns, since_slot)
        group = _GROUPS[window]
        counts = self._telemetry.counts.sums(*stretch)
        times = self._telemetry.times
        return PerformanceView(
            time_ns=time.time_ns(),
            window=window,
            part_s=group * SLOT_NS // 1_000_000_000,
            stages=tuple(stage_view(key, times[key], stretch, group) for key in STAGES),
            ticks=_ticks(times["tick_to_ack"], stretch, _FINE_GROUPS[window]),
            frames=self._frames(stretch, counts, moment),
            cache=CacheView(
                counts["cached"], counts["drawn"], _ms(times["picture"].spread(*stretch).p95)
            ),
            renderers=renderer_views(self._drawing, self._renderer_times),
            renderers_timed=bool(self._renderer_times),
            renderer_asked=self.renderer_asked,
            feed=self._feed_view(moment),
            viewers=moment.viewers,
            process=self._process(stretch, moment),
            paper=self._paper(),
        )

    def _frames(
        self, stretch: tuple[int, int, int], counts: dict[str, int], moment: _Moment
    ) -> FrameView:
        telemetry = self._telemetry
        return FrameView(
            full=_ms(telemetry.times["keyframe"].spread(*stretch).p50),
            light=_ms(telemetry.times["patch"].spread(*stretch).p50),
            frames_per_s=moment.frames_per_s,
            bytes_per_s=moment.bytes_per_s,
            frame_bytes_p50=telemetry.sizes.spread(*stretch).p50,
            sent=counts["frames"],
            not_sent=counts["equal"],
            held_back=counts["held_back"],
            raw_bytes=counts["raw_bytes"],
            webp_bytes=counts["webp_bytes"],
            charts=sum(viewer.charts for viewer in moment.viewers),
            views=moment.views,
        )

    def _feed_view(self, moment: _Moment) -> FeedView:
        status = self._feed()
        counters = status.counters
        return FeedView(
            venue=status.venue,
            mode=status.mode.value,
            state=status.state.value,
            age=status.age_ms,
            retry_in_s=status.retry_in_s,
            messages_per_s=moment.rate(lambda sample: sample.messages),
            gaps=counters.gaps,
            reconnects=counters.reconnects,
            out_of_order=counters.out_of_order,
            duplicates=counters.duplicates,
            malformed=counters.malformed,
            symbols=tuple(symbol_view(each) for each in self._symbols()),
        )

    def _process(self, stretch: tuple[int, int, int], moment: _Moment) -> ProcessView:
        lag = self._telemetry.times["loop_lag"].spread(*stretch)
        cpu_ns = moment.rate(lambda sample: sample.cpu_ns)
        return ProcessView(
            cpu=None if cpu_ns is None else cpu_ns / 1e9,
            cores=core_count(),
            memory_bytes=resident_bytes(),
            ring_bytes=sum(self._market[symbol].builder.nbytes for symbol in self._market.symbols),
            threads=thread_count(),
            lag_p99=_ms(lag.p99),
            lag_most=_ms(lag.most),
            gpu=gpu_view(self._drawing),
        )


def stage_view(
    key: str, ring: HistogramRing, stretch: tuple[int, int, int], group: int
) -> StageView:
    """One row of the table from its ring; ``stretch``: slots, now, first slot that counts."""
    whole = ring.spread(*stretch)
    slots, now_ns, since_slot = stretch
    parts = ring.series(slots, group, now_ns, since_slot)
    return StageView(
        key=key,
        samples=whole.samples,
        p50=_ms(whole.p50),
        p95=_ms(whole.p95),
        p99=_ms(whole.p99),
        most=_ms(whole.most),
        bars=_bars(whole),
        p95s=tuple(_ms(part.p95) for part in parts),
    )


def _ticks(ring: HistogramRing, stretch: tuple[int, int, int], group: int) -> SeriesView:
    slots, now_ns, since_slot = stretch
    parts = ring.series(slots, group, now_ns, since_slot)
    return SeriesView(
        group * SLOT_NS // 1_000_000_000,
        tuple(_ms(part.p50) for part in parts),
        tuple(_ms(part.p95) for part in parts),
    )


def _bars(spread: Spread) -> tuple[int, ...]:
    """Buckets of the ring, from 1 µs on, joined to bars; what is longer than 1 s is in the last."""
    bars = spread.counts.reshape(-1, _BAR_BUCKETS).sum(axis=1)
    last = BAR_DECADES * BARS_PER_DECADE - 1
    return (*bars[:last].tolist(), int(bars[last:].sum()))


def _viewer(client: FramesClient, now_ns: int) -> ViewerView:
    took = [took for at_ns, took in client.acks if at_ns >= now_ns - _RECENT_NS]
    return ViewerView(
        charts=len(client.watches),
        visible=client.visible,
        frames_per_s=len(took) / (_RECENT_NS / 1e9),
        ack_p95=float(np.percentile(took, 95)) / 1e6 if took else None,
        unacknowledged=client.unacknowledged,
    )


def _ms(nanoseconds: float | None) -> float | None:
    return None if nanoseconds is None else nanoseconds / 1e6
