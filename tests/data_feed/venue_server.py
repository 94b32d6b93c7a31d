"""A tiny venue on a real socket, told by each test how to misbehave."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.data_feed.frames import MATCH

Script = Callable[[ServerConnection], Awaitable[None]]


def match(trade_id: int) -> str:
    """The frame of a trade of BTC-USD."""
    return json.dumps({**json.loads(MATCH), "trade_id": trade_id})


class Venue:
    """Plays the n-th script to the n-th client, the last one to all after it."""

    def __init__(self, *scripts: Script) -> None:
        self.scripts = scripts
        self.requests: list[str] = []
        self.connections = 0
        self.url = ""

    async def converse(self, connection: ServerConnection) -> None:
        script = self.scripts[min(self.connections, len(self.scripts) - 1)]
        self.connections += 1
        try:
            self.requests.append(str(await connection.recv()))
            await script(connection)
        except ConnectionClosed:
            return


@asynccontextmanager
async def serving(*scripts: Script) -> AsyncIterator[Venue]:
    """A :class:`Venue` listening on a free port."""
    venue = Venue(*scripts)
    async with serve(venue.converse, "127.0.0.1", 0, compression=None, close_timeout=0.1) as server:
        host, port = next(iter(server.sockets)).getsockname()[:2]
        venue.url = f"ws://{host}:{port}"
        yield venue


def sends(*frames: str | bytes, then: Script | None = None) -> Script:
    """A script that sends ``frames`` and then stays silent, or does ``then``."""

    async def script(connection: ServerConnection) -> None:
        for frame in frames:
            await connection.send(frame)
        await (then or stays_silent)(connection)

    return script


async def stays_silent(connection: ServerConnection) -> None:
    """Keeps the connection open and says nothing."""
    await connection.wait_closed()


async def hangs_up(connection: ServerConnection) -> None:
    """Closes with the code of a venue that goes away."""
    await connection.close(1001, "maintenance")


async def breaks(connection: ServerConnection) -> None:
    """Cuts the line without a goodbye."""
    connection.transport.abort()
    await asyncio.sleep(0)


async def chatters(connection: ServerConnection) -> None:
    """Sends heartbeats and nothing else."""
    while True:
        await connection.send('{"type":"heartbeat","time":"2014-11-07T08:19:28Z"}')
        await asyncio.sleep(0.02)
