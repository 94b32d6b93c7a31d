"""What a strategy decides over a part of the candles, as numbers that can be compared."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from market.columns import F64, I64, CandleWindow
from trading.backtest.event_run import EventRun, run_events
from trading.backtest.setup import Setup
from trading.candles import Candles
from trading.engine.records import Kind, Sizing
from trading.errors import BacktestError
from trading.event_strategy import EventStrategy
from trading.strategy import SignalStrategy, decided

__all__ = ["Market", "Replay", "Strategy", "replay_of"]

MOST_SIGNALS = 20_000
MOST_EVENTS = 5_000
"""Closes that are looked at, the newest: a strategy is asked about them dozens of times."""

Strategy = SignalStrategy | EventStrategy
Market = CandleWindow | Mapping[str, CandleWindow]


class Replay(Protocol):
    """A strategy that can be asked about parts of its data, rows of ``time_ns``."""

    @property
    def time_ns(self) -> I64: ...
    @property
    def skipped(self) -> int:
        """How many older rows are not looked at."""

    @property
    def warm_up(self) -> int:
        """As the strategy counts it."""

    @property
    def least(self) -> int:
        """The fewest rows that it has to work with."""

    def decisions(self, first: int, end: int) -> F64:
        """All it did after each close, given rows ``first`` to ``end - 1`` alone; shape (n, k)."""

    def positions(self, first: int, end: int) -> F64:
        """What it wanted to hold then, or the side it held, by symbol; shape (n, symbols)."""


def replay_of(
    strategy: Strategy, values: Mapping[str, float], candles: Market, setup: Setup | None = None
) -> Replay:
    """Over the newest candles where there are more than a check can look at.

    ``setup``: the account of an event strategy, whose orders may depend on what there is to trade.

    Raises :class:`BacktestError` where a signal strategy is given several symbols.
    """
    if isinstance(strategy, EventStrategy):
        given = {"symbol": candles} if isinstance(candles, CandleWindow) else candles
        return EventReplay(strategy, values, given, setup)
    windows = [candles] if isinstance(candles, CandleWindow) else list(candles.values())
    if len(windows) != 1:
        raise BacktestError(f"{strategy.name} trades 1 symbol; {len(windows)} were given.")
    return SignalReplay(strategy, values, windows[0])


class SignalReplay:
    """A :class:`Replay` of the signal form."""

    def __init__(
        self, strategy: SignalStrategy, values: Mapping[str, float], candles: CandleWindow
    ) -> None:
        self._strategy, self._values = strategy, values
        self.skipped = max(0, len(candles) - MOST_SIGNALS)
        self._candles = candles.part(self.skipped, len(candles))
        self.time_ns = self._candles.time_ns
        self.warm_up = decided(strategy, Candles(self._candles), values).warm_up
        self.least = self.warm_up + 1

    def decisions(self, first: int, end: int) -> F64:
        candles = Candles(self._candles.part(first, end))
        return decided(self._strategy, candles, self._values).target[:, np.newaxis]

    def positions(self, first: int, end: int) -> F64:
        return self.decisions(first, end)


class EventReplay:
    """A :class:`Replay` of the event form: all symbols' candles are cut at the same moments.

    The shortest step between candles is how long one lasts, so a part must hold such a step.
    """

    warm_up = 0

    def __init__(
        self, strategy: EventStrategy, values: Mapping[str, float],
        candles: Mapping[str, CandleWindow], setup: Setup | None,
    ) -> None:  # fmt: skip
        self._strategy, self._values, self._setup = strategy, values, setup
        self._candles = candles
        time_ns = run_events(candles, strategy, values, setup).time_ns
        self.skipped = max(0, len(time_ns) - MOST_EVENTS)
        self.time_ns = time_ns[self.skipped :]
        steps = np.diff(self.time_ns)
        self.least = int(np.argmin(steps)) + 2

    def decisions(self, first: int, end: int) -> F64:
        """The orders placed, the sizes held and the equity."""
        run = self._run(first, end)
        return np.column_stack((_orders(run), run.sizes, run.equity))

    def positions(self, first: int, end: int) -> F64:
        run = self._run(first, end)
        sides = np.zeros((end - first, len(run.symbols)))
        sides[np.searchsorted(self.time_ns[first:end], run.time_ns)] = np.sign(run.sizes)
        return sides

    def _run(self, first: int, end: int) -> EventRun:
        """Symbols whose candles begin earlier than the others' do keep what comes before."""
        since = self.time_ns[first] if first + self.skipped else 0
        until = self.time_ns[end - 1]
        parts = {
            name: window.part(*np.searchsorted(window.time_ns, (since, until + 1)).tolist())
            for name, window in self._candles.items()
        }
        return run_events(parts, self._strategy, self._values, self._setup)


def _orders(run: EventRun) -> F64:
    """What was asked for at each close, summed up; each order by its place among those of a close.

    Left out is what the engine writes into an order later: the size where it follows from the
    equity or from other orders, and the stop that trails. Sizes show in what is held.
    """
    orders = run.orders
    rows = np.searchsorted(run.time_ns, orders["placed_ns"] - run.interval_ns)
    rows = np.minimum(rows, len(run.time_ns) - 1)
    place = 1.0 + np.arange(len(orders)) - np.searchsorted(rows, rows)
    given = orders["sizing"] == Sizing.GIVEN
    asked = (
        1.0 + orders["symbol"] + 1000.0 * orders["kind"] + 10.0 * orders["tif"],
        np.where(given, orders["side"], 0),
        np.nan_to_num(orders["limit"]),
        np.where(orders["kind"] == Kind.TRAILING, orders["trail"], np.nan_to_num(orders["stop"])),
        orders["share"],
    )
    sums = [np.bincount(rows, place * each, len(run.time_ns)) for each in asked]
    return np.column_stack(sums)
