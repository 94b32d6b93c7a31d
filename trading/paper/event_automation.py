"""An event strategy on a market that goes on.

What it keeps in its own variables cannot be written down, so a new run comes to the same place by
living through the same steps: the same candles close, and its desk answers what it answered then.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

import numpy as np

from market.columns import CandleWindow
from market.types import Candle
from trading.backtest.event_run import failure_of, made
from trading.desk import Desk
from trading.event_strategy import EventStrategy
from trading.hand import Hand
from trading.paper.running_candles import RunningCandles
from trading.paper.steps import Step
from trading.paper.told_desk import Ask, DeskAnswers, Recording, Remembered, ToldDesk
from trading.series import Track

__all__ = ["EventRun", "Present"]


class Present:
    """A :class:`trading.desk.Clerk` of an engine that is always up to date."""

    def __init__(self) -> None:
        self.now = -1

    def settle(self) -> None:
        """Nothing is behind."""

    def catch_up(self) -> None:
        """Nothing is behind."""


class EventRun:
    """A :class:`trading.paper.automation.LiveRun` of the event form.

    All candles since the beginning of its history stay: its indicators see what they would see in
    a backtest over them.
    """

    def __init__(
        self, strategy: EventStrategy, values: Mapping[str, float],
        history: Mapping[str, CandleWindow], interval_ns: int, hand: Hand, ask: Ask | None = None,
    ) -> None:  # fmt: skip
        """``ask`` answers for the account; unless given its ``hand`` does."""
        self.told = ""
        self._strategy = strategy
        self._candles = {symbol: RunningCandles(window) for symbol, window in history.items()}
        self._tracks = {symbol: Track(window) for symbol, window in history.items()}
        self._clerk = Present()
        desk = Desk(hand, self._tracks, interval_ns, self._clerk)
        self._recording = Recording(ask or DeskAnswers(desk, hand))
        self._desk = ToldDesk(desk, self._recording)
        self._before = _moments(history)
        self._trader = made(strategy, values)

    def begin(self) -> None:
        """Let it prepare, before it sees a candle."""
        self._ask(self._trader.init)
        self._see()
        self._clerk.now = self._before - 1

    def close(self, candles: Mapping[str, Candle]) -> None:
        """Take the candles of a moment; the strategy sees them at once."""
        new = [self._candles[symbol].append(candle) for symbol, candle in candles.items()]
        if any(new):
            self._see()
            self._clerk.now += 1

    def act(self) -> None:
        """Ask the strategy at the newest close, once every symbol has had a candle."""
        self.told = ""
        if self._clerk.now >= 0:
            self._ask(self._trader.next)

    def recall(self, steps: Sequence[Step]) -> None:
        """Live through ``steps`` again, with the answers of then."""
        for number, (candles, told) in enumerate(steps):
            if told is not None:
                self._desk.ask = Remembered(told)
            if number == 0:
                self.begin()
                continue
            self.close(candles)
            if told is not None:
                self.act()
        self._desk.ask = self._recording

    def tidy(self) -> None:
        """Nothing can wait here."""

    def _see(self) -> None:
        for symbol, candles in self._candles.items():
            track = self._tracks[symbol]
            track.window, track.count = candles.window, len(candles)

    def _ask(self, what: Callable[[Desk], None]) -> None:
        try:
            what(cast(Desk, self._desk))
        except Exception as error:
            desk = self._desk
            raise failure_of(self._strategy, desk.index, desk.time_ns, error) from error
        finally:
            self.told = self._recording.taken()


def _moments(history: Mapping[str, CandleWindow]) -> int:
    """How many closes there are from when all symbols have had one."""
    windows = list(history.values())
    if any(len(window) == 0 for window in windows):
        return 0
    start = max(int(window.time_ns[0]) for window in windows)
    every = np.unique(np.concatenate([window.time_ns for window in windows]))
    return int(np.count_nonzero(every >= start))
