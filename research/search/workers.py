"""Who runs combinations: threads, processes, or the machines of a cluster."""

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING

from research.child import Children, Limits
from research.child.calls import backtest_in_child
from research.errors import ClusterUnavailable
from research.search.evaluator import run_once
from research.search.lanes import Scorer
from research.search.processes import ProcessScorer
from research.search.study import Study
from research.search.threads import ThreadScorer
from trading.backtest import BacktestResult
from trading.shelf import strategies
from trading.strategy import SignalStrategy

if TYPE_CHECKING:
    from research.search.cluster import Cluster

__all__ = ["Workers"]


class Workers:
    """Compiled strategies of the program in threads, everything else in ``children``.

    ``limits`` are for one combination of the latter. With ``dask``, the address of a scheduler,
    searches go there; single runs do not. Any thread may call.
    """

    def __init__(
        self, children: Children, dask: str | None = None, limits: Limits | None = None
    ) -> None:
        self._children, self._dask, self._limits = children, dask, limits
        self._lock = Lock()
        self._cluster: Cluster | None = None

    def scorer(self, study: Study, names: Sequence[str]) -> Scorer:
        """What runs the combinations of a search that varies the parameters ``names``.

        Raises :class:`trading.errors.BacktestError` for candles that nothing can run on, and
        :class:`research.errors.ClusterUnavailable`.
        """
        if self._dask is not None:
            return self._connected(self._dask).scorer(study, names)
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

    def close(self) -> None:
        """Leave the cluster."""
        with self._lock:
            if self._cluster is not None:
                self._cluster.close()
            self._cluster = None

    def _connected(self, address: str) -> "Cluster":
        with self._lock:
            if self._cluster is None or not self._cluster.there:
                if self._cluster is not None:
                    self._cluster.close()
                    self._cluster = None
                self._cluster = _cluster_class()(address)
            return self._cluster


def _cluster_class() -> type["Cluster"]:
    """Dask is imported when it is asked for: that takes a second, and it may not be there."""
    try:
        from research.search.cluster import Cluster  # noqa: PLC0415
    except ImportError as error:
        raise ClusterUnavailable(
            f"Dask is not installed ({error}): pip install -r requirements-dask.txt"
        ) from None
    return Cluster


def _compiled(study: Study) -> SignalStrategy | None:
    """The strategy, should it be ours and of the form that runs in threads."""
    found = None if study.strategy.file is not None else strategies().get(study.strategy.key)
    return found if isinstance(found, SignalStrategy) else None
