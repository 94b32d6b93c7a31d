"""The frames socket end to end: real uvicorn, a real WebSocket client, trades put in by hand."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.auto import RendererChoice
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.scene import U8, Rect, Scene
from data_feed.status import FeedState
from server.frames_protocol import FrameMessage, Kind, unpack_frame
from tests.server.harness import BTC, ETH, MINUTE_NS, START_NS, Running, run_server, until

LAST_NS = START_NS + 29 * MINUTE_NS + 2_000_000_000
SUBSCRIBE = {
    "type": "subscribe",
    "chart": 1,
    "symbol": "BTC-USD",
    "interval": "1m",
    "width": 400,
    "height": 240,
    "scale": 1,
    "theme": "dark",
    "bars": 20,
}


class Tab:
    """A browser tab: sends JSON, sorts what arrives into frames and texts."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.texts: list[dict[str, Any]] = []

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def subscribe(self, **changes: Any) -> None:
        await self.say(**{**SUBSCRIBE, **changes})

    async def ack(self, frame: FrameMessage) -> None:
        await self.say(type="ack", sequence=frame.sequence)

    async def frame(self, seconds: float = 10.0) -> FrameMessage:
        """The next picture; texts before it are kept."""
        async with asyncio.timeout(seconds):
            while True:
                message = await self.connection.recv()
                if isinstance(message, bytes):
                    return unpack_frame(message)
                self.texts.append(json.loads(message))

    async def text(self, kind: str, seconds: float = 10.0) -> dict[str, Any]:
        """The next text of a kind that has not been taken yet; pictures before it fail."""
        async with asyncio.timeout(seconds):
            while True:
                for text in self.texts:
                    if text["type"] == kind:
                        self.texts.remove(text)
                        return text
                message = await self.connection.recv()
                assert isinstance(message, str), "a picture came where a text was awaited"
                self.texts.append(json.loads(message))

    async def silence(self, seconds: float = 0.4) -> None:
        """No picture arrives for a while."""
        with pytest.raises(TimeoutError):
            await self.frame(seconds)


@pytest.fixture
def server() -> Iterator[Running]:
    with run_server() as running:
        yield running


@asynccontextmanager
async def open_tab(server: Running, **options: Any) -> AsyncIterator[Tab]:
    async with connect(server.socket_url, origin=server.origin, **options) as connection:  # type: ignore[arg-type]
        yield Tab(connection)


def pixels(webp: bytes) -> Any:
    return np.asarray(Image.open(BytesIO(webp)).convert("RGB"))


def draws(server: Running, kind: str) -> float:
    value = server.services.telemetry.registry.get_sample_value(
        "candlecast_draws_total", {"kind": kind}
    )
    return value or 0.0


async def test_keyframe_then_patch_give_the_picture_of_the_new_candles(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        keyframe = await tab.frame()
        [entry] = keyframe.entries
        assert entry.chart == 1
        assert entry.kind is Kind.KEYFRAME
        assert entry.source == entry.target == (0, 0, 400, 240)
        await tab.ack(keyframe)
        server.hand.trade(BTC, LAST_NS, 103.5)
        patch = await tab.frame()
        [strip] = patch.entries
        assert patch.sequence == keyframe.sequence + 1
        assert strip.kind is Kind.PATCH
        x, y, width, height = strip.target
        assert (x + width, y, height) == (400, 0, 240)
        shown = pixels(keyframe.picture).copy()
        strip_pixels = pixels(patch.picture)[:height, :width]
        before = shown[:, x:].copy()
        shown[:, x:] = strip_pixels
        assert (before != strip_pixels).any()
        # What an eager newcomer gets as a fresh keyframe with patch is the same picture.
        async with open_tab(server) as other:
            await other.subscribe(chart=7)
            again, fresh = await other.frame(), await other.frame()
            np.testing.assert_array_equal(pixels(again.picture), pixels(keyframe.picture))
            np.testing.assert_array_equal(pixels(fresh.picture), pixels(patch.picture))
            assert fresh.entries[0].chart == 7


async def test_meta_describes_the_newest_candle(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        server.hand.trade(BTC, LAST_NS, 103.25, 2.0)
        [meta] = json.loads((await tab.frame()).meta)
    assert meta["chart"] == 1
    assert meta["symbol"] == "BTC-USD"
    assert meta["interval"] == "1m"
    assert meta["venue"] == "Simulator"
    assert (meta["o"], meta["h"], meta["l"], meta["c"]) == (101.0, 104.0, 101.0, 103.25)
    assert meta["volume"] == 3.0
    assert meta["change"] == 0.25  # against the close before, 103.0
    assert meta["change_pct"] == pytest.approx(100 * 0.25 / 103.0)
    assert meta["direction"] == 1
    assert meta["decimals"] == 2
    assert meta["following"] is True
    assert meta["stale"] is False
    assert meta["bars"] == 20
    assert meta["first_index"] == 10
    assert meta["price_top"] > 106.0
    assert meta["price_bottom"] < 100.0
    x0, y0, x1, y1 = meta["plot"]
    assert 0 <= x0 < x1 <= 400
    assert y0 < meta["last_y"] < y1
    assert meta["alt"] == "BTC-USD 103.25, up 0.24 %"


async def test_at_most_two_pictures_are_unacknowledged_and_the_latest_wins(
    server: Running,
) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        first = await tab.frame()
        server.hand.trade(BTC, LAST_NS, 101.5)
        second = await tab.frame()
        for step in range(10):
            server.hand.trade(BTC, LAST_NS + step, 101.0 + step / 10)
            await asyncio.sleep(0.03)
        await tab.silence()
        await tab.ack(first)
        latest = await tab.frame()
        assert latest.sequence == second.sequence + 1
        [meta] = json.loads(latest.meta)
        assert meta["c"] == 101.9
        await tab.silence()


async def test_new_candle_brings_a_keyframe(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        server.hand.trade(BTC, LAST_NS + MINUTE_NS, 103.0)
        frame = await tab.frame()
        assert frame.entries[0].kind is Kind.KEYFRAME


async def test_late_trade_in_a_closed_candle_brings_a_keyframe(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        server.hand.trade(BTC, LAST_NS - 5 * MINUTE_NS, 104.5, 3.0)
        frame = await tab.frame()
        assert frame.entries[0].kind is Kind.KEYFRAME


async def test_nothing_is_sent_when_nothing_changed(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        drawn = draws(server, "keyframe") + draws(server, "patch")
        server.hand.quote(BTC, 101.0, 102.0)
        server.hand.trade(ETH, LAST_NS, 2000.0)
        await tab.silence()
        assert draws(server, "keyframe") + draws(server, "patch") == drawn


async def test_tabs_with_the_same_chart_share_every_draw(server: Running) -> None:
    async with open_tab(server) as one, open_tab(server) as two:
        for tab in (one, two):
            await tab.subscribe()
            await tab.ack(await tab.frame())
        assert draws(server, "keyframe") == 1
        await asyncio.sleep(0.3)  # no tab is held back for having just got a picture
        server.hand.trade(BTC, LAST_NS, 103.5)
        first, second = await one.frame(), await two.frame()
        assert first.picture == second.picture
        assert draws(server, "patch") == 1


async def test_patches_of_one_tick_travel_in_one_picture(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        await tab.subscribe(chart=2, interval="5m", bars=4, width=300, height=200)
        await tab.ack(await tab.frame())
        server.hand.trade(BTC, LAST_NS, 102.5)
        frame = await tab.frame()
        assert {entry.chart for entry in frame.entries} == {1, 2}
        assert all(entry.kind is Kind.PATCH for entry in frame.entries)
        sources = [entry.source for entry in frame.entries]
        assert sources[0].x != sources[1].x or sources[0].y != sources[1].y
        height, width = pixels(frame.picture).shape[:2]
        for source in sources:
            assert source.x + source.width <= width
            assert source.y + source.height <= height
        assert [meta["chart"] for meta in json.loads(frame.meta)] == [
            entry.chart for entry in frame.entries
        ]


async def test_charts_of_two_themes_come_in_two_pictures(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        await tab.subscribe(chart=2, theme="light")
        await tab.ack(await tab.frame())
        server.hand.trade(BTC, LAST_NS, 102.5)
        pictures = [await tab.frame(), await tab.frame()]
        assert sorted(frame.entries[0].chart for frame in pictures) == [1, 2]


async def test_zoom_brings_a_keyframe_with_the_new_bars(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        await tab.say(type="viewport", chart=1, bars=10, end=25)
        frame = await tab.frame()
        [meta] = json.loads(frame.meta)
        assert frame.entries[0].kind is Kind.KEYFRAME
        assert (meta["bars"], meta["first_index"], meta["following"]) == (10, 15, False)
        await tab.ack(frame)
        server.hand.trade(BTC, LAST_NS, 103.5)  # not in sight
        await tab.silence()


async def test_unsubscribed_chart_gets_nothing_more(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        await tab.say(type="unsubscribe", chart=1)
        await asyncio.sleep(0.1)
        server.hand.trade(BTC, LAST_NS, 103.5)
        await tab.silence()


async def test_hidden_tab_gets_nothing_and_a_keyframe_when_shown_again(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        await tab.say(type="visibility", visible=False)
        await asyncio.sleep(0.2)
        drawn = draws(server, "patch")
        server.hand.trade(BTC, LAST_NS, 103.5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):  # longer than the second between two statuses
                await tab.connection.recv()
        assert draws(server, "patch") == drawn
        await tab.say(type="visibility", visible=True)
        frame = await tab.frame()
        assert frame.entries[0].kind is Kind.KEYFRAME


async def test_status_arrives_at_once_and_then_every_second(server: Running) -> None:
    async with open_tab(server) as tab:
        first = await tab.text("status", 0.9)
        assert first["label"] == "SIMULATED"
        assert first["renderer"] == "cpu"
        server.feed.becomes(FeedState.LOST)
        assert (await tab.text("status", 2.5))["label"] == "LOST"


async def test_lost_feed_greys_the_picture(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        live = await tab.frame()
        await tab.ack(live)
        server.feed.becomes(FeedState.LOST)
        grey = await tab.frame()
        assert grey.entries[0].kind is Kind.KEYFRAME
        [meta] = json.loads(grey.meta)
        assert meta["stale"] is True
        assert (pixels(grey.picture) != pixels(live.picture)).any()


async def test_chart_without_candles_says_so_and_starts_with_the_first_trade(
    server: Running,
) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe(symbol="ETH-USD")
        state = await tab.text("state")
        assert state["chart"] == 1
        assert state["state"] == "empty"
        assert state["detail"] == (
            "Subscribed 0 s ago. The first candle appears with the first trade."
        )
        server.hand.trade(ETH, LAST_NS, 2000.0)
        frame = await tab.frame()
        assert frame.entries[0].kind is Kind.KEYFRAME


async def test_unknown_symbol_is_refused_for_that_chart_alone(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe(chart=3, symbol="XRP-USD")
        state = await tab.text("state")
        assert state["chart"] == 3
        assert state["state"] == "error"
        assert state["detail"] == "symbol was 'XRP-USD'; available are BTC-USD, ETH-USD"
        await tab.subscribe()
        assert (await tab.frame()).entries[0].chart == 1


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("{", "message was refused: Input data was truncated"),
        ('{"type":"dance"}', "message was refused: Invalid value 'dance' - at `$.type`"),
        ("[]", "message was refused: Expected `object`, got `array`"),
        (
            json.dumps({**SUBSCRIBE, "width": 15}),
            "message was refused: Expected `int` >= 16 - at `$.width`",
        ),
        (
            json.dumps({**SUBSCRIBE, "height": 4097}),
            "message was refused: Expected `int` <= 4096 - at `$.height`",
        ),
        (
            json.dumps({**SUBSCRIBE, "bars": 5001}),
            "message was refused: Expected `int` <= 5000 - at `$.bars`",
        ),
        (
            json.dumps({**SUBSCRIBE, "scale": 9}),
            "message was refused: Expected `float` <= 4.0 - at `$.scale`",
        ),
        (
            json.dumps({**SUBSCRIBE, "colour": "red"}),
            "message was refused: Object contains unknown field `colour`",
        ),
        ('{"type":"ack","sequence":-1}', "message was refused: Expected `int` >= 0"),
        (b"\x00\x01", "a binary message; clients send JSON texts"),
        ("x" * 4097, "message had 4097 bytes; allowed are 4096"),
    ],
)
async def test_malformed_message_closes_that_socket_alone_with_a_reason(
    server: Running, message: str | bytes, reason: str
) -> None:
    async with open_tab(server) as good, open_tab(server) as bad:
        await good.subscribe()
        await good.ack(await good.frame())
        await bad.connection.send(message)
        error = await bad.text("error")
        assert error["reason"].startswith(reason)
        with pytest.raises(ConnectionClosedError) as closed:
            await bad.connection.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
        assert closed.value.rcvd.reason.startswith(reason)
        server.hand.trade(BTC, LAST_NS, 103.5)
        assert (await good.frame()).entries[0].kind is Kind.PATCH


async def test_too_many_messages_in_a_second_close_the_socket(server: Running) -> None:
    async with open_tab(server) as tab:
        with pytest.raises(ConnectionClosedError) as closed:
            for _ in range(600):
                await tab.say(type="ack", sequence=1)
            await asyncio.sleep(1)
            await tab.text("error")
            await tab.connection.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.reason == "more than 240 messages in a second"


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example"]
)
async def test_foreign_origin_is_refused(server: Running, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(server.socket_url, origin=origin):  # type: ignore[arg-type]
            pass
    assert refused.value.response.status_code == 403


async def test_program_on_this_machine_needs_no_origin(server: Running) -> None:
    async with connect(server.socket_url) as connection:
        assert "status" in str(await connection.recv())


async def test_foreign_host_name_is_refused(server: Running) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(
            "ws://rebound.example/ws/charts",
            host="127.0.0.1",
            port=server.port,
            origin="http://rebound.example",  # type: ignore[arg-type]
        ):
            pass
    assert refused.value.response.status_code == 403


async def test_a_tab_that_does_not_read_delays_nobody(server: Running) -> None:
    async with (
        connect(server.socket_url, origin=server.origin, max_queue=1) as stuck,  # type: ignore[arg-type]
        open_tab(server) as tab,
    ):
        for chart in range(16):
            wide = {**SUBSCRIBE, "chart": chart, "width": 2000 + chart, "height": 1500}
            await stuck.send(json.dumps(wide))
        await tab.subscribe()
        await tab.ack(await tab.frame())
        for step in range(5):
            server.hand.trade(BTC, LAST_NS + step, 101.0 + step / 10)
            frame = await tab.frame(2.0)
            await tab.ack(frame)
        [meta] = json.loads(frame.meta)
        assert meta["c"] == 101.4
        stuck.transport.abort()


async def test_tab_that_vanishes_is_forgotten(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.frame()
        tab.connection.transport.abort()
    viewers = server.services.viewers
    await until(lambda: not viewers.clients, "the tab to be forgotten")
    server.hand.trade(BTC, LAST_NS, 103.5)
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.frame()


async def test_stopping_server_closes_sockets_with_going_away(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.frame()
        await asyncio.to_thread(server.stop)
        with pytest.raises(Exception) as closed:  # 1001 is an orderly close
            while True:
                await tab.connection.recv()
        received = closed.value.rcvd  # type: ignore[attr-defined]
        assert received is not None
        assert (received.code, received.reason) == (1001, "the server stops")


async def test_stages_are_measured(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        server.hand.trade(BTC, LAST_NS, 103.5)
        await tab.ack(await tab.frame())
        telemetry = server.services.telemetry

        def count(stage: str) -> float:
            value = telemetry.registry.get_sample_value(
                "candlecast_stage_seconds_count", {"stage": stage}
            )
            return value or 0.0

        await until(lambda: count("tick_to_ack") == 1, "the acknowledgement to be counted")
        assert count("layout") == count("draw") == count("encode") == 2
        assert count("send") == count("ack") == 2
        assert count("ingest") == 1
        whole = server.services.status().tick_to_ack_p95_ms
        assert whole is not None
        assert 0 < whole < 5000


class Failing:
    """A renderer that draws until it is told to fail."""

    name = "cuda"

    def __init__(self, fails_when_wider_than: int = 0) -> None:
        self.limit = 10_000
        self.inner = CpuRenderer()

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        if scene.width > self.limit:
            raise RuntimeError("device lost")
        self.inner.draw(scene, pixels, clip)


async def test_failing_renderer_is_replaced_and_charts_go_on() -> None:
    renderer = Failing()
    with run_server(choice=RendererChoice(renderer, "cuda", ("cuda was chosen",))) as server:
        async with open_tab(server) as tab:
            await tab.subscribe()
            await tab.ack(await tab.frame())
            renderer.limit = 0
            server.hand.trade(BTC, LAST_NS, 103.5)
            assert (await tab.frame()).entries[0].kind is Kind.PATCH
            status = server.services.status()
            assert status.renderer == "cpu"
            assert status.renderer_reasons[-1] == (
                "cuda failed while running (RuntimeError: device lost)"
            )


async def test_last_renderer_failing_tells_every_tab(monkeypatch: pytest.MonkeyPatch) -> None:
    renderer = Failing()

    def nothing_starts(name: str) -> RendererChoice:
        raise RendererUnavailable(name, "broken", ())

    monkeypatch.setattr("server.drawing.choose", nothing_starts)
    with run_server(choice=RendererChoice(renderer, "cuda", ("cuda was chosen",))) as server:
        async with open_tab(server) as tab, open_tab(server) as idle:
            await tab.subscribe()
            await tab.ack(await tab.frame())
            renderer.limit = 0
            server.hand.trade(BTC, LAST_NS, 103.5)
            for told in (tab, idle):
                text = await told.text("tier")
                assert text["tier"] == "plotly"
                assert "device lost" in text["reason"]
                assert "cpu: not available: broken" in text["reason"]
            assert server.services.tier() == "plotly"
        async with open_tab(server) as late:
            assert (await late.text("tier"))["tier"] == "plotly"


async def test_chart_that_cannot_be_drawn_does_not_cost_the_renderer() -> None:
    renderer = Failing()
    renderer.limit = 1000  # wide charts fail, the small picture that tells health works
    with run_server(choice=RendererChoice(renderer, "cuda", ("cuda was chosen",))) as server:
        async with open_tab(server) as tab:
            await tab.subscribe(chart=5, width=1200)
            state = await tab.text("state")
            assert (state["chart"], state["state"]) == (5, "error")
            assert "device lost" in state["detail"]
            await tab.subscribe(chart=1)
            assert (await tab.frame()).entries[0].chart == 1
            assert server.services.status().renderer == "cuda"
