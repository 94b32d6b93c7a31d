"""What we rely on in Dash 4.4.1 on FastAPI, proved with a small Dash application under uvicorn."""

import asyncio
import json
import re
from collections.abc import Iterator

import httpx
import pytest
from dash import (
    Dash,
    Input,
    Output,
    callback,
    clientside_callback,
    dcc,
    html,
    page_container,
    page_registry,
    register_page,
)
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from server.first_page import inline_script_sources
from server.web import CandlecastServer
from tests.server.harness import Running, run_server


def mount(server: CandlecastServer) -> Dash:
    """A Dash application with two pages, an async callback and a clientside one."""
    app = Dash(
        "tests.server.small",
        server=server,  # type: ignore[arg-type]
        backend="fastapi",
        use_pages=True,
        pages_folder="",
        suppress_callback_exceptions=True,
    )
    register_page("first", path="/", layout=html.Div("first page"))  # type: ignore[no-untyped-call]
    register_page("deep", path="/deep", layout=lambda: html.Div("deep page"))  # type: ignore[no-untyped-call]
    app.layout = html.Div([dcc.Input("in"), html.Div(id="out"), html.Div(id="two"), page_container])

    @callback(Output("out", "children"), Input("in", "value"))
    async def answer(value: str | None) -> str:
        await asyncio.sleep(0)
        return f"you said {value}"

    clientside_callback(
        "function(value) { return value; }", Output("two", "children"), Input("in", "value")
    )
    return app


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """The small application alone: pages that other tests registered stay out of it."""
    others = dict(page_registry)
    page_registry.clear()
    with run_server(mount=mount) as running:
        yield running
    page_registry.clear()
    page_registry.update(others)


@pytest.fixture(scope="module")
def web(server: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


CALLBACK = {
    "output": "out.children",
    "outputs": {"id": "out", "property": "children"},
    "inputs": [{"id": "in", "property": "value", "value": "hello"}],
    "changedPropIds": ["in.value"],
}


def test_our_routes_win_over_the_catch_all(web: httpx.Client) -> None:
    assert web.get("/healthz").json()["status"] == "ok"
    assert web.get("/api/symbols").json()[0]["symbol"] == "BTC-USD"
    assert web.get("/api/nothing").status_code == 404


def test_deep_links_get_the_index_page(web: httpx.Client) -> None:
    for path in ("/", "/deep", "/docs"):
        response = web.get(path)
        assert response.status_code == 200
        assert "_dash-config" in response.text


def test_every_inline_script_of_every_page_is_allowed_by_hash(web: httpx.Client) -> None:
    """Also those that Dash would add with the first request for ``/`` only."""
    for path in ("/deep", "/", "/deep"):
        response = web.get(path)
        policy = response.headers["content-security-policy"]
        [scripts] = re.findall(r"script-src ([^;]*)", policy)
        allowed = scripts.split()
        assert allowed[0] == "'self'"
        assert "'unsafe-inline'" not in allowed
        needed = inline_script_sources(response.text)
        assert len(needed) == 3  # our clientside callback, the page router's, the renderer
        assert set(needed) <= set(allowed)
        assert "document.title" in response.text


def test_callback_of_our_own_page_is_answered(server: Running, web: httpx.Client) -> None:
    response = web.post("/_dash-update-component", json=CALLBACK, headers={"Origin": server.origin})
    assert response.status_code == 200
    assert response.json()["response"]["out"]["children"] == "you said hello"


def test_callback_from_another_site_is_refused(web: httpx.Client) -> None:
    response = web.post(
        "/_dash-update-component", json=CALLBACK, headers={"Origin": "http://evil.example"}
    )
    assert response.status_code == 403
    assert "Origin was 'http://evil.example'" in response.json()["error"]


async def test_dash_own_socket_is_guarded_too(server: Running) -> None:
    url = f"ws://127.0.0.1:{server.port}/_dash-ws-callback"
    with pytest.raises(InvalidStatus) as refused:
        async with connect(url, origin="http://evil.example"):  # type: ignore[arg-type]
            pass
    assert refused.value.response.status_code == 403
    async with connect(url, origin=server.origin) as connection:  # type: ignore[arg-type]
        await connection.send(json.dumps({"type": "heartbeat"}))
        assert json.loads(await connection.recv())["type"] == "heartbeat_ack"


async def test_frames_socket_works_beside_dash(server: Running) -> None:
    async with connect(server.socket_url, origin=server.origin) as connection:  # type: ignore[arg-type]
        assert json.loads(await connection.recv())["type"] == "status"


def test_reference_of_the_interface_has_no_dash_routes(web: httpx.Client) -> None:
    paths = web.get("/api/openapi.json").json()["paths"]
    assert not [path for path in paths if "dash" in path]


def test_headers_of_every_answer(web: httpx.Client) -> None:
    for path in ("/", "/healthz", "/api/nothing", "/_dash-layout"):
        headers = web.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "img-src 'self' blob: data:" in policy
        host = web.base_url.netloc.decode()
        assert f"connect-src 'self' ws://{host} wss://{host};" in policy


def test_large_body_is_refused(server: Running, web: httpx.Client) -> None:
    response = web.post(
        "/_dash-update-component", content=b"x" * 1_048_577, headers={"Origin": server.origin}
    )
    assert response.status_code == 413
    assert response.json() == {"error": "the body is larger than 1048576 bytes"}


def test_large_body_without_a_length_is_refused(server: Running, web: httpx.Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 32768

    response = web.post(
        "/_dash-update-component", content=pieces(), headers={"Origin": server.origin}
    )
    assert response.status_code == 413
