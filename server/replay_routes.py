"""REST of replays: ``/api/recordings`` lists, ``/api/replay`` starts, steers and ends them."""

import asyncio
from dataclasses import asdict

import msgspec
from fastapi import APIRouter, Response

from server.replay_desk import ReplayDesk, ReplayOrder
from server.routes import refusals
from server.views import ReplayView


def replay_routes(desk: ReplayDesk) -> APIRouter:
    """The routes; state-changing ones are guarded like every other (:mod:`server.security`)."""
    api = APIRouter(prefix="/api", responses=refusals(401, 422))

    def told(view: ReplayView | None) -> Response:
        return _json({"replay": asdict(view) if view else None, "symbols": desk.symbols()})

    @api.get("/recordings")
    async def recordings() -> Response:
        """Recordings and stored days that can be replayed, newest first."""
        found = await asyncio.to_thread(desk.recordings)
        return _json([asdict(each) for each in found])

    @api.get("/replay")
    async def state() -> Response:
        """The replay that is shown, null while there is none."""
        return told(await asyncio.to_thread(desk.state))

    @api.post("/replay")
    async def obey(order: ReplayOrder) -> Response:
        """Start a replay, or change how the one that is shown goes on."""
        return told(await asyncio.to_thread(desk.obey, order))

    @api.delete("/replay")
    async def end() -> Response:
        """Go back from the replay to the feed that the program was started with."""
        await asyncio.to_thread(desk.end)
        return told(await asyncio.to_thread(desk.state))

    return api


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
