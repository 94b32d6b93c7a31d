"""A strategy that lives in a child: it hears of closes, and asks for everything else.

Everything here runs in the child. What is heard is ``{"do": …}``:

========  ==================================  ===========================================
do        with                                answer ``{"done": …}``
========  ==================================  ===========================================
begin     nothing                             None, after ``init``
step      moments: candles by symbol, act     the target (signals), None after ``next``
recall    steps: [candles by symbol, told]    None
========  ==================================  ===========================================

While an event strategy acts it tells ``{"ask": [question, arguments]}`` and hears ``{"answer": …}``
or ``{"refusal": words}``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from market.columns import CandleWindow
from market.types import Candle
from trading.decisions import Strategy
from trading.engine.engine import Engine
from trading.errors import BadOrder
from trading.event_strategy import EventStrategy
from trading.hand import EngineHand
from trading.paper.event_automation import EventRun
from trading.paper.signal_decider import SignalDecider
from trading.paper.steps import Step

__all__ = ["Talk", "run_live"]

Moment = Mapping[str, Sequence[Any]]


class Talk(NamedTuple):
    """The way to the parent."""

    tell: Callable[[Any], None]
    hear: Callable[[], Any]

    def ask(self, question: str, *arguments: Any) -> Any:
        """The account's answer; raises :class:`BadOrder` where it is a refusal."""
        self.tell({"ask": [question, arguments]})
        heard = self.hear()
        if "refusal" in heard:
            raise BadOrder(heard["refusal"])
        return heard["answer"]


def run_live(
    strategy: Strategy, values: Mapping[str, float], history: Mapping[str, CandleWindow],
    interval_ns: int, talk: Talk,
) -> None:  # fmt: skip
    """Do what is heard until the process is ended; what the strategy raises passes through."""
    if isinstance(strategy, EventStrategy):
        hand = EngineHand(Engine(tuple(history)))  # never asked
        run: EventRun | _Signals = EventRun(strategy, values, history, interval_ns, hand, talk.ask)
    else:
        (symbol,) = history
        run = _Signals(symbol, SignalDecider(strategy, values, history[symbol]))
    form = "event" if isinstance(strategy, EventStrategy) else "signal"
    talk.tell({"ready": form})
    while True:
        heard = talk.hear()
        talk.tell({"done": _done(run, heard)})
        run.tidy()


class _Signals:
    """Decides, and leaves orders to the parent."""

    def __init__(self, symbol: str, decider: SignalDecider) -> None:
        self._symbol, self._decider = symbol, decider
        self.close = decider.close
        self.tidy = decider.tidy

    def begin(self) -> None:
        """Nothing: a signal waits for a close."""

    def take(self, moments: Sequence[Mapping[str, Candle]]) -> float:
        """The target after these closes."""
        for candles in moments:
            self._decider.close(candles[self._symbol])
        return self._decider.target()

    def recall(self, steps: Sequence[Step]) -> None:
        """Take the candles of these steps."""
        for step in steps:
            if step.candles:
                self._decider.close(step.candles[self._symbol])


def _done(run: "EventRun | _Signals", heard: Mapping[str, Any]) -> float | None:
    what = heard["do"]
    if what == "begin":
        run.begin()
    elif what == "recall":
        run.recall([Step(_candles(candles), told) for candles, told in heard["steps"]])
    elif isinstance(run, _Signals):
        return run.take([_candles(each) for each in heard["moments"]])
    else:
        for each in heard["moments"]:
            run.close(_candles(each))
        if heard["act"]:
            run.act()
    return None


def _candles(moment: Moment) -> dict[str, Candle]:
    return {symbol: Candle(*row) for symbol, row in moment.items()}
