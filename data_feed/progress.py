"""What a loop is doing, as it writes it down."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from data_feed.status import BreakerState, FeedCounters, FeedState, SymbolCounters
from market.types import Symbol


@dataclass(slots=True)
class Progress:
    """What a loop is doing, written by its thread and read by others field by field.

    ``newest_ns`` is the monotonic time at which the newest market event arrived, ``heard_ns`` that
    of the newest frame of any kind.
    """

    state: FeedState = FeedState.CONNECTING
    reason: str = ""
    attempt: int = 1
    retry_at_s: float | None = None
    newest_ns: int = 0
    heard_ns: int = 0
    breaker: BreakerState = BreakerState.CLOSED
    frames: int = 0
    trades: int = 0
    duplicates: int = 0
    out_of_order: int = 0
    malformed: int = 0
    refused: int = 0
    reconnects: int = 0
    gaps: int = 0
    history_failures: int = 0
    repairs: int = 0
    handovers: int = 0
    symbols: dict[Symbol, SymbolCounters] = field(default_factory=dict)

    def counters(self) -> FeedCounters:
        """The counters at this moment."""
        return FeedCounters(*(getattr(self, name) for name in _COUNTED))

    def of(self, symbol: Symbol) -> SymbolCounters:
        """The counters of ``symbol``, which begin with zeros."""
        return self.symbols.setdefault(symbol, SymbolCounters())


_COUNTED = tuple(each.name for each in fields(FeedCounters))

_WORST_FIRST = (
    FeedState.LOST, FeedState.ENDED, FeedState.CONNECTING, FeedState.SLOW, FeedState.STREAMING,
)  # fmt: skip


def worst(states: Sequence[FeedState]) -> int:
    """Index of the state that a person should hear of first."""
    return min(range(len(states)), key=lambda at: _WORST_FIRST.index(states[at]))


def total(counters: Sequence[FeedCounters]) -> FeedCounters:
    """The sums."""
    return FeedCounters(*(sum(getattr(each, name) for each in counters) for name in _COUNTED))
