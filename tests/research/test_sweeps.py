"""Searches asked for with a run: the best is run, the map and the walk forward come with it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from research.errors import BadSearch
from research.runs import Research
from research.views import SweepRequest
from tests.research.desk import REQUEST, desk, ended, ran

pytestmark = pytest.mark.kernel

SWEEP = SweepRequest({"fast": (2, 6, 2), "slow": (4, 12, 4)}, "total_return")


@pytest.fixture
def research(tmp_path: Path) -> Iterator[Research]:
    made = desk(tmp_path)
    yield made
    made.close()


def goal_of(research: Research, **values: float) -> float:
    """The total return of one run."""
    result = ended(research, ran(research, replace(REQUEST, values=values))).result
    assert result is not None
    found = next(metric.value for metric in result.metrics if metric.key == "total_return")
    assert found is not None
    return found


def test_the_best_of_a_grid_is_run_and_the_map_is_that_of_single_runs(research: Research) -> None:
    view = ended(research, ran(research, replace(REQUEST, sweep=SWEEP)))
    assert view.result is not None
    sweep = view.result.sweep
    assert sweep is not None
    assert (sweep.x, sweep.y, sweep.xs, sweep.ys) == ("fast", "slow", (2, 4, 6), (4, 8, 12))
    assert np.isnan(sweep.matrix[0, 1])
    assert np.isnan(sweep.matrix[0, 2])
    assert sweep.tried == 7
    for row, slow in enumerate(sweep.ys):
        for column, fast in enumerate(sweep.xs):
            if fast < slow:
                single = goal_of(research, fast=fast, slow=slow)
                assert sweep.matrix[row, column] == pytest.approx(single)
    assert sweep.best_goal == pytest.approx(np.nanmax(sweep.matrix))
    assert goal_of(research, **sweep.best) == pytest.approx(sweep.best_goal)
    assert view.result.title == f"SMA cross {sweep.best['fast']:g} / {sweep.best['slow']:g}"


def test_a_sweep_comes_back_from_the_history(research: Research, tmp_path: Path) -> None:
    key = ran(research, replace(REQUEST, sweep=replace(SWEEP, walk_forward=2)))
    before = research.run(key).result
    again = desk(tmp_path)
    after = again.run(key).result
    again.close()
    assert before is not None
    assert after is not None
    assert before.sweep is not None
    assert after.sweep is not None
    np.testing.assert_array_equal(before.sweep.matrix, after.sweep.matrix)
    assert len(after.sweep.walk_forward) == 2
    assert before.sweep.walk_forward == after.sweep.walk_forward
    assert "Parameter map" in research.report(key)
    assert not list((tmp_path / "searches").glob("*"))


def test_optuna_proposes_what_it_is_allowed_to(research: Research) -> None:
    asked = replace(SWEEP, method="optuna", trials=5)
    result = ended(research, ran(research, replace(REQUEST, sweep=asked))).result
    assert result is not None
    assert result.sweep is not None
    assert result.sweep.tried == 5


@pytest.mark.parametrize(
    ("sweep", "sentence"),
    [
        (replace(SWEEP, goal="luck"), "The goal was 'luck'; there are total_return, "),
        (replace(SWEEP, ranges={"speed": (1, 2, 1)}), "The strategy has no parameter 'speed'"),
        (replace(SWEEP, ranges={"fast": (5, 2, 1)}), "The range of fast was 5 to 2"),
        (replace(SWEEP, ranges={"fast": (2, 900, 1)}), "The range of Fast length was 2 to 900"),
        (replace(SWEEP, ranges={}), "No parameter varies"),
        (replace(SWEEP, method="luck"), "The method was 'luck'; allowed are grid, optuna"),
        (replace(SWEEP, walk_forward=-1), "Windows were -1; allowed is 1 to 100"),
    ],
)
def test_searches_that_cannot_be_made(
    research: Research, sweep: SweepRequest, sentence: str
) -> None:
    with pytest.raises(BadSearch) as refused:
        research.start(replace(REQUEST, sweep=sweep))
    assert str(refused.value).startswith(sentence)


def test_a_search_is_cancelled(research: Research) -> None:
    wide = replace(SWEEP, ranges={"fast": (2, 200, 1), "slow": (3, 500, 1)})
    key = research.start(replace(REQUEST, sweep=wide))
    while research.run(key).done < 10:
        assert research.run(key).state in {"queued", "running"}
    assert [run.id for run in research.active()] == [key]
    assert "combinations" in research.run(key).words
    research.cancel(key)
    assert ended(research, key).state == "cancelled"
    assert research.active() == ()
    assert research.history() == ()
