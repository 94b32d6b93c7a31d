"""Who may do what: password login, Origin and Host checks, size limit, response headers.

One ASGI wrapper around the whole application, so that nothing, WebSockets and Dash's own routes
included, is reached past it. The rules, in order:

1. Without a password and on loopback the Host header must name loopback (DNS rebinding).
2. WebSockets and state-changing requests must come from our own pages (Origin equals Host). No
   Origin at all is only taken from programs: from this machine or with a bearer password, and
   never together with a session cookie, which only browsers hold.
3. With a password everything needs a session cookie or ``Authorization: Bearer PASSWORD``, apart
   from ``/login`` and ``/healthz``.
4. Bodies of more than 1 MiB are refused.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.login import Access, COOKIE
from server.settings import Settings, is_loopback

MAX_BODY = 1024 * 1024
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_PATHS = frozenset({"/login", "/healthz"})
