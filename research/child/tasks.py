"""What a child can be asked to do. Everything here runs in the child."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from market.columns import CandleWindow
from research.child.live_task import Talk, run_live
from research.child.requests import candles_of
from research.codec import pack, unpack
from research.search.evaluator import Evaluator, run_once
from research.truth_checks import truth_checks
from research.user_strategies import load, located
from research.views import ParameterView, StrategyView
from trading.backtest import Setup
from trading.decisions import Strategy
from trading.metrics import Convention
from trading.shelf import strategies
from trading.strategy import SignalStrategy

__all__ = ["TASKS", "Reply", "Request", "warm_up"]

Reply = tuple[Any, Mapping[str, NDArray[Any]]]


@dataclass(frozen=True, slots=True)
class Request:
    """``tree`` and ``arrays`` as they were sent; ``tell`` sends a tree on the way, ``hear`` waits
    for another one.
    """

    tree: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]
    tell: Callable[[Any], None]
    hear: Callable[[], Any]

    @property
    def file(self) -> Path | None:
        """The user's file, None for a strategy that comes with the program."""
        file = self.tree["file"]
        return None if file is None else Path(file)

    def strategy(self) -> Strategy:
        """The strategy that is meant; a user's file is run for it."""
        return strategies()[self.tree["key"]] if self.file is None else load(self.file)


def describe(request: Request) -> Reply:
    """A :class:`research.views.StrategyView` of the strategy."""
    found = request.strategy()
    view = StrategyView(
        found.key,
        found.name,
        found.description,
        found.source,
        "signal" if isinstance(found, SignalStrategy) else "event",
        tuple(
            ParameterView(p.name, p.label, p.default, p.least, p.most, p.step, p.unit)
            for p in found.parameters
        ),
        tuple((rule.less, rule.more) for rule in found.rules),
        getattr(found, "symbols", 1),
    )
    return pack(view)


def backtest(request: Request) -> Reply:
    """A :class:`trading.backtest.BacktestResult`."""
    tree = request.tree
    result = run_once(
        request.strategy(), candles_of(tree, request.arrays), tree["values"],
        unpack(Setup, tree["setup"], {}), unpack(Convention, tree["convention"], {}),
        tree["trade_from"],
    )  # fmt: skip
    return pack(result)


def checks(request: Request) -> Reply:
    """What :func:`research.truth_checks.truth_checks` finds."""
    tree = request.tree
    found = truth_checks(
        request.strategy(), tree["values"], candles_of(tree, request.arrays),
        unpack(Setup, tree["setup"], {}),
    )  # fmt: skip
    return pack(found)


def goals(request: Request) -> Reply:
    """The figure of every row of ``points``, each told as ``[row, goal, failure]``."""
    tree = request.tree
    evaluator = Evaluator(
        request.strategy(), candles_of(tree, request.arrays), unpack(Setup, tree["setup"], {}),
        tree["goal"], unpack(Convention, tree["convention"], {}),
    )  # fmt: skip
    for row, point in enumerate(request.arrays["points"].tolist()):
        values = tree["values"] | dict(zip(tree["names"], point, strict=True))
        try:
            told: list[Any] = [row, evaluator.goal(values), None]
        except MemoryError:
            raise
        except BaseException as error:  # noqa: BLE001 - SystemExit of a user's file is one of them
            file = request.file
            told = [row, nan, str(error if file is None else located(error, file))]
        request.tell(told)
    return None, {}


def live(request: Request) -> Reply:
    """A strategy on a market that goes on, see :mod:`research.child.live_task`."""
    tree = request.tree
    run_live(
        request.strategy(), tree["values"], candles_of(tree, request.arrays), tree["interval_ns"],
        Talk(request.tell, request.hear),
    )  # fmt: skip
    return None, {}


def warm_up() -> None:
    """Run what most children need once, so that each of them begins with it."""
    prices = 100 + np.sin(np.arange(300) / 9)
    window = CandleWindow.from_arrays(
        np.arange(300) * 60_000_000_000, prices, prices + 1, prices - 1, prices, np.ones(300)
    )
    strategy = strategies()["sma_cross"]
    run_once(strategy, {"": window}, {}, Setup(), Convention())
    Evaluator(strategy, {"": window}, Setup(), "sharpe", Convention()).goal({})


TASKS: Mapping[str, Callable[[Request], Reply]] = {
    task.__name__: task for task in (describe, backtest, checks, goals, live)
}
