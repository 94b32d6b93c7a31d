"""Runs fed with candles alone, filled by an engine by itself: the market of a backtest."""

from collections.abc import Callable, Mapping

from market.columns import CandleWindow
from market.types import Candle
from trading.engine.engine import Engine
from trading.engine.lifecycle import forget_ended
from trading.engine.motion import jump, pass_rest
from trading.hand import EngineHand
from trading.paper.automation import RunTerms, live_run
from trading.paper.steps import Step
from trading.strategy import SignalStrategy


def rows(window: CandleWindow) -> list[Candle]:
    """The candles of ``window``."""
    columns = (
        window.time_ns, window.open, window.high, window.low, window.close, window.volume,
        window.trades,
    )  # fmt: skip
    return [Candle(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


class Driven:
    """A run over ``candles``, whose first ``known`` moments are history; ``steps`` it took."""

    def __init__(self, terms: RunTerms, candles: Mapping[str, CandleWindow], known: int) -> None:
        start = max(int(window.time_ns[0]) for window in candles.values())
        every = {at for window in candles.values() for at in window.time_ns.tolist()}
        times = sorted(at for at in every if at >= start)
        since = times[known - 1] if known else start - 1
        self.terms = terms
        self.history = {
            symbol: window.part(0, int((window.time_ns <= since).sum()))
            for symbol, window in candles.items()
        }
        self.engine = Engine(terms.symbols, terms.setup.capital, terms.setup.policies)
        self.run = live_run(terms, self.history, EngineHand(self.engine))
        self.steps: list[Step] = []
        by_time = {
            symbol: {candle.time_ns: candle for candle in rows(window)}
            for symbol, window in candles.items()
        }
        self.moments = [
            {symbol: candles[at] for symbol, candles in by_time.items() if at in candles}
            for at in times[known:]
        ]

    def go(self, first: int = 0, end: int | None = None) -> "Driven":
        """Let moments pass; those from 0 on begin the run."""
        if first == 0:
            self._step({}, self.run.begin)
        for moment in self.moments[first:end]:
            if isinstance(self.terms.strategy, SignalStrategy):
                self._pass_signal(moment)
            else:
                self._market(moment)
                self.run.close(moment)
                self._step(moment, self.run.act)
            self.run.tidy()
        return self

    def restart(self) -> None:
        """Go on with another run that knows the steps alone; the engine stays."""
        self.run = live_run(self.terms, self.history, EngineHand(self.engine))
        self.run.recall(self.steps)

    def _pass_signal(self, moment: Mapping[str, Candle]) -> None:
        """Signals act at the open after their close, at its price."""
        if len(self.steps) > 1:
            (candle,) = moment.values()
            self.engine.books.positions["mark"] = candle.open
            self.run.act()
            self.steps[-1] = self.steps[-1]._replace(told=self.run.told)
        self._market(moment)
        self.run.close(moment)
        self.steps.append(Step(moment, ""))

    def _step(self, moment: Mapping[str, Candle], act: Callable[[], None]) -> None:
        act()
        self.steps.append(Step(moment, self.run.told))

    def _market(self, moment: Mapping[str, Candle]) -> None:
        """As in a backtest, all symbols open before any of them goes on."""
        self.engine.make_space()
        books, path = self.engine.books, int(self.engine.policies.path)
        places = {symbol: self.engine.symbols.index(symbol) for symbol in moment}
        for symbol, candle in moment.items():
            jump(books, places[symbol], candle.open, candle.time_ns, candle.volume)
        for symbol, candle in moment.items():
            pass_rest(books, places[symbol], *candle[1:5], candle.time_ns, path)
        forget_ended(books)
