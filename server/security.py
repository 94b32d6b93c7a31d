"""Who may do what: Host and Origin checks, login, size limit, response headers.

One ASGI wrapper around the whole application, so that nothing, WebSockets and Dash's own routes
included, is reached past it. The rules, in order:

1. Without a password and on loopback the Host header must name loopback (DNS rebinding).
2. WebSockets and state-changing requests must come from our own pages: Origin equals Host. No
   Origin at all is only taken from programs: without a session cookie, which only browsers hold,
   and for a WebSocket from this machine or with the bearer password.
3. With a password everything needs a session cookie or ``Authorization: Bearer PASSWORD``, apart
   from the login page, its style sheets and ``/healthz``.
4. Bodies of more than 1 MiB are refused, of uploads those of more than 64 MiB.
"""

import logging
import re
from urllib.parse import quote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.login import COOKIE, Access, Verdict
from server.settings import Settings, is_loopback

MAX_BODY = 1024 * 1024
MAX_UPLOAD = 64 * 1024 * 1024
UPLOAD_PATHS = frozenset({"/api/datasets"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_PATHS = frozenset({"/login", "/healthz"})
OPEN_PREFIX = "/assets/"
FILE_PREFIXES = (OPEN_PREFIX, "/_dash-component-suites/")

_log = logging.getLogger(__name__)
_HOST = re.compile(r"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


class Guard:
    """The outermost ASGI application. ``script_sources`` are hashes of our own inline scripts."""

    def __init__(self, app: ASGIApp, settings: Settings, access: Access) -> None:
        self.app = app
        self.script_sources: tuple[str, ...] = ()
        self._access = access
        self._only_loopback_names = (
            settings.loopback and settings.password is None and not settings.insecure
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        guarded_send = self._with_headers(request, send) if scope["type"] == "http" else send
        refusal = self._refusal(request)
        if refusal is None and scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            most = MAX_UPLOAD if scope["path"] in UPLOAD_PATHS else MAX_BODY
            body = await _read_body(request, receive, most)
            if body is None:
                refusal = _error(413, f"the body is larger than {most} bytes")
            else:
                receive = _replay(body, receive)
        if refusal is not None:
            await _refuse(refusal, scope, receive, guarded_send)
            return
        if scope["type"] == "http" and scope["method"] == "HEAD":
            # Answered like GET, as HTTP demands and monitors expect; uvicorn leaves the body out.
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, guarded_send)

    def _refusal(self, request: HTTPConnection) -> Response | None:
        host = request.headers.get("host", "")
        if not _HOST.fullmatch(host):
            return _error(400, f"the Host header was {host[:80]!r}, which is no host")
        if self._only_loopback_names and not is_loopback(_name_of(host)):
            return _error(
                400, f"the Host header was {host!r}; this server only answers as localhost"
            )
        return self._wrong_origin(request, host) or self._not_logged_in(request)

    def _wrong_origin(self, request: HTTPConnection, host: str) -> Response | None:
        socket = request.scope["type"] == "websocket"
        if not socket and request.scope["method"] in SAFE_METHODS:
            return None
        origin = request.headers.get("origin")
        if origin is not None:
            if same_host(origin, host):
                return None
            return _error(
                403, f"Origin was {origin[:120]!r}; only pages of this server may do this"
            )
        if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
            return _error(403, "the request came from another site")
        if COOKIE in request.cookies:
            return _error(403, "Origin was missing; with a session cookie it is needed")
        if socket and not self._is_program(request):
            return _error(
                403, "Origin was missing; from another machine the bearer password is needed"
            )
        return None

    def _is_program(self, request: HTTPConnection) -> bool:
        client = request.client
        from_here = client is not None and is_loopback(client.host)
        return from_here or (self._access.required and _bearer(request) is not None)

    def _not_logged_in(self, request: HTTPConnection) -> Response | None:
        path = request.scope["path"]
        if not self._access.required or path in OPEN_PATHS or path.startswith(OPEN_PREFIX):
            return None
        if self._access.holds(request.cookies.get(COOKIE)):
            return None
        bearer = _bearer(request)
        if bearer is not None:
            return self._wrong_bearer(request, bearer)
        accepts = request.headers.get("accept", "")
        if request.scope["type"] == "http" and "text/html" in accepts:
            query = request.url.query
            goes_to = quote(f"{path}?{query}" if query else path)
            return RedirectResponse(f"/login?next={goes_to}", status_code=303)
        return _unauthorised(
            "a login is needed: open /login, or send Authorization: Bearer PASSWORD"
        )

    def _wrong_bearer(self, request: HTTPConnection, bearer: str) -> Response | None:
        address = address_of(request)
        verdict = self._access.try_password(bearer, address)
        if verdict is Verdict.GRANTED:
            return None
        if verdict is Verdict.TOO_MANY:
            return too_many(self._access, address)
        return _unauthorised("the bearer password is wrong")

    def _with_headers(self, request: HTTPConnection, send: Send) -> Send:
        policy = self._policy(request.headers.get("host", ""))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                headers["Referrer-Policy"] = "same-origin"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                if "cache-control" not in headers:
                    # Files are asked for again by ETag, so that an upgrade is seen at once.
                    file = request.scope["path"].startswith(FILE_PREFIXES)
                    headers["Cache-Control"] = "no-cache" if file else "no-store"
            await send(message)

        return send_with_headers

    def _policy(self, host: str) -> str:
        """The Content-Security-Policy.

        Inline scripts run by hash only. Mantine and AG Grid put style elements into the page, so
        inline styles are allowed. Older browsers do not count ws: as 'self', so it is spelled out.
        """
        sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
        return "; ".join(
            (
                "default-src 'self'",
                " ".join(("script-src 'self'", *self.script_sources)),
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' blob: data:",
                "font-src 'self' data:",
                f"connect-src 'self'{sockets}",
                "worker-src 'self' blob:",
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            )
        )


def same_host(origin: str, host: str) -> bool:
    """Whether ``origin`` (scheme://host[:port]) is a page of ``host``.

    The scheme is not compared: a proxy that ends TLS hands on http with the browser's https Origin.
    """
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return False
    default = _DEFAULT_PORTS[parts.scheme]
    own = urlsplit(f"//{host}")
    return parts.hostname == own.hostname and (port or default) == (own.port or default)


def address_of(request: HTTPConnection) -> str:
    """The peer's address, by which attempts are counted."""
    return request.client.host if request.client else "unknown"


def too_many(access: Access, address: str) -> Response:
    """The answer to more than five wrong passwords a minute."""
    seconds = max(1, round(access.limit.blocked_for(address)))
    response = _error(429, f"Too many wrong passwords. The next attempt is taken in {seconds} s.")
    response.headers["Retry-After"] = str(seconds)
    return response


def _bearer(request: HTTPConnection) -> str | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        return None
    # Headers arrive as Latin-1; programs write passwords in UTF-8.
    return value.strip().encode("latin-1").decode("utf-8", "surrogateescape")


def _name_of(host: str) -> str:
    return urlsplit(f"//{host}").hostname or ""


def _error(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status)


def _unauthorised(sentence: str) -> Response:
    response = _error(401, sentence)
    response.headers["WWW-Authenticate"] = 'Bearer realm="Candlecast"'  # RFC 9110 section 11.6.1
    return response


async def _read_body(request: HTTPConnection, receive: Receive, most: int) -> bytes | None:
    """The whole body, or None when it is larger than ``most`` bytes."""
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > most:
        return None
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > most:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives ``body`` first and then what the connection says."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _refuse(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with ``response``; a WebSocket that is not accepted becomes HTTP 403."""
    if scope["type"] == "http":
        await response(scope, receive, send)
        return
    _log.info("WebSocket %s refused: %s", scope["path"], bytes(response.body).decode())
    await send({"type": "websocket.close", "code": 1008, "reason": "refused"})
