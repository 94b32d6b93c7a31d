"""REST: the watchlist's small lines, one picture of all of them, and what it shows."""

from dataclasses import asdict
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from chart_acceleration.sparkline import MOST_LINES
from server.chart_parameters import number, only_known
from server.routes import picture_answer, refusals
from server.services import Services
from server.watch_views import SparklineQuery

_NAMES = {"symbols", "theme", "cell_width", "cell_height", "scale"}


def _sparklines(
    request: Request,
    symbols: Annotated[
        list[str],
        Query(description=f"At most {MOST_LINES}, comma list or repeated; without any, all"),
    ] = [],  # noqa: B006 - FastAPI copies it
    theme: Annotated[str, Query(description="dark, light, dark-cb or light-cb")] = "dark",
    cell_width: Annotated[int, number("cell_width", "Of each line, device pixels")] = 48,
    cell_height: Annotated[int, number("cell_height", "Of each line, device pixels")] = 18,
    scale: Annotated[float, number("scale", "Device pixels per CSS pixel")] = 1.0,
) -> SparklineQuery:
    only_known(request, _NAMES, "sparklines")
    return SparklineQuery(tuple(symbols), theme, cell_width, cell_height, scale)


SparklineParameters = Annotated[SparklineQuery, Depends(_sparklines)]


def sparkline_routes(services: Services) -> APIRouter:
    """``/api/sparklines`` and ``/api/sparklines.webp``."""
    api = APIRouter(prefix="/api", responses=refusals(401, 422))

    @api.get("/sparklines.webp", response_class=Response, responses=refusals(500, 503))
    async def picture(request: Request, query: SparklineParameters) -> Response:
        """The last 24 hours of many symbols as small lines in one lossless WebP picture.

        One cell for each symbol in the order asked for, from the top left corner downwards, then
        column by column where they are many: /api/sparklines says where each one is.
        """
        return picture_answer(request, await services.sparklines.picture(query))

    @api.get("/sparklines")
    async def facts(query: SparklineParameters) -> Response:
        """Each line of that picture: its cell in pixels, its direction and its closes."""
        body = msgspec.json.encode([asdict(each) for each in services.sparklines.facts(query)])
        return Response(body, media_type="application/json")

    return api
