"""Candles for the tests of backtests."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from market.columns import CandleWindow
from market.types import MINUTE


def candles(
    closes: Sequence[float], opens: Sequence[float] | None = None, step_ns: int = MINUTE
) -> CandleWindow:
    """Candles with these closes; each opens at the close before unless ``opens`` says else."""
    close = np.asarray(closes, float)
    open_ = np.asarray(opens, float) if opens is not None else np.concatenate((close[:1], close))
    open_ = open_[: len(close)]
    return CandleWindow.from_arrays(
        np.arange(len(close)) * step_ns,
        open_,
        np.maximum(open_, close),
        np.minimum(open_, close),
        close,
        np.ones(len(close)),
    )


def random_walks(least: int = 8, most: int = 70) -> st.SearchStrategy[CandleWindow]:
    """Candles whose opens and closes step by up to 20 %, so that crosses are frequent."""
    steps = st.lists(
        st.tuples(st.floats(-0.2, 0.2), st.floats(-0.02, 0.02)), min_size=least, max_size=most
    )
    return steps.map(_walk)


def _walk(steps: list[tuple[float, float]]) -> CandleWindow:
    close = 100 * np.exp(np.cumsum([step for step, _ in steps]))
    gap = np.exp([gap for _, gap in steps])
    return candles(close.tolist(), (np.concatenate(([100.0], close[:-1])) * gap).tolist())


def rough_candles(least: int = 4, most: int = 60) -> st.SearchStrategy[CandleWindow]:
    """Candles with gaps in price and time, shadows, and volumes that are often small or nothing."""
    step = st.tuples(
        st.floats(-0.2, 0.2),
        st.sampled_from([0.0, 0.0, 0.01, -0.03, 0.1, -0.15]),
        st.sampled_from([0.0, 0.005, 0.05, 0.3]),
        st.sampled_from([0.0, 0.005, 0.05, 0.3]),
        st.sampled_from([0.0, 5.0, 100.0, 100_000.0]),
        st.sampled_from([1, 1, 1, 2, 7]),
    )
    return st.lists(step, min_size=least, max_size=most).map(_rough)


def _rough(steps: list[tuple[float, float, float, float, float, int]]) -> CandleWindow:
    moves, gaps, ups, downs, volumes, skips = (
        np.asarray(column) for column in zip(*steps, strict=True)
    )
    close = 100 * np.exp(np.cumsum(moves))
    opened = np.concatenate(([100.0], close[:-1])) * np.exp(gaps)
    return CandleWindow.from_arrays(
        np.cumsum(skips) * MINUTE,
        opened,
        np.maximum(opened, close) * np.exp(ups),
        np.minimum(opened, close) * np.exp(-downs),
        close,
        volumes,
    )
