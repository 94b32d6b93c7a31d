"""Journaled events, handed to sockets and webhooks through bounded queues."""

import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from paper_trading.views import EventView

__all__ = ["GAP", "ROOM", "EventQueue", "EventQueues"]

ROOM = 10_000
"""Events that wait in a queue; of more, the oldest are dropped and their number is told."""

GAP = "gap"
"""The kind of what stands where events were dropped."""


class _Lost(NamedTuple):
    """How many events of an account were dropped since the last take; ``newest`` is the last."""

    events: int
    newest: EventView


class EventQueue:
    """A subscriber's events, of one account or of all (None). One thread calls :meth:`take`.

    ``wake`` is called from the runner's thread, once for all that comes until the next take; it
    must neither wait nor raise, like ``call_soon_threadsafe``.
    """

    def __init__(
        self, account: int | None, room: int = ROOM, wake: Callable[[], None] | None = None
    ) -> None:
        self.account = account
        self.dropped = 0
        self._room = room
        # Held for what is dropped and what waits to change together, and never for long: who takes
        # exchanges both for empty ones.
        self._changing = threading.Lock()
        self._events: deque[EventView] = deque()
        self._lost: dict[int, _Lost] = {}
        self._newest: dict[int, int] = {}
        self._wake = wake
        self._woken = False

    def passed(self, account: int, seq: int) -> None:
        """What happened to ``account`` up to ``seq`` is known to who takes: it does not come.

        Called by the one who takes.
        """
        self._newest[account] = max(seq, self._newest.get(account, 0))

    def take(self) -> list[EventView]:
        """What has come since the last call, in each account's order.

        A ``gap`` of each account of which something is missing comes first.
        """
        with self._changing:
            self._woken = False
            events, self._events = self._events, deque()
            lost, self._lost = self._lost, {}
        taken = [gap for each in lost.values() if (gap := self._gap(each)) is not None]
        taken.extend(event for event in events if self._is_new(event))
        return taken

    def put(self, events: tuple[EventView, ...]) -> None:
        """Called by the one who publishes."""
        wanted = [event for event in events if self.account in (None, event.account)]
        if not wanted:
            return
        with self._changing:
            for event in wanted:
                if len(self._events) == self._room:
                    self._lose(self._events.popleft())
                self._events.append(event)
            woken, self._woken = self._woken, True
        if not woken and self._wake is not None:
            self._wake()

    def _lose(self, event: EventView) -> None:
        before = self._lost.get(event.account)
        self._lost[event.account] = _Lost(before.events + 1 if before else 1, event)

    def _gap(self, lost: _Lost) -> EventView | None:
        """What stands for dropped events; None where all of them are known."""
        last = lost.newest
        missed = min(lost.events, last.seq - self._newest.get(last.account, 0))
        if missed <= 0:
            return None
        self.dropped += missed
        words = f"{missed:,} events were not taken in time and are left out; the journal has them."
        return EventView(last.account, last.seq, last.time_ms, GAP, words, {"events": missed})

    def _is_new(self, event: EventView) -> bool:
        known = self._newest.get(event.account, 0) >= event.seq
        if not known:
            self._newest[event.account] = event.seq
        return not known


class EventQueues:
    """All subscriptions. Any thread may add and remove one; one thread publishes."""

    def __init__(self) -> None:
        self._all: tuple[EventQueue, ...] = ()

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self, queue: EventQueue) -> None:
        """Let ``queue`` have what is published from now on."""
        self._all = (*self._all, queue)

    def remove(self, queue: EventQueue) -> None:
        """Doing it twice does nothing."""
        self._all = tuple(each for each in self._all if each is not queue)

    def publish(self, events: tuple[EventView, ...]) -> None:
        """Hand ``events`` to everybody who wants them."""
        for queue in self._all:
            queue.put(events)
