"""Listening, stopping, and the first page."""

import base64
import hashlib
import os
import signal
import socket
import subprocess
import sys
from typing import Any

import httpx
import pytest

from server.errors import SettingsError
from server.first_page import fetch_page, inline_script_sources
from server.web import listen
from tests.conftest import ROOT
from tests.server.harness import run_server, wait_for

PROGRAM = """
import logging, sys
logging.basicConfig(level="INFO", stream=sys.stdout, format="%(message)s")
from server.web import build_server, listen, serve
from tests.server.harness import make_services
services, _, _ = make_services()
serve(build_server(services), listen("127.0.0.1", 0))
services.close()
print("cleaned up", flush=True)
"""


def test_taken_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError) as error:
            listen("127.0.0.1", port)
    assert str(error.value) == (
        f"cannot listen on 127.0.0.1 port {port}: Address already in use; "
        "choose another with --host or --port"
    )


def test_name_that_does_not_resolve_is_one_sentence() -> None:
    with pytest.raises(
        SettingsError, match=r"^cannot listen on no\.such\.invalid port 0: [^(]+; choose"
    ):
        listen("no.such.invalid", 0)


def test_foreign_address_is_one_sentence() -> None:
    with pytest.raises(SettingsError, match=r"^cannot listen on 192\.0\.2\.1 port 0: "):
        listen("192.0.2.1", 0)


def test_small_messages_do_not_wait_for_each_other() -> None:
    with (
        listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_gracefully_and_the_caller_cleans_up(how: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "startup complete" in line:
                break
        [url] = [line.split()[-1] for line in lines if line.startswith("Candlecast serves")]
        assert httpx.get(f"{url}/healthz").status_code == 200
        process.send_signal(how)
        rest, _ = process.communicate(timeout=60)
        assert rest.splitlines()[-1] == "cleaned up"
        assert "Traceback" not in rest
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_failed_request_is_500_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with run_server() as running:

        def broken(symbol: str) -> None:
            raise KeyError(symbol)

        monkeypatch.setattr(running.services, "last", broken)
        response = httpx.get(f"{running.url}/api/symbols")
        assert response.status_code == 500
        assert response.json() == {"error": "the server failed on this request; its log says why"}
        assert response.headers["x-content-type-options"] == "nosniff"


def test_live_loop_that_dies_is_seen_by_health(monkeypatch: pytest.MonkeyPatch) -> None:
    with run_server() as running:
        url = f"{running.url}/healthz"
        assert httpx.get(url).status_code == 200

        def broken(now_ns: int) -> None:
            raise KeyError(now_ns)

        monkeypatch.setattr(running.services.viewers, "tell", broken)
        wait_for(lambda: httpx.get(url).status_code == 503, "the failure to be seen")
        assert "KeyError" in httpx.get(url).json()["detail"]


async def test_page_is_fetched_in_process() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["more_body"] is False
        assert scope["path"] == "/"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"<p>", "more_body": True})
        await send({"type": "http.response.body", "body": "é</p>".encode()})

    assert await fetch_page(app) == "<p>é</p>"


@pytest.mark.parametrize("status", [404, 500])
async def test_page_that_is_not_there_is_none(status: int) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"no"})

    assert await fetch_page(app) is None


def test_hashes_are_of_scripts_that_run_and_have_no_source() -> None:
    page = (
        '<script src="/a.js"></script><script>let a = "<b>" && 1 < 2;</script>'
        '<script type="application/json">{"a": 1}</script>'
        '<script id="r" type="application/javascript">var r;</script><p>text</p>'
    )

    def source(script: str) -> str:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        return f"'sha256-{digest}'"

    assert inline_script_sources(page) == (source('let a = "<b>" && 1 < 2;'), source("var r;"))
