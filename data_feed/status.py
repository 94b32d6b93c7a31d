"""What a feed tells about itself."""

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class FeedCounters:
    """Since the start. ``gaps``: jumps in trade ids; ``refused``: the venue's error messages."""

    frames: int = 0
    trades: int = 0
    duplicates: int = 0
    out_of_order: int = 0
    malformed: int = 0
    refused: int = 0
    reconnects: int = 0
    gaps: int = 0
    history_failures: int = 0


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A feed at one moment.

    ``age_ms`` is the time since the newest market event was received, None before the first.
    ``retry_in_s`` is set while waiting for the next attempt, the number of which is ``attempt``.
    ``detail`` is one sentence for a person. ``failed`` is set when a defect of our own ended the
    feed.
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
