"""``GET /api/backtests/{id}/chart``: a part of a run's chart, and where in it which candle is."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response

from server.routes import refusals
from server.run_pictures import RunPictures, RunQuery

PLACES = "X-Chart"
"""The header with the JSON of :attr:`server.run_pictures.RunPicture.places`."""

_Size = Annotated[int, Query(ge=16, le=4096, description="CSS pixels")]
_Row = Annotated[int | None, Query(description="A row of the run's candles, from 0")]


def run_chart_routes(pictures: RunPictures) -> APIRouter:
    """The route under ``/api``."""
    api = APIRouter(prefix="/api", responses=refusals(401, 422, 500, 503))

    @api.get("/backtests/{key}/chart", response_class=Response)
    async def chart(
        key: str,
        width: _Size = 960,
        height: _Size = 400,
        first: _Row = None,
        last: _Row = None,
        trade: Annotated[int | None, Query(ge=1, description="Show the rows around it")] = None,
        ratio: Annotated[float, Query(ge=1, le=4, description="Device pixels a CSS pixel")] = 1.0,
        theme: str = "dark",
        scale: str = "linear",
    ) -> Response:
        """A run's candles with its trades as a WebP; the header X-Chart tells rows and times."""
        query = RunQuery(key, width, height, first, last, trade, ratio, theme, scale)
        picture = await pictures.picture(query)
        headers = {PLACES: msgspec.json.encode(picture.places).decode()}
        return Response(picture.webp, media_type="image/webp", headers=headers)

    return api
