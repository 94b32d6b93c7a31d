"""Puts the server together: routes, frames socket, guard, live loop; ``serve`` runs it.

``app.py`` hands the application to ``Dash(server=..., backend="fastapi")``. Three habits of Dash
4.4 matter here. It adds its catch-all page route when the lifespan starts, so all routes of ours
are there before. It adds middleware of its own, so the guard is not a middleware but wraps the
finished stack. And it registers the page router's inline script with the first request for ``/``:
a first visit to any other page would miss it, and so would a list of script hashes made before.
The lifespan therefore asks for ``/`` once and takes the hashes from that page.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from market.errors import UnknownInterval
from paper_trading.errors import BadAccount, PaperClosed, UnknownAccount
from research.errors import ResearchError
from server.book_routes import book_routes
from server.chart_parameters import sentence_for
from server.errors import DrawFailed, PictureUnavailable, RequestError, SettingsError
from server.events_socket import EventsSocket
from server.first_page import fetch_page, inline_script_sources
from server.frames_socket import FramesSocket
from server.import_routes import import_routes
from server.login import Access
from server.paper_routers import paper_routers
from server.replay_routes import replay_routes
from server.research_routes import research_file_routes, research_routes
from server.routes import api_routes, health_routes, login_routes
from server.run_chart_routes import run_chart_routes
from server.security import Guard
from server.services import Services
from server.sparkline_routes import sparkline_routes
from server.webhook_places import WebhookPlaces
from server.webhooks import Webhooks
from storage.errors import StorageError

MAX_SOCKET_MESSAGE = 1024 * 1024
STOP_SECONDS = 3

_log = logging.getLogger(__name__)


class CandlecastServer(FastAPI):
    """A FastAPI application that nobody reaches past its guard, whatever middleware is added."""

    services: Services
    frames: FramesSocket
    events: EventsSocket
    receivers: Webhooks
    guard: Guard
    access: Access

    def build_middleware_stack(self) -> ASGIApp:
        """The finished stack with the guard around it."""
        self.guard = Guard(super().build_middleware_stack(), self.services.settings, self.access)
        return self.guard


def build_server(services: Services) -> CandlecastServer:
    """The application with every route of ours; Dash adds its own to it."""
    app = CandlecastServer(
        title="Candlecast",
        description="Live candles, and charts as lossless WebP pictures.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=_lifespan,
    )
    password = services.settings.password
    app.services = services
    app.access = Access(password.get_secret_value() if password else None)
    app.frames = FramesSocket(
        services.viewers,
        services.request_of,
        services.telemetry,
        services.books,
        services.paper_teller,
    )
    app.events = EventsSocket(services.paper)
    app.receivers = _webhooks(services)
    app.include_router(health_routes(services))
    app.include_router(login_routes(app.access))
    app.include_router(sparkline_routes(services))
    app.include_router(book_routes(services))
    app.include_router(replay_routes(services.replays))
    app.include_router(import_routes(services.imports))
    app.include_router(research_routes(services.research))
    app.include_router(research_file_routes(services.research, services.run_pictures))
    app.include_router(run_chart_routes(services.run_pictures))
    for router in paper_routers(services.paper, services.research, app.receivers):
        app.include_router(router)
    app.include_router(api_routes(services))
    app.add_api_websocket_route("/ws/charts", _frames_route)
    app.add_api_websocket_route("/ws/events", app.events.serve)
    add_error_handlers(app)
    return app


def _webhooks(services: Services) -> Webhooks:
    """The receivers that the settings name; how far each was told stands in the store."""
    settings = services.settings
    urls = [url.get_secret_value() for url in settings.webhooks]
    secret = settings.webhook_secret
    path = settings.store / "paper" / "webhooks.json" if settings.store and urls else None
    key = secret.get_secret_value().encode() if secret else None
    return Webhooks(urls, key, services.paper, WebhookPlaces(path))


async def _frames_route(websocket: WebSocket) -> None:
    app: CandlecastServer = websocket.app
    await app.frames.serve(websocket)


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Prime Dash, run the live loop and the measurements while the server runs."""
    assert isinstance(app, CandlecastServer)
    page = await fetch_page(app.guard.app)
    if page is not None:
        app.guard.script_sources = inline_script_sources(page)
    services = app.services
    told = (services.books, services.paper_teller, app.receivers)
    parts = (services.live, services.performance, *told)
    tasks = [asyncio.create_task(part.run()) for part in parts]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


def add_error_handlers(app: FastAPI) -> None:
    """Have errors answered as ``{"error": sentence}``."""

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        return JSONResponse({"error": sentence_for(error.errors()[0])}, 422)

    @app.exception_handler(ResearchError)
    @app.exception_handler(RequestError)
    @app.exception_handler(BadAccount)
    @app.exception_handler(UnknownInterval)
    async def refused(_request: Request, error: Exception) -> Response:
        return JSONResponse({"error": str(error)}, 422)

    @app.exception_handler(PictureUnavailable)
    @app.exception_handler(PaperClosed)
    @app.exception_handler(StorageError)
    async def unavailable(_request: Request, error: Exception) -> Response:
        return JSONResponse({"error": str(error)}, 503)

    @app.exception_handler(UnknownAccount)
    async def unknown(_request: Request, error: UnknownAccount) -> Response:
        return JSONResponse({"error": str(error), "rule": "unknown_account"}, 404)

    @app.exception_handler(DrawFailed)
    async def failed(_request: Request, error: DrawFailed) -> Response:
        return JSONResponse({"error": str(error)}, 500)

    @app.exception_handler(Exception)
    async def broken(_request: Request, _error: Exception) -> Response:
        # Starlette raises the error again after this answer, and uvicorn logs it.
        return JSONResponse({"error": "the server failed on this request; its log says why"}, 500)

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> Response:
        return JSONResponse({"error": error.detail}, error.status_code, error.headers)


class WebServer(uvicorn.Server):
    """Tells the browsers' sockets that it goes away before it closes them."""

    def __init__(self, app: CandlecastServer) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                workers=1,
                lifespan="on",
                ws="websockets-sansio",
                ws_max_size=MAX_SOCKET_MESSAGE,
                # Pictures are compressed already: deflate would cost 30 times the send itself.
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=STOP_SECONDS,
                server_header=False,
                access_log=False,
                log_config=None,
            )
        )
        self._sockets = (app.frames, app.events)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close our sockets with 1001, then everything else."""
        for each in self._sockets:
            await each.close_all()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises :class:`SettingsError` when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        # create_server writes the address into strerror; a failed name lookup has no errno of ours.
        number = error.errno or 0
        reason = os.strerror(number) if number > 0 else str(error.strerror).partition(" (")[0]
        raise SettingsError(
            f"cannot listen on {host} port {port}: {reason}; choose another with --host or --port"
        ) from None
    # Connections inherit it. asyncio sets it only on sockets made with IPPROTO_TCP, which this one
    # is not; without it each second small message waits 40 ms for the receiver's delayed ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve(app: CandlecastServer, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM, then stop gracefully, close ``listener`` and return."""
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    _log.info("Candlecast serves http://%s:%d", shown, port)
    if threading.current_thread() is threading.main_thread():
        # uvicorn raises the signal again after it has stopped; the caller shall clean up instead.
        signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    with contextlib.suppress(KeyboardInterrupt):
        WebServer(app).run(sockets=[listener])
