"""While the engine is being compiled nothing is asked of the accounts: what comes waits."""

import threading
from collections.abc import Callable

__all__ = ["PREPARING", "Preparation"]

PREPARING = (
    "The engine is being compiled, as at the first start of every version; it takes about half a "
    "minute."
)


class Preparation:
    """For any thread. ``words`` say what is waited for; empty while nothing is."""

    def __init__(self) -> None:
        self.words = ""
        self._held: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Let acts wait from now on."""
        self.words = PREPARING

    def hold(self, act: Callable[[], None]) -> bool:
        """Keep ``act`` until the end, in order; False, and nothing is kept, when there is none."""
        with self._lock:
            if self.words:
                self._held.append(act)
            return bool(self.words)

    def end(self) -> None:
        """Do what has waited, which must be quick; twice does nothing."""
        with self._lock:
            self.words = ""
            for act in self._held:
                act()
            self._held.clear()
