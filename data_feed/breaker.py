"""The circuit breaker: a venue that keeps failing is left alone for a while. No clock of its own.

Source: Michael Nygard, "Release It!", 2007: closed, open, half-open. A failure is an attempt that
brought no market data; one that brought some proves that the venue works, however soon it ends.
"""

from data_feed.status import BreakerState


class CircuitBreaker:
    """Opens after ``threshold`` failures in a row (0: never), for ``open_s`` seconds."""

    def __init__(self, threshold: int, open_s: float) -> None:
        self.state = BreakerState.CLOSED
        self.failures = 0
        self._threshold = threshold
        self._open_s = open_s

    def failed(self) -> float | None:
        """Count a failure; the seconds to wait when the breaker opens with it, else None."""
        self.failures += 1
        enough = 0 < self._threshold <= self.failures
        if not enough and self.state is not BreakerState.HALF_OPEN:
            return None
        self.state = BreakerState.OPEN
        return self._open_s

    def attempting(self) -> None:
        """An attempt begins: an open breaker lets this one through."""
        if self.state is BreakerState.OPEN:
            self.state = BreakerState.HALF_OPEN

    def succeeded(self) -> None:
        """Market data came: the venue works."""
        self.state = BreakerState.CLOSED
        self.failures = 0
