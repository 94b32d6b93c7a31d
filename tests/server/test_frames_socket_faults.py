"""The frames socket against bad messages, foreign origins, slow tabs and renderers that fail."""

import asyncio
import json
from typing import Any

import pytest
from starlette.websockets import WebSocketState
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.auto import RendererChoice
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.scene import U8, Rect, Scene
from server.frames_protocol import Kind
from server.frames_socket import FramesSocket
from tests.server.harness import BTC, Running, run_server, until
from tests.server.tab import LAST_NS, SUBSCRIBE, open_tab


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
            for _ in range(20_000):  # a slow machine may need several seconds for 600
                await tab.say(type="ack", sequence=1)
            await asyncio.sleep(1)
            await tab.text("error")
            await tab.connection.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.reason == "more than 240 messages in a second"


async def test_nothing_is_sent_once_the_server_has_closed_the_socket(
    server: Running, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        await asyncio.to_thread(server.stop)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("late", ["a frame", "a text"])
async def test_a_closed_socket_ends_its_sender(late: str) -> None:
    class Closed:
        application_state = WebSocketState.DISCONNECTED

        async def send_text(self, _text: str) -> None:
            pytest.fail("Cannot call send once a close message has been sent")

        send_bytes = send_text

    class Client:
        async def next_message(self) -> tuple[int, bytes, str]:
            return int(late == "a frame"), b"late", "patch"

    await FramesSocket._send(Any, Closed(), Client())  # type: ignore[arg-type]


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
        assert count("wait") == 1
        whole = server.services.status().tick_to_ack_p95_ms
        assert whole is not None
        assert 0 < whole < 5000


def nothing_starts(name: str) -> RendererChoice:
    """No renderer can be had beside the one in use."""
    raise RendererUnavailable(name, "broken", ())


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

    monkeypatch.setattr("chart_acceleration.renderers.resilient.choose", nothing_starts)
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


async def test_chart_that_cannot_be_drawn_does_not_cost_the_renderer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    renderer = Failing()
    monkeypatch.setattr("chart_acceleration.renderers.resilient.choose", nothing_starts)
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


async def test_chart_too_large_for_its_renderer_is_drawn_by_the_next() -> None:
    renderer = Failing()
    renderer.limit = 1000
    with run_server(choice=RendererChoice(renderer, "cuda", ("cuda was chosen",))) as server:
        async with open_tab(server) as tab:
            await tab.subscribe(chart=5, width=1200)
            assert (await tab.frame()).entries[0].chart == 5
            status = server.services.status()
            assert (status.renderer, status.tier) == ("cpu", "picture")
            failures = server.services.telemetry.draw_failures
            assert failures.labels("cuda")._value.get() == 1
