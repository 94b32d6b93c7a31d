"""Backtests over HTTP: begun, watched, compared, exported, refused; uploads and their bounds."""

import csv
import io
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from data_feed.status import FeedMode
from market.types import Interval
from server import security
from server.settings import Settings
from storage.candle_store import CandleStore
from tests.research.report_reader import read_report
from tests.research.test_datasets import table
from tests.server.harness import BTC, ETH, MINUTE_NS, START_NS, Running, run_server
from tests.storage.candles import candles

pytestmark = pytest.mark.kernel

ORDER: dict[str, Any] = {
    "strategy": "sma_cross", "values": {"fast": 2, "slow": 5}, "symbol": "BTC-USD",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """With 200 closed minutes of BTC-USD."""
    store = tmp_path_factory.mktemp("store")
    with run_server(Settings(store=store, symbols=(BTC, ETH))) as running:
        for minute in range(30, 201):
            price = 100.0 + 20 * ((minute // 20) % 2) + minute % 3
            running.hand.trade(BTC, START_NS + minute * MINUTE_NS, price)
        yield running


@pytest.fixture
def web(server: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


def run(web: httpx.Client, **changes: Any) -> dict[str, Any]:
    """Begin a run and watch it until it is over."""
    begun = web.post("/api/backtests", json={**ORDER, **changes})
    assert begun.status_code == 202, begun.text
    assert begun.headers["location"] == f"/api/backtests/{begun.json()['id']}"
    ends = time.monotonic() + 60
    while True:
        answer = web.get(begun.headers["location"])
        assert answer.status_code == 200, answer.text
        view: dict[str, Any] = answer.json()
        if view["state"] not in {"queued", "running"}:
            return view
        assert time.monotonic() < ends, view
        time.sleep(0.02)


def refused(answer: httpx.Response, status: int = 422) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["error"])


def test_a_run_from_its_order_to_the_history(web: httpx.Client) -> None:
    view = run(web)
    assert (view["state"], view["error"]) == ("done", None)
    result = view["result"]
    assert (result["title"], result["bars"], result["symbol"]) == (
        "SMA cross 2 / 5",
        200,
        "BTC-USD",
    )
    assert len(result["equity"]) == len(result["time_ms"]) == len(result["rows"]) == 200
    figures = {metric["key"]: metric for metric in result["metrics"]}
    growth = 100 * (result["equity"][-1] / result["equity"][0] - 1)
    assert figures["total_return"]["value"] == pytest.approx(growth)
    assert figures["trades"]["value"] == len(result["trades"]) > 3
    assert result["trades"][0]["entry_ns"] > START_NS
    listed = web.get("/api/backtests").json()
    assert listed["active"] == []
    assert listed["history"][0]["id"] == view["id"]
    assert "result" in web.get(f"/api/backtests/{view['id']}").json()
    short = web.get(f"/api/backtests/{view['id']}", params={"result": False}).json()
    assert short["result"] is None


def test_strategies_have_their_parameters(web: httpx.Client) -> None:
    known = {each["key"]: each for each in web.get("/api/strategies").json()}
    fast, slow = known["sma_cross"]["parameters"]
    assert (fast["name"], fast["default"], slow["most"]) == ("fast", 20, 500)
    assert known["sma_cross"]["rules"] == [["fast", "slow"]]


def test_a_range_of_time(web: httpx.Client) -> None:
    start = START_NS // MINUTE_NS * MINUTE_NS
    first, last = ((start + minute * MINUTE_NS) // 10**6 for minute in (50, 100))
    result = run(web, **{"from": str(first), "to": str(last)})["result"]
    assert (result["bars"], result["time_ms"][0]) == (50, first)
    view = run(web, **{"from": "2020-01-01", "to": "2020-01-02T12:00Z"})
    assert view["state"] == "failed"
    assert view["error"] == (
        "There are no closed candles of BTC-USD 1m from 2020-01-01 00:00Z to 2020-01-02 12:00Z."
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"strategy": "none"}, "strategy was 'none'; allowed are sma_cross, "),
        ({"values": {"fast": 500}}, "Fast length was 500"),
        ({"values": {"fast": "x"}}, "fast was 'x'; input should be a valid number"),
        ({"fee_percent": 11}, "fee was 11 %; allowed are 0 to 10"),
        ({"capital": 1e999}, "capital was inf; allowed are"),
        ({"direction": "up"}, "direction was 'up'; input should be 'long', 'short' or 'both'"),
        ({"from": "yesterday"}, "from was 'yesterday'"),
        ({"unknown": 1}, "unknown was '1'; extra inputs are not permitted"),
        ({"dataset": "../../etc"}, "dataset was '../../etc'; allowed are the keys"),
        ({"values": {str(n): 1 for n in range(40)}}, "values was"),
    ],
)
def test_orders_that_cannot_be_run(
    web: httpx.Client, changes: dict[str, Any], sentence: str
) -> None:
    before = web.get("/api/backtests").json()["history"]
    assert refused(_posted(web, {**ORDER, **changes})).startswith(sentence)
    assert web.get("/api/backtests").json()["history"] == before


def _posted(web: httpx.Client, order: dict[str, Any]) -> httpx.Response:
    """Sent with the numbers that JSON itself has no word for."""
    return web.post(
        "/api/backtests", content=json.dumps(order), headers={"Content-Type": "application/json"}
    )


def test_what_is_no_order_is_refused(web: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    assert web.post("/api/backtests", content=b"{", headers=headers).status_code == 422
    assert "strategy is missing" in refused(web.post("/api/backtests", json={}))
    large = web.post("/api/backtests", content=b" " * 1_100_000, headers=headers)
    assert refused(large, 413) == "the body is larger than 1048576 bytes"


def test_other_sites_may_not_run_anything(web: httpx.Client) -> None:
    for path in ("/api/backtests", "/api/backtests/abc/cancel", "/api/datasets"):
        answer = web.post(path, json=ORDER, headers={"Origin": "https://evil.example"})
        assert "only pages of this server" in refused(answer, 403)
    answer = web.delete("/api/backtests/abc", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_unknown_runs(web: httpx.Client) -> None:
    for path in ("", "/report", "/export"):
        assert "run was 'abc'" in refused(web.get(f"/api/backtests/abc{path}"))
    assert "run was 'abc'" in refused(web.delete("/api/backtests/abc"))
    assert "run was 'abc'" in refused(web.post("/api/backtests/abc/cancel"))


def test_too_many_runs_are_refused_for_now(
    web: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("research.run_queue.MOST_WAITING", 0)
    answer = web.post("/api/backtests", json=ORDER)
    assert refused(answer, 429).startswith("0 runs are waiting, which is the most")
    assert answer.headers["retry-after"] == "10"


def test_comparison_has_one_time_base(web: httpx.Client) -> None:
    one, other = run(web, capital=5000.0), run(web, values={"fast": 3, "slow": 9})
    both = web.get("/api/backtests/compare", params={"ids": f"{one['id']},{other['id']}"}).json()
    assert [row["id"] for row in both["rows"]] == [one["id"], other["id"]]
    assert len(both["equity"]) == 2
    assert {len(curve) for curve in both["equity"]} == {len(both["time_ms"])} == {200}
    assert both["equity"][0][0] == both["equity"][1][0] == 0.0
    growth = 100 * (one["result"]["equity"][-1] / 5000 - 1)
    assert both["equity"][0][-1] == pytest.approx(growth)
    keys = [[metric["key"] for metric in each] for each in both["metrics"]]
    assert keys[0] == keys[1]
    assert "allowed are 2 to 6" in refused(
        web.get("/api/backtests/compare", params={"ids": one["id"]})
    )


def test_export_has_every_trade(web: httpx.Client) -> None:
    view = run(web)
    answer = web.get(f"/api/backtests/{view['id']}/export")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f"backtest-{view['id']}.csv" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    trades = view["result"]["trades"]
    assert [float(row["pnl"]) for row in rows] == [trade["pnl"] for trade in trades]
    assert rows[0]["entry"].startswith("2023-11-14T22:")
    whole = web.get(f"/api/backtests/{view['id']}/export", params={"format": "json"}).json()
    assert whole["equity"] == view["result"]["equity"]
    assert whole["request"]["values"] == {"fast": 2, "slow": 5}
    assert whole["curves"]["SMA 5"][:5] == [None] * 4 + [whole["curves"]["SMA 5"][4]]
    assert len(whole["fills"]) == view["result"]["fill_count"]
    wrong = web.get(f"/api/backtests/{view['id']}/export", params={"format": "xls"})
    assert refused(wrong) == "format was 'xls'; allowed are csv, json"


def test_report_is_one_page_with_every_figure(web: httpx.Client) -> None:
    view = run(web)
    answer = web.get(f"/api/backtests/{view['id']}/report")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    found = read_report(answer.text)
    assert found.addresses == []
    assert all(each.startswith("data:image/webp;base64,UklGR") for each in found.pictures)
    assert len(set(found.pictures)) == 2
    assert set(found.metrics) == {metric["key"] for metric in view["result"]["metrics"]}


def test_a_run_is_deleted(web: httpx.Client) -> None:
    view = run(web, capital=777.0)
    assert web.delete(f"/api/backtests/{view['id']}").json() == {"deleted": view["id"]}
    assert view["id"] not in [row["id"] for row in web.get("/api/backtests").json()["history"]]
    assert web.get(f"/api/backtests/{view['id']}").status_code == 422


def test_an_upload_is_run_over_and_removed(web: httpx.Client) -> None:
    answer = web.post("/api/datasets", params={"name": "mine.csv"}, content=table(300))
    assert answer.status_code == 201
    mine = answer.json()
    assert (mine["name"], mine["candles"], mine["interval"]) == ("mine.csv", 300, "1m")
    assert web.get("/api/datasets").json() == [mine]
    result = run(web, symbol="", dataset=mine["key"])["result"]
    assert (result["bars"], result["symbol"]) == (300, "mine.csv")
    assert web.delete(f"/api/datasets/{mine['key']}").json() == {"deleted": mine["key"]}
    assert web.get("/api/datasets").json() == []
    assert "dataset was" in refused(web.delete(f"/api/datasets/{mine['key']}"))


def test_uploads_that_are_refused(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = web.post("/api/datasets", params={"name": "a.png"}, content=b"\x89PNG\r\n\x1a\n")
    assert refused(answer).startswith("a.png, line ")
    monkeypatch.setattr(security, "MAX_UPLOAD", 1000)
    large = web.post("/api/datasets", params={"name": "a.csv"}, content=b"x" * 1001)
    assert refused(large, 413) == "the body is larger than 1000 bytes"
    assert web.get("/api/datasets").json() == []


def test_what_is_stored_of_a_live_venue_goes_before_the_ring(tmp_path: Path) -> None:
    start = START_NS // MINUTE_NS * MINUTE_NS
    with run_server(Settings(store=tmp_path, symbols=(BTC, ETH))) as running:
        window = candles(100)
        before = type(window).from_arrays(
            window.time_ns - window.time_ns[0] + start - 90 * MINUTE_NS,
            window.open, window.high, window.low, window.close, window.volume,
        )  # fmt: skip
        CandleStore(tmp_path, "coinbase").write("BTC-USD", Interval.M1, before)
        with httpx.Client(base_url=running.url, timeout=60) as web:
            assert run(web)["result"]["bars"] == 29
            running.feed.state = replace(running.feed.state, mode=FeedMode.LIVE)
            result = run(web)["result"]
            assert result["bars"] == 90 + 29
            times = [int(time_ms) * 10**6 for time_ms in result["time_ms"]]
            assert times == [start + minute * MINUTE_NS for minute in range(-90, 29)]
            stored = run(web, **{"to": str(start // 10**6 - 60_000)})["result"]
            assert stored["bars"] == 89
