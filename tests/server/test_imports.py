"""Imports of history over REST: started, watched, cancelled, refused."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from data_feed import open_feed
from data_feed.history import CoinbaseHistory
from market.types import DAY, SECOND, Interval
from server.settings import Settings
from storage.candle_store import CandleStore
from tests.data_feed.test_history_loader import answering
from tests.server.harness import BTC, ETH, Running, run_server, wait_for
from tests.storage.test_fetching import START, rows, truth

ORDER = {"venue": "coinbase", "symbol": "BTC-USD", "from": "2024-10-04", "to": "2024-10-04"}


@pytest.fixture
def gate() -> threading.Event:
    """The venue answers its second question once this is set."""
    return threading.Event()


@pytest.fixture
def server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> Iterator[Running]:
    loops: list[asyncio.AbstractEventLoop] = []
    asked: list[str] = []

    def answer(target: str) -> tuple[int, object]:
        asked.append(target)
        return (200, rows(target)) if len(asked) == 1 or gate.wait(20) else (500, [])

    ready, done, url = threading.Event(), asyncio.Event(), []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        async with answering(answer) as rest:
            url.append(rest.url)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(60)
    venue = open_feed.VENUES["coinbase"]
    local = replace(venue, history=lambda: CoinbaseHistory(url[0]), pause_s=0.0)
    monkeypatch.setitem(open_feed.VENUES, "coinbase", local)
    with run_server(Settings(store=tmp_path, symbols=(BTC, ETH))) as running:
        yield running
    gate.set()
    loops[0].call_soon_threadsafe(done.set)
    thread.join(60)


def started(server: Running) -> dict[str, object]:
    answer = httpx.post(f"{server.url}/api/imports", json=ORDER, timeout=60)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def view(server: Running) -> dict[str, object]:
    return dict(httpx.get(f"{server.url}/api/imports/1", timeout=60).json())


def test_an_import_is_told_page_by_page(
    server: Running, gate: threading.Event, tmp_path: Path
) -> None:
    assert started(server)["state"] == "running"
    wait_for(lambda: view(server)["done"] == 300, "the first page", 60)
    assert view(server)["expected"] == 1440
    again = httpx.post(f"{server.url}/api/imports", json=ORDER, timeout=60)
    assert again.status_code == 422
    assert "import 1 of BTC-USD is running; cancel it" in again.json()["error"]
    gate.set()
    wait_for(lambda: view(server)["state"] == "done", "the end", 60)
    stored = CandleStore(tmp_path, "coinbase").read(BTC, Interval.M1)
    assert (stored.time_ns // SECOND).tolist() == truth(START, START + DAY)
    assert view(server)["stored"] == len(stored)
    assert httpx.get(f"{server.url}/api/imports", timeout=60).json() == [view(server)]
    assert [each["key"] for each in httpx.get(f"{server.url}/api/recordings").json()] == [
        "day:coinbase:2024-10-04"
    ]


def test_closing_waits_for_an_import(server: Running, gate: threading.Event) -> None:
    started(server)
    wait_for(lambda: view(server)["done"] == 300, "the first page", 60)
    server.services.imports.close()
    assert [each.state for each in server.services.imports.all()] == ["cancelled"]
    assert "import" not in {thread.name for thread in threading.enumerate()}


def test_a_cancelled_import_keeps_what_it_has(
    server: Running, gate: threading.Event, tmp_path: Path
) -> None:
    started(server)
    wait_for(lambda: view(server)["done"] == 300, "the first page", 60)
    assert httpx.delete(f"{server.url}/api/imports/1", timeout=60).status_code == 200
    wait_for(lambda: view(server)["state"] == "cancelled", "the end", 60)
    gate.set()
    stored = CandleStore(tmp_path, "coinbase").read(BTC, Interval.M1)
    assert (stored.time_ns // SECOND).tolist() == truth(START + 19 * 3600 * SECOND, START + DAY)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"venue": "nowhere"}, "venue was 'nowhere'; allowed are coinbase"),
        ({"symbol": "BTC-XYZ"}, "Coinbase does not offer BTC-XYZ"),
        ({"symbol": "../../x-USD"}, "name was '../../X-USD'"),
        ({"interval": "7m"}, "interval was '7m'"),
        ({"interval": "1s"}, "interval was 1s; coinbase has"),
        ({"from": "2024-10-05"}, "from was 2024-10-05, after to"),
        ({"from": "2999-01-01", "to": "2999-01-01"}, "no candle of that time is closed yet"),
        ({"from": "yesterday"}, "from was 'yesterday'"),
        ({"path": "/etc"}, "path was '/etc'"),
    ],
)
def test_a_refusal_is_a_sentence(server: Running, change: dict[str, str], sentence: str) -> None:
    answer = httpx.post(f"{server.url}/api/imports", json=ORDER | change, timeout=60)
    assert answer.status_code == 422
    assert sentence in answer.json()["error"]


def test_unknown_numbers_and_other_origins_are_refused(server: Running) -> None:
    answer = httpx.get(f"{server.url}/api/imports/7", timeout=60)
    assert answer.status_code == 422
    assert "import was 7; allowed are the ids" in answer.json()["error"]
    evil = {"Origin": "https://evil.example"}
    for method, path in (("POST", ""), ("DELETE", "/1")):
        refused = httpx.request(
            method, f"{server.url}/api/imports{path}", json=ORDER, headers=evil, timeout=60
        )
        assert refused.status_code == 403
    assert httpx.get(f"{server.url}/api/imports", timeout=60).json() == []
