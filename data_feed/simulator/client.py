"""One connected client: its session, its bounded outbox, and its end when it reads too slowly."""

import asyncio
import time

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from data_feed.simulator.line import Line
from data_feed.simulator.session import Session

OUTBOX = 2048
POLICY_VIOLATION = 1008


class Client:
    """Frames are handed over with :meth:`offer`, which never waits; :meth:`send_all` empties the
    outbox through ``line``, which began at monotonic ``started_s``. ``room`` frames may wait in it.
    """

    def __init__(
        self,
        connection: ServerConnection,
        session: Session,
        line: Line,
        started_s: float,
        room: int = OUTBOX,
    ) -> None:
        self.connection = connection
        self.session = session
        self._line = line
        self._started_s = started_s
        self._outbox: asyncio.Queue[str] = asyncio.Queue(room)
        self._cut: asyncio.Task[None] | None = None

    def offer(self, text: str) -> None:
        """Queue a frame; a client whose outbox is full is cut with the venue's reason."""
        if self._cut is not None:
            return
        try:
            self._outbox.put_nowait(text)
        except asyncio.QueueFull:
            self._cut = asyncio.create_task(
                self.connection.close(POLICY_VIOLATION, "ErrSlowConsume")
            )

    async def send_all(self) -> None:
        """Send queued frames until the connection closes or the line breaks."""
        try:
            while True:
                text = await self._outbox.get()
                fate = self._line.carry(text, time.monotonic() - self._started_s)
                if fate.wait_s:
                    await asyncio.sleep(fate.wait_s)
                for frame in fate.frames:
                    await self.connection.send(frame, text=True)
                if fate.breaks:
                    self.connection.transport.abort()
                    return
        except ConnectionClosed:
            return
