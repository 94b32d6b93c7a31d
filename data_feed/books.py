"""Follows the order books of a venue: applies changes in order, and knows when it lost track.

Track is lost by a gap in the venue's numbers, a checksum that differs, bids that cross asks,
numbers that fit no integer, or, where neither numbers nor checksums tell, a change older than the
last. The book is marked invalid at once, changes are kept, and a new snapshot is to be asked for;
with it the kept changes are applied. Sans-IO: who takes the answer of :meth:`Books.take` does the
asking.
"""

import logging
from collections import deque
from collections.abc import Sequence

from data_feed.protocol import UNNUMBERED, BookDelta, BookRules, BookSnapshot
from market.errors import BadBook
from market.order_book import OrderBook
from market.types import SECOND, Symbol

log = logging.getLogger(__name__)

PAUSE_NS = 2 * SECOND
"""Between two requests for the same book; doubles until a change was applied."""

LONGEST_PAUSE_NS = 64 * SECOND

AUDIT_NS = 600 * SECOND
"""A change that is missing shows in no way where there are neither numbers nor checksums: such a
book is asked for anew this often, so that it is not wrong for longer."""

MOST_WAITING = 4096
"""Changes kept per symbol while a snapshot is on its way; without the oldest there is a gap."""


class Books:
    """The books of ``symbols``. One thread writes; :meth:`book` may be called from any.

    ``lost`` counts how often track of a book was lost, ``old`` changes that were known already.
    """

    def __init__(self, symbols: Sequence[Symbol], rules: BookRules) -> None:
        self.lost = 0
        self.old = 0
        self._rules = rules
        # Whether a change that is missing shows.
        self._tells_gaps = rules.numbered or rules.checksum is not None
        self._connected_ns = -1
        self._followed = {symbol: _Followed() for symbol in symbols}

    def book(self, symbol: str) -> OrderBook | None:
        """The book of ``symbol``, None when it is not followed; always the same object."""
        followed = self._followed.get(Symbol(symbol))
        return followed.book if followed else None

    def connected(self, now_ns: int) -> None:
        """A new connection was made at monotonic ``now_ns``: no book is known any more."""
        self._connected_ns = now_ns
        for followed in self._followed.values():
            followed.forget()
            # Where a snapshot comes by itself nobody needs to ask for it.
            followed.asked_ns = None if self._rules.rest else now_ns

    def take(self, event: BookSnapshot | BookDelta, now_ns: int) -> bool:
        """Apply ``event``, received at ``now_ns``; whether a new snapshot is to be asked for."""
        followed = self._followed.get(event.symbol)
        if followed is None:
            return False
        if isinstance(event, BookDelta):
            followed.waiting.append(event)
        else:
            self._replace(followed, event)
        if followed.following:
            self._apply_waiting(followed)
        if followed.following and not self._tells_gaps:
            return followed.audit(now_ns)
        return not followed.following and followed.due(now_ns)

    def doubt(self, now_ns: int) -> list[Symbol]:
        """A frame could not be read: the books that are to be asked for, since it may be theirs.

        None where numbers or checksums will tell.
        """
        if self._tells_gaps:
            return []
        for symbol, followed in self._followed.items():
            if followed.following:
                self._lose(followed, symbol, "a frame could not be read")
        return self.overdue(now_ns)

    def overdue(self, now_ns: int) -> list[Symbol]:
        """Lost books that are to be asked for again though no change came that would say so."""
        return [symbol for symbol, followed in self._followed.items() if followed.due(now_ns)]

    def _replace(self, followed: "_Followed", event: BookSnapshot) -> None:
        if not self._rules.rest:
            # The snapshot came in the order of the changes: those before it are in it.
            followed.waiting.clear()
        try:
            followed.book.replace(*event[4:6], *event[2:4], self._rules.depth)
        except BadBook as error:
            self._lose(followed, event.symbol, str(error))
            return
        followed.sequence = event.sequence
        followed.time_ns = event.time_ns
        followed.audit_ns = None
        followed.following = True
        if followed.asked_ns == self._connected_ns:
            followed.asked_ns = None  # it came by itself: the first request need not wait
        self._check(followed, event)

    def _apply_waiting(self, followed: "_Followed") -> None:
        waiting = followed.waiting
        while waiting and followed.following:
            event = waiting[0]
            numbered, known = event.first != UNNUMBERED, followed.sequence
            if numbered and event.first > known + 1:
                reason = f"changes {known + 1} to {event.first - 1} are missing"
                self._lose(followed, event.symbol, reason)
                return  # this change and those after it fit behind the next snapshot
            if not self._tells_gaps and 0 < event.time_ns < followed.time_ns:
                self._lose(followed, event.symbol, "its changes came out of order")
                return
            waiting.popleft()
            # A change that follows directly may carry a lower number: the venue counts anew.
            if numbered and event.last <= known and event.first != known + 1:
                self.old += 1
                continue
            try:
                followed.book.change(*event[4:6], *event[2:4], self._rules.depth)
            except BadBook as error:
                self._lose(followed, event.symbol, str(error))
                return
            followed.sequence, followed.time_ns = event.last, event.time_ns
            self._check(followed, event)
            if followed.following:
                followed.pause_ns = PAUSE_NS

    def _check(self, followed: "_Followed", event: BookSnapshot | BookDelta) -> None:
        rules, book = self._rules, followed.book
        if book.crossed:
            self._lose(followed, event.symbol, "its bids cross its asks")
        elif rules.checksum and event.checksum is not None:
            found = rules.checksum(*book.best(rules.checked))
            if found != event.checksum:
                reason = f"its checksum was {found}, the venue's {event.checksum}"
                self._lose(followed, event.symbol, reason)

    def _lose(self, followed: "_Followed", symbol: Symbol, reason: str) -> None:
        followed.following = False
        followed.book.invalidate()
        self.lost += 1
        log.warning("book of %s is asked for again: %s", symbol, reason)


class _Followed:
    """One book, the number of the last change in it, and changes that wait for a snapshot."""

    def __init__(self) -> None:
        self.book = OrderBook()
        self.sequence = UNNUMBERED
        self.time_ns = 0
        self.audit_ns: int | None = None
        self.following = False
        self.waiting: deque[BookDelta] = deque(maxlen=MOST_WAITING)
        self.asked_ns: int | None = None
        self.pause_ns = PAUSE_NS

    def forget(self) -> None:
        self.following = False
        self.waiting.clear()
        self.book.invalidate()

    def audit(self, now_ns: int) -> bool:
        """Whether a book that seems all right is to be asked for, to be sure of it."""
        if self.audit_ns is None:
            self.audit_ns = now_ns + AUDIT_NS
        if now_ns < self.audit_ns:
            return False
        self.audit_ns = now_ns + AUDIT_NS
        self.asked_ns = now_ns
        return True

    def due(self, now_ns: int) -> bool:
        """Whether the book may be asked for now; it counts as asked for then."""
        if self.following:
            return False
        if self.asked_ns is not None:
            if now_ns - self.asked_ns < self.pause_ns:
                return False
            self.pause_ns = min(2 * self.pause_ns, LONGEST_PAUSE_NS)
        self.asked_ns = now_ns
        return True
