"""Searches over a planted formula: grid and Optuna, progress, cancel, resume."""

import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from research.errors import BadPartial, BadSearch, SearchFailed
from research.search import Grid, OptunaSearch, Progress, SearchResult, search
from tests.research.search.planted import Formula, hill, study

F64 = NDArray[np.float64]
GRID = Grid({"fast": (1, 20, 1), "slow": (10, 40, 2)})
OPTUNA = OptunaSearch({"fast": (0, 100, 1), "slow": (0, 100, 1)}, 150, 3)


def same(one: SearchResult, other: SearchResult) -> None:
    np.testing.assert_array_equal(one.points, other.points)
    np.testing.assert_array_equal(one.goals, other.goals)
    assert (one.names, one.goal, one.left_out, one.failed, one.failure, one.complete) == (
        other.names, other.goal, other.left_out, other.failed, other.failure, other.complete,
    )  # fmt: skip


def test_a_grid_runs_everything_that_keeps_the_rules_in_its_order() -> None:
    result = search(study(), GRID, Formula(lanes=3))
    wanted = [point for point in GRID.points().tolist() if point[0] < point[1]]
    assert result.points.tolist() == wanted
    assert result.goals.tolist() == [hill(np.array(point)) for point in wanted]
    assert result.left_out == 320 - len(wanted) > 0
    assert result.complete
    assert result.best is not None
    assert result.values(result.best) == {"fast": 20.0, "slow": 40.0}


def test_any_number_of_lanes_finds_the_same() -> None:
    for method in (GRID, OPTUNA):
        same(search(study(), method, Formula(lanes=1)), search(study(), method, Formula(lanes=5)))


def test_optuna_finds_the_planted_optimum() -> None:
    scorer = Formula()
    result = search(study(), OPTUNA, scorer)
    assert len(result.points) == 150 == scorer.count  # of 10,201 on the grid, none of them twice
    assert len(np.unique(result.points, axis=0)) == 150
    assert result.best is not None
    assert result.goals[result.best] >= -5.0
    assert (result.points[:, 0] < result.points[:, 1]).all()
    assert result.left_out > 0


def test_optuna_goes_down_where_low_is_good() -> None:
    result = search(study("volatility"), OPTUNA, Formula(lambda point: -hill(point)))
    assert result.best is not None
    assert result.goals[result.best] <= 5.0


def test_another_seed_proposes_others() -> None:
    one = search(study(), OPTUNA, Formula())
    other = search(study(), OptunaSearch(OPTUNA.ranges, 150, 4), Formula())
    assert one.points.tolist() != other.points.tolist()


def test_optuna_ends_when_there_is_nothing_new_to_try() -> None:
    result = search(study(), OptunaSearch({"fast": (1, 3, 1)}, 50), Formula(lambda p: p[0]))
    assert sorted(result.points[:, 0].tolist()) == [1, 2, 3]
    assert result.complete


def test_progress_says_how_much_how_good_and_how_long() -> None:
    told: list[Progress] = []
    result = search(study(), GRID, Formula(seconds=0.002), told.append)
    assert told[-1].done == told[-1].of == len(result.points)
    assert told[-1].best == result.goals.max()
    assert told[-1].values == {"fast": 20.0, "slow": 40.0}
    assert told[-1].seconds_left == 0
    counts = [each.done for each in told]
    assert counts == sorted(counts)
    assert len(set(counts)) > 2
    middle = next(each for each in told if 0 < each.done < each.of)
    assert middle.seconds_left is not None
    assert middle.seconds_left > 0


def cancelled_after(count: int, path: Path | None, method: Grid | OptunaSearch) -> SearchResult:
    scorer = Formula(seconds=0.003, most=count)
    return search(study(), method, scorer, cancelled=lambda: scorer.count >= count, partial=path)


def test_a_cancelled_search_gives_what_it_has() -> None:
    result = cancelled_after(20, None, GRID)
    assert not result.complete
    assert 20 <= len(result.points) < 200
    assert result.goals.tolist() == [hill(point) for point in result.points]


@pytest.mark.parametrize("method", [GRID, OPTUNA], ids=["grid", "optuna"])
def test_taken_up_again_it_is_the_uninterrupted_search(
    method: Grid | OptunaSearch, tmp_path: Path
) -> None:
    path = tmp_path / "runs" / "one.npz"
    partial = cancelled_after(60, path, method)
    assert path.is_file()
    assert not partial.complete
    scorer = Formula()
    result = search(study(), method, scorer, partial=path)
    same(result, search(study(), method, Formula()))
    assert scorer.count == len(result.points) - len(partial.points)
    assert not path.exists()
    assert list(path.parent.iterdir()) == []


def test_failures_are_kept_with_it(tmp_path: Path) -> None:
    def sometimes(point: F64) -> float:
        if point[0] % 3 == 0:
            raise ArithmeticError(f"no {point[0]:g}")
        return hill(point)

    path = tmp_path / "one.npz"
    scorer = Formula(sometimes, seconds=0.003)
    search(study(), GRID, scorer, cancelled=lambda: scorer.count >= 90, partial=path)
    result = search(study(), GRID, Formula(sometimes), partial=path)
    same(result, search(study(), GRID, Formula(sometimes)))
    assert result.failed == int((result.points[:, 0] % 3 == 0).sum())
    assert result.failure == "no 3"
    assert np.isnan(result.goals[result.points[:, 0] == 3]).all()


def test_a_search_that_breaks_keeps_what_it_had(tmp_path: Path) -> None:
    path = tmp_path / "one.npz"
    broken = Formula(seconds=0.002)

    def gives_up(point: F64) -> float:
        if broken.count > 80:
            raise RuntimeError("the machine is gone")
        return hill(point)

    broken.of = gives_up
    with pytest.raises(RuntimeError, match="the machine is gone"):
        search(study(), GRID, broken, partial=path)
    scorer = Formula()
    same(search(study(), GRID, scorer, partial=path), search(study(), GRID, Formula()))
    assert 0 < scorer.count < 240


def test_what_the_report_raises_ends_the_search() -> None:
    scorer = Formula(seconds=0.002)

    def report(progress: Progress) -> None:
        if progress.done > 10:
            raise KeyError("stop")

    with pytest.raises(KeyError):
        search(study(), GRID, scorer, report)
    count = scorer.count
    time.sleep(0.05)
    assert scorer.count == count < 200


def test_the_partial_result_of_another_search_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.npz"
    cancelled_after(20, path, GRID)
    with pytest.raises(BadPartial, match="is of another search"):
        search(study(capital=5000.0), GRID, Formula(), partial=path)
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(BadPartial, match="is no partial result"):
        search(study(), GRID, Formula(), partial=path)
    (tmp_path / "in the way").symlink_to("nothing")
    with pytest.raises(BadPartial, match=r"two.npz could not be written: File exists"):
        cancelled_after(20, tmp_path / "in the way" / "two.npz", GRID)


def test_it_fails_when_every_combination_does() -> None:
    def never(point: F64) -> float:
        raise ArithmeticError(f"no {point[0]:g}")

    with pytest.raises(SearchFailed, match=r"All 284 combinations failed. The first: no 1"):
        search(study(), GRID, Formula(never))


@pytest.mark.parametrize(
    ("ranges", "sentence"),
    [
        ({"size": (1, 2, 1)}, "no parameter 'size'; it has fast, slow, share"),
        ({"fast": (1, 101, 1)}, r"Fast was 1 to 101; allowed is 0 to 100"),
        ({"fast": (1, 5, 0.5)}, "Fast takes whole numbers"),
        ({"fast": (60, 70, 1)}, r"Every one of the 11 combinations breaks a rule: fast < slow"),
    ],
)
def test_ranges_are_checked_before_anything_runs(
    ranges: dict[str, tuple[float, float, float]], sentence: str
) -> None:
    scorer = Formula()
    with pytest.raises(BadSearch, match=sentence):
        search(study(), Grid(ranges), scorer)
    assert scorer.count == 0


def test_parameters_with_steps_below_one_are_searched_too() -> None:
    result = search(study(), Grid({"share": (0.1, 1.0, 0.1)}), Formula(lambda point: -point[0]))
    assert result.points[:, 0].tolist() == [round(i / 10, 1) for i in range(1, 11)]
    assert result.best == 0
