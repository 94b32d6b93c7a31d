"""Webhooks against a receiver here: order, repetition, signature, restart, a dead one."""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from paper_trading.event_queues import EventQueue
from server import webhooks
from server.webhook_places import WebhookPlaces
from server.webhooks import SIGNATURE, Webhooks, signature
from storage.errors import JournalFailed
from tests.server.harness import until
from tests.server.paper_desk import Desk, Receiver, receiving

SECRET = b"0123456789abcdef"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "BASE_S", 0.001)
    monkeypatch.setattr(webhooks, "CAP_S", 0.002)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as listening:
        yield listening


@pytest.fixture
def desk() -> Desk:
    return Desk()


@asynccontextmanager
async def delivering(
    desk: Desk, *urls: str, places: WebhookPlaces | None = None, secret: bytes | None = None
) -> AsyncIterator[Webhooks]:
    """Webhooks that run, and are subscribed, until the block ends."""
    all_of_them = Webhooks(urls, secret, desk, places or WebhookPlaces(None))
    task = asyncio.create_task(all_of_them.run())
    try:
        await until(lambda: all(v.state == "in sync" for v in all_of_them.views()), "the journal")
        assert len(desk.queues) == len(urls)
        yield all_of_them
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert desk.queues == []


async def delivered(hooks: Webhooks, count: int, receiver: int = 0) -> None:
    await until(lambda: hooks.views()[receiver].delivered >= count, f"{count} events")


async def test_events_come_in_order_and_points_of_the_curve_do_not(
    desk: Desk, receiver: Receiver
) -> None:
    async with delivering(desk, receiver.url) as hooks:
        for kind in ("order_accepted", "filled", "equity_marked", "halted"):
            desk.happens(1, kind, price="37600.10")
            desk.happens(2, kind)
        await delivered(hooks, 6)
        view = hooks.views()[0]
    assert [seq for account, seq in receiver.seqs if account == 1] == [1, 2, 4]
    assert [seq for account, seq in receiver.seqs if account == 2] == [1, 2, 4]
    headers, body = receiver.deliveries[0]
    assert headers["Content-Type"] == "application/json"
    assert SIGNATURE not in headers
    assert json.loads(body)["events"][0] == {
        "account": 1, "seq": 1, "time_ms": 1_700_000_000_001, "kind": "order_accepted",
        "words": "order_accepted 1.", "data": {"price": "37600.10"},
    }  # fmt: skip
    assert (view.state, view.words, view.attempts_failed) == ("in sync", "", 0)
    assert view.receiver == f"http://127.0.0.1:{receiver.port}/paper"  # without the token


async def test_a_delivery_is_signed(desk: Desk, receiver: Receiver) -> None:
    async with delivering(desk, receiver.url, secret=SECRET) as hooks:
        desk.happens(1)
        await delivered(hooks, 1)
    headers, body = receiver.deliveries[0]
    sent, _, given = headers[SIGNATURE].removeprefix("t=").partition(",v1=")
    expected = hmac.new(SECRET, sent.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert given == expected
    assert signature(SECRET, body + b" ", int(sent)) != headers[SIGNATURE]
    assert signature(b"another secret..", body, int(sent)) != headers[SIGNATURE]


async def test_what_is_not_taken_is_sent_again_before_what_follows(
    desk: Desk, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "server.webhooks")
    receiver.answers.extend([500, 302, 404, 429])
    async with delivering(desk, receiver.url) as hooks:
        desk.happens(1)
        await asyncio.to_thread(receiver.wait, 5)
        desk.happens(1)
        await delivered(hooks, 2)
        view = hooks.views()[0]
    assert receiver.seqs == [(1, 1)] * 5 + [(1, 2)]
    assert view.attempts_failed == 4
    assert (view.state, view.words) == ("in sync", "")
    told = [record.getMessage() for record in caplog.records if record.name == "server.webhooks"]
    assert told == [
        f"webhook http://127.0.0.1:{receiver.port}/paper does not take deliveries: status 500",
        f"webhook http://127.0.0.1:{receiver.port}/paper takes deliveries again",
    ]


async def test_a_dead_receiver_keeps_nobody_waiting_and_is_told(
    desk: Desk, receiver: Receiver
) -> None:
    dead = Receiver()
    with receiving(dead):
        pass  # has a port now on which nobody listens
    async with delivering(desk, receiver.url, dead.url) as hooks:
        for _ in range(250):
            desk.happens(1)
        await delivered(hooks, 250)
        await until(lambda: hooks.views()[1].attempts_failed > 0, "a failure")
        failing = hooks.views()[1]
        assert (failing.state, failing.delivered) == ("failing", 0)
        assert failing.words.startswith("no answer: ")
        with receiving(dead):
            await delivered(hooks, 250, receiver=1)
        assert hooks.views()[1].state == "in sync"
    assert dead.seqs == receiver.seqs == [(1, seq) for seq in range(1, 251)]
    sizes = [len(json.loads(body)["events"]) for _, body in receiver.deliveries]
    assert max(sizes) <= 100


async def test_more_than_the_queue_holds_is_told_as_a_gap(receiver: Receiver) -> None:
    desk = Desk(room=10)
    receiver.answers.append(503)
    async with delivering(desk, receiver.url) as hooks:
        for _ in range(30):  # at once: the task takes none in between
            desk.happens(1)
        await delivered(hooks, 11)
    events = json.loads(receiver.deliveries[0][1])["events"]
    assert events[0]["kind"] == "gap"
    assert events[0]["data"] == {"events": 20}
    assert [event["seq"] for event in events[1:]] == list(range(21, 31))


async def test_what_the_journal_told_meanwhile_is_no_gap(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(room=10)
    subscribe = desk.subscribe

    def subscribed(account: int | None, wake: Callable[[], None]) -> EventQueue:
        queue = subscribe(account, wake)
        for _ in range(30):  # before the journal is asked for what the first look left out
            desk.happens(1)
        return queue

    monkeypatch.setattr(desk, "subscribe", subscribed)
    async with delivering(desk, receiver.url) as hooks:
        desk.happens(1)
        await delivered(hooks, 31)
    assert receiver.seqs == [(1, seq) for seq in range(1, 32)]


async def test_after_a_restart_deliveries_go_on_where_they_stopped(
    desk: Desk, receiver: Receiver, tmp_path: Path
) -> None:
    path = tmp_path / "paper" / "webhooks.json"
    desk.happens(1)  # before the receiver was named: not for it
    async with delivering(desk, receiver.url, places=WebhookPlaces(path)) as hooks:
        desk.happens(1)
        await delivered(hooks, 1)
    desk.happens(1)
    desk.events[3] = []
    desk.happens(3)
    async with delivering(desk, receiver.url, places=WebhookPlaces(path)) as hooks:
        await delivered(hooks, 2)
        desk.happens(1)
        await delivered(hooks, 3)
    assert receiver.seqs == [(1, 2), (1, 3), (3, 1), (1, 4)]
    assert "hush" not in path.read_text()


async def test_a_long_past_is_delivered_in_pages(
    desk: Desk, receiver: Receiver, tmp_path: Path
) -> None:
    places = WebhookPlaces(tmp_path / "webhooks.json")
    places.begin(receiver.url, {1: 0})
    desk.page = 7
    desk.happens(1, *["filled"] * 50)
    desk.past_error = JournalFailed("somewhere", "the disk is gone")
    hooks = Webhooks([receiver.url], None, desk, places)
    task = asyncio.create_task(hooks.run())
    try:
        await until(lambda: hooks.views()[0].attempts_failed > 0, "a failure")
        assert "the events cannot be read: " in hooks.views()[0].words
        desk.past_error = None
        await delivered(hooks, 50)
        await until(lambda: hooks.views()[0].state == "in sync", "the end of the past")
        desk.happens(1)
        await delivered(hooks, 51)
    finally:
        task.cancel()
        await asyncio.wait([task])
    assert receiver.seqs == [(1, seq) for seq in range(1, 52)]
    assert max(desk.pages) == 7


async def test_without_a_readable_file_deliveries_begin_anew(
    desk: Desk, receiver: Receiver, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "webhooks.json"
    path.write_text("{")
    desk.happens(1)
    async with delivering(desk, receiver.url, places=WebhookPlaces(path)) as hooks:
        desk.happens(1)
        await delivered(hooks, 1)
    assert receiver.seqs == [(1, 2)]
    assert "webhooks begin anew" in caplog.text


async def test_places_that_cannot_be_written_stop_no_delivery(
    desk: Desk, receiver: Receiver, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    places = WebhookPlaces(tmp_path / "file" / "webhooks.json")
    async with delivering(desk, receiver.url, places=places) as hooks:
        desk.happens(1)
        await delivered(hooks, 1)
    assert receiver.seqs == [(1, 1)]
    assert "may be told twice" in caplog.text
