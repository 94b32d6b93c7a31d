"""Loads what was missed: after an outage, after a gap in a stream, until it has been had."""

import asyncio
import logging
import time
from collections.abc import Callable

from data_feed.history_loader import HistoryLoader, Missing, Round
from data_feed.status import Repair
from market.types import Symbol

log = logging.getLogger(__name__)

LONGEST_PAUSE_S = 60.0


class Repairs:
    """One task that works through what is missing. ``done`` hears of every success.

    A gap that shows while another is being repaired is remembered. What the venue cannot answer at
    the moment is asked for again after ``pause_s`` seconds, then twice as long, up to a minute.
    """

    def __init__(
        self, history: HistoryLoader, pause_s: float, done: Callable[[Repair], None]
    ) -> None:
        self._history = history
        self._pause_s = pause_s
        self._done = done
        self._missing: dict[Symbol, Missing] = {}
        self._reconnected = False
        self._wake = asyncio.Event()

    def add(self, symbol: Symbol, missing: Missing) -> None:
        """``missing`` is to be loaded; call in the loop's thread."""
        known = self._missing.get(symbol)
        self._missing[symbol] = missing if known is None else known.joined(missing)
        self._wake.set()

    def reconnected(self) -> None:
        """What is missing is so because of an outage."""
        self._reconnected = True

    async def run(self) -> None:
        """Work until cancelled."""
        pause_s = self._pause_s
        while True:
            await self._wake.wait()
            self._wake.clear()
            missing, self._missing = self._missing, {}
            ready = {each: missing[each] for each in missing if self._history.ready(each)}
            work = await self._history.refill(ready)
            work.failed += missing.keys() - ready.keys()
            self._tell(work)
            if not work.failed:
                pause_s = self._pause_s
                continue
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            for symbol in work.failed:
                self.add(symbol, missing[symbol])

    def _tell(self, work: Round) -> None:
        if work.trades or work.candles:
            symbols = tuple(sorted(work.symbols))
            repair = Repair(
                time.time_ns(), symbols, work.candles, work.trades, self._reconnected
            )  # fmt: skip
            log.info("%s (%s)", repair.sentence, ", ".join(symbols))
            self._done(repair)
        if not work.failed:
            self._reconnected = False
