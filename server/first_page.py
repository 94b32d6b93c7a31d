"""Asks the application for its first page in-process, and reads the inline scripts off it."""

import base64
import hashlib
import logging
from html.parser import HTMLParser

from starlette.types import ASGIApp, Message

_SCRIPT_TYPES = {None, "", "text/javascript", "application/javascript", "module"}

_log = logging.getLogger(__name__)


async def fetch_page(app: ASGIApp, path: str = "/") -> str | None:
    """The HTML at ``path``, or None when ``app`` has no page there."""
    status = 0
    body = bytearray()
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        body.extend(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"accept", b"text/html")],
        "client": ("127.0.0.1", 0),
        "server": ("localhost", 80),
    }
    await app(scope, receive, send)
    if status == 404:
        return None
    if status != 200:
        _log.error("the first page came with status %d: %.300s", status, body.decode())
        return None
    return body.decode()


def inline_script_sources(page: str) -> tuple[str, ...]:
    """``'sha256-...'`` for every inline script of ``page``, for a Content-Security-Policy."""
    reader = _ScriptReader()
    reader.feed(page)
    reader.close()
    digests = (hashlib.sha256(script.encode()).digest() for script in reader.scripts)
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


class _ScriptReader(HTMLParser):
    """Collects the text of script elements that run and have no ``src``."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and "src" not in given and given.get("type") in _SCRIPT_TYPES:
            self._inside = True
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data
