"""Stores the candles of a market while it runs.

The rings of the market are the queue: this thread looks at them every few seconds and stores what
has closed since. A round that fails is made up for by the next one, as long as the ring still holds
the candles (83 minutes of the shortest interval). Candles that changed later, by trades that came
late or by the venue's history, are found by comparing whole rings now and then.
"""

from collections.abc import Callable

from data_feed.venue_market import FedMarket
from market.columns import CandleWindow
from market.types import INTERVALS, Interval, Symbol
from storage.candle_store import CandleStore, part_of
from storage.rounds import Rounds

EVERY_S = 10.0
WHOLE_ROUNDS = 60
"""Every so many rounds whole rings are compared with the store."""


class CandleKeeper:
    """Puts closed candles of ``market`` into ``store`` while ``keeps()`` gives a number.

    ``keeps`` gives None while the market shows something else than the store is for, and another
    number when the market began anew since; it is asked in this thread.
    """

    def __init__(
        self,
        store: CandleStore,
        market: FedMarket,
        keeps: Callable[[], int | None],
        every_s: float = EVERY_S,
    ) -> None:
        self._store = store
        self._market = market
        self._keeps = keeps
        self._seen: dict[tuple[Symbol, Interval], tuple[int, int]] = {}
        self._round = 0
        self._session: int | None = None
        self._rounds = Rounds("candles", store.folder, self.save, every_s)

    def start(self) -> None:
        """Start the thread; call once."""
        self._rounds.start()

    def stop(self) -> None:
        """Store what has closed and end, within seconds; others may write then."""
        self._rounds.stop()

    @property
    def failure(self) -> str:
        """Why nothing is being stored; empty while all is well."""
        return self._rounds.failure

    def restore(self, symbol: Symbol, interval: Interval) -> CandleWindow:
        """The newest stored candles, as many as a ring holds; none when they cannot be had."""
        capacity = self._market[symbol].builder.columns(interval).capacity
        return self._store.newest(symbol, interval, capacity)

    def save(self) -> int:
        """Store what has closed since the last round; returns how many files changed.

        Raises :class:`StorageError`, also while another process writes to the store; the next round
        tries the same again.
        """
        session = self._keeps()
        if session is None:
            return 0
        self._rounds.claim()
        if self._round % WHOLE_ROUNDS == 0 or session != self._session:
            self._seen.clear()
        self._session = session
        changed = 0
        for symbol in self._market.symbols:
            for interval in INTERVALS:
                changed += self._save(symbol, interval, session)
        self._round += 1
        return changed

    def _save(self, symbol: Symbol, interval: Interval, session: int) -> int:
        columns = self._market[symbol].builder.columns(interval)
        structure, end = columns.bounds()
        before = self._seen.get((symbol, interval), (-1, 0))
        if structure == before[0]:
            return 0
        appended = end - before[1]
        # Nothing but appended candles: the one that was newest before has closed since.
        only = before[0] >= 0 and structure - before[0] == appended
        closed = columns.snapshot(appended + 1 if only else None, end)
        if self._keeps() != session:  # then these candles may be another market's
            return 0
        changed = 0
        if len(closed) > 1:
            closed = part_of(closed, slice(0, len(closed) - 1))
            changed = self._store.write(symbol, interval, closed)
        self._seen[symbol, interval] = structure, end
        return changed
