"""Trades since the live loop last looked; wakes it when it waits for one."""

import threading
from collections.abc import Callable, Collection


class TradeSignal:
    """Written by the feed's thread, read by the event loop's.

    To wake an event loop from another thread costs more than a trade does: it happens once for each
    :meth:`arm` at most, and never while nobody watches.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._symbols: Collection[str] = frozenset()
        self._first: dict[str, int] = {}
        self._wake: Callable[[], object] | None = None

    def watch(self, symbols: Collection[str]) -> None:
        """Trades of ``symbols`` count from now on, and no others, not even those before."""
        watched = frozenset(symbols)
        with self._lock:
            if watched != self._symbols:
                self._symbols = watched
                self._first = {of: ns for of, ns in self._first.items() if of in watched}

    def counts(self, symbol: str) -> bool:
        """Whether somebody is concerned by trades of ``symbol``."""
        return symbol in self._symbols

    def note(self, symbol: str, received_ns: int) -> None:
        """In the feed's thread: a trade was received at monotonic ``received_ns``, above 0."""
        with self._lock:
            if symbol not in self._symbols:
                return  # nobody watches since it was asked
            self._first.setdefault(symbol, received_ns)
            if self._wake is not None:
                wake, self._wake = self._wake, None
                wake()

    @property
    def noted(self) -> bool:
        """Whether there were trades since :meth:`take`."""
        return bool(self._first)

    def take(self) -> dict[str, int]:
        """Per symbol when the first trade since the last call was received."""
        with self._lock:
            taken, self._first = self._first, {}
        return taken

    def arm(self, wake: Callable[[], object]) -> bool:
        """Call ``wake`` once with the next trade, in the feed's thread; False, and not, when there
        are trades already.
        """
        with self._lock:
            if not self._first:
                self._wake = wake
            return not self._first

    def disarm(self) -> None:
        """Wake nobody. Once this returns ``wake`` is not called any more."""
        with self._lock:
            self._wake = None
