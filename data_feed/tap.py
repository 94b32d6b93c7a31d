"""A copy of every frame that arrives, for whoever records."""

import time
from collections.abc import Callable

from data_feed.connectors import Connection, Connector

Keep = Callable[[str, int, bytes], None]
"""Takes the source's name, the wall clock in ns at which a frame was complete here, the frame."""


class TappedConnector:
    """Opens the connections of ``connector`` and hands each of their frames to ``keep`` too."""

    def __init__(self, connector: Connector, source: str, keep: Keep) -> None:
        self._connector = connector
        self._source = source
        self._keep = keep

    async def open(self) -> Connection:
        """See :class:`data_feed.connectors.Connector`."""
        return _Tapped(await self._connector.open(), self._source, self._keep)


class _Tapped:
    def __init__(self, connection: Connection, source: str, keep: Keep) -> None:
        self._connection = connection
        self._source = source
        self._keep = keep
        self.send = connection.send
        self.close = connection.close

    @property
    def arrived_ns(self) -> int:
        return self._connection.arrived_ns

    async def receive(self) -> bytes | str:
        frame = await self._connection.receive()
        waited_ns = time.monotonic_ns() - self._connection.arrived_ns
        data = frame if isinstance(frame, bytes) else frame.encode()
        self._keep(self._source, time.time_ns() - waited_ns, data)
        return frame
