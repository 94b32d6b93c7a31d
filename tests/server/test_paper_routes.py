"""Paper trading over HTTP: orders and their answers, what is refused and journaled, sent twice."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from data_feed.status import FeedState
from research.runs import Research
from server import paper_answers
from server.paper_routers import paper_routers
from server.web import add_error_handlers
from server.webhook_places import WebhookPlaces
from server.webhooks import Webhooks
from storage.errors import JournalFailed
from storage.journal.entry import Journal
from storage.journal.memory import MemoryJournal
from tests.paper_trading.harness import Gate, Moved, moved, stored, wait_for
from tests.research.desk import MadeSource

pytestmark = pytest.mark.kernel

ORDERS = "/api/paper/orders"
BUY: dict[str, Any] = {"symbol": "BTC-USD", "side": "buy", "size": 0.5}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first order may have to wait until its kernels are compiled."""
    monkeypatch.setattr(paper_answers, "ANSWER_S", 300.0)


@pytest.fixture
def market() -> Iterator[Moved]:
    """BTC-USD at 99 to 101."""
    with moved() as made:
        yield made


@asynccontextmanager
async def asking(market: Moved) -> AsyncIterator[httpx.AsyncClient]:
    """Asks the routes over ``market`` without a network."""
    app, research = FastAPI(), Research(MadeSource())
    add_error_handlers(app)
    receivers = Webhooks(("http://a.example/x",), None, market.paper, WebhookPlaces(None))
    for router in paper_routers(market.paper, research, receivers):
        app.include_router(router)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://paper") as client:
        yield client
    research.close()


@pytest.fixture
async def web(market: Moved) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(market) as client:
        yield client


def good(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def newest(web: httpx.AsyncClient) -> dict[str, Any]:
    """The newest row of the journal."""
    row: dict[str, Any] = good(await web.get("/api/paper/journal", params={"limit": 1}))[0]
    return row


async def test_an_order_is_placed_changed_and_cancelled(web: httpx.AsyncClient) -> None:
    body = {**BUY, "kind": "limit", "limit": "95.5", "stop_loss": 90, "take_profit": 120}
    placed = good(await web.post(ORDERS, json=body), 201)
    number = placed["order"]
    assert placed["account"] == 1
    assert placed["again"] is False
    assert placed["events"][0]["kind"] == "order_accepted"
    assert placed["words"] == placed["events"][0]["words"]
    assert (await newest(web))["seq"] == placed["seq"]

    order = good(await web.get(f"{ORDERS}/{number}"))
    assert (order["symbol"], order["side"], order["kind"]) == ("BTC-USD", "buy", "limit")
    assert (order["size"], order["limit"], order["state"]) == ("0.5", "95.5", "working")
    live = good(await web.get(ORDERS, params={"live": True}))
    assert sorted(each["role"] for each in live) == ["entry", "stop loss", "take profit"]

    changed = good(await web.patch(f"{ORDERS}/{number}", json={"limit": 96, "size": 0.75}))
    assert changed["order"] == number
    order = good(await web.get(f"{ORDERS}/{number}"))
    assert (float(order["limit"]), float(order["size"])) == (96.0, 0.75)

    good(await web.delete(f"{ORDERS}/{number}"))
    assert good(await web.get(ORDERS, params={"live": True})) == []
    assert good(await web.get(f"{ORDERS}/{number}"))["state"] == "cancelled"


async def test_fills_and_positions_are_told_and_closed(web: httpx.AsyncClient) -> None:
    good(await web.post(ORDERS, json=BUY), 201)
    [position] = good(await web.get("/api/paper/positions"))
    assert (position["symbol"], position["side"], position["size"]) == ("BTC-USD", "long", "0.5")
    assert (float(position["entry"]), position["owner"]) == (101.0, "manual")
    fills = good(await web.get("/api/paper/fills"))
    assert fills["count"] == 1
    [fill] = fills["fills"]
    assert (float(fill["price"]), fill["size"], fill["maker"]) == (101.0, "0.5", False)
    good(await web.patch(f"/api/paper/fills/{fill['id']}", json={"note": "late", "tags": ["a"]}))
    [fill] = good(await web.get("/api/paper/fills"))["fills"]
    assert (fill["note"], fill["tags"]) == ("late", ["a"])

    good(await web.delete("/api/paper/positions/BTC-USD"))
    assert good(await web.get("/api/paper/positions")) == []
    account = good(await web.get("/api/paper/account"))
    assert Decimal(account["realised"]) == -1
    assert isinstance(account["curve"]["equity"], list)
    refused = await web.delete("/api/paper/positions/BTC-USD")
    assert refused.status_code == 422
    assert refused.json()["rule"] == "position"


@pytest.mark.parametrize(
    ("body", "rule", "words"),
    [
        ({"size": -1}, "size", "It was -1.0; allowed is above 0"),
        ({"size": 0}, "size", "It was 0.0; allowed is above 0"),
        ({"size": "nan"}, "size", "It was nan; allowed is above 0"),
        ({"size": "inf"}, "size", "It was inf; allowed is above 0"),
        ({"size": 1e99}, "size", "It was 1e+99; allowed is above 0 to 1e+12"),
        ({"size": 1e-30}, "step", "BTC go in steps of 1e-08: 1e-08."),
        ({"size": 5000}, "cash", "Needs 505,"),
        ({"size": None}, "size", "one of them is needed"),
        ({"percent": 50}, "size", "one of them is needed"),
        ({"size": None, "percent": 500}, "size", "The fraction of the equity was 5.0"),
        ({"size": None, "risk": 100}, "size", "By risk it needs a stop loss"),
        ({"symbol": "DOGE-USD"}, "symbol", "DOGE-USD is not traded here"),
        ({"symbol": "ETH-USD"}, "no_price", "ETH-USD has no price yet"),
        ({"kind": "limit", "limit": 100_000}, "price", "100,000 is far from the market at 100"),
        ({"kind": "limit", "limit": 1}, "price", "1 is far from the market at 100"),
        ({"kind": "limit", "limit": 40}, "price_collar", "allowed is 50 to 150"),
        ({"kind": "limit", "limit": "nan"}, "price", "nan is far from the market"),
        ({"kind": "limit"}, "order", "has the limit 0"),
        ({"kind": "market", "stop": 90}, "order", "has no stop"),
        ({"stop_loss": 120}, "exit", "It was 120; it must lie below the entry at 101"),
        ({"take_profit": -5}, "price", "-5 is far from the market"),
        ({"post_only": True}, "order", "cannot be post-only"),
    ],
)
async def test_bad_orders_are_refused_with_a_reason_and_journaled(
    web: httpx.AsyncClient, market: Moved, body: dict[str, Any], rule: str, words: str
) -> None:
    before = await newest(web)
    answer = await web.post(ORDERS, json={**BUY, **body})
    assert answer.status_code == 422, answer.text
    told = answer.json()
    assert told["rule"] == rule
    assert told["error"].startswith("Order refused: ")
    assert words in told["error"]
    assert told["order"] is None
    row = await newest(web)
    assert row["seq"] == told["seq"] == before["seq"] + 1
    assert row["kind"] == "order_refused"
    assert told["error"] in row["words"]
    view = market.view()
    assert (view.orders, view.positions) == ((), ())
    assert view.cash == view.start_capital


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"size": "much"}, "size was 'much'; input should be a valid number"),
        ({"side": "hold"}, "side was 'hold'; input should be 'buy' or 'sell'"),
        ({"limit": 0}, "limit was '0'; value error, leave it out for none"),
        ({"limit": "high"}, "limit was 'high'; input should be a valid number"),
        ({"leverage": 3}, "leverage was '3'; extra inputs are not permitted"),
        ({"symbol": "X" * 65}, "symbol was 'XXXX"),
    ],
)
async def test_what_is_no_order_is_answered_and_nowhere_kept(
    web: httpx.AsyncClient, body: dict[str, Any], sentence: str
) -> None:
    before = await newest(web)
    answer = await web.post(ORDERS, json={**BUY, **body})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(sentence)
    assert await newest(web) == before


async def test_nothing_opens_while_trading_is_stopped(web: httpx.AsyncClient) -> None:
    good(await web.post(ORDERS, json={**BUY, "kind": "limit", "limit": 90}), 201)
    good(await web.post(ORDERS, json=BUY), 201)
    good(await web.post("/api/paper/kill", params={"by": "page"}))
    account = good(await web.get("/api/paper/account"))
    assert account["positions"] == []
    assert [each for each in account["orders"] if each["state"] == "working"] == []
    assert account["halted"]
    answer = await web.post(ORDERS, json=BUY)
    assert answer.status_code == 422
    assert answer.json()["rule"] == "halted"
    assert (await newest(web))["kind"] == "order_refused"
    good(await web.post("/api/paper/resume"))
    good(await web.post(ORDERS, json=BUY), 201)
    again = await web.post("/api/paper/resume")
    assert again.status_code == 422
    assert (await newest(web))["kind"] == "command_refused"


async def test_nothing_is_taken_while_the_feed_is_away(
    web: httpx.AsyncClient, market: Moved
) -> None:
    market.feed.becomes(FeedState.LOST)
    market.until(lambda view: not view.tradable, "the account to see it")
    answer = await web.post(ORDERS, json=BUY)
    assert answer.status_code == 422
    assert answer.json()["rule"] == "feed"
    assert (await newest(web))["kind"] == "order_refused"


async def test_nothing_opens_on_a_crossed_book(web: httpx.AsyncClient, market: Moved) -> None:
    market.quote(101.0, 99.0)
    answer = await web.post(ORDERS, json=BUY)
    assert answer.json()["rule"] == "refuse_crossed", answer.text
    assert (await newest(web))["kind"] == "order_refused"


async def test_limits_are_set_kept_and_used(web: httpx.AsyncClient) -> None:
    answer = good(await web.put("/api/paper/limits", json={"max_order_value": 40}))
    assert answer["events"][0]["kind"] == "limits_set"
    limits = good(await web.get("/api/paper/limits"))
    assert limits["limits"]["max_order_value"] == 40.0
    assert limits["limits"]["price_collar"] == 0.5
    assert limits["gauges"][0]["rule"] == "max_daily_loss"
    refused = await web.post(ORDERS, json=BUY)
    assert refused.json()["rule"] == "max_order_value"
    assert refused.json()["error"].endswith("Size 0.3960 BTC fits.")
    # What GET tells can be PUT.
    good(await web.put("/api/paper/limits", json=limits["limits"]))
    wrong = await web.put("/api/paper/limits", json={"max_drawdown": 2})
    assert wrong.status_code == 422
    assert wrong.json()["error"] == "max_drawdown was 2.0; allowed is above 0 to 1, or no limit."


async def test_too_many_refusals_in_a_row_stop_trading(web: httpx.AsyncClient) -> None:
    good(await web.put("/api/paper/limits", json={"rejects_in_a_row": 3}))
    for _ in range(3):
        assert (await web.post(ORDERS, json={**BUY, "size": -1})).json()["rule"] == "size"
    assert (await web.post(ORDERS, json=BUY)).json()["rule"] == "halted"
    rows = good(await web.get("/api/paper/journal"))
    assert {"risk_tripped", "halted"} <= {row["kind"] for row in rows}


async def test_the_same_order_sent_twice_is_placed_once(web: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "6f1c"}
    first = good(await web.post(ORDERS, json=BUY, headers=key), 201)
    second = good(await web.post(ORDERS, json=BUY, headers=key), 201)
    assert second["again"] is True
    assert (second["order"], second["words"]) == (first["order"], first["words"])
    other = await web.post(ORDERS, json={**BUY, "size": 0.7}, headers=key)
    assert other.status_code == 409
    assert other.json()["rule"] == "key_reused"
    row = await newest(web)
    assert row["kind"] == "command_refused"
    assert "'6f1c' came with another command" in row["words"]
    assert good(await web.get("/api/paper/fills"))["count"] == 1
    # A refusal is an answer too, and stays the answer.
    key = {"Idempotency-Key": "refused"}
    refused = (await web.post(ORDERS, json={**BUY, "size": -1}, headers=key)).json()
    again = await web.post(ORDERS, json={**BUY, "size": -1}, headers=key)
    assert again.status_code == 422
    assert again.json() == {**refused, "again": True}


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
async def test_keys_that_cannot_be_kept_are_refused(web: httpx.AsyncClient, key: str) -> None:
    answer = await web.post(ORDERS, json=BUY, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(f"Idempotency-Key had {len(key)} characters")
    assert good(await web.get("/api/paper/fills"))["count"] == 0


async def test_an_answer_survives_a_restart(tmp_path: Path) -> None:
    key = {"Idempotency-Key": "6f1c"}
    with moved(stored(tmp_path)) as market:
        async with asking(market) as web:
            first = good(await web.post(ORDERS, json=BUY, headers=key), 201)
            good(await web.patch(f"/api/paper/journal/{first['seq']}", json={"note": "kept"}))
    with moved(stored(tmp_path)) as market:
        async with asking(market) as web:
            again = good(await web.post(ORDERS, json=BUY, headers=key), 201)
            assert again["again"] is True
            assert (again["order"], again["words"]) == (first["order"], first["words"])
            other = await web.post(ORDERS, json={**BUY, "side": "sell"}, headers=key)
            assert other.status_code == 409
            assert good(await web.get("/api/paper/fills"))["count"] == 1
            [position] = good(await web.get("/api/paper/positions"))
            assert position["size"] == "0.5"
            rows = good(await web.get("/api/paper/journal"))
            assert [row["note"] for row in rows if row["seq"] == first["seq"]] == ["kept"]


async def test_accounts_are_opened_and_chosen(web: httpx.AsyncClient) -> None:
    body = {"name": "Swing", "start_capital": 5000, "taker_fee_percent": 0.2, "latency_ms": 1.5}
    number = good(await web.post("/api/paper/accounts", json=body), 201)["account"]
    rows = good(await web.get("/api/paper/accounts"))
    assert {row["name"] for row in rows} >= {"Main account", "Swing"}
    account = good(await web.get("/api/paper/account", params={"account": number}))
    assert (account["name"], account["cash"], account["currency"]) == ("Swing", "5000", "USD")
    assert float(account["terms"]["taker_fee_percent"]) == 0.2
    assert float(account["terms"]["maker_fee_percent"]) == 0.1
    assert account["terms"]["latency_ms"] == 1.5

    change = {"taker_fee_percent": 0.05, "short": False}
    good(await web.patch("/api/paper/account", params={"account": number}, json=change))
    account = good(await web.get("/api/paper/account", params={"account": number}))
    assert float(account["terms"]["taker_fee_percent"]) == 0.05
    assert account["terms"]["latency_ms"] == 1.5
    sale = await web.post(ORDERS, params={"account": number}, json={**BUY, "side": "sell"})
    assert sale.json()["rule"] == "position"
    wrong = await web.patch("/api/paper/account", json={"leverage": 1000})
    assert wrong.status_code == 422
    assert wrong.json()["rule"] == "terms"
    late = await web.patch("/api/paper/account", json={"latency_ms": -1})
    assert late.json()["error"] == "latency_ms was -1; allowed is 0 to 3,600,000"


async def test_what_is_not_there_is_a_404(web: httpx.AsyncClient) -> None:
    for path in (f"{ORDERS}?account=99", "/api/paper/account?account=99", f"{ORDERS}/77"):
        answer = await web.get(path)
        assert answer.status_code == 404
        assert set(answer.json()) == {"error", "rule"}
    for method, body in (("DELETE", None), ("PATCH", {"limit": 96})):
        answer = await web.request(method, f"{ORDERS}/77", json=body)
        assert answer.status_code == 404
        assert answer.json()["rule"] == "unknown_order"
        assert answer.json()["seq"] == (await newest(web))["seq"]


async def test_the_journal_is_paged(web: httpx.AsyncClient) -> None:
    for _ in range(3):
        await web.post(ORDERS, json={**BUY, "size": -1})
    rows = good(await web.get("/api/paper/journal"))
    seqs = [row["seq"] for row in rows]
    assert seqs == sorted(seqs, reverse=True)
    page = good(await web.get("/api/paper/journal", params={"before": seqs[1], "limit": 2}))
    assert [row["seq"] for row in page] == seqs[2:4]


async def test_automations_are_set_turned_and_removed(web: httpx.AsyncClient) -> None:
    body = {"strategy": "sma_cross", "values": {"fast": 5}, "symbols": ["BTC-USD"],
            "interval": "1m", "capital": 2500, "stop_loss_percent": 2}  # fmt: skip
    set_ = good(await web.post("/api/paper/automations", json=body), 201)
    assert set_["events"][0]["kind"] == "automation_set"
    [made] = good(await web.get("/api/paper/automations"))
    assert (made["strategy"], made["symbols"], made["interval"]) == ("sma_cross", ["BTC-USD"], "1m")
    assert (made["values"]["fast"], made["capital"], made["stop_loss"]) == (5, "2500", 0.02)
    assert made["name"].startswith("SMA cross 5 / ")
    account = good(await web.get("/api/paper/account"))
    assert float(account["cash"]) == float(account["start_capital"])
    for way, state in (("pause", "paused"), ("stop", "stopped")):
        good(await web.post(f"/api/paper/automations/{made['id']}/{way}"))
        [turned] = good(await web.get("/api/paper/automations"))
        same = {name: turned[name] for name in ("words", "started_ms")}
        assert turned == {**made, "state": state, **same}
    good(await web.delete(f"/api/paper/automations/{made['id']}"))
    assert good(await web.get("/api/paper/automations")) == []


async def test_an_automation_sent_twice_is_set_once(web: httpx.AsyncClient) -> None:
    body = {"strategy": "momentum", "symbols": ["BTC-USD"], "capital": 100}
    key = {"Idempotency-Key": "set"}
    for again in (False, True):
        answer = good(await web.post("/api/paper/automations", json=body, headers=key), 201)
        assert answer["again"] is again
    assert len(good(await web.get("/api/paper/automations"))) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"strategy": "luck"}, "strategy was 'luck'; allowed are sma_cross, "),
        ({"values": {"speed": 1}}, "speed is no parameter of sma_cross; it has fast, slow"),
        ({"values": {"fast": 1e9}}, "fast was 1000000000.0; allowed are "),
        ({"interval": "7m"}, "interval was '7m'"),
        ({"capital": 1e9}, "The capital was 1,000,000,000.00 USD; 100,000.00 of"),
        ({"capital": -1}, "capital was '-1'; input should be greater than 0"),
        ({"symbols": []}, "symbols was '[]'; "),
    ],
)
async def test_automations_that_cannot_be_are_refused(
    web: httpx.AsyncClient, change: dict[str, Any], words: str
) -> None:
    body = {"strategy": "sma_cross", "symbols": ["BTC-USD"], "capital": 100, **change}
    answer = await web.post("/api/paper/automations", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(words)
    assert good(await web.get("/api/paper/automations")) == []
    lost = await web.post("/api/paper/automations/a7/pause")
    assert (lost.status_code, lost.json()["rule"]) == (404, "unknown_automation")


async def test_receivers_of_events_are_told(web: httpx.AsyncClient) -> None:
    [receiver] = good(await web.get("/api/paper/webhooks"))
    assert receiver["receiver"] == "http://a.example/x"
    assert receiver["state"] == "catching up"  # nobody runs it here


async def test_without_a_journal_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(MemoryJournal())
    with moved(cast(Journal, gate)) as market:
        async with asking(market) as web:
            good(await web.post(ORDERS, json=BUY), 201)
            gate.error = JournalFailed("paper.sqlite", "the disk is full")
            monkeypatch.setattr(paper_answers, "ANSWER_S", 0.2)
            late = await web.post(ORDERS, json=BUY, headers={"Idempotency-Key": "late"})
            assert late.status_code == 503
            assert "same Idempotency-Key" in late.json()["error"]
            refused = await web.post(ORDERS, json=BUY)
            assert refused.status_code == 503
            assert refused.json()["rule"] == "journal"
            gate.error = None
            monkeypatch.setattr(paper_answers, "ANSWER_S", 300.0)
            wait_for(lambda: market.view().journal == "in sync", "the journal")
            late = await web.post(ORDERS, json=BUY, headers={"Idempotency-Key": "late"})
            assert good(late, 201)["again"] is True
            assert good(await web.get("/api/paper/fills"))["count"] == 2


async def test_while_the_engine_is_compiled_that_is_the_answer(
    web: httpx.AsyncClient, market: Moved, monkeypatch: pytest.MonkeyPatch
) -> None:
    market.paper.prepare()
    monkeypatch.setattr(paper_answers, "PREPARING_S", 0.05)
    refused = await web.post(ORDERS, json=BUY)
    assert (refused.status_code, refused.json()["rule"]) == (503, "preparing")
    assert refused.json()["error"].startswith("Refused: The engine is being compiled")
    monkeypatch.setattr(paper_answers, "PREPARING_S", 60.0)
    waits = asyncio.create_task(web.post(ORDERS, json=BUY))
    await asyncio.sleep(0)
    market.paper.prepared()
    assert good(await waits, 201)["order"] == 1  # the refused one was not placed


async def test_what_was_not_begun_in_time_is_not_done(
    web: httpx.AsyncClient, market: Moved, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = threading.Event()

    def be_busy() -> None:
        ready.wait(60)

    market.paper.post(be_busy)
    monkeypatch.setattr(paper_answers, "ANSWER_S", 0.05)
    refused = await web.post(ORDERS, json=BUY)
    assert (refused.status_code, refused.json()["rule"]) == (503, "busy")
    ready.set()
    monkeypatch.setattr(paper_answers, "ANSWER_S", 300.0)
    assert good(await web.post(ORDERS, json=BUY), 201)["order"] == 1
