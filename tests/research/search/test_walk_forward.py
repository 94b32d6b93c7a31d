"""Walk-forward, worked out by hand."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from market.columns import CandleWindow
from research.child import Children, Limits
from research.errors import BadSearch
from research.search import Grid, Progress, Study
from research.search.walk_forward import Span, spans_of, walk_forward
from research.search.workers import Workers
from research.strategy_ref import StrategyRef
from tests.research.child.conftest import HEAD
from tests.research.search.test_scorers import SMA, sma_study, walk
from trading.backtest import Fill, Setup, backtest
from trading.engine.policies import Fees, Policies, Slippage

F64 = NDArray[np.float64]
GRID = Grid({"fast": (2, 8, 3), "slow": (10, 30, 10)})
FREE = Setup(capital=1000.0, policies=Policies(fees=Fees(0.0, 0.0), slippage=Slippage(0.0)))


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    children = Children(Limits(seconds=30, memory=256 << 20))
    yield Workers(children)
    children.close()


def test_windows_roll_or_are_anchored() -> None:
    assert spans_of(610, 3) == (
        Span(4, 307, 408), Span(105, 408, 509), Span(206, 509, 610),
    )  # fmt: skip
    assert spans_of(600, 3, anchored=True) == (
        Span(0, 300, 400), Span(0, 400, 500), Span(0, 500, 600),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "windows", "sentence"),
    [
        (135, 1, "135 candles are too few for 1 windows, which need 136"),
        (400, 9, "400 candles are too few for 9 windows, which need 408"),
        (400, 0, "allowed is 1 to 100"),
        (10**6, 101, "allowed is 1 to 100"),
    ],
)
def test_too_few_candles_are_told(count: int, windows: int, sentence: str) -> None:
    with pytest.raises(BadSearch, match=sentence):
        spans_of(count, windows)
    spans_of(136, 1)
    spans_of(408, 9)


def by_hand(study: Study, span: Span, values: dict[str, float], capital: float) -> F64:
    """Equity of the test: all in or out at the next open, without costs."""
    (window,) = study.candles.values()
    part = window.part(span.train, span.end)
    target = backtest(part, SMA, values, FREE).target
    assert target is not None
    cash, size, equity = capital, 0.0, []
    for row in range(span.test - span.train, len(part)):
        if target[row - 1] > 0 and size == 0.0:
            cash, size = 0.0, cash / part.open[row]
        elif target[row - 1] <= 0 and size > 0.0:
            cash, size = size * part.open[row], 0.0
        equity.append(cash + size * part.close[row])
    return np.array(equity)


@pytest.mark.parametrize("anchored", [False, True])
def test_each_window_trades_the_best_of_the_one_before(anchored: bool, workers: Workers) -> None:
    study = sma_study("total_return", FREE)
    found = walk_forward(study, GRID, workers, 3, anchored)
    (window,) = study.candles.values()
    capital, returns, trainings = 1000.0, [], []
    pieces = []
    for span, step in zip(spans_of(600, 3, anchored), found.windows, strict=True):
        part = window.part(span.train, span.test)
        goals = {}
        for fast in (2, 5, 8):
            for slow in (10, 20, 30):
                run = backtest(part, SMA, {"fast": fast, "slow": slow}, FREE)
                goals[fast, slow] = run.measures["total_return"] or 0.0
        fast, slow = max(goals, key=lambda pair: goals[pair])
        assert step.values == {"fast": fast, "slow": slow}
        assert step.train_goal == pytest.approx(goals[fast, slow])
        assert step.train_return == step.train_goal
        equity = by_hand(study, span, {"fast": fast, "slow": slow}, capital)
        assert step.test_return == pytest.approx(equity[-1] / capital - 1)
        assert step.test_goal == pytest.approx(step.test_return)
        pieces.append(equity)
        capital = float(equity[-1])
        returns.append(step.test_return / (span.end - span.test))
        trainings.append(goals[fast, slow] / (span.test - span.train))
    np.testing.assert_allclose(found.equity, np.concatenate(pieces))
    np.testing.assert_array_equal(found.time_ns, window.time_ns[300:])
    assert found.efficiency == pytest.approx(sum(returns) / sum(trainings))
    assert found.complete


def test_nothing_is_traded_before_the_test(workers: Workers) -> None:
    for fill in Fill:
        study = sma_study("sharpe", replace(FREE, fill=fill))
        result = workers.run(study, {"fast": 2, "slow": 10}, trade_from=300)
        assert len(result.trades) > 5
        assert result.fills["bar"].min() >= 300
        assert (result.equity[:300] == 1000).all()
        whole = workers.run(study, {"fast": 2, "slow": 10})
        assert whole.fills["bar"].min() < 300


def test_a_users_file_walks_too(workers: Workers, tmp_path: Path) -> None:
    body = (
        "length, n = int(values['length']), len(candles)\n"
        "    return Signal(np.where(np.arange(n) % (2 * length) < length, 1.0, 0.0), {}, 0)"
    )
    path = tmp_path / "mine.py"
    path.write_text(HEAD.format(body=body, after=""))
    study = Study(
        StrategyRef("mine", str(path)), SMA.parameters[:0], (), {"A": walk()}, "total_return",
        setup=FREE,
    )  # fmt: skip
    study = replace(study, parameters=(replace(SMA.parameters[0], name="length"),))
    found = walk_forward(study, Grid({"length": (4, 16, 4)}), workers, 2)
    assert [each.span for each in found.windows] == list(spans_of(600, 2))
    assert len(found.equity) == 240
    assert found.windows[0].trades > 1


def test_without_a_goal_nothing_is_traded(workers: Workers) -> None:
    study = replace(sma_study("win_rate", FREE), candles={"A": flat()})
    found = walk_forward(study, GRID, workers, 2)
    assert [each.values for each in found.windows] == [{}, {}]
    assert found.equity.tolist() == [1000.0] * len(found.equity)
    assert found.efficiency is None


def flat() -> CandleWindow:
    window = walk()
    prices = np.full(600, 100.0)
    return CandleWindow.from_arrays(window.time_ns, prices, prices, prices, prices, prices)


def test_progress_counts_all_windows_and_a_cancel_keeps_what_is_done(workers: Workers) -> None:
    study = sma_study("sharpe", FREE)
    told: list[Progress] = []
    found = walk_forward(
        study, GRID, workers, 3, report=told.append,
        cancelled=lambda: bool(told) and told[-1].done >= 9,
    )  # fmt: skip
    assert not found.complete
    assert len(found.windows) == 1
    assert len(found.equity) == 100
    assert {each.of for each in told} == {27}
    whole = walk_forward(study, GRID, workers, 3, report=told.append)
    assert whole.complete
    assert told[-1].done == 27
