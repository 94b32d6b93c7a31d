"""A browser tab of the tests on the frames socket, and what its pictures hold."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from websockets.asyncio.client import ClientConnection, connect

from server.frames_protocol import FrameMessage, unpack_frame
from tests.server.harness import MINUTE_NS, START_NS, Running

LAST_NS = START_NS + 29 * MINUTE_NS + 2_000_000_000
SUBSCRIBE = {
    "type": "subscribe",
    "chart": 1,
    "symbol": "BTC-USD",
    "interval": "1m",
    "width": 400,
    "height": 240,
    "scale": 1,
    "theme": "dark",
    "bars": 20,
}


class Tab:
    """A browser tab: sends JSON, sorts what arrives into frames and texts."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.texts: list[dict[str, Any]] = []

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def subscribe(self, **changes: Any) -> None:
        await self.say(**{**SUBSCRIBE, **changes})

    async def ack(self, frame: FrameMessage) -> None:
        await self.say(type="ack", sequence=frame.sequence)

    async def frame(self, seconds: float = 60.0) -> FrameMessage:
        """The next picture; texts before it are kept."""
        async with asyncio.timeout(seconds):
            while True:
                message = await self.connection.recv()
                if isinstance(message, bytes):
                    return unpack_frame(message)
                self.texts.append(json.loads(message))

    async def text(self, kind: str, seconds: float = 60.0) -> dict[str, Any]:
        """The next text of a kind that has not been taken yet; pictures before it fail."""
        async with asyncio.timeout(seconds):
            while True:
                for text in self.texts:
                    if text["type"] == kind:
                        self.texts.remove(text)
                        return text
                message = await self.connection.recv()
                assert isinstance(message, str), "a picture came where a text was awaited"
                self.texts.append(json.loads(message))

    async def silence(self, seconds: float = 0.4) -> None:
        """No picture arrives for a while."""
        with pytest.raises(TimeoutError):
            await self.frame(seconds)


@asynccontextmanager
async def open_tab(server: Running, **options: Any) -> AsyncIterator[Tab]:
    async with connect(server.socket_url, origin=server.origin, **options) as connection:  # type: ignore[arg-type]
        yield Tab(connection)


def pixels(webp: bytes) -> Any:
    return np.asarray(Image.open(BytesIO(webp)).convert("RGB"))


def draws(server: Running, kind: str) -> float:
    value = server.services.telemetry.registry.get_sample_value(
        "candlecast_draws_total", {"kind": kind}
    )
    return value or 0.0
