"""Stores the candles of a market while it runs.

The rings of the market are the queue: this thread looks at them every few seconds and stores what
has closed since. A round that fails is made up for by the next one, as long as the ring still holds
the candles (83 minutes of the shortest interval). Candles that changed later, by trades that came
late or by the venue's history, are found by comparing whole rings now and then.
"""

import logging
import threading
from collections.abc import Callable
from io import FileIO

from data_feed.venue_market import FedMarket
from market.columns import CandleWindow
from market.errors import ColumnsBusy
from market.types import INTERVALS, Interval, Symbol
from storage.candle_store import CandleStore, part_of
from storage.errors import StorageError
from storage.files import claim_folder

log = logging.getLogger(__name__)

EVERY_S = 10.0
WHOLE_ROUNDS = 60
"""Every so many rounds whole rings are compared with the store."""

STOP_S = 5.0


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
        self.failure = ""
        self._store = store
        self._market = market
        self._keeps = keeps
        self._every_s = every_s
        self._seen: dict[tuple[Symbol, Interval], tuple[int, int]] = {}
        self._claim: FileIO | None = None
        self._rounds = 0
        self._session: int | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="candle keeper", daemon=True)

    def start(self) -> None:
        """Start the thread; call once."""
        self._thread.start()

    def stop(self) -> None:
        """Store what has closed and end, within :data:`STOP_S` seconds; others may write then."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        if self._claim is not None:
            self._claim.close()

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
        if self._claim is None:
            self._claim = claim_folder(self._store.folder)
        if self._rounds % WHOLE_ROUNDS == 0 or session != self._session:
            self._seen.clear()
        self._session = session
        changed = 0
        for symbol in self._market.symbols:
            for interval in INTERVALS:
                changed += self._save(symbol, interval, session)
        self._rounds += 1
        return changed

    def _save(self, symbol: Symbol, interval: Interval, session: int) -> int:
        columns = self._market[symbol].builder.columns(interval)
        structure, end = columns.structure, columns.next_index
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

    def _run(self) -> None:
        stopping = False
        while not stopping:
            stopping = self._stopping.wait(self._every_s)
            try:
                self.save()
            except (StorageError, ColumnsBusy) as error:
                if not self.failure:
                    log.error("candles are not being stored: %s", error)
                self.failure = str(error)
            else:
                if self.failure:
                    log.warning("candles are being stored again")
                self.failure = ""
