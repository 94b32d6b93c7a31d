import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from data_feed.simulator import SimulatorServer, server
from data_feed.simulator.errors import NotStarted
from data_feed.simulator.exchange import SimulatedExchange
from data_feed.simulator.faults import Faults
from market.types import MINUTE, SECOND, Symbol
from tests.simulator.test_publisher import apply, levels_of

SYMBOLS = [Symbol("BTC-USD"), Symbol("LTC-USD")]


@pytest.fixture
async def venue(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SimulatorServer]:
    monkeypatch.setattr(server, "_WARM_UP_NS", MINUTE)
    running = SimulatorServer(SYMBOLS, seed=7)
    await running.start()
    yield running
    await running.stop()


async def send(socket: ClientConnection, **request: Any) -> None:
    await socket.send(json.dumps(request))


async def receive(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(5):
        message: dict[str, Any] = json.loads(await socket.recv())
    return message


async def receive_until(socket: ClientConnection, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(5):
        while (message := await receive(socket))["type"] != kind:
            pass
    return message


async def test_every_channel_delivers(venue: SimulatorServer) -> None:
    channels = ["heartbeat", "ticker", "matches", "level2_batch"]
    async with connect(venue.url) as socket:
        await send(socket, type="subscribe", product_ids=SYMBOLS, channels=channels)
        acknowledged = await receive(socket)
        assert acknowledged == {
            "type": "subscriptions",
            "channels": [{"name": name, "product_ids": SYMBOLS} for name in channels],
        }
        seen: Counter[str] = Counter()
        async with asyncio.timeout(10):
            while not {"heartbeat", "match", "l2update"} <= seen.keys():
                seen[(await receive(socket))["type"]] += 1
        assert seen["snapshot"] == 2
        assert seen["last_match"] == 2
        # Two tickers greet; the ticker of the last match may still be on its way.
        assert 0 <= seen["match"] + 2 - seen["ticker"] <= 1


async def test_trade_ids_are_contiguous_from_the_last_match_on(venue: SimulatorServer) -> None:
    async with connect(venue.url) as socket:
        await send(socket, type="subscribe", product_ids=["BTC-USD"], channels=["matches"])
        last = (await receive_until(socket, "last_match"))["trade_id"]
        for expected in range(last + 1, last + 6):
            assert (await receive_until(socket, "match"))["trade_id"] == expected


async def test_book_is_rebuilt_exactly(venue: SimulatorServer) -> None:
    book: dict[str, Any] = {"type": "subscribe", "product_ids": ["BTC-USD"]}
    async with connect(venue.url) as socket:
        await send(socket, **book, channels=["level2_batch"])
        levels = levels_of(await receive_until(socket, "snapshot"))
        for _ in range(8):
            apply(levels, await receive_until(socket, "l2update"))
        await send(socket, **book, channels=["level2"])
        # Until the second snapshot arrives, every update belongs to the first subscription.
        async with asyncio.timeout(5):
            while (message := await receive(socket))["type"] != "snapshot":
                if message["type"] == "l2update":
                    apply(levels, message)
        assert levels == levels_of(message)


async def test_unsubscribed_channel_falls_silent(venue: SimulatorServer) -> None:
    async with connect(venue.url) as socket:
        await send(
            socket, type="subscribe", product_ids=SYMBOLS, channels=["heartbeat", "level2_batch"]
        )
        await receive_until(socket, "l2update")
        await send(socket, type="unsubscribe", channels=["level2_batch"])
        await receive_until(socket, "subscriptions")
        while (message := await receive(socket))["type"] == "subscriptions":
            pass
        assert message["type"] == "heartbeat"


async def test_client_that_left_is_forgotten(venue: SimulatorServer) -> None:
    async with connect(venue.url) as socket:
        await send(socket, type="subscribe", product_ids=SYMBOLS, channels=["ticker"])
        await receive(socket)
        assert len(venue._clients) == 1
    for _ in range(500):
        if not venue._clients:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the server still keeps a client that left")


async def test_refusal_keeps_the_connection(venue: SimulatorServer) -> None:
    async with connect(venue.url) as socket:
        await send(socket, type="subscribe", product_ids=["XXX-USD"], channels=["ticker"])
        assert await receive(socket) == {
            "type": "error",
            "message": "Failed to subscribe",
            "reason": "XXX-USD is not a valid product",
        }
        await send(socket, type="subscribe", product_ids=["BTC-USD"], channels=["ticker"])
        assert (await receive(socket))["type"] == "subscriptions"


async def test_silent_client_is_closed(
    venue: SimulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_SUBSCRIBE_WITHIN_S", 0.1)
    async with connect(venue.url) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await receive(socket)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
        assert "no subscribe" in closed.value.rcvd.reason


async def test_slow_reader_is_cut_and_others_are_not(
    venue: SimulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(venue, "_patience", 100)
    book: dict[str, Any] = {"product_ids": ["BTC-USD"], "channels": ["level2"]}
    async with connect(venue.url, max_queue=1) as slow, connect(venue.url) as quick:
        await send(quick, type="subscribe", product_ids=SYMBOLS, channels=["level2_batch"])
        for _ in range(1500):
            # Every pair asks for a whole book of about 10 KB, and the answers are not read.
            await send(slow, type="subscribe", **book)
            await send(slow, type="unsubscribe", **book)
        for _ in range(20):
            await receive_until(quick, "l2update")
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await receive(slow)
        assert closed.value.rcvd is None or closed.value.rcvd.reason == "ErrSlowConsume"
        await receive_until(quick, "l2update")


async def test_rest_shares_the_port(venue: SimulatorServer) -> None:
    async with httpx.AsyncClient(base_url=venue.rest_url) as http:
        candles = await http.get("/products/BTC-USD/candles", params={"granularity": 60})
        assert candles.headers["content-type"] == "application/json; charset=utf-8"
        assert len(candles.json()) == 300
        trades = await http.get("/products/BTC-USD/trades", params={"limit": 2})
        assert trades.headers["cb-after"] == str(trades.json()[1]["trade_id"])
        missing = await http.get("/products/XXX-USD/candles")
        assert (missing.status_code, missing.json()) == (404, {"message": "NotFound"})
        bad = await http.get("/products/BTC-USD/candles?granularity=5")
        assert (bad.status_code, bad.json()) == (400, {"message": "Unsupported granularity"})


async def test_rest_has_troubles_when_told(venue: SimulatorServer) -> None:
    async with httpx.AsyncClient(base_url=venue.rest_url) as http:
        venue.plan.faults = Faults(rest_limit=1.0)
        limited = await http.get("/products/BTC-USD/trades")
        assert (limited.status_code, limited.json()) == (
            429, {"message": "Public rate limit exceeded"},
        )  # fmt: skip
        venue.plan.faults = Faults(rest_error=1.0)
        failed = await http.get("/products/BTC-USD/trades")
        assert (failed.status_code, failed.json()) == (500, {"message": "Internal server error"})
        venue.plan.faults = Faults(rest_corrupt=1.0)
        broken = await http.get("/products/BTC-USD/trades?limit=9")
        assert broken.status_code == 200
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            broken.json()
        venue.plan.faults = Faults(rest_slow=1.0, slow_s=30.0)
        with pytest.raises(httpx.ReadTimeout):
            await http.get("/products/BTC-USD/trades?limit=9", timeout=0.1)


async def test_the_line_breaks_and_stalls_when_told(venue: SimulatorServer) -> None:
    async with connect(venue.url) as socket:
        await send(socket, type="subscribe", product_ids=["BTC-USD"], channels=["level2_batch"])
        await receive_until(socket, "l2update")
        venue.plan.faults = Faults(stall=1.0, stall_s=0.0)
        async with asyncio.timeout(30):
            while venue.plan.done["stall"] <= 3:  # noqa: ASYNC110 - a fault has no event
                await asyncio.sleep(0.01)
        with pytest.raises(TimeoutError):
            for _ in range(100):  # what was on its way still comes
                async with asyncio.timeout(0.5):
                    await receive(socket)
        venue.plan.faults = Faults(disconnect=1.0)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await receive(socket)
        assert closed.value.rcvd is None, "a broken line says no goodbye"


async def test_a_halted_exchange_trades_no_more(venue: SimulatorServer) -> None:
    async with connect(venue.url) as socket:
        channels = ["matches", "level2_batch", "heartbeat"]
        await send(socket, type="subscribe", product_ids=["BTC-USD"], channels=channels)
        await receive_until(socket, "match")
        venue.halt()
        first = await receive_until(socket, "heartbeat")
        trades = venue.truth.trades("BTC-USD")
        second = await receive_until(socket, "heartbeat")
        assert second["last_trade_id"] == first["last_trade_id"] == trades[-1].trade_id
        assert second["time"] > first["time"]
        assert venue.truth.trades("BTC-USD") == trades


async def test_addresses_exist_only_while_listening() -> None:
    venue = SimulatorServer([Symbol("LTC-USD")])
    with pytest.raises(NotStarted, match="call start"):
        _ = venue.url
    await venue.start()
    assert venue.url.startswith("ws://127.0.0.1:")
    assert venue.rest_url.startswith("http://127.0.0.1:")
    await venue.stop()
    with pytest.raises(NotStarted):
        _ = venue.rest_url


async def test_stop_tells_the_clients(venue: SimulatorServer) -> None:
    async with connect(venue.url) as socket:
        await send(socket, type="subscribe", product_ids=SYMBOLS, channels=["heartbeat"])
        await receive(socket)
        await venue.stop()
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await receive(socket)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001


async def test_failing_exchange_closes_the_port(
    venue: SimulatorServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(SimulatedExchange, "advance", fail)
    async with connect(venue.url) as socket:
        with pytest.raises(ConnectionClosed):
            await receive(socket)
    assert "the simulated exchange failed" in caplog.text


async def test_a_late_tick_does_not_cut_clients_that_read(
    venue: SimulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four seconds at once are more frames than an outbox has room for."""
    busy = SimulatorServer([Symbol("BTC-USD")], messages=500)
    await busy.start()
    monkeypatch.setattr(busy, "_patience", 200)
    async with connect(busy.url) as socket:
        await send(socket, type="subscribe", product_ids=["BTC-USD"], channels=["matches"])
        first = (await receive_until(socket, "match"))["trade_id"]
        time.sleep(4.0)  # noqa: ASYNC251 - this is what stops the exchange
        for expected in range(first + 1, first + 600):
            assert (await receive_until(socket, "match"))["trade_id"] == expected
    await busy.stop()


async def test_trading_resumes_after_a_long_pause(
    venue: SimulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    skipped = asyncio.Event()
    monkeypatch.setattr(server, "_LONGEST_CATCH_UP_NS", -SECOND)
    monkeypatch.setattr(SimulatedExchange, "skip", lambda *_: skipped.set())
    async with asyncio.timeout(5):
        await skipped.wait()
