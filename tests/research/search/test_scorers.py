"""Searches over real strategies: in threads, and in processes of their own."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from market.columns import CandleWindow
from research.child import Children, Limits
from research.errors import SearchFailed
from research.search import Grid, OptunaSearch, SearchResult, Study, search
from research.search.processes import ProcessScorer
from research.search.threads import ThreadScorer
from research.strategy_ref import StrategyRef
from tests.research.child.conftest import HEAD
from trading.backtest import Direction, Setup, backtest
from trading.parameters import Parameter
from trading.shelf import strategies

SMA = strategies()["sma_cross"]
GRID = Grid({"fast": (2, 12, 2), "slow": (5, 29, 4)})


def walk(count: int = 600, seed: int = 5) -> CandleWindow:
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.01, count)))
    opens = np.concatenate(([100.0], close[:-1]))
    return CandleWindow.from_arrays(
        np.arange(count) * 3_600_000_000_000, opens, np.maximum(opens, close) * 1.001,
        np.minimum(opens, close) * 0.999, close, np.ones(count),
    )  # fmt: skip


def sma_study(goal: str = "sharpe", setup: Setup | None = None) -> Study:
    return Study(
        StrategyRef("sma_cross"), SMA.parameters, SMA.rules, {"A-B": walk()}, goal,
        setup=setup or Setup(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    made = Children(Limits(seconds=20, memory=256 << 20))
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    body = (
        "if values['length'] == 3: return 1 / 0\n"
        "    if values['length'] == 40:\n        while True: pass\n"
        "    length, n = int(values['length']), len(candles)\n"
        "    target = np.where(np.arange(n) % (2 * length) < length, 1.0, 0.0)\n"
        "    return Signal(target, {}, 0)"
    )
    path = tmp_path / "mine.py"
    path.write_text(HEAD.format(body=body, after=""))
    return path


def file_study(file: Path) -> Study:
    parameters = (
        Parameter("length", "Length", 5, 1, 50, 1),
        Parameter("other", "Other", 1, 1, 9, 1),
    )
    return Study(StrategyRef("mine", str(file)), parameters, (), {"A-B": walk()}, "total_return")


def one_by_one(study: Study, result: SearchResult) -> list[float]:
    window = next(iter(study.candles.values()))
    found = []
    for row in range(len(result.points)):
        values = study.fixed() | result.values(row)
        run = backtest(window, SMA, values, study.setup, study.convention, band=False)
        value = run.measures[study.goal]
        found.append(np.nan if value is None else value)
    return found


@pytest.mark.parametrize("goal", ["sharpe", "total_return", "max_drawdown", "profit_factor", "sqn"])
def test_a_grid_gives_what_backtests_give_one_by_one(goal: str) -> None:
    setup = Setup(direction=Direction.BOTH, stop_loss=0.03)
    study = sma_study(goal, setup)
    result = search(study, GRID, ThreadScorer(study, SMA, GRID.names, 3))
    assert len(result.points) == 42 - result.left_out == 36
    assert np.isfinite(result.goals).all()
    assert len(np.unique(result.goals)) > 20
    np.testing.assert_allclose(result.goals, one_by_one(study, result), rtol=1e-9)


def test_processes_give_what_threads_give(children: Children) -> None:
    study = sma_study()
    near = search(study, GRID, ThreadScorer(study, SMA, GRID.names))
    far = search(study, GRID, ProcessScorer(study, GRID.names, children))
    np.testing.assert_array_equal(near.points, far.points)
    np.testing.assert_array_equal(near.goals, far.goals)


def test_optuna_chooses_the_same_again() -> None:
    study = sma_study()
    method = OptunaSearch({"fast": (2, 60, 1), "slow": (5, 200, 1)}, 40, 11)
    one, other = (search(study, method, ThreadScorer(study, SMA, method.names)) for _ in range(2))
    np.testing.assert_array_equal(one.points, other.points)
    np.testing.assert_array_equal(one.goals, other.goals)


def test_a_combination_that_warms_up_for_too_long_has_no_goal() -> None:
    study = sma_study()
    grid = Grid({"slow": (30, 500, 235)})
    short = Study(study.strategy, SMA.parameters, SMA.rules, {"A-B": walk(300)}, "sharpe")
    result = search(short, grid, ThreadScorer(short, SMA, grid.names))
    assert np.isnan(result.goals).tolist() == [False, False, True]


def test_a_users_file_is_searched_in_processes(children: Children, file: Path) -> None:
    study, grid = file_study(file), Grid({"length": (1, 12, 1)})
    result = search(study, grid, ProcessScorer(study, grid.names, children, lanes=2))
    assert result.failed == 1
    assert result.failure == "mine.py, line 5: ZeroDivisionError: division by zero"
    assert np.isnan(result.goals[2])
    assert np.isfinite(np.delete(result.goals, 2)).all()
    assert len(np.unique(result.goals)) > 6


def test_a_combination_that_hangs_ends_the_search_by_name(children: Children, file: Path) -> None:
    study, grid = file_study(file), Grid({"length": (40, 40, 1)})
    scorer = ProcessScorer(study, grid.names, children, Limits(seconds=0.5, memory=256 << 20))
    with pytest.raises(SearchFailed, match=r"ended at length 40. .* took longer than 0.5 s"):
        search(study, grid, scorer)


def test_a_search_in_processes_can_be_cancelled(children: Children, file: Path) -> None:
    study, grid = file_study(file), Grid({"length": (40, 41, 1)})
    told: list[int] = []
    result = search(
        study, grid, ProcessScorer(study, grid.names, children, lanes=1),
        lambda progress: told.append(progress.done), lambda: len(told) > 5,
    )  # fmt: skip
    assert not result.complete
    assert len(result.points) == 0
