"""REST: the order book of a symbol, and its newest trades."""

from dataclasses import asdict
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from market.tape import CAPACITY
from server.book_pictures import DepthQuery
from server.book_reader import MOST_LEVELS
from server.chart_parameters import Symbol, number, only_known
from server.routes import picture_answer, refusals
from server.services import Services

_LEVELS = f"Of each side, 1 to {MOST_LEVELS}"
_SPAN = "Percent of the price to each side of the middle; without it, by the levels there are"
_MULTIPLE = "Levels are put together in steps of so many ticks"


def _depth(
    request: Request,
    symbol: Symbol,
    width: Annotated[int, number("width", "Device pixels")] = 640,
    height: Annotated[int, number("height", "Device pixels")] = 400,
    scale: Annotated[float, number("scale", "Device pixels per CSS pixel")] = 1.0,
    theme: Annotated[str, Query(description="dark, light, dark-cb or light-cb")] = "dark",
    span: Annotated[float | None, Query(description=_SPAN)] = None,
) -> DepthQuery:
    only_known(request, {"symbol", "width", "height", "scale", "theme", "span"}, "depth")
    return DepthQuery(symbol, width, height, scale, theme, span)


DepthParameters = Annotated[DepthQuery, Depends(_depth)]


def book_routes(services: Services) -> APIRouter:
    """``/api/book``, ``/api/depth.webp`` and ``/api/trades``."""
    api = APIRouter(prefix="/api", responses=refusals(401, 422))
    reader = services.books.reader

    @api.get("/book")
    async def book(
        request: Request,
        symbol: Symbol,
        levels: Annotated[int, Query(description=_LEVELS)] = 20,
        multiple: Annotated[int, Query(description=_MULTIPLE)] = 1,
    ) -> Response:
        """The best levels as rows [price, size, running total], best first, and how it stands.

        Bids are put together at the step below them, asks at the one above.
        """
        only_known(request, {"symbol", "levels", "multiple"}, "book")
        return _json(asdict(reader.ladder(symbol, levels, multiple)))

    @api.get("/depth.webp", response_class=Response, responses=refusals(500, 503))
    async def depth(request: Request, query: DepthParameters) -> Response:
        """The depth chart of a book as a lossless WebP picture.

        For example /api/depth.webp?symbol=BTC-USD&width=800&height=400&span=0.5. The header X-Depth
        says as JSON where its plot ends, what its axes show, and the totals from left to right.
        """
        drawn = await services.depth.picture(query)
        answer = picture_answer(request, drawn.webp)
        answer.headers["X-Depth"] = drawn.reading
        return answer

    @api.get("/trades")
    async def trades(
        request: Request,
        symbol: Symbol,
        limit: Annotated[int, Query(description=f"1 to {CAPACITY}")] = 100,
    ) -> Response:
        """The newest trades, newest first: number, time, price, size, the taker's side, and whether
        it is large: among the largest 5 % of the last 1,000 and at least three times their median.
        """
        only_known(request, {"symbol", "limit"}, "trades")
        return _json(asdict(reader.trades(symbol, limit)))

    return api


def _json(body: object) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")
