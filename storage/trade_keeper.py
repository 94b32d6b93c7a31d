"""Stores the trades of a market while it runs, a batch every few seconds.

A process that is killed loses the trades of the last seconds; what the venue's history gives back
at the next start is stored like any other trade, and each id once.
"""

from collections.abc import Callable
from queue import Empty, SimpleQueue

from market.types import DAY, Symbol, Trade
from storage.rounds import Rounds
from storage.trade_columns import from_trades
from storage.trade_store import TradeStore, day_name

EVERY_S = 5.0
ROOM = 2_000_000
"""Trades that may wait for a disk; more are lost, and counted."""


class TradeKeeper:
    """Puts what one thread gives to :meth:`keep` into ``store``; the others are for any thread.

    ``keeps`` tells, in that thread, whether a trade belongs into the store.
    """

    def __init__(
        self, store: TradeStore, keeps: Callable[[], bool], every_s: float = EVERY_S
    ) -> None:
        self.lost = 0
        self._store = store
        self._keeps = keeps
        self._queue: SimpleQueue[Trade] = SimpleQueue()
        self._unstored: list[Trade] = []
        self._days: dict[Symbol, int] = {}
        self._rounds = Rounds("trades", store.folder, self.save, every_s)

    def start(self) -> None:
        """Start the thread; call once."""
        self._rounds.start()

    def stop(self) -> None:
        """Store what is left and end, within seconds; others may write then."""
        self._rounds.stop()

    @property
    def failure(self) -> str:
        """Why nothing is being stored; empty while all is well."""
        return self._rounds.failure

    def keep(self, trade: Trade) -> None:
        """Take a trade."""
        if not self._keeps():
            return
        if self._queue.qsize() >= ROOM:
            self.lost += 1
            return
        self._queue.put(trade)

    def save(self) -> int:
        """Store what has come since the last round; returns how many trades were stored.

        Raises :class:`StorageError`, also while another process writes to the store; the next round
        tries the same trades again.
        """
        trades = self._unstored
        while len(trades) < ROOM:
            try:
                trades.append(self._queue.get_nowait())
            except Empty:
                break
        if not trades:
            return 0
        self._rounds.claim()
        stored = 0
        by_symbol: dict[Symbol, list[Trade]] = {}
        for trade in trades:
            by_symbol.setdefault(trade.symbol, []).append(trade)
        while by_symbol:
            symbol, mine = by_symbol.popitem()
            self._unstored = [*mine, *(each for rest in by_symbol.values() for each in rest)]
            self._store.add(symbol, from_trades(mine))
            stored += len(mine)
            self._end_day(symbol, max(trade.time_ns for trade in mine) // DAY)
        self._unstored = []
        return stored

    def _end_day(self, symbol: Symbol, day: int) -> None:
        """Once a new day has begun, and at the start, make one file of the day before."""
        if self._days.get(symbol, 0) < day:
            self._days[symbol] = day
            self._store.merge_day(symbol, day_name(day - 1))
