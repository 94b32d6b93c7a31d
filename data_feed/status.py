"""What a feed tells about itself."""

from dataclasses import dataclass, field
from enum import StrEnum

from market.types import Symbol


class FeedMode(StrEnum):
    """Where the data comes from. Everything but ``LIVE`` must be labelled where it is shown."""

    LIVE = "live"
    SIMULATED = "simulated"
    REPLAY = "replay"


class FeedState(StrEnum):
    """``SLOW``: connected, but nothing from the market for a while. ``ENDED``: will not go on."""

    CONNECTING = "connecting"
    STREAMING = "streaming"
    SLOW = "slow"
    LOST = "lost"
    ENDED = "ended"


class BreakerState(StrEnum):
    """``OPEN``: the venue kept failing and is left alone; ``HALF_OPEN``: one attempt is made."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class FeedCounters:
    """Since the start.

    ``gaps``: jumps in trade ids, ``repairs``: times that something missing was loaded afterwards;
    ``refused``: the venue's error messages; ``handovers``: connections replaced before they ended.
    """

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


@dataclass(frozen=True, slots=True)
class Repair:
    """What was missing and has been loaded: trades, and candles of a minute that were not there.

    ``time_ns`` is the wall clock at its end; ``reconnect`` tells it from a gap in a stream.
    """

    time_ns: int
    symbols: tuple[Symbol, ...]
    candles: int
    trades: int
    reconnect: bool

    @property
    def sentence(self) -> str:
        """For a person: ``11 missing candles were loaded after the reconnect.``"""
        number, noun = (self.candles, "candle") if self.candles else (self.trades, "trade")
        cause = "the reconnect" if self.reconnect else "a gap"
        return f"{_counted(number, noun)} loaded after {cause}."


def _counted(number: int, noun: str) -> str:
    return f"1 missing {noun} was" if number == 1 else f"{number:,} missing {noun}s were"


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A venue, or all of them together, at one moment.

    ``age_ms`` is the time since the newest market event was received, None before the first.
    ``retry_in_s`` is set while waiting for the next attempt, the number of which is ``attempt``.
    ``detail`` is one sentence for a person. ``failed`` is set when a defect of our own ended the
    feed. ``repair`` is the last one, None before the first.
    """

    mode: FeedMode
    venue: str
    state: FeedState
    age_ms: float | None
    retry_in_s: float | None
    attempt: int
    detail: str
    counters: FeedCounters
    failed: bool = False
    breaker: BreakerState = BreakerState.CLOSED
    repair: Repair | None = None


@dataclass(slots=True)
class SymbolCounters:
    """Of one symbol, since the start; ``malformed`` where a frame names the symbol."""

    gaps: int = 0
    repairs: int = 0
    duplicates: int = 0
    out_of_order: int = 0
    malformed: int = 0


@dataclass(frozen=True, slots=True)
class SymbolStatus:
    """One symbol at one moment; ``age_ms`` and ``last_trade_id`` are None before the first.

    ``heard_ms`` is the time since anything, heartbeats too, came over its connection.
    """

    symbol: Symbol
    venue: str
    mode: FeedMode
    state: FeedState
    age_ms: float | None
    last_trade_id: int | None
    counters: SymbolCounters = field(default_factory=SymbolCounters)
    heard_ms: float | None = None
