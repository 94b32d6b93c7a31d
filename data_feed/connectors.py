"""Where frames come from: a WebSocket. (The other source, a recording, is in ``replay``.)"""

import asyncio
import time
from collections import deque
from contextlib import suppress
from math import inf
from typing import Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.frames import DATA_OPCODES, Frame
from websockets.http11 import Request, Response

from data_feed.errors import ConnectionLost
from data_feed.loopback import is_loopback
from data_feed.protocol import Limits
from market.types import SECOND

LARGEST_FRAME = 64 * 1024 * 1024
"""Whole-book snapshots of 5 MB have been recorded; more than this is no market data."""


class RecordingEnded(Exception):
    """The recording holds no further frame: how a finite source says that it is done."""


class Connection(Protocol):
    """An open source of frames.

    ``arrived_ns`` is the monotonic time at which the frame last received was complete here; frames
    that wait for the reader keep the times of their own.
    """

    @property
    def arrived_ns(self) -> int:
        """See the class."""
        ...

    async def send(self, text: str) -> None:
        """Send one message; raises :class:`data_feed.errors.ConnectionLost`."""
        ...

    async def receive(self) -> bytes | str:
        """The next frame.

        Raises :class:`data_feed.errors.ConnectionLost` or :class:`RecordingEnded`.
        """
        ...

    async def close(self) -> None:
        """Close without raising; closing twice does nothing."""
        ...


class Connector(Protocol):
    """Opens connections to one source."""

    async def open(self) -> Connection:
        """A new connection; raises :class:`data_feed.errors.ConnectionLost`."""
        ...


class WebSocketConnector:
    """Connects to ``url``; pings every 20 s and answers the venue's pings.

    Keeps the venue's ``limits``: sends its own kind of ping, leaves pauses between messages and
    between attempts to connect.

    Frames may have up to 64 MiB. Compression is off: on this traffic it costs more time than it
    saves, and a compressed frame can hide its size.
    """

    def __init__(
        self,
        url: str,
        open_timeout_s: float = 10.0,
        close_timeout_s: float = 0.3,
        limits: Limits = Limits(),  # noqa: B008 - an immutable value
    ) -> None:
        self.url = url
        self._limits = limits
        self._open_timeout_s = open_timeout_s
        self._close_timeout_s = close_timeout_s
        self._openable_ns = 0

    async def open(self) -> Connection:
        """See :class:`Connector`."""
        now_ns = time.monotonic_ns()
        wait_ns = self._openable_ns - now_ns
        self._openable_ns = max(now_ns, self._openable_ns) + int(self._limits.connect_s * SECOND)
        if wait_ns > 0:
            await asyncio.sleep(wait_ns / SECOND)
        try:
            socket = await connect(
                self.url,
                max_size=LARGEST_FRAME,
                compression=None,
                open_timeout=self._open_timeout_s,
                close_timeout=self._close_timeout_s,
                ping_interval=20,
                ping_timeout=20,
                proxy=None if is_loopback(self.url) else True,
                user_agent_header="candlecast",
                create_connection=_StampedConnection,
            )
        except TimeoutError:
            reason = f"no answer within {self._open_timeout_s:g} s"
        # ImportError: a SOCKS proxy is configured in the environment and its package is missing.
        except (OSError, WebSocketException, ImportError) as error:
            reason = f"no connection: {error}"
        else:
            assert isinstance(socket, _StampedConnection)
            return _SocketConnection(socket, self._limits)
        raise ConnectionLost(reason)


class _StampedConnection(ClientConnection):
    """Notes when each message was complete, before anything waits for the reader."""

    arrivals: deque[int]

    def process_event(self, event: Request | Response | Frame) -> None:
        """Called by websockets for the handshake's answer, then for every frame."""
        if not isinstance(event, Frame):
            self.arrivals = deque()
        elif event.fin and event.opcode in DATA_OPCODES:
            self.arrivals.append(time.monotonic_ns())
        super().process_event(event)


class _SocketConnection:
    def __init__(self, socket: _StampedConnection, limits: Limits) -> None:
        self._socket = socket
        self._limits = limits
        self._sendable_ns = 0
        self._pinging = asyncio.create_task(self._ping())
        self.arrived_ns = 0

    async def send(self, text: str) -> None:
        now_ns = time.monotonic_ns()
        wait_ns = self._sendable_ns - now_ns
        self._sendable_ns = max(now_ns, self._sendable_ns) + int(self._limits.pause_s * SECOND)
        if wait_ns > 0:
            await asyncio.sleep(wait_ns / SECOND)
        try:
            await self._socket.send(text)
        except ConnectionClosed as error:
            raise ConnectionLost(_closing_reason(error)) from None

    async def receive(self) -> bytes | str:
        try:
            frame = await self._socket.recv(decode=False)
        except ConnectionClosed as error:
            raise ConnectionLost(_closing_reason(error)) from None
        self.arrived_ns = self._socket.arrivals.popleft()
        return frame

    async def close(self) -> None:
        self._pinging.cancel()
        await self._socket.close()

    async def _ping(self) -> None:
        """Send the venue's own kind of ping; who receives notices when that fails."""
        with suppress(ConnectionLost):
            while self._limits.keep_alive_s < inf:
                await asyncio.sleep(self._limits.keep_alive_s)
                await self.send(self._limits.keep_alive)


def _closing_reason(error: ConnectionClosed) -> str:
    if error.rcvd is None:
        return "the connection broke without a goodbye"
    text = f": {error.rcvd.reason}" if error.rcvd.reason else ""
    return f"the venue closed the connection (code {error.rcvd.code}{text})"
