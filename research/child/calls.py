"""The tasks of a child as functions with our own types."""

from collections.abc import Mapping
from pathlib import Path

from market.columns import CandleWindow
from research.child.children import Cancelled, Children, never
from research.child.limits import Limits
from research.child.requests import request_of
from research.codec import unpack
from research.errors import BadRecord, ChildCancelled, ChildError, ChildStopped
from research.strategy_ref import StrategyRef
from research.truth_checks import unchecked
from research.views import CheckView, StrategyView
from trading.backtest import BacktestResult, Setup
from trading.metrics import Convention

__all__ = ["backtest_in_child", "checks_in_child", "describe_in_child"]

DESCRIBING = Limits(seconds=10.0)


def backtest_in_child(
    children: Children,
    strategy: StrategyRef,
    values: Mapping[str, float],
    candles: Mapping[str, CandleWindow],
    setup: Setup,
    convention: Convention,
    cancelled: Cancelled = never,
    limits: Limits | None = None,
    trade_from: int = 0,
) -> tuple[BacktestResult, str]:
    """One backtest in a process of its own, and what the strategy printed.

    Nothing is traded before the candle in row ``trade_from``.
    Raises as :meth:`research.child.Children.call` does.
    """
    tree, arrays = request_of(strategy, values, candles, setup, convention)
    tree["trade_from"] = trade_from
    answer = children.call("backtest", tree, arrays, limits=limits, cancelled=cancelled)
    try:
        return unpack(BacktestResult, answer.tree, answer.arrays), answer.printed
    except BadRecord as error:
        raise ChildStopped(f"The strategy's process answered with no result: {error}") from None


def checks_in_child(
    children: Children,
    strategy: StrategyRef,
    values: Mapping[str, float],
    candles: Mapping[str, CandleWindow],
    setup: Setup,
    cancelled: Cancelled = never,
) -> tuple[CheckView, ...]:
    """The truth checks of a run, in a process of its own; one that fails says why."""
    tree, arrays = request_of(strategy, values, candles, setup, Convention())
    try:
        answer = children.call("checks", tree, arrays, cancelled=cancelled)
        return unpack(tuple[CheckView, ...], answer.tree, answer.arrays)
    except ChildCancelled:
        raise
    except (ChildError, BadRecord) as error:
        return unchecked(error)


def describe_in_child(children: Children, path: Path) -> StrategyView:
    """What a user's file says of its strategy; ``error`` when it cannot be used."""
    try:
        answer = children.call("describe", {"key": path.stem, "file": str(path)}, limits=DESCRIBING)
        return unpack(StrategyView, answer.tree, answer.arrays)
    except (ChildError, BadRecord) as error:
        return StrategyView(path.stem, path.stem, "", "", "signal", (), error=str(error))
