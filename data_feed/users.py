"""Who else wants to know what a feed does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from data_feed.history_progress import HistoryProgress
from data_feed.hub import Hub
from data_feed.tap import Keep
from market.columns import CandleWindow
from market.instrument import Instrument
from market.types import Interval, Symbol

StageReport = Callable[[str, int], None]
"""Takes a stage's name, ``receive``, ``parse`` or ``ingest``, and its nanoseconds."""

Restore = Callable[[Symbol, Interval], CandleWindow]
"""The candles known from earlier, by the market's symbol; called in a thread of its own."""


class InstrumentMemory(Protocol):
    """What live venues took of orders when they were last asked, by the market's symbols.

    Both are called in threads of their own.
    """

    def recall(self, symbols: Sequence[Symbol]) -> Sequence[Instrument]:
        """As many of ``symbols`` as are known."""
        ...

    def remember(self, instruments: Sequence[Instrument]) -> None:
        """A venue has told these; what cannot be kept is not raised."""
        ...


def _ignore(stage: str, nanoseconds: int) -> None:
    """What reports go to while nobody asked for them."""


@dataclass(slots=True)
class Users:
    """Who else wants to know: of stages, of frames, of history; and who knows from earlier."""

    report: StageReport = _ignore
    keep: Keep | None = None
    restore: Restore | None = None
    memory: InstrumentMemory | None = None
    history: HistoryProgress = field(default_factory=HistoryProgress)
    hub: Hub = field(default_factory=Hub)
