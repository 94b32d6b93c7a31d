"""Who runs combinations: threads, processes, or the machines of a cluster."""

from collections.abc import Mapping, Sequence

from research.child import Children, Limits
from research.child.calls import backtest_in_child
from research.search.evaluator import run_once
from research.search.lanes import Scorer
from research.search.processes import ProcessScorer
from research.search.study import Study
from research.search.threads import ThreadScorer
from trading.backtest import BacktestResult
from trading.shelf import strategies
from trading.strategy import SignalStrategy

__all__ = ["Workers"]


class Workers:
    """Compiled strategies of the program in threads, everything else in ``children``.

    ``limits`` are for one combination of the latter.
    """

    def __init__(self, children: Children, limits: Limits | None = None) -> None:
        self._children, self._limits = children, limits

    def scorer(self, study: Study, names: Sequence[str]) -> Scorer:
        """What runs the combinations of a search that varies the parameters ``names``.

        Raises :class:`trading.errors.BacktestError` for candles that nothing can run on.
        """
        strategy = _compiled(study)
        if strategy is not None:
            return ThreadScorer(study, strategy, names)
        return ProcessScorer(study, names, self._children, self._limits)

    def run(self, study: Study, values: Mapping[str, float], trade_from: int = 0) -> BacktestResult:
        """One whole run; nothing is traded before the candle in row ``trade_from``.

        Raises as :func:`trading.backtest.backtest` or :meth:`research.child.Children.call` do.
        """
        strategy = _compiled(study)
        if strategy is not None:
            return run_once(
                strategy, study.candles, values, study.setup, study.convention, trade_from
            )
        return backtest_in_child(
            self._children, study.strategy, values, study.candles, study.setup, study.convention,
            limits=self._limits, trade_from=trade_from,
        )[0]  # fmt: skip


def _compiled(study: Study) -> SignalStrategy | None:
    """The strategy, should it be ours and of the form that runs in threads."""
    found = None if study.strategy.file is not None else strategies().get(study.strategy.key)
    return found if isinstance(found, SignalStrategy) else None
