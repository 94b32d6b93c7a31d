"""From the course of a run to its result, whichever form of strategy made it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from market.columns import F64, I64
from trading.backtest.candle_checks import Steps
from trading.backtest.cautions import cautions
from trading.backtest.result import BacktestResult, Band
from trading.backtest.setup import Setup
from trading.metrics import Convention, Run, measure
from trading.trades import Trades

__all__ = ["Course", "Told", "band_of", "fixed", "summary"]

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Course:
    """What happened, candle by candle: arrays of shape (n,), and the fills.

    Equity, market and position as in :class:`BacktestResult`; ``held`` whether anything was held at
    the close.
    """

    time_ns: I64
    steps: Steps
    equity: F64
    market: F64
    position: F64
    held: NDArray[np.bool_]
    fills: NDArray[np.void]
    trades: Trades


@dataclass(frozen=True, slots=True)
class Told:
    """What the strategy said of itself, as in :class:`BacktestResult`, and sentences on its run."""

    target: F64 | None
    curves: Mapping[str, F64]
    gauges: Mapping[str, F64]
    warm_up: int = 0
    warnings: tuple[str, ...] = ()


def summary(
    course: Course, told: Told, setup: Setup, convention: Convention | None, band: Band | None
) -> BacktestResult:
    """The result of a run, with its figures and cautions."""
    fills, trades = course.fills, course.trades
    run = Run(
        course.time_ns, course.steps.interval_ns, course.equity, course.market, course.held, trades,
        float((fills["size"] * fills["price"]).sum()),
    )  # fmt: skip
    found = cautions(trades, fills, course.equity, setup, course.steps, told.warm_up)
    return BacktestResult(
        time_ns=course.time_ns,
        interval_ns=course.steps.interval_ns,
        equity=course.equity,
        market=course.market,
        position=course.position,
        target=told.target,
        curves=told.curves,
        trades=trades,
        measures=measure(run, convention),
        band=band,
        warnings=found + told.warnings,
        warm_up=told.warm_up,
        start_capital=setup.capital,
        fills=fills,
        gauges=told.gauges,
    )


def band_of(equity: F64, others: Sequence[F64]) -> Band:
    """The band of a run with ``equity`` (n,) and of ``others``: by the worst path, by the best.

    Without others nothing depended on the path, and both are the run itself. The path of one candle
    decides how the next begins, so now and then ``BEST`` ends below ``WORST``: the lower of all
    three is the worst.
    """
    runs = sorted([fixed(equity), *map(fixed, others)], key=lambda run: float(run[-1]))
    worst, best = runs[0], runs[-1]
    start = equity[0]
    return Band(
        float(worst[-1] / start - 1), float(best[-1] / start - 1), worst, best, bool(len(others))
    )


def fixed(array: NDArray[T]) -> NDArray[T]:
    """A contiguous read-only view, or a copy where it is scattered: kernels are compiled for it."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view
