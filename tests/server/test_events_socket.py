"""``/ws/events`` over a real server: order, resumption, kinds, gaps, who may listen."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server import events_socket
from server.events_socket import EventsSocket
from server.login import COOKIE
from server.settings import Settings
from server.web import CandlecastServer
from storage.errors import JournalFailed
from tests.server.harness import BTC, Running, run_server, until
from tests.server.paper_desk import Desk
from trading.paper.commands import Note

PASSWORD = "correct horse battery"
PATH = "/ws/desk"
"""Where the desk's socket is mounted, beside the program's own."""


@pytest.fixture
def desk() -> Desk:
    return Desk()


def serving(desk: Desk, settings: Settings | None = None) -> Any:
    def mount(app: CandlecastServer) -> None:
        app.add_api_websocket_route(PATH, EventsSocket(desk).serve)

    return run_server(settings or Settings(symbols=(BTC,), store=None), mount=mount)


@pytest.fixture
def server(desk: Desk) -> Iterator[Running]:
    with serving(desk) as running:
        yield running


@asynccontextmanager
async def listening(
    server: Running, desk: Desk, query: str = "", **options: Any
) -> AsyncIterator[ClientConnection]:
    """A program that listens, once it is subscribed."""
    before = len(desk.queues)
    url = f"ws://127.0.0.1:{server.port}{PATH}{query}"
    async with connect(url, **options) as socket:
        await until(lambda: len(desk.queues) > before, "the subscription")
        yield socket


async def told(socket: ClientConnection, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        return [json.loads(await socket.recv()) for _ in range(count)]


async def refusal(server: Running, query: str) -> tuple[str, int]:
    """What a program is told that asks for something wrong, and the code of the close."""
    async with connect(f"ws://127.0.0.1:{server.port}{PATH}{query}") as socket:
        [answer] = await told(socket, 1)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    return answer["error"], closed.value.rcvd.code


async def test_events_of_every_account_come_in_order(server: Running, desk: Desk) -> None:
    desk.happens(1)  # before: not told
    async with listening(server, desk) as socket:
        desk.happens(1, "order_accepted", limit="37600.10")
        desk.happens(2)
        desk.happens(1)
        events = await told(socket, 3)
    assert [(event["account"], event["seq"]) for event in events] == [(1, 2), (2, 1), (1, 3)]
    assert events[0] == {
        "account": 1, "seq": 2, "time_ms": 1_700_000_000_002, "kind": "order_accepted",
        "words": "order_accepted 2.", "data": {"limit": "37600.10"},
    }  # fmt: skip
    await until(lambda: desk.queues == [], "the end of the subscription")


async def test_a_program_that_was_away_misses_nothing(server: Running, desk: Desk) -> None:
    for _ in range(5):
        desk.happens(1)
        desk.happens(2)
    async with listening(server, desk, "?account=1&after=3") as socket:
        desk.happens(2)
        desk.happens(1)
        events = await told(socket, 3)
    assert [(event["account"], event["seq"]) for event in events] == [(1, 4), (1, 5), (1, 6)]
    async with listening(server, desk, "?account=0&after=5") as socket:  # the main account
        assert [event["seq"] for event in await told(socket, 1)] == [6]


async def test_a_long_past_is_told_in_pages_without_a_gap(server: Running, desk: Desk) -> None:
    desk.page, desk.room = 50, 5
    desk.happens(1, *["filled"] * 500)
    desk.readable.clear()
    async with listening(server, desk, "?account=1&after=0") as socket:
        desk.happens(1, *["filled"] * 30)
        desk.readable.set()
        events = await told(socket, 530)
        desk.happens(1)
        events += await told(socket, 1)
    assert [event["seq"] for event in events] == list(range(1, 532))
    assert max(desk.pages) == 50


async def test_a_past_that_cannot_be_read_is_told(server: Running, desk: Desk) -> None:
    desk.past_error = JournalFailed("somewhere", "the disk is gone")
    words, code = await refusal(server, "?account=1&after=0")
    assert words == "the journal in somewhere is out of reach: the disk is gone"
    assert code == 1013
    await until(lambda: desk.queues == [], "the end of the subscription")


async def test_kinds_are_chosen(server: Running, desk: Desk) -> None:
    async with listening(server, desk, "?kinds=filled,halted") as socket:
        for kind in ("order_accepted", "filled", "equity_marked", "halted"):
            desk.happens(1, kind)
        assert [event["kind"] for event in await told(socket, 2)] == ["filled", "halted"]


async def test_what_was_left_out_is_told(server: Running, desk: Desk) -> None:
    desk.room = 3
    async with listening(server, desk, "?account=1&kinds=filled") as socket:
        desk.happens(1)
        [first] = await told(socket, 1)
        desk.happens(1, *["filled"] * 10)
        gap, *rest = await told(socket, 4)
    assert first["seq"] == 1
    assert (gap["kind"], gap["seq"], gap["data"]) == ("gap", 8, {"events": 7})
    assert [event["seq"] for event in rest] == [9, 10, 11]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?account=9", "account was 9; there are 1, 2"),
        ("?account=x", "account was 'x'; allowed is a whole number from 0"),
        ("?account=1&after=-1", "after was '-1'; allowed is a whole number from 0"),
        ("?after=1", "after was given without account; events are counted by account"),
        ("?kinds=filled,made_up", "kinds had 'made_up'; allowed are account_opened, "),
    ],
)
async def test_what_cannot_be_had_is_refused_with_a_sentence(
    server: Running, desk: Desk, query: str, words: str
) -> None:
    error, code = await refusal(server, query)
    assert error.startswith(words)
    assert code == 1008
    assert desk.queues == []


@pytest.mark.parametrize("message", ["{}", b"x"])
async def test_nothing_is_read_from_it(server: Running, desk: Desk, message: str | bytes) -> None:
    async with listening(server, desk) as socket:
        await socket.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1008
    await until(lambda: desk.queues == [], "the end of the subscription")


async def test_only_so_many_programs_listen(
    server: Running, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_socket, "MOST_SOCKETS", 1)
    async with (
        listening(server, desk),
        connect(f"ws://127.0.0.1:{server.port}{PATH}") as second,
    ):
        with pytest.raises(ConnectionClosed) as closed:
            await second.recv()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1013


async def test_pages_of_other_sites_do_not_listen(server: Running, desk: Desk) -> None:
    for origin in ("http://evil.example", "null", f"http://127.0.0.1:{server.port + 1}"):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"ws://127.0.0.1:{server.port}{PATH}", origin=origin):  # type: ignore[arg-type]
                pass
        assert refused.value.response.status_code == 403
    async with listening(server, desk, origin=server.origin) as socket:
        desk.happens(1)
        assert len(await told(socket, 1)) == 1


async def test_a_password_is_needed_where_one_is_set(desk: Desk) -> None:
    settings = Settings(symbols=(BTC,), store=None, password=SecretStr(PASSWORD))
    with serving(desk, settings) as server:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": f"{COOKIE}=made-up"}):
            with pytest.raises(InvalidStatus) as refused:
                async with connect(
                    f"ws://127.0.0.1:{server.port}{PATH}", additional_headers=headers
                ):
                    pass
            assert refused.value.response.status_code == 403
        bearer = {"Authorization": f"Bearer {PASSWORD}"}
        async with listening(server, desk, additional_headers=bearer) as socket:
            desk.happens(1)
            assert len(await told(socket, 1)) == 1


async def test_the_program_tells_of_its_accounts() -> None:
    with run_server(Settings(symbols=(BTC,), store=None)) as server:
        account = server.services.paper.main()
        url = f"ws://127.0.0.1:{server.port}/ws/events?account=0&after=0&kinds=account_opened,noted"
        async with connect(url) as socket:
            [opened] = await told(socket, 1)
            await server.services.paper.do(account, Note("event 1", "the first"))
            [noted] = await told(socket, 1)
            server.stop()
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
    assert (opened["account"], opened["seq"]) == (account, 1)
    assert (noted["kind"], noted["data"]["text"]) == ("noted", "the first")
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1001
