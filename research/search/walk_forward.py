"""Walk-forward: search in one window of time, trade what was found in the next, and so on.

Pardo, The Evaluation and Optimization of Trading Strategies, 2nd ed., 2008, chapter 11.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from market.columns import CandleWindow
from market.types import DAY
from research.errors import BadSearch
from research.search.course import Report
from research.search.grid import Grid
from research.search.optuna_search import OptunaSearch
from research.search.progress import Progress
from research.search.result import SearchResult
from research.search.search import never, search, silent
from research.search.study import Study
from research.search.workers import Workers
from trading.backtest import BacktestResult
from trading.metrics import Run, measure

__all__ = ["Span", "WalkForward", "WalkWindow", "spans_of", "walk_forward"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

TRAIN_TO_TEST = 3
"""A training window is as long as so many test windows (the first one, where it is anchored)."""
LEAST_TRAIN, LEAST_TEST = 100, 20
MAX_WINDOWS = 100
YEAR = 365 * DAY


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of candles: searched from ``train`` to before ``test``, traded to before ``end``."""

    train: int
    test: int
    end: int


@dataclass(frozen=True, slots=True)
class WalkWindow:
    """One window. ``values`` are the best of its search, empty when no goal was defined there.

    Then nothing was traded. Goals and returns (0.1: 10 %) of the training and of the test; None
    where they are not defined. ``trades``: in the test, one that is open at its end included.
    """

    span: Span
    values: Mapping[str, float]
    train_goal: float | None
    test_goal: float | None
    train_return: float | None
    test_return: float
    trades: int


@dataclass(frozen=True, slots=True)
class WalkForward:
    """All windows, and the equity (m,) at the closes of their tests one after the other.

    Every test begins without a position and with what the one before left. ``efficiency``: mean
    return per year of the tests / that of the trainings, simple; None when the trainings lost or
    the walk was cancelled (``complete`` False), whose windows are those that were done.
    """

    windows: tuple[WalkWindow, ...]
    time_ns: I64
    equity: F64
    efficiency: float | None
    complete: bool = True


def spans_of(count: int, windows: int, anchored: bool = False) -> tuple[Span, ...]:
    """Where the windows lie in ``count`` candles: tests of equal length that end with the last.

    The training window rolls with them, or begins with the first candle when ``anchored``. Raises
    :class:`BadSearch` for windows outside 1 to 100 and for too few candles.
    """
    if not 1 <= windows <= MAX_WINDOWS:
        raise BadSearch(f"Windows were {windows}; allowed is 1 to {MAX_WINDOWS}.")
    test = count // (TRAIN_TO_TEST + windows)
    train = test * TRAIN_TO_TEST
    if train < LEAST_TRAIN or test < LEAST_TEST:
        least = max(LEAST_TEST, -(-LEAST_TRAIN // TRAIN_TO_TEST)) * (TRAIN_TO_TEST + windows)
        raise BadSearch(
            f"{count:,} candles are too few for {windows} windows, which need {least:,}: "
            "take more candles or fewer windows."
        )
    starts = [count - (windows - at) * test for at in range(windows)]
    return tuple(Span(0 if anchored else at - train, at, at + test) for at in starts)


def walk_forward(
    study: Study,
    method: Grid | OptunaSearch,
    workers: Workers,
    windows: int,
    anchored: bool = False,
    report: Report = silent,
    cancelled: Callable[[], bool] = never,
) -> WalkForward:
    """Search every training window by ``method`` and trade its best combination in the test.

    The strategy sees the candles before a test (its warm-up costs none of it), yet trades only from
    the first one on. Strategies of several symbols cannot be walked. Raises as
    :func:`research.search.search` does, and :class:`BadSearch` for too few candles.
    """
    if len(study.candles) != 1:
        raise BadSearch("A walk-forward takes strategies of one symbol.")
    (candles,) = study.candles.values()
    spans = spans_of(len(candles), windows, anchored)
    done: list[WalkWindow] = []
    pieces: list[F64] = []
    growth = 1.0
    for at, span in enumerate(spans):
        if cancelled():
            break
        window = _cut(study, span.train, span.test)
        told = partial(_tell, report, at, windows)
        found = search(window, method, workers.scorer(window, method.names), told, cancelled)
        if not found.complete:
            break
        step, equity = _tried(study, span, found, workers)
        done.append(step)
        pieces.append(equity * growth)
        growth *= 1 + step.test_return
    complete = len(done) == windows
    covered = candles.part(spans[0].test, done[-1].span.end if done else spans[0].test)
    return WalkForward(
        tuple(done), covered.time_ns, np.concatenate([np.empty(0), *pieces]),
        _efficiency(candles, done) if complete else None, complete,
    )  # fmt: skip


def _cut(study: Study, first: int, end: int) -> Study:
    return replace(study, candles={key: w.part(first, end) for key, w in study.candles.items()})


def _tried(
    study: Study, span: Span, found: SearchResult, workers: Workers
) -> tuple[WalkWindow, F64]:
    """The window with its best combination traded in the test, and the equity (m,) of that."""
    capital = study.setup.capital
    if found.best is None:
        return WalkWindow(span, {}, None, None, None, 0.0, 0), np.full(
            span.end - span.test, capital
        )
    values = study.fixed() | found.values(found.best)
    trained = workers.run(_cut(study, span.train, span.test), values)
    start = span.test - span.train
    tested = workers.run(_cut(study, span.train, span.end), values, trade_from=start)
    figures = measure(_beyond(tested, start), study.convention)
    window = WalkWindow(
        span,
        found.values(found.best),
        float(found.goals[found.best]),
        figures[study.goal],
        trained.measures["total_return"],
        float(tested.equity[-1] / capital - 1),
        len(tested.trades),
    )
    return window, tested.equity[start:]


def _beyond(result: BacktestResult, start: int) -> Run:
    """The run from the close before row ``start`` on, up to which nothing was traded."""
    fills = result.fills
    return Run(
        result.time_ns[start - 1 :], result.interval_ns, result.equity[start - 1 :],
        result.market[start - 1 :], result.position[start - 1 :] != 0, result.trades,
        float(fills["size"] @ fills["price"]),
    )  # fmt: skip


def _tell(report: Report, at: int, windows: int, told: Progress) -> None:
    """The progress of all windows; each has as many combinations as this one."""
    later = told.of * (windows - at - 1)
    left = told.of - told.done
    left_s = told.seconds_left
    if left_s is not None:
        left_s = left_s * (left + later) / left if left else None
    done = told.of * at + told.done
    report(replace(told, done=done, of=told.of * windows, seconds_left=left_s))


def _efficiency(candles: CandleWindow, done: Sequence[WalkWindow]) -> float | None:
    """Mean simple return per year, of the tests / of the trainings."""
    edges = np.append(candles.time_ns, 2 * candles.time_ns[-1] - candles.time_ns[-2])
    trained = [
        (each.train_return or 0.0) * YEAR / float(edges[each.span.test] - edges[each.span.train])
        for each in done
    ]
    tested = [
        each.test_return * YEAR / float(edges[each.span.end] - edges[each.span.test])
        for each in done
    ]
    return sum(tested) / sum(trained) if sum(trained) > 0 else None
