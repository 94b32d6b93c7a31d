"""Questions over HTTP keep within what a venue allows."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from data_feed.errors import ConnectionLost, HistoryError, HistoryUnavailable
from data_feed.history import BinanceHistory, CoinbaseHistory
from data_feed.rest import Budget, HttpRest
from tests.data_feed.test_history_loader import answering

Step = tuple[int, str]
"""A status, and the header lines that go with it."""


@asynccontextmanager
async def answering_in_turn(*steps: Step) -> AsyncIterator[tuple[str, list[float]]]:
    """An HTTP server that gives one answer after the other; when it was asked."""
    asked: list[float] = []
    left = list(steps)
    closed = asyncio.Event()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                asked.append(asyncio.get_running_loop().time())
                status, headers = left.pop(0)
                writer.write(
                    f"HTTP/1.1 {status} X\r\n{headers}Content-Length: 2\r\n\r\n[]".encode()
                )
        except asyncio.IncompleteReadError:
            writer.close()
            closed.set()

    async with await asyncio.start_server(converse, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
        await closed.wait()


def test_weights_are_spread_over_the_minute() -> None:
    budget = Budget(pause_s=0.1, per_minute=600.0)
    assert budget.wait_s(1.0, now_s=10.0) == 0.0
    assert budget.wait_s(50.0, now_s=10.0) == pytest.approx(0.1)
    assert budget.wait_s(1.0, now_s=10.0) == pytest.approx(5.1)
    assert budget.wait_s(1.0, now_s=60.0) == 0.0


def test_a_pause_that_the_venue_asks_for_is_kept() -> None:
    budget = Budget(pause_s=0.0)
    budget.refused(30.0, now_s=10.0)
    assert budget.wait_s(1.0, now_s=15.0) == pytest.approx(25.0)
    budget.refused(120.0, now_s=40.0)
    with pytest.raises(HistoryUnavailable, match="no question for 120 s"):
        budget.wait_s(1.0, now_s=40.0)


@pytest.mark.parametrize("status", [429, 418])
async def test_a_refusal_is_waited_out_as_long_as_the_venue_says(status: int) -> None:
    async with answering_in_turn((status, "Retry-After: 1\r\n"), (200, "")) as (url, asked):
        async with HttpRest(CoinbaseHistory(url), 0.0, 5.0).session() as ask:
            assert await ask("/x") == b"[]"
        assert asked[1] - asked[0] >= 1.0


async def test_after_a_refusal_without_a_time_nothing_is_asked_for_a_while() -> None:
    async with answering_in_turn((429, "")) as (url, asked):
        rest = HttpRest(CoinbaseHistory(url), 0.0, 5.0)
        async with rest.session() as ask:
            with pytest.raises(HistoryUnavailable, match="too many questions"):
                await ask("/x")
            later = asyncio.create_task(ask("/x"))
            done, _ = await asyncio.wait([later], timeout=0.2)
            assert not done
            later.cancel()
        assert len(asked) == 1


@pytest.mark.parametrize(("status", "temporary"), [(500, True), (503, True), (404, False)])
async def test_a_failing_venue_is_told_from_a_wrong_question(status: int, temporary: bool) -> None:
    async with (
        answering(lambda _: (status, {})) as server,
        HttpRest(CoinbaseHistory(server.url), 0.0, 5.0).session() as ask,
    ):
        with pytest.raises(HistoryError) as raised:
            await ask("/x")
    assert isinstance(raised.value, HistoryUnavailable) is temporary


async def test_nobody_there() -> None:
    async with HttpRest(CoinbaseHistory("http://127.0.0.1:9"), 0.0, 5.0).session() as ask:
        with pytest.raises(ConnectionLost, match="no answer"):
            await ask("/x")


def test_binance_counts_weights() -> None:
    history = BinanceHistory()
    paths = ["/api/v3/depth?limit=1000", "/api/v3/trades?limit=1000", "/api/v3/klines?limit=1000"]
    assert [history.weight(path) for path in paths] == [50.0, 25.0, 2.0]
    assert json.dumps(history.per_minute) == "3000.0"
