"""The history: what is kept outlives the program, and damage of one run is only its own."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from research.errors import RequestError
from research.kept_runs import MOST_IN_MEMORY, MemoryRuns
from research.runs import Research
from storage.run_store import RunStore
from tests.conftest import PLAIN
from tests.research.desk import REQUEST, MadeSource, desk, ended, ran
from tests.storage.test_run_store import flip

pytestmark = pytest.mark.kernel


def test_runs_outlive_the_program(tmp_path: Path) -> None:
    before = desk(tmp_path)
    key = ran(before)
    was, shown = before.run(key).result, before.charted(key)
    before.close()
    after = desk(tmp_path)
    (row,) = after.history()
    view = after.run(key)
    assert (row.id, row.number, view.state) == (key, 1, "done")
    assert dict(view.request.values) == {"fast": 2, "slow": 3}
    now, chart = view.result, after.charted(key)
    assert was is not None
    assert now is not None
    assert (was.metrics, was.trades, was.fills, was.monthly, was.drawdowns) == (
        now.metrics, now.trades, now.fills, now.monthly, now.drawdowns,
    )  # fmt: skip
    np.testing.assert_array_equal(was.equity, now.equity)
    np.testing.assert_array_equal(shown.candles.close, chart.candles.close)
    np.testing.assert_array_equal(shown.curves[1].values, chart.curves[1].values)
    again = ended(after, ran(after)).result
    assert again is not None
    assert (again.cached, again.number) == (True, 1)
    after.close()


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda folder: flip(folder / "run.json", 30), "it is not what was written"),
        (lambda folder: (folder / "run.json").unlink(), "could not be read"),
    ],
)
def test_a_damaged_run_is_reported_and_the_others_are_shown(
    tmp_path: Path, damage: object, sentence: str
) -> None:
    research = desk(tmp_path)
    keys = [ran(research, replace(REQUEST, capital=capital)) for capital in (1.0, 2.0, 3.0)]
    research.close()
    assert callable(damage)
    damage(tmp_path / "runs" / "000002")
    research = desk(tmp_path)
    assert [row.number for row in research.history()] == [3, 2, 1]
    assert sentence in research.history()[1].problem
    assert [row.problem for row in research.history()][::2] == ["", ""]
    with pytest.raises(RequestError, match="run was"):
        research.run(keys[1])
    assert research.run(keys[2]).result is not None
    research.delete(research.history()[1].id)
    assert [row.number for row in research.history()] == [3, 1]
    assert research.charted(keys[0]).candles is not None
    research.close()


def test_damaged_figures_are_told_when_they_are_asked_for(tmp_path: Path) -> None:
    research = desk(tmp_path)
    key = ran(research)
    research.close()
    flip(tmp_path / "runs" / "000001" / "arrays.npz", 2000)
    research = desk(tmp_path)
    assert research.history()[0].problem == ""
    with pytest.raises(RequestError, match=r"run 1 cannot be read: .*it is not what was written"):
        research.run(key)
    research.close()


def test_a_run_of_another_version_is_told(tmp_path: Path) -> None:
    document = json.dumps({"format": 99, "run": {}, "outcome": {}}).encode()
    RunStore(tmp_path).add(document, {})
    research = desk(tmp_path)
    assert research.history()[0].problem == "it was written by another version of the program"
    research.close()


def test_candles_stay_as_long_as_a_run_needs_them(tmp_path: Path) -> None:
    research = desk(tmp_path)
    one, other = ran(research), ran(research, replace(REQUEST, capital=5.0))
    kept = tmp_path / "runs" / "candles"
    assert len(list(kept.iterdir())) == 1
    research.delete(one)
    assert len(research.charted(other).candles) == 2000
    research.delete(other)
    assert list(kept.iterdir()) == []
    research.close()


def test_runs_that_end_at_once_keep_the_same_candles(tmp_path: Path) -> None:
    for round_ in range(1 if PLAIN else 5):  # it is about threads, not about kernels
        research = desk(tmp_path / str(round_))
        requests = [replace(REQUEST, capital=1.0 + n) for n in range(6)]
        keys = [research.start(request) for request in requests]
        assert [ended(research, key).error for key in keys] == [None] * 6
        assert sorted(row.number for row in research.history()) == [1, 2, 3, 4, 5, 6]
        research.close()


def test_without_a_store_the_last_runs_are_held() -> None:
    runs = MemoryRuns()
    numbers = [runs.add(str(n).encode(), {}) for n in range(MOST_IN_MEMORY + 2)]
    assert runs.numbers() == numbers[2:]
    assert runs.document(numbers[-1]) == str(MOST_IN_MEMORY + 1).encode()
    research = Research(MadeSource())
    key = ran(research)
    research.delete(key)
    assert research.history() == ()
    with pytest.raises(RequestError, match="allowed are the ids"):
        research.run(key)
    research.close()


def test_a_full_disk_fails_the_run_and_leaves_the_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    research = desk(tmp_path)
    ran(research)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("storage.run_store.write_synced", full)
        view = ended(research, research.start(replace(REQUEST, capital=7.0)))
    assert view.state == "failed"
    assert "could not be written: No space left on device" in str(view.error)
    assert [row.number for row in research.history()] == [1]
    assert ended(research, ran(research, replace(REQUEST, capital=8.0))).state == "done"
    research.close()
