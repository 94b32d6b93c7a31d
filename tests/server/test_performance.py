"""What the performance page gets, from telemetry filled by hand and from a running server."""

import asyncio
from collections.abc import Iterator
from itertools import cycle

import pytest

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.auto import RendererChoice
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.renderers.protocol import Card
from chart_acceleration.renderers.reference import ReferenceRenderer
from data_feed.status import FeedState
from server import drawing, renderer_rows
from server.errors import RequestError
from server.histogram_ring import SLOT_NS, HistogramRing
from server.performance import Performance, stage_view
from server.process_facts import core_count, resident_bytes, thread_count
from server.renderer_rows import candidate, preference
from server.renderer_times import time_renderer
from server.telemetry import STAGES, Telemetry
from server.views import ChartQuery
from tests.server.harness import BTC, Running, make_services, until
from tests.server.tab import LAST_NS, open_tab

NOW = 2000 * SLOT_NS


@pytest.fixture
def measured() -> Iterator[tuple[Performance, Telemetry]]:
    services, _, _ = make_services()
    yield services.performance, services.telemetry
    services.close()


def test_before_anything_happened_nothing_is_made_up(
    measured: tuple[Performance, Telemetry],
) -> None:
    view = measured[0].view_now("5m")
    assert [stage.key for stage in view.stages] == list(STAGES)
    assert all((stage.samples, stage.p50, stage.most) == (0, None, None) for stage in view.stages)
    assert all(value is None for stage in view.stages for value in stage.p95s)
    frames, process = view.frames, view.process
    assert (frames.full, frames.frame_bytes_p50, frames.sent, frames.raw_bytes) == (
        None,
        None,
        0,
        0,
    )
    assert (process.cpu, process.lag_p99, process.gpu) == (None, None, None)
    assert view.feed.messages_per_s is None
    assert (view.viewers, view.cache.p95, view.renderers_timed) == ((), None, False)


def test_figures_are_those_that_were_recorded(measured: tuple[Performance, Telemetry]) -> None:
    page, telemetry = measured
    for milliseconds in (1, 2, 3, 4, 100):
        telemetry.stage("encode", milliseconds * 1e6)
    telemetry.drew("keyframe", 1.0, 2.0, 3.0)
    telemetry.encoded(1000, 50)
    telemetry.left_out("equal")
    telemetry.left_out("held_back")
    telemetry.left_out("held_back")
    telemetry.answered(True, 1000)
    telemetry.answered(False, 3_000_000)
    view = page.view_now("1m")
    encode = view.stage("encode")
    assert (encode.samples, encode.most) == (6, 100.0)
    assert encode.p50 == pytest.approx(3, rel=0.1)
    assert sum(encode.bars) == 6 and len(encode.bars) == 48
    assert view.frames.full == pytest.approx(6, rel=0.1)
    assert (view.frames.raw_bytes, view.frames.webp_bytes) == (1000, 50)
    assert (view.frames.not_sent, view.frames.held_back) == (1, 2)
    assert (view.cache.hits, view.cache.misses) == (1, 1)


def test_reset_hides_what_was_before(measured: tuple[Performance, Telemetry]) -> None:
    page, telemetry = measured
    telemetry.stage("draw", 1e6)
    tomorrow = 10**9
    shown = asyncio.run(page.view("1h", since_slot=tomorrow))
    assert shown.stage("draw").samples == 0
    assert page.view_now("1h").stage("draw").samples == 1


async def test_unknown_window_is_refused(measured: tuple[Performance, Telemetry]) -> None:
    with pytest.raises(RequestError, match="window was '2m'; allowed are 1m, 5m, 1h"):
        await measured[0].view("2m")


def test_bars_have_eight_to_the_decade_and_the_last_holds_the_rest() -> None:
    ring = HistogramRing(1000.0)
    for nanoseconds in (500.0, 1000.0, 1e6, 1e6, 2e9, 5e9):
        ring.record(nanoseconds, NOW)
    view = stage_view("draw", ring, (15, NOW, 0), 1)
    assert {i: n for i, n in enumerate(view.bars) if n} == {0: 2, 24: 2, 47: 2}
    assert len(view.p95s) == 15
    assert view.p95s[:-1] == (None,) * 14
    assert view.p95s[-1] == view.p95


REASONS = (
    "cuda: not available: no device",
    "opengl: works, 1.40 ms for the test frame",
    "cpu: works, 0.30 ms for the test frame",
)


def test_every_candidate_has_its_state_and_reason() -> None:
    assert candidate("cuda", "cpu", REASONS) == ("unavailable", "no device")
    assert candidate("opengl", "cpu", REASONS) == ("ready", "works, 1.40 ms for the test frame")
    assert candidate("cpu", "cpu", REASONS) == (
        "chosen", "Fastest of the 2 that passed the self-test: 0.30 ms for the test frame.",
    )  # fmt: skip
    assert candidate("opengl", "cpu", REASONS[2:])[0] == "not tried"


def test_a_renderer_that_was_given_up_says_so() -> None:
    after = (*REASONS, "cpu: given up: MemoryError: no memory")
    assert candidate("cpu", "opengl", after) == ("given up", "MemoryError: no memory")
    chosen = candidate("opengl", "opengl", after)
    assert chosen == ("chosen", "Took over from one that failed: 1.40 ms for the test frame.")
    while_running = (*REASONS, "cpu failed while running (MemoryError: no memory)")
    assert candidate("cpu", "opengl", while_running) == (
        "given up", "failed while running (MemoryError: no memory)",
    )  # fmt: skip
    assert candidate("opengl", "opengl", while_running) == chosen
    asked = ("cpu was asked for.", *while_running)
    assert candidate("opengl", "opengl", asked) == chosen
    named = ("cpu was asked for.", REASONS[2])
    assert candidate("cpu", "cpu", named) == (
        "chosen", "Asked for by name: 0.30 ms for the test frame.",
    )  # fmt: skip


def test_what_was_asked_for_is_told_by_the_reasons() -> None:
    assert preference(REASONS) == "auto"
    assert preference(("opengl was asked for.", *REASONS)) == "opengl"
    assert preference(("Plotly was asked for.",)) == "plotly"


async def test_another_renderer_draws_from_now_on(monkeypatch: pytest.MonkeyPatch) -> None:
    services, _, _ = make_services()
    page = services.performance
    found = {"reference": RendererChoice(ReferenceRenderer(), "reference", ("reference: works",))}

    def choice_of(name: str) -> RendererChoice:
        if name not in found:
            raise RendererUnavailable(name, "no device", ())
        return found[name]

    monkeypatch.setattr(drawing, "choice_of", choice_of)
    before = page.view_now("5m").renderers
    with pytest.raises(RequestError, match=r"^No device$"):
        await page.use_renderer("cuda")
    assert page.view_now("5m").renderers == before
    await page.use_renderer("reference")
    assert services.status().renderer == "reference"
    query = ChartQuery(BTC, width=64, height=48)
    assert (await services.picture(query))[:4] == b"RIFF"
    services.close()


def test_a_card_tells_its_memory(
    measured: tuple[Performance, Telemetry], monkeypatch: pytest.MonkeyPatch
) -> None:
    class OnCard:
        name = "cuda"
        draw = ReferenceRenderer.draw

        def card(self) -> Card:
            return Card("H200", 10, 20, 30)

    monkeypatch.setattr(renderer_rows, "_started", lambda name: OnCard())
    page, _ = measured
    assert page.view_now("5m").process.gpu is None  # nobody has tried the card
    monkeypatch.setattr(renderer_rows, "candidate", lambda *_: ("ready", "works"))
    gpu = page.view_now("5m").process.gpu
    assert gpu is not None
    assert (gpu.name, gpu.own_bytes, gpu.used_bytes, gpu.total_bytes) == ("H200", 10, 20, 30)


def test_renderers_are_timed_on_a_chart() -> None:
    times = time_renderer(CpuRenderer())
    assert times.full > times.encode > 0
    assert times.light > 0


async def test_timing_is_kept_and_shown(
    measured: tuple[Performance, Telemetry], monkeypatch: pytest.MonkeyPatch
) -> None:
    started = {"cpu": CpuRenderer()}
    monkeypatch.setattr(renderer_rows, "_started", started.get)
    await measured[0].time_renderers()
    view = measured[0].view_now("5m")
    assert view.renderers_timed
    assert [row.name for row in view.renderers if row.full is not None] == ["cpu", "reference"]


def test_the_system_tells_of_the_process() -> None:
    memory = resident_bytes()
    assert memory is None or memory > 10_000_000
    assert thread_count() >= 1
    assert core_count() >= 1


async def test_a_running_server_measures_itself(server: Running) -> None:
    page = server.services.performance
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        server.hand.trade(BTC, LAST_NS, 103.5)
        await tab.ack(await tab.frame())
        telemetry = server.services.telemetry
        await until(lambda: telemetry.p95_ms("tick_to_ack") is not None, "the acknowledgement")
        await until(lambda: telemetry.loop_lag.collect() is not None, "the loop to be watched")
        await until(lambda: page.view_now("5m").process.cpu is not None, "two samples")
        view = page.view_now("5m")
    assert [stage.samples for stage in view.stages] == [0, 0, 0, 1, 2, 2, 2, 2, 2, 1]
    assert view.frames.sent == 2
    assert view.frames.raw_bytes > 400 * 240 > view.frames.webp_bytes > 0
    assert view.frames.frame_bytes_p50 is not None
    [tab_view] = view.viewers
    assert (tab_view.charts, tab_view.visible, tab_view.unacknowledged) == (1, True, 0)
    assert tab_view.frames_per_s == pytest.approx(0.2)
    assert tab_view.ack_p95 is not None
    assert view.process.lag_p99 is not None
    assert view.process.ring_bytes > 1_000_000
    assert view.feed.messages_per_s == 0.0


async def test_a_tab_that_owes_is_counted_when_there_is_news(server: Running) -> None:
    counted = server.services.telemetry.unsent.labels("held_back")._value
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.frame()
        prices = cycle((103.5, 103.6, 103.7))

        def held_back() -> bool:  # ticks may swallow trades; pictures of two fill the window
            server.hand.trade(BTC, LAST_NS, next(prices))
            return bool(counted.get() > 0)

        await until(held_back, "a tick without room")


def test_the_feeds_stages_arrive(measured: tuple[Performance, Telemetry]) -> None:
    services, feed, _ = make_services()
    for stage, nanoseconds in (("receive", 20_000), ("parse", 5000), ("ingest", 3000)):
        feed.report(stage, nanoseconds)
    feed.becomes(FeedState.LOST)
    view = services.performance.view_now("1m")
    services.close()
    assert [view.stage(key).most for key in ("receive", "parse", "ingest")] == [0.02, 0.005, 0.003]
    assert (view.feed.state, view.feed.gaps) == ("lost", 3)
