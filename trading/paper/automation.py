"""A strategy at work on a market that goes on: the same decisions and orders as in a backtest.

A run is fed with candles as they close (:meth:`LiveRun.close`) and then asked to act through its
hand. What makes it reproducible is what it was told (:attr:`LiveRun.told`): kept with the candles
of every step, it brings a new run to the same place (:meth:`LiveRun.recall`), without orders.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from market.columns import CandleWindow
from market.types import Candle
from trading.backtest.setup import Setup
from trading.decisions import Strategy
from trading.event_strategy import EventStrategy
from trading.hand import Hand
from trading.paper.event_automation import EventRun
from trading.paper.signal_automation import SignalRun
from trading.paper.signal_decider import SignalDecider
from trading.paper.steps import Step
from trading.strategy import SignalStrategy

__all__ = ["LiveRun", "RunTerms", "live_run"]


@dataclass(frozen=True, slots=True)
class RunTerms:
    """What a run trades: ``values`` as :func:`trading.strategy.checked` returns them.

    Of the ``setup`` signals take direction, size and exits; the account has money and costs.
    ``symbols`` are as many as the strategy trades, the first its main one.
    """

    strategy: Strategy
    values: Mapping[str, float]
    symbols: tuple[str, ...]
    interval_ns: int
    setup: Setup


class LiveRun(Protocol):
    """One strategy, one account. Not thread-safe; nothing happens but by a call."""

    @property
    def told(self) -> str:
        """What the account answered during the last :meth:`act`, for :class:`Step`."""

    def begin(self) -> None:
        """Call once before everything else, unless :meth:`recall` is: event strategies prepare.

        Raises as :meth:`act` does.
        """

    def close(self, candles: Mapping[str, Candle]) -> None:
        """Take the candles of a moment, by symbol; those that were taken before are left out."""

    def act(self) -> None:
        """Decide at the newest close and place what follows from it, at the newest prices.

        Raises :class:`BadStrategy` and :class:`StrategyFailed`; what a signal's ``decide`` raises
        passes through.
        """

    def recall(self, steps: Sequence[Step]) -> None:
        """Come to where the run was that took these steps, the first included; no orders.

        Raises as :meth:`act` does, and :class:`BadStrategy` where the strategy is another one now.
        """

    def tidy(self) -> None:
        """Do what can wait until nobody does: call it some time after :meth:`act`."""


def live_run(terms: RunTerms, history: Mapping[str, CandleWindow], hand: Hand) -> LiveRun:
    """A run that begins after ``history``, closed candles of every symbol, oldest first."""
    strategy = terms.strategy
    if isinstance(strategy, EventStrategy):
        windows = {symbol: history[symbol] for symbol in terms.symbols}
        return EventRun(strategy, terms.values, windows, terms.interval_ns, hand)
    assert isinstance(strategy, SignalStrategy)
    (symbol,) = terms.symbols
    decider = SignalDecider(strategy, terms.values, history[symbol])
    return SignalRun(symbol, terms.setup, decider, hand)
