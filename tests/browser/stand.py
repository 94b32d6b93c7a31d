"""A server that speaks the frames protocol and sends exactly the pictures a test asks for.

The real program decides by itself what it draws; to see that a chosen pixel arrives at its place,
the page's scripts are served here beside a page with charts, and the test writes the messages.
"""

import asyncio
import json
import struct
import threading
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

from tests.second_tries import WaitRanOut

U8 = NDArray[np.uint8]
ASSETS = Path(__file__).resolve().parents[2] / "assets"
STATUS = {
    "label": "LIVE", "mode": "live", "venue": "Coinbase", "detail": "", "age_ms": 38.0,
    "retry_in_s": None, "renderer": "cpu", "renderer_reasons": ["cuda: no device."],
    "tier": "picture", "draw_ms": 0.312,
    "frames_per_s": 20.0, "tick_to_ack_p95_ms": 21.4, "gaps": 0,
    "repair": "", "repaired_ms": 0,
}  # fmt: skip

_HTML = (Path(__file__).parent / "stand.html").read_text()


class Part(NamedTuple):
    """One entry: chart, kind (0 keyframe, 1 patch), source and target as x, y, width, height; rows
    as the socket sends them, b"" for none.
    """

    chart: int
    kind: int
    source: tuple[int, int, int, int]
    target: tuple[int, int, int, int]
    meta: dict[str, Any]
    rows: bytes = b""


def lossless(rgb: U8) -> bytes:
    """A lossless WebP of (h, w, 3), made without the project's own encoder."""
    buffer = BytesIO()
    Image.fromarray(rgb).save(buffer, "WEBP", lossless=True, method=0)
    return buffer.getvalue()


def message(sequence: int, parts: Sequence[Part], picture: bytes) -> bytes:
    """The binary message, packed independently of server/frames_protocol.py."""
    meta = json.dumps([part.meta for part in parts]).encode()
    head = struct.pack("<IIHHI", 0x31464343, sequence, len(parts), 0, len(meta))
    entries = [
        struct.pack("<HBB8H", part.chart, part.kind, bool(part.rows), *part.source, *part.target)
        for part in parts
    ]
    rows = [struct.pack("<I", len(part.rows)) + part.rows for part in parts if part.rows]
    return head + b"".join(entries) + meta + b"".join(rows) + picture


def meta(
    chart: int, symbol: str = "BTC-USD", interval: str = "1m", **changes: Any
) -> dict[str, Any]:
    """A description as the server sends it."""
    values = {
        "chart": chart, "symbol": symbol, "interval": interval, "venue": "Coinbase",
        "o": 38526.0, "h": 38536.0, "l": 38508.0, "c": 38533.0, "volume": 21.13,
        "change": 7.0, "change_pct": 0.018, "decimals": 1, "direction": 1,
        "last_y": 40, "plot": [0, 0, 240, 160], "price_top": 39000.0, "price_bottom": 38000.0,
        "first_index": 0, "x_first": 4, "step": 8, "bars": 120, "following": True, "stale": False,
        "alt": f"{symbol} 38,533.0, up 0.02 %",
    }  # fmt: skip
    return values | changes


class Stand:
    """Serves the page and keeps what the page says. Usable from the test's thread."""

    def __init__(
        self, charts: Sequence[tuple[str, str]] = (("BTC-USD", "width:400px;height:300px"),)
    ) -> None:
        self.charts = charts
        self.received: list[dict[str, Any]] = []
        self.polled: list[dict[str, str]] = []
        self.asked: list[dict[str, str]] = []
        self.sockets: list[WebSocket] = []
        self.picture = lossless(np.zeros((300, 400, 3), np.uint8))
        self.port = 0
        self.silent = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1, on a free port when 0."""
        config = uvicorn.Config(
            self._app(), host="127.0.0.1", port=port, log_level="critical", ws="websockets-sansio",
            ws_per_message_deflate=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        wait_until(lambda: server.started, "the stand listens")
        self.port = server.servers[0].sockets[0].getsockname()[1]

    def _serve(self) -> None:
        assert self._server is not None
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            runner.run(self._server.serve())

    def stop(self) -> None:
        """Stop listening and drop every connection."""
        assert self._server is not None and self._thread is not None
        self._server.should_exit = True
        self._thread.join(10)
        self.sockets.clear()

    @property
    def url(self) -> str:
        """Address of the page."""
        return f"http://127.0.0.1:{self.port}/"

    def send(self, data: bytes | dict[str, Any]) -> None:
        """Send one message to the newest page."""
        assert self._loop is not None
        socket = self.sockets[-1]
        sending = (
            socket.send_bytes(data)
            if isinstance(data, bytes)
            else socket.send_text(json.dumps(data))
        )
        asyncio.run_coroutine_threadsafe(sending, self._loop).result(5)

    def said(self, kind: str) -> list[dict[str, Any]]:
        """The messages of one type that arrived, oldest first."""
        return [item for item in list(self.received) if item["type"] == kind]

    def wait_for(self, kind: str, count: int = 1) -> dict[str, Any]:
        """The newest message of a type, once ``count`` of them have arrived."""
        wait_until(lambda: len(self.said(kind)) >= count, f"{count} messages of type {kind}")
        return self.said(kind)[-1]

    async def _speak(self, socket: WebSocket) -> None:
        """Something once a second, as the program does: a page takes silence for a lost network."""
        while not self.silent:
            await asyncio.sleep(1)
            await socket.send_text('{"type": "nothing"}')

    def _app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.get("/")
        async def page() -> HTMLResponse:
            return HTMLResponse(self._page())

        @app.get("/api/status")
        async def status() -> dict[str, Any]:
            return STATUS

        @app.get("/api/chart.webp")
        async def picture(
            request: Request, symbol: str, interval: str, width: int, height: int
        ) -> Response:
            self.asked.append(dict(request.query_params))
            self.polled.append(
                {"symbol": symbol, "interval": interval, "size": f"{width}x{height}"}
            )
            return Response(
                self.picture, media_type="image/webp", headers={"Cache-Control": "no-store"}
            )

        @app.websocket("/ws/charts")
        async def frames(socket: WebSocket) -> None:
            await socket.accept()
            self.sockets.append(socket)
            speaking = asyncio.create_task(self._speak(socket))
            try:
                while True:
                    self.received.append(json.loads(await socket.receive_text()))
            except WebSocketDisconnect:
                return
            finally:
                speaking.cancel()

        app.mount("/assets", StaticFiles(directory=ASSETS))
        return app

    def _page(self) -> str:
        head, chart, foot = _HTML.split("<!-- part -->")
        scripts = sorted(
            {path.name for path in ASSETS.glob("*.js")}
            - {"theme.js", "page_state.js", "watchlist.js"}
        )
        charts = [
            chart.replace("SYMBOL", symbol).replace("STYLE", style) for symbol, style in self.charts
        ]
        # In the page itself: seventy requests would take longer than what is tested
        tags = [
            f"<script>{(ASSETS / name).read_text()}\n//# sourceURL=/assets/{name}</script>"
            for name in scripts
        ]
        return head + "".join(charts) + foot.replace("SCRIPTS", "".join(tags))


def wait_until(holds: Callable[[], bool], what: str, timeout_s: float = 60.0) -> None:
    """Wait until ``holds()``; fails with ``what`` after ``timeout_s``, long on a busy machine."""
    end = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() >= end:
            raise WaitRanOut(f"not within {timeout_s:g} s: {what}")
        time.sleep(0.01)


def wait_until_still(page: Page, shown: Callable[[], object], for_ms: int) -> None:
    """Wait until what is on its way has come: ``shown()`` stays the same for so long."""

    def still() -> bool:
        before = shown()
        page.wait_for_timeout(for_ms)
        return shown() == before

    wait_until(still, "nothing changes any more")
