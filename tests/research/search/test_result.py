"""Grids, and results over two parameters."""

from collections.abc import Sequence

import numpy as np
import pytest

from research.errors import BadSearch
from research.search import Grid, OptunaSearch, SearchResult, heatmap
from research.search.goals import check_goal
from research.search.grid import steps
from research.search.result import best_values, stability


def found(
    points: Sequence[Sequence[float]], goals: list[float], goal: str = "sharpe"
) -> SearchResult:
    names = ("a", "b", "c")[: len(points[0])]
    return SearchResult(names, np.array(points), np.array(goals), goal)


def test_a_grid_holds_every_combination_the_last_name_fastest() -> None:
    grid = Grid({"fast": (5, 7, 1), "slow": (0.1, 0.3, 0.1)})
    assert grid.size == 9
    assert grid.points().tolist()[:4] == [[5, 0.1], [5, 0.2], [5, 0.3], [6, 0.1]]
    assert len(grid.points()) == 9


def test_the_end_belongs_to_a_range_only_where_a_step_meets_it() -> None:
    assert steps((0, 1, 0.3)).tolist() == [0.0, 0.3, 0.6, 0.9]
    assert steps((3, 3, 1)).tolist() == [3]
    assert steps((0.7, 1.0, 0.1)).tolist() == [0.7, 0.8, 0.9, 1.0]
    assert steps((1e-6, 3e-6, 1e-6)).tolist() == [1e-6, 2e-6, 3e-6]


@pytest.mark.parametrize("wrong", [(5, 4, 1), (1, 2, 0), (1, 2, -1), (1, float("nan"), 1)])
def test_a_range_has_to_rise(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(BadSearch, match="it has to rise, by a step above 0"):
        Grid({"fast": wrong})


def test_too_many_combinations_are_refused_in_a_sentence() -> None:
    Grid({"a": (1, 200, 1), "b": (1, 1000, 1)})
    with pytest.raises(BadSearch, match="200,200 combinations; a grid takes up to 200,000"):
        Grid({"a": (1, 200, 1), "b": (1, 1001, 1)})
    with pytest.raises(BadSearch, match="No parameter varies"):
        Grid({})


@pytest.mark.parametrize("trials", [0, 200_001])
def test_trials_are_bounded(trials: int) -> None:
    with pytest.raises(BadSearch, match="allowed is 1 to 200,000"):
        OptunaSearch({"a": (1, 2, 1)}, trials)


def test_a_heatmap_holds_the_best_over_the_other_parameters() -> None:
    points = [[1, 10, 0], [1, 10, 1], [1, 20, 0], [2, 10, 0], [2, 10, 1]]
    result = found(points, [1.0, 3.0, np.nan, -5.0, np.nan])
    shown = heatmap(result, "a", "b")
    assert shown.xs.tolist() == [1, 2]
    assert shown.ys.tolist() == [10, 20]
    np.testing.assert_array_equal(shown.matrix, [[3.0, -5.0], [np.nan, np.nan]])
    np.testing.assert_array_equal(heatmap(result, "b", "a").matrix, [[3, np.nan], [-5, np.nan]])


def test_a_heatmap_of_a_figure_that_should_be_small_holds_the_smallest() -> None:
    result = found([[1, 5], [1, 6], [2, 5]], [4.0, 2.0, 9.0], "volatility")
    np.testing.assert_array_equal(heatmap(result).matrix, [[4.0, 9.0], [2.0, np.nan]])
    assert result.best == 1


def test_one_parameter_makes_one_row() -> None:
    shown = heatmap(found([[3], [1], [2]], [30.0, 10.0, 20.0]))
    assert (shown.x, shown.y, shown.ys.tolist()) == ("a", None, [0.0])
    assert shown.matrix.tolist() == [[10, 20, 30]]


@pytest.mark.parametrize("axes", [("a", "a"), ("a", "z"), ("z", None)])
def test_unknown_axes_are_refused(axes: tuple[str, str | None]) -> None:
    with pytest.raises(BadSearch, match="there are a, b"):
        heatmap(found([[1, 2]], [1.0]), *axes)


def test_the_best_is_the_first_of_equal_ones_and_none_without_a_number() -> None:
    assert found([[1], [2], [3]], [5.0, np.nan, 5.0]).best == 0
    nothing = found([[1], [2]], [np.nan, np.nan])
    assert nothing.best is None
    assert best_values(nothing, {"a": 9, "z": 1}) == {"a": 9, "z": 1}
    assert best_values(found([[1], [2]], [1.0, 2.0]), {"a": 9, "z": 1}) == {"a": 2.0, "z": 1}


def test_a_lonely_peak_loses_against_a_plateau() -> None:
    points = [[x, y] for y in range(3) for x in range(5)]
    goals = np.array([[9, 0, 4, 4, 4], [0, 0, 4, 5, 4], [np.nan, 0, 4, 4, 4]], float)
    result = found(points, goals.ravel().tolist())
    mean = stability(heatmap(result, "a", "b"))
    assert mean[0, 0] == 9 / 4
    assert mean[1, 3] == 37 / 9
    assert np.isnan(mean[2, 0])
    assert int(np.nanargmax(mean)) == 4


def test_goals_are_figures_of_a_run() -> None:
    check_goal("sharpe")
    with pytest.raises(BadSearch, match="The goal was 'luck'; there are total_return, "):
        check_goal("luck")
