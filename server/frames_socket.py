"""``/ws/charts``: carries a tab's messages between the network and the live loop.

One task reads and one sends, so that a tab that does not read blocks nobody. Whatever breaks the
protocol closes this socket alone, with a reason.
"""

import asyncio
from collections.abc import Callable
from time import monotonic_ns

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from server.book_teller import BookTeller, refused_text
from server.chart_request import ChartRequest
from server.errors import ProtocolError, RequestError
from server.frame_texts import error_text, state_text
from server.frames_client import FramesClient
from server.frames_protocol import (
    MAX_CHARTS,
    Ack,
    ClientMessage,
    FollowBook,
    FollowPaper,
    Subscribe,
    Unsubscribe,
    Viewport,
    Visibility,
    parse_client_message,
    shorten,
)
from server.paper_teller import PaperTeller
from server.telemetry import Telemetry
from server.viewers import Viewers

POLICY_VIOLATION = 1008
GOING_AWAY = 1001
TRY_AGAIN_LATER = 1013
MAX_TABS = 256
MAX_MESSAGES_PER_SECOND = 240

RequestOf = Callable[[Subscribe], ChartRequest]


class FramesSocket:
    """All open frames sockets. ``request_of`` reads a subscription or raises."""

    def __init__(
        self,
        viewers: Viewers,
        request_of: RequestOf,
        telemetry: Telemetry,
        books: BookTeller,
        paper: PaperTeller,
    ) -> None:
        self._viewers = viewers
        self._books = books
        self._paper = paper
        self._request_of = request_of
        self._telemetry = telemetry
        self._open: set[WebSocket] = set()

    async def serve(self, socket: WebSocket) -> None:
        """Serve one tab until it goes away or breaks the protocol."""
        await socket.accept()
        if len(self._open) >= MAX_TABS:
            await self._refuse(socket, TRY_AGAIN_LATER, f"{MAX_TABS} tabs are connected already")
            return
        client = FramesClient()
        self._open.add(socket)
        self._viewers.attach(client)
        sender = asyncio.create_task(self._send(socket, client))
        try:
            await self._receive(socket, client)
        except ProtocolError as error:
            await stop(sender)
            await self._refuse(socket, POLICY_VIOLATION, str(error))
        except WebSocketDisconnect:
            self._telemetry.closed.labels("left").inc()
        finally:
            self._open.discard(socket)
            self._viewers.detach(client)
            self._books.leave(client)
            self._paper.leave(client)
            await stop(sender)

    async def close_all(self) -> None:
        """Tell every tab that the server goes away."""
        await asyncio.gather(
            *(close(socket, GOING_AWAY, "the server stops") for socket in list(self._open))
        )

    async def _refuse(self, socket: WebSocket, code: int, reason: str) -> None:
        self._telemetry.closed.labels(str(code)).inc()
        try:
            await socket.send_text(error_text(reason).decode())
        except WebSocketDisconnect:
            return
        await close(socket, code, shorten(reason))

    async def _send(self, socket: WebSocket, client: FramesClient) -> None:
        while True:
            sequence, message, kind = await client.next_message()
            started = monotonic_ns()
            if socket.application_state is not WebSocketState.CONNECTED:
                return  # closed by us; the reading task hears the answer
            try:
                if sequence:
                    await socket.send_bytes(message)
                else:
                    await socket.send_text(message.decode())
            except WebSocketDisconnect:
                return  # the reading task sees the same and ends the session
            if sequence:
                now = monotonic_ns()
                client.written(sequence, now)
                self._telemetry.stage("send", now - started)
                self._telemetry.sent(kind, len(message), now)

    async def _receive(self, socket: WebSocket, client: FramesClient) -> None:
        second, count = 0, 0
        while True:
            event = await socket.receive()
            if event["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(event.get("code", 1005))
            now_second = monotonic_ns() // 1_000_000_000
            count = count + 1 if now_second == second else 1
            second = now_second
            if count > MAX_MESSAGES_PER_SECOND:
                raise ProtocolError(f"more than {MAX_MESSAGES_PER_SECOND} messages in a second")
            text = event.get("text")
            if text is None:
                raise ProtocolError("a binary message; clients send JSON texts")
            self._handle(client, parse_client_message(text))

    def _handle(self, client: FramesClient, message: ClientMessage) -> None:
        match message:
            case Ack():
                self._viewers.acknowledge(client, message.sequence)
            case Subscribe():
                self._subscribe(client, message)
            case Viewport():
                watch = client.watches.get(message.chart)
                if watch is not None:
                    view = message.bars, message.end, message.price_range
                    self._show(client, message.chart, lambda: watch.view.request.moved(*view))
            case Unsubscribe():
                self._viewers.unwatch(client, message.chart)
            case FollowBook():
                self._follow_book(client, message)
            case FollowPaper():
                self._paper.follow(client, message)
            case Visibility():
                self._viewers.show(client, message.visible)

    def _follow_book(self, client: FramesClient, message: FollowBook) -> None:
        try:
            self._books.follow(client, message)
        except RequestError as error:
            # As for charts: a page may outlive a symbol.
            self._books.leave(client)
            client.offer_text("book", refused_text(message.symbol, str(error)))

    def _subscribe(self, client: FramesClient, message: Subscribe) -> None:
        if message.chart not in client.watches and len(client.watches) >= MAX_CHARTS:
            raise ProtocolError(f"more than {MAX_CHARTS} charts on one socket")
        self._show(client, message.chart, lambda: self._request_of(message))

    def _show(self, client: FramesClient, chart: int, asked: Callable[[], ChartRequest]) -> None:
        try:
            request = asked()
        except RequestError as error:
            # A page may outlive a symbol of this server: the chart says so, the others go on.
            self._viewers.unwatch(client, chart)
            client.offer_text(f"state {chart}", state_text(chart, "error", str(error)))
            return
        self._viewers.watch(client, chart, request)


async def close(socket: WebSocket, code: int, reason: str) -> None:
    """Close ``socket`` unless it is closed already."""
    try:
        await socket.close(code, reason)
    except (WebSocketDisconnect, RuntimeError):
        return  # the other side or the reading task was first


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel ``task`` and wait until it has ended; raises what it failed with, if it did."""
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()
