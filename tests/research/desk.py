"""A research desk over made-up candles."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from market.columns import CandleWindow
from market.types import Interval
from research.errors import RequestError
from research.runs import Research
from research.views import BacktestRequest, RunView
from tests.trading.series import candles

REQUEST = BacktestRequest("sma_cross", {"fast": 2, "slow": 3}, "BTC-USD")
PATIENCE_S = 300


class MadeSource:
    """The same random walk for every interval, 2,000 candles from 1970 on; ETH-USD's is half."""

    def __init__(self, count: int = 2000, read: Callable[[], None] = lambda: None) -> None:
        random = np.random.default_rng(5)
        walk = 100 * np.exp(np.cumsum(random.normal(0, 0.01, count)))
        self.window = candles(walk.tolist())
        self._read = read

    def symbols(self) -> tuple[str, ...]:
        return ("BTC-USD", "ETH-USD")

    def read(
        self, symbol: str, interval: Interval, start_ns: int | None, end_ns: int | None
    ) -> CandleWindow:
        self._read()
        if symbol not in self.symbols():
            raise RequestError(f"symbol was {symbol!r}; available are BTC-USD, ETH-USD")
        first, end = np.searchsorted(
            self.window.time_ns, (start_ns or 0, 2**62 if end_ns is None else end_ns)
        )
        part = slice(int(first), max(int(first), int(end)))
        factor = 0.5 if symbol == "ETH-USD" else 1.0
        window = self.window
        return CandleWindow.from_arrays(
            window.time_ns[part],
            factor * window.open[part],
            factor * window.high[part],
            factor * window.low[part],
            factor * window.close[part],
            window.volume[part],
        )


def ended(research: Research, key: str) -> RunView:
    """The run once it is over."""
    run = research._queue.find(key)
    assert run is not None
    assert run.ended.wait(PATIENCE_S)
    return research.run(key)


def ran(research: Research, request: BacktestRequest = REQUEST) -> str:
    """The id of a run that is done."""
    key = research.start(request)
    view = ended(research, key)
    assert (view.state, view.error) == ("done", None)
    return key


def desk(root: Path | None = None) -> Research:
    """Over :class:`MadeSource`."""
    return Research(MadeSource(), root)
