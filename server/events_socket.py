"""``/ws/events``: what happens to paper accounts, for programs.

One text per event, in the journal's order and only after the journal holds it:
``{"account", "seq", "time_ms", "kind", "words", "data"}``. ``?account=1&after=41`` first sends what
came after event 41 of that account, so that a program that was away misses nothing; ``&kinds=
filled,halted`` sends these alone. Where a program reads too slowly a ``gap`` stands for what was
left out; it comes back with ``after``. Nothing is read from the socket. Origin and password are
checked by :mod:`server.security`.
"""

import asyncio
from collections.abc import Mapping, Sequence

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from paper_trading.errors import PaperError
from paper_trading.event_queues import GAP, EventQueue
from paper_trading.views import EventView
from server.errors import RequestError
from server.event_source import EventSource, waker
from server.frames_protocol import shorten
from server.frames_socket import GOING_AWAY, POLICY_VIOLATION, TRY_AGAIN_LATER, close, stop
from storage.errors import StorageError
from trading.paper.event_codec import KINDS

MOST_SOCKETS = 64
_LONGEST_NUMBER = 18


class _Listener:
    """A program and the kinds of events that it wants."""

    def __init__(self, socket: WebSocket) -> None:
        self.kinds = frozenset[str]()
        self._socket = socket
        self._encode = msgspec.json.Encoder().encode

    async def refuse(self, error: Exception, code: int) -> None:
        """Say why nothing more comes, and close."""
        await self._socket.send_text(self._encode({"error": str(error)}).decode())
        await close(self._socket, code, shorten(str(error)))

    async def send(self, events: Sequence[EventView]) -> None:
        """Send those of ``events`` that are wanted; waits for a program that reads slowly."""
        for event in events:
            if event.kind in self.kinds:
                await self._socket.send_text(self._encode(event).decode())


class EventsSocket:
    """All open event sockets."""

    def __init__(self, paper: EventSource) -> None:
        self._paper = paper
        self._open: set[WebSocket] = set()

    async def serve(self, socket: WebSocket) -> None:
        """Serve one program until it goes away or sends something."""
        await socket.accept()
        if len(self._open) >= MOST_SOCKETS:
            await close(socket, TRY_AGAIN_LATER, f"{MOST_SOCKETS} programs are connected already")
            return
        fresh = asyncio.Event()
        listener = _Listener(socket)
        try:
            listener.kinds = _kinds(socket.query_params)
            queue, after = self._subscribe(socket.query_params, fresh)
        except (RequestError, PaperError) as error:
            await listener.refuse(error, POLICY_VIOLATION)
            return
        self._open.add(socket)
        sender = asyncio.create_task(self._send(listener, queue, fresh, after))
        try:
            await socket.receive_text()
            await close(socket, POLICY_VIOLATION, "nothing is read from this socket")
        except WebSocketDisconnect:
            return
        except KeyError:  # a binary message
            await close(socket, POLICY_VIOLATION, "nothing is read from this socket")
        finally:
            self._open.discard(socket)
            self._paper.unsubscribe(queue)
            await stop(sender)

    async def close_all(self) -> None:
        """Tell every program that the server goes away."""
        await asyncio.gather(
            *(close(socket, GOING_AWAY, "the server stops") for socket in list(self._open))
        )

    def _subscribe(
        self, query: Mapping[str, str], fresh: asyncio.Event
    ) -> tuple[EventQueue, int | None]:
        account, after = _number(query, "account"), _number(query, "after")
        if after is not None and account is None:
            raise RequestError("after was given without account; events are counted by account")
        if account == 0:
            account = self._paper.main()
        return self._paper.subscribe(account, waker(fresh)), after

    async def _send(
        self, to: _Listener, queue: EventQueue, fresh: asyncio.Event, after: int | None
    ) -> None:
        """Send what has happened, a page of the journal at a time, then what happens."""
        try:
            if after is not None and queue.account is not None:
                await self._send_past(to, queue, queue.account, after)
            while True:
                await fresh.wait()
                fresh.clear()
                await to.send(queue.take())
        except WebSocketDisconnect:
            return  # the reading task sees the same and ends the session
        except (StorageError, PaperError) as error:
            await to.refuse(error, TRY_AGAIN_LATER)

    async def _send_past(self, to: _Listener, queue: EventQueue, account: int, after: int) -> None:
        while page := await asyncio.to_thread(self._paper.past, account, after):
            await to.send(page)
            after = page[-1].seq
        queue.passed(account, after)


def _kinds(query: Mapping[str, str]) -> frozenset[str]:
    """The kinds asked for, without the parameter all; gaps are always told."""
    asked = frozenset(filter(None, query.get("kinds", "").split(",")))
    unknown = sorted(asked.difference(KINDS))
    if unknown:
        raise RequestError(f"kinds had {unknown[0][:40]!r}; allowed are {', '.join(KINDS)}")
    return (asked or frozenset(KINDS)) | {GAP}


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise RequestError(f"{name} was {text[:40]!r}; allowed is a whole number from 0")
    return int(text)
