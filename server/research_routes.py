"""REST of backtests: strategies, runs, their reports, uploads of candles."""

import asyncio
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from research.errors import TooManyRuns
from research.runs import Research
from research.views import RunView
from server.answers import json_answer
from server.errors import DrawFailed, PictureUnavailable
from server.research_bodies import BacktestOrder
from server.routes import refusals
from server.run_pictures import RunPictures, RunQuery

RETRY_S = 10
REPORT_SIZE = (1096, 360)
"""CSS pixels of the chart in a report."""

_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}

Ids = Annotated[str, Query(max_length=200, description="Ids of two to six runs, with commas")]
Format = Annotated[str, Query(description="csv: its trades; json: everything")]
WithResult = Annotated[bool, Query(description="Also its result, once there is one")]


def research_routes(research: Research) -> APIRouter:
    """The routes; state-changing ones are guarded like every other (:mod:`server.security`)."""
    api = APIRouter(prefix="/api", responses=refusals(401, 422))

    @api.get("/strategies")
    async def strategies() -> Response:
        """Every strategy: form, parameters with bounds and defaults, rules; why one is broken."""
        return json_answer(await asyncio.to_thread(research.strategies))

    @api.post("/backtests", status_code=202, responses=refusals(429))
    async def start(order: BacktestOrder) -> Response:
        """Begin a run; the answer has the id to watch, see /api/backtests/{id}."""
        try:
            key = await asyncio.to_thread(lambda: research.start(order.request()))
        except TooManyRuns as error:
            return json_answer({"error": str(error)}, 429, {"Retry-After": str(RETRY_S)})
        view = await asyncio.to_thread(research.run, key)
        return json_answer(_told(view), 202, {"Location": f"/api/backtests/{key}"})

    @api.get("/backtests")
    async def listed() -> Response:
        """Runs that wait or are under way, and those that are kept, newest first."""
        active, history = await asyncio.to_thread(lambda: (research.active(), research.history()))
        return json_answer({"active": active, "history": history})

    @api.get("/backtests/compare")
    async def compare(ids: Ids) -> Response:
        """The figures of several runs side by side, and their growth on one time base."""
        keys = [key.strip() for key in ids.split(",")]
        return json_answer(await asyncio.to_thread(research.compare, keys))

    @api.get("/backtests/{key}")
    async def one(key: str, result: WithResult = True) -> Response:
        """How far a run is, how it ended, and what it found."""
        view = await asyncio.to_thread(research.run, key)
        return json_answer(view if result else _told(view))

    @api.delete("/backtests/{key}")
    async def delete(key: str) -> Response:
        """Remove a finished run from the history."""
        await asyncio.to_thread(research.delete, key)
        return json_answer({"deleted": key})

    @api.post("/backtests/{key}/cancel")
    async def cancel(key: str) -> Response:
        """End a run; one that is over stays as it is."""
        research.cancel(key)
        return json_answer(_told(await asyncio.to_thread(research.run, key)))

    return api


def research_file_routes(research: Research, drawn: RunPictures) -> APIRouter:
    """What comes and goes as files: reports, exports, uploads."""
    api = APIRouter(prefix="/api", responses=refusals(401, 422))

    @api.get("/backtests/{key}/report", response_class=HTMLResponse)
    async def report(key: str) -> Response:
        """A finished run as one page of HTML that needs nothing else."""
        pictures = await _pictures(drawn, key)
        return HTMLResponse(await asyncio.to_thread(research.report, key, pictures))

    @api.get("/backtests/{key}/export")
    async def export(key: str, format: Format = "csv") -> Response:
        """A finished run as a file."""
        content = await asyncio.to_thread(research.export, key, format)
        headers = {"Content-Disposition": f'attachment; filename="backtest-{key}.{format}"'}
        return Response(content, media_type=_TYPES[format], headers=headers)

    @api.get("/datasets")
    async def datasets() -> Response:
        """The candles that were uploaded."""
        return json_answer(await asyncio.to_thread(research.datasets))

    @api.post("/datasets", status_code=201, openapi_extra=_FILE_BODY)
    async def upload(
        request: Request,
        name: Annotated[str, Query(max_length=200, description="Of the file, like a.csv")] = "",
    ) -> Response:
        """Upload candles; the body is a CSV (plain, gzip or zip) or Parquet file of up to 64 MiB.

        For example: curl --data-binary @candles.csv 'HOST/api/datasets?name=candles.csv'
        """
        content = await request.body()
        return json_answer(await asyncio.to_thread(research.upload, name, content), 201)

    @api.delete("/datasets/{key}")
    async def remove(key: str) -> Response:
        """Forget an upload; runs over it stay as they are."""
        await asyncio.to_thread(research.remove_dataset, key)
        return json_answer({"deleted": key})

    return api


_FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


async def _pictures(drawn: RunPictures, key: str) -> dict[str, bytes]:
    """The whole chart of a run in both themes; none where nothing draws."""
    width, height = REPORT_SIZE
    try:
        return {
            theme: (await drawn.picture(RunQuery(key, width, height, ratio=2.0, theme=theme))).webp
            for theme in ("dark", "light")
        }
    except (PictureUnavailable, DrawFailed):  # told where charts are shown
        return {}


def _told(view: RunView) -> RunView:
    """How the run stands, without its result."""
    return replace(view, result=None)
