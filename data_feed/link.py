"""One connection at work: its frames are handed on, and it is watched that they come."""

import asyncio
import time
from collections.abc import Callable

from data_feed.connectors import Connection
from data_feed.errors import ConnectionLost
from data_feed.policy import LoopPolicy
from data_feed.sequence import TradeSequence
from market.types import SECOND

Take = Callable[["Link", bytes | str, int], None]
"""Takes a frame of a link and the monotonic time at which it arrived."""


class Link:
    """One open connection. ``take`` gets every frame and may leave answers in ``outbox``.

    ``data_from_ns`` and ``newest_ns`` are the monotonic times of its first and its newest market
    event, 0 before the first; ``delivering`` is set with the first. ``leave`` is set when the venue
    will end the connection soon, for the reason in ``leaving``. While ``superseded``, another one
    brings the same data.
    """

    def __init__(
        self, connection: Connection, policy: LoopPolicy, take: Take, sequence: TradeSequence
    ) -> None:
        self.outbox: list[str] = []
        self.data_from_ns = 0
        self.newest_ns = 0
        self.superseded = False
        self.leaving = ""
        self.leave = asyncio.Event()
        self.delivering = asyncio.Event()
        self.sequence = sequence
        self._connection = connection
        self._policy = policy
        self._take = take
        self._frames = 0
        self._silence = ""

    async def send(self, text: str) -> None:
        """Send one message; raises :class:`data_feed.errors.ConnectionLost`."""
        await self._connection.send(text)

    async def close(self) -> None:
        """Close without raising."""
        await self._connection.close()

    async def pump(self) -> None:
        """Hand frames on until the connection ends or falls silent.

        Raises :class:`data_feed.errors.ConnectionLost`, :class:`data_feed.errors.RecordingError` or
        :class:`data_feed.connectors.RecordingEnded`; returns in no other way.
        """
        connection, outbox, take = self._connection, self.outbox, self._take
        try:
            async with asyncio.timeout(None) as limit:
                watchdog = asyncio.create_task(self._watch(limit))
                try:
                    while True:
                        frame = await connection.receive()
                        self._frames += 1
                        take(self, frame, connection.arrived_ns)
                        while outbox:
                            await connection.send(outbox.pop(0))
                finally:
                    watchdog.cancel()
        except TimeoutError:
            raise ConnectionLost(self._silence) from None

    async def _watch(self, limit: asyncio.Timeout) -> None:
        """End the connection through ``limit`` when it has fallen silent."""
        policy = self._policy
        opened_ns = frames_ns = time.monotonic_ns()
        seen = self._frames
        while True:
            await asyncio.sleep(min(policy.silence_s, policy.no_data_s) / 5)
            now_ns = time.monotonic_ns()
            if self._frames != seen:
                seen, frames_ns = self._frames, now_ns
            if now_ns - frames_ns > policy.silence_s * SECOND:
                self._silence = f"no message for {policy.silence_s:g} s"
            elif now_ns - max(opened_ns, self.newest_ns) > policy.no_data_s * SECOND:
                self._silence = f"messages, but no trade or quote for {policy.no_data_s:g} s"
            else:
                continue
            limit.reschedule(asyncio.get_running_loop().time())
            return
