"""Journaled events, handed to sockets and webhooks through bounded queues."""

from collections import deque
from collections.abc import Callable

from paper_trading.views import EventView

__all__ = ["GAP", "ROOM", "EventQueue", "EventQueues"]

ROOM = 10_000
"""Events that wait in a queue; of more, the oldest are dropped and their number is told."""

GAP = "gap"
"""The kind of what stands where events were dropped."""


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
        self._events: deque[tuple[int, EventView]] = deque(maxlen=room)
        self._put = 0
        self._taken = 0
        self._newest: dict[int, int] = {}
        self._wake = wake
        self._woken = False

    def passed(self, account: int, seq: int) -> None:
        """What happened to ``account`` up to ``seq`` is known to who takes: it does not come."""
        self._newest[account] = max(seq, self._newest.get(account, 0))

    def take(self) -> list[EventView]:
        """What has come since the last call, oldest first, a ``gap`` where something is missing."""
        self._woken = False
        taken: list[EventView] = []
        # Both sides use single operations of the queue, each of which happens as a whole.
        while self._events:
            number, event = self._events.popleft()
            if missed := self._missed(number, event):
                self.dropped += missed
                taken.append(_gap(event, missed))
            if self._is_new(event):
                taken.append(event)
            self._taken = number + 1
        return taken

    def put(self, events: tuple[EventView, ...]) -> None:
        """Called by the one who publishes."""
        for event in events:
            if self.account in (None, event.account):
                self._events.append((self._put, event))
                self._put += 1
        if self._events and not self._woken and self._wake is not None:
            self._woken = True
            self._wake()

    def _missed(self, number: int, event: EventView) -> int:
        """How many were dropped before ``event`` that nobody knows of."""
        missed, known = number - self._taken, self._newest.get(event.account)
        if missed and known is not None and self.account is not None:
            return min(missed, max(event.seq - known - 1, 0))
        return missed

    def _is_new(self, event: EventView) -> bool:
        known = self._newest.get(event.account, 0) >= event.seq
        if not known:
            self._newest[event.account] = event.seq
        return not known


def _gap(before: EventView, missed: int) -> EventView:
    words = f"{missed:,} events were not taken in time and are left out; the journal has them."
    return EventView(before.account, before.seq - 1, before.time_ms, GAP, words, {"events": missed})


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
