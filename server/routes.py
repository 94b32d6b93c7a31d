"""REST: health, metrics, market, pictures, status, login. Errors are ``{"error": "..."}``."""

import hashlib
from dataclasses import asdict
from typing import Annotated, Any

import msgspec
import numpy as np
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from server import documents
from server.chart_parameters import ChartParameters, IntervalText, Symbol, number
from server.login import COOKIE, SESSION_SECONDS, Access, Verdict
from server.security import address_of, too_many
from server.services import Services
from server.views import ErrorView

_REFUSALS = {
    401: "A password is set and was not given",
    404: "There is no such account, order or automation",
    409: "The Idempotency-Key was used for something else",
    422: "Something asked for that cannot be given",
    429: "Too many runs are waiting",
    500: "This chart could not be drawn",
    503: "What this needs does not work now: a renderer, the journal",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How the API's description tells of errors."""
    return {each: {"model": ErrorView, "description": _REFUSALS[each]} for each in statuses}


def api_routes(services: Services) -> APIRouter:
    """The routes under ``/api``."""
    api = APIRouter(prefix="/api", responses=refusals(401, 422))

    @api.get("/symbols")
    async def symbols() -> Response:
        """Every symbol with last price, its change over a day, best bid and ask."""
        return _json([asdict(services.last(symbol)) for symbol in services.symbols()])

    @api.get("/indicators")
    async def indicators() -> Response:
        """Every indicator: parameters with bounds and defaults, outputs, pane, source, warm-up."""
        return _json([asdict(each) for each in services.indicators()])

    @api.get("/candles")
    async def candles(
        symbol: Symbol,
        interval: IntervalText = "1m",
        limit: Annotated[int, number("limit", "How many of the newest candles")] = 300,
    ) -> Response:
        """Candles as rows [time_ms, open, high, low, close, volume], newest last."""
        window = services.candles(symbol, interval, limit)
        # Sums of sizes carry the dust of binary fractions; venues state sizes to eight decimals.
        volume = np.round(window.volume, 8)
        columns = (window.open, window.high, window.low, window.close, volume)
        times = (window.time_ns // 1_000_000).tolist()
        rows = list(zip(times, *(column.tolist() for column in columns), strict=True))
        return _json({"symbol": symbol, "interval": interval, "candles": rows})

    @api.get("/chart.webp", response_class=Response, responses=refusals(500, 503))
    async def chart(request: Request, query: ChartParameters) -> Response:
        """A chart as a lossless WebP picture, legend and last-price line drawn in.

        For example /api/chart.webp?symbol=BTC-USD&style=hollow&axis=log&indicators=sma:20,rsi
        """
        return picture_answer(request, await services.picture(query))

    @api.get("/status")
    async def status() -> Response:
        """Feed, renderer and latency, as the status bar shows them."""
        return _json(asdict(services.status()))

    @api.get("/feed")
    async def feed() -> Response:
        """Every venue and every symbol: state, age of the data, what was counted and repaired."""
        venues = [asdict(each) for each in services.venues()]
        return _json({"venues": venues, "symbols": [asdict(e) for e in services.feed_symbols()]})

    @api.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        return HTMLResponse(documents.api_page(request.app.openapi()))

    @api.get("/{path:path}", include_in_schema=False)
    async def nothing(path: str) -> JSONResponse:
        return JSONResponse({"error": f"there is no /api/{path}; /api/docs lists what is"}, 404)

    return api


def health_routes(services: Services) -> APIRouter:
    """``/healthz`` and ``/metrics``."""
    router = APIRouter()

    @router.get("/healthz", responses={503: {"description": "A defect stopped what it names"}})
    async def healthz() -> Response:
        """200 while live loop and feed work, else 503; open without a login."""
        failure = services.failure()
        status = services.status()
        feed = {"label": status.label, "mode": status.mode, "venue": status.venue}
        body = {
            "status": "ok" if failure is None else "failing",
            "feed": {**feed, "age_ms": status.age_ms, "detail": status.detail},
            "venues": [{"venue": e.venue, "state": e.state} for e in services.venues()],
            "renderer": status.renderer,
            "detail": failure,
        }
        return _json(body, 200 if failure is None else 503)

    @router.get("/metrics", response_class=Response, responses=refusals(401))
    async def metrics() -> Response:
        """Counters and stage times in Prometheus' text format."""
        return Response(services.metrics(), media_type="text/plain; version=0.0.4")

    return router


def login_routes(access: Access) -> APIRouter:
    """``/login`` and ``/logout``."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    async def form(request: Request) -> Response:
        goes_to = local_path(request.query_params.get("next"))
        if not access.required or access.holds(request.cookies.get(COOKIE)):
            return RedirectResponse(goes_to, status_code=303)
        return HTMLResponse(documents.login_page("", goes_to))

    @router.post("/login")
    async def attempt(request: Request) -> Response:
        fields = await request.form()
        goes_to = local_path(fields.get("next"))
        password = fields.get("password")
        address = address_of(request)
        verdict = access.try_password(password if isinstance(password, str) else "", address)
        if verdict is Verdict.GRANTED:
            return _logged_in(request, access, goes_to)
        if verdict is Verdict.WRONG:
            return HTMLResponse(documents.login_page("The password is wrong.", goes_to), 401)
        refusal = too_many(access, address)
        sentence = msgspec.json.decode(bytes(refusal.body))["error"]
        page = HTMLResponse(documents.login_page(sentence, goes_to), 429)
        page.headers["Retry-After"] = refusal.headers["Retry-After"]
        return page

    @router.post("/logout")
    async def logout(request: Request) -> Response:
        access.end(request.cookies.get(COOKIE))
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return response

    return router


def _logged_in(request: Request, access: Access, goes_to: str) -> Response:
    response = RedirectResponse(goes_to, status_code=303)
    response.set_cookie(
        COOKIE,
        access.issue(),
        max_age=SESSION_SECONDS,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


def picture_answer(request: Request, picture: bytes) -> Response:
    """``picture``, or 304 when the asker has it."""
    tag = f'"{hashlib.sha256(picture).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-store"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(picture, media_type="image/webp", headers=headers)


def local_path(value: object) -> str:
    """``value`` when it is a path on this server, else ``/``: nobody is sent elsewhere."""
    if not isinstance(value, str) or not value.startswith("/") or value[1:2] in {"/", "\\"}:
        return "/"
    return value if value.isprintable() else "/"


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
