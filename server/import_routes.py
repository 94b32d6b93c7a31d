"""REST of imports: ``/api/imports`` starts and lists them, ``/api/imports/{id}`` is one."""

import asyncio
from dataclasses import asdict

import msgspec
from fastapi import APIRouter, Response

from server.history_imports import HistoryImports, ImportOrder
from server.routes import refusals


def import_routes(imports: HistoryImports) -> APIRouter:
    """The routes; state-changing ones are guarded like every other (:mod:`server.security`)."""
    api = APIRouter(prefix="/api/imports", responses=refusals(401, 422))

    @api.get("")
    async def listed() -> Response:
        """The last imports, newest first."""
        return _json([asdict(each) for each in imports.all()])

    @api.post("")
    async def start(order: ImportOrder) -> Response:
        """Ask a venue for candles and store them; the answer has the id to watch."""
        return _json(asdict(await asyncio.to_thread(imports.start, order)))

    @api.get("/{number}")
    async def one(number: int) -> Response:
        """How far an import is, and how it ended."""
        return _json(asdict(imports.view(number)))

    @api.delete("/{number}")
    async def cancel(number: int) -> Response:
        """End an import; what is stored stays."""
        return _json(asdict(imports.cancel(number)))

    return api


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
