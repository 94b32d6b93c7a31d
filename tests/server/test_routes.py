import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import httpx
import pytest
from PIL import Image

from chart_acceleration.renderers.auto import choose
from data_feed.status import FeedState
from server.routes import local_path
from tests.server.harness import BTC, START_NS, Running, run_server

PAPER_PATHS = {
    f"/api/paper/{path}"
    for path in (
        "orders", "orders/{number}", "positions", "positions/{symbol}", "fills", "fills/{number}",
        "accounts", "account", "kill", "resume", "limits", "webhooks", "journal", "journal/{seq}",
        "automations", "automations/{owner}", "automations/{owner}/start",
        "automations/{owner}/pause", "automations/{owner}/stop", "automations/{owner}/reconcile",
        "automations/{owner}/reconcile/export", "automations/{owner}/reconcile/report",
        "statistics",
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with run_server() as running:
        yield running


@pytest.fixture(scope="module")
def web(server: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


def error_of(response: httpx.Response) -> str:
    body = response.json()
    assert list(body) == ["error"]
    return str(body["error"])


def test_health_names_feed_and_renderer(web: httpx.Client) -> None:
    response = web.get("/healthz")
    assert response.status_code == 200
    body = response.json()
    assert body["status"] == "ok"
    assert body["renderer"] == "cpu"
    assert body["feed"]["label"] == "SIMULATED"
    assert body["feed"]["venue"] == "Simulator"


def test_health_fails_when_the_live_loop_died(server: Running, web: httpx.Client) -> None:
    server.services.live.failure = "the live loop failed: KeyError(1)"
    try:
        response = web.get("/healthz")
        assert response.status_code == 503
        assert "KeyError" in response.json()["detail"]
    finally:
        server.services.live.failure = None


def test_health_fails_when_the_feed_failed(server: Running, web: httpx.Client) -> None:
    whole = server.feed.state
    server.feed.state = replace(whole, failed=True, detail="the feed failed: KeyError(2)")
    try:
        response = web.get("/healthz")
        assert response.status_code == 503
        assert response.json()["detail"] == "the feed failed: KeyError(2)"
    finally:
        server.feed.state = whole


def test_metrics_are_prometheus_text(web: httpx.Client) -> None:
    response = web.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'candlecast_feed_events{event="gaps"} 3.0' in response.text
    assert "candlecast_stage_seconds_bucket" in response.text


def test_symbols_have_last_price_and_change(web: httpx.Client) -> None:
    first, second = web.get("/api/symbols").json()
    assert first["symbol"] == "BTC-USD"
    assert first["price"] == 104.0
    assert first["bid"] == 101.5
    assert first["ask"] == 102.5
    # 30 minutes are held: the change is against the oldest open.
    assert first["change"] == 3.75
    assert first["change_pct"] == pytest.approx(100 * 3.75 / 100.25)
    assert second["symbol"] == "ETH-USD"
    assert second["price"] is None


def test_candles_are_rows_newest_last(web: httpx.Client) -> None:
    body = web.get("/api/candles", params={"symbol": BTC, "interval": "1m", "limit": 2}).json()
    assert body["symbol"] == "BTC-USD"
    assert body["interval"] == "1m"
    last_minute = START_NS // 1_000_000 // 60_000 * 60_000 + 29 * 60_000
    assert body["candles"][0][0] == last_minute - 60_000
    assert body["candles"][1] == [last_minute, 101.0, 104.0, 101.0, 104.0, 1.0]


def test_candles_default_to_300_one_minute(web: httpx.Client) -> None:
    body = web.get("/api/candles", params={"symbol": BTC}).json()
    assert body["interval"] == "1m"
    assert len(body["candles"]) == 30


def test_picture_is_lossless_webp_of_the_size_asked_for(web: httpx.Client) -> None:
    response = web.get(
        "/api/chart.webp", params={"symbol": BTC, "width": 321, "height": 200, "theme": "light"}
    )
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/webp"
    assert response.headers["cache-control"] == "no-store"
    assert response.content[12:16] == b"VP8L"
    picture = Image.open(BytesIO(response.content))
    assert picture.size == (321, 200)
    assert picture.convert("RGB").getpixel((0, 199)) == (255, 255, 255)


def test_picture_not_changed_is_304(web: httpx.Client) -> None:
    query: dict[str, str | int] = {"symbol": BTC, "width": 160, "height": 120}
    tag = web.get("/api/chart.webp", params=query).headers["etag"]
    again = web.get("/api/chart.webp", params=query, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""


def test_picture_without_candles_is_drawn(web: httpx.Client) -> None:
    response = web.get("/api/chart.webp", params={"symbol": "ETH-USD"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("path", "query", "sentence"),
    [
        ("candles", {}, "symbol is missing"),
        ("candles", {"symbol": "XRP-USD"}, "symbol was 'XRP-USD'; available are BTC-USD, ETH-USD"),
        (
            "candles",
            {"symbol": BTC, "interval": "2m"},
            "interval was '2m'; allowed are 1s, 5s, 15s, 1m, 5m, 15m, 1h, 4h, 1d",
        ),
        (
            "candles",
            {"symbol": BTC, "limit": "0"},
            "limit was 0; allowed are whole numbers 1 to 5,000",
        ),
        (
            "candles",
            {"symbol": BTC, "limit": "5001"},
            "limit was 5001; allowed are whole numbers 1 to 5,000",
        ),
        (
            "candles",
            {"symbol": BTC, "limit": "many"},
            "limit was many; allowed are whole numbers 1 to 5,000",
        ),
        ("chart.webp", {"symbol": "NO-WAY"}, "symbol was 'NO-WAY'; available are BTC-USD, ETH-USD"),
        (
            "chart.webp",
            {"symbol": BTC, "interval": "7m"},
            "interval was '7m'; allowed are 1s, 5s, 15s, 1m, 5m, 15m, 1h, 4h, 1d",
        ),
        (
            "chart.webp",
            {"symbol": BTC, "theme": "pink"},
            "theme was 'pink'; allowed are dark, light, dark-cb, light-cb",
        ),
        (
            "chart.webp",
            {"symbol": BTC, "width": "15"},
            "width was 15; allowed are whole numbers 16 to 4,096",
        ),
        (
            "chart.webp",
            {"symbol": BTC, "width": "4097"},
            "width was 4097; allowed are whole numbers 16 to 4,096",
        ),
        (
            "chart.webp",
            {"symbol": BTC, "height": "15"},
            "height was 15; allowed are whole numbers 16 to 4,096",
        ),
        (
            "chart.webp",
            {"symbol": BTC, "height": "1e3"},
            "height was 1e3; allowed are whole numbers 16 to 4,096",
        ),
        (
            "chart.webp",
            {"symbol": BTC, "bars": "1"},
            "bars was 1; allowed are whole numbers 2 to 5,000",
        ),
        (
            "chart.webp",
            {"symbol": BTC, "bars": "5001"},
            "bars was 5001; allowed are whole numbers 2 to 5,000",
        ),
        ("chart.webp", {"symbol": BTC, "scale": "9"}, "scale was 9; allowed are 1 to 4"),
        ("chart.webp", {"symbol": BTC, "scale": "nan"}, "scale was nan; allowed are 1 to 4"),
    ],
)
def test_bad_question_is_422_with_a_sentence(
    web: httpx.Client, path: str, query: dict[str, str], sentence: str
) -> None:
    response = web.get(f"/api/{path}", params=query)
    assert response.status_code == 422
    assert error_of(response) == sentence


@pytest.mark.parametrize("size", ["16", "4096"])
def test_smallest_and_largest_pictures_are_drawn(web: httpx.Client, size: str) -> None:
    response = web.get(
        "/api/chart.webp", params={"symbol": BTC, "width": size, "height": size, "bars": "2"}
    )
    assert response.status_code == 200
    assert Image.open(BytesIO(response.content)).size == (int(size), int(size))


def test_unknown_api_path_is_404(web: httpx.Client) -> None:
    response = web.get("/api/nothing")
    assert response.status_code == 404
    assert error_of(response) == "there is no /api/nothing; /api/docs lists what is"


def test_wrong_method_is_405_with_a_sentence(web: httpx.Client) -> None:
    response = web.post("/api/candles")
    assert response.status_code == 405
    assert error_of(response) == "Method Not Allowed"


def test_status_is_the_status_bar(server: Running, web: httpx.Client) -> None:
    body = web.get("/api/status").json()
    assert body["label"] == "SIMULATED"
    assert body["tier"] == "picture"
    assert body["gaps"] == 3
    server.feed.becomes(FeedState.LOST)
    try:
        assert web.get("/api/status").json()["label"] == "LOST"
    finally:
        server.feed.becomes(FeedState.STREAMING)


def test_every_symbol_and_venue_is_told_of(web: httpx.Client) -> None:
    answer = web.get("/api/feed").json()
    assert answer["venues"] == [{
        "venue": "Simulator", "mode": "simulated", "state": "streaming", "breaker": "closed",
        "age_ms": 12.0, "retry_in_s": None, "detail": "Simulated exchange, seed 7.",
        "repair": None, "repaired_ns": None,
    }]  # fmt: skip
    first, second = answer["symbols"]
    assert first == {
        "symbol": "BTC-USD", "venue": "Simulator", "state": "streaming", "age_ms": 40.0,
        "last_trade_id": 77, "gaps": 2, "repairs": 1, "duplicates": 0, "out_of_order": 0,
        "malformed": 0,
    }  # fmt: skip
    assert (second["symbol"], second["age_ms"], second["last_trade_id"]) == ("ETH-USD", None, None)
    assert web.get("/healthz").json()["venues"] == [{"venue": "Simulator", "state": "streaming"}]


def test_metrics_have_a_label_for_the_symbol(web: httpx.Client) -> None:
    lines = web.get("/metrics").text.splitlines()
    names = 'symbol="BTC-USD",venue="Simulator"'
    assert f"candlecast_symbol_age_seconds{{{names}}} 0.04" in lines
    assert f"candlecast_symbol_last_trade_id{{{names}}} 77.0" in lines
    assert f'candlecast_symbol_state{{state="streaming",{names}}} 1.0' in lines
    assert f'candlecast_symbol_events{{event="gaps",{names}}} 2.0' in lines
    assert not [
        line for line in lines if line.startswith("candlecast_symbol_age") and "ETH" in line
    ]


def test_api_reference_lists_every_route_and_nothing_else_is_public(web: httpx.Client) -> None:
    schema = web.get("/api/openapi.json").json()
    assert set(schema["paths"]) == {
        "/healthz",
        "/metrics",
        "/api/symbols",
        "/api/indicators",
        "/api/candles",
        "/api/chart.webp",
        "/api/sparklines",
        "/api/sparklines.webp",
        "/api/book",
        "/api/depth.webp",
        "/api/trades",
        "/api/status",
        "/api/feed",
        "/api/imports",
        "/api/imports/{number}",
        "/api/strategies",
        "/api/backtests",
        "/api/backtests/compare",
        "/api/backtests/{key}",
        "/api/backtests/{key}/cancel",
        "/api/backtests/{key}/report",
        "/api/backtests/{key}/export",
        "/api/backtests/{key}/chart",
        "/api/datasets",
        "/api/datasets/{key}",
        "/api/recordings",
        "/api/replay",
        *PAPER_PATHS,
    }
    page = web.get("/api/docs")
    assert page.status_code == 200
    for path in schema["paths"]:
        assert path in page.text
    assert "16 to 4096" in page.text
    # Fields of bodies: plain, to choose from, of a model within, those that must be given.
    for field in ("<code>leverage</code>", "long, short, both", "<code>sweep.goal</code>"):
        assert field in page.text
    assert re.search(r"<code>strategy</code></td><td>string</td><td></td><td>required", page.text)
    assert web.get("/docs").status_code == 404
    assert web.get("/redoc").status_code == 404
    assert web.get("/openapi.json").status_code == 404


def test_description_tells_of_every_refusal(web: httpx.Client) -> None:
    document = web.get("/api/openapi.json").json()
    answers = document["paths"]["/api/chart.webp"]["get"]["responses"]
    assert set(answers) == {"200", "401", "422", "500", "503"}
    schema = answers["422"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/ErrorView"}
    assert document["components"]["schemas"]["ErrorView"]["required"] == ["error"]
    assert set(document["paths"]["/healthz"]["get"]["responses"]) == {"200", "503"}


def test_without_a_renderer_pictures_are_503() -> None:
    with run_server(choice=choose("plotly")) as running:
        response = httpx.get(f"{running.url}/api/chart.webp", params={"symbol": BTC})
        assert response.status_code == 503
        assert error_of(response) == "no renderer runs: Plotly was asked for."
        assert httpx.get(f"{running.url}/api/status").json()["tier"] == "plotly"


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("/backtesting", "/backtesting"),
        (None, "/"),
        ("", "/"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\nb", "/"),
    ],
)
def test_login_leads_to_paths_of_this_server_only(value: object, path: str) -> None:
    assert local_path(value) == path
