"""The tabs that follow something, told of it in rounds while any of them is shown."""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic_ns
from typing import Generic, TypeVar

from server.frames_client import FramesClient

F = TypeVar("F")

_log = logging.getLogger(__name__)


class Followers(Generic[F]):
    """Each tab with what is kept of it. Used from the event loop only.

    ``what`` is in words what tabs are told of. ``failure`` says what defect of our own ended the
    rounds; None while they go on.
    """

    def __init__(self, what: str, every_s: float) -> None:
        self.failure: str | None = None
        self._what = what
        self._every_s = every_s
        self._tabs: dict[FramesClient, F] = {}
        self._wake = asyncio.Event()

    def add(self, client: FramesClient, follower: F) -> None:
        """A tab follows from now on, or something else than before."""
        self._tabs[client] = follower
        self._wake.set()

    def leave(self, client: FramesClient) -> None:
        """A tab follows no more; one that did not is fine."""
        self._tabs.pop(client, None)

    @property
    def shown(self) -> list[tuple[FramesClient, F]]:
        """Those whose tab is visible."""
        return [(client, each) for client, each in self._tabs.items() if client.visible]

    async def run(self, tick: Callable[[int], None]) -> None:
        """Call ``tick`` with the time until cancelled, resting while no tab is visible; a defect of
        our own is logged and shown by /healthz.
        """
        work = asyncio.create_task(self._tick_forever(tick))
        try:
            await asyncio.wait([work])
        finally:
            work.cancel()
            await asyncio.wait([work])
            if not work.cancelled() and (error := work.exception()) is not None:
                self.failure = f"{self._what} are not told any more: {error!r}"
                _log.critical("%s are not told any more", self._what, exc_info=error)

    async def _tick_forever(self, tick: Callable[[int], None]) -> None:
        while True:
            if not self.shown:
                self._wake.clear()
                # A tab that is shown again says anew what it shows.
                await self._wake.wait()
            tick(monotonic_ns())
            await asyncio.sleep(self._every_s)
