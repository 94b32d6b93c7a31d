"""Compiled code must never outlive the sources it was made from."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import config
from numba.core.errors import NumbaError
from numpy.typing import NDArray

from chart_acceleration.projection import project_candles
from indicators.averages import _macd
from market.kernel import cache_folder, lean_kernel, source_hash
from tests.conftest import ROOT

PACKAGES = ("market", "indicators", "data_feed", "chart_acceleration", "trading")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Two packages of the project, to be changed at will."""
    for package in ("market", "chart_acceleration"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignore)
    return tmp_path


@pytest.mark.skipif(vars(config)["DISABLE_JIT"], reason="nothing is compiled")
@pytest.mark.parametrize(
    ("compiled", "package"), [(_macd, "indicators"), (project_candles, "chart_acceleration")]
)
def test_machine_code_in_use_belongs_to_the_sources(compiled: Any, package: str) -> None:
    folder = Path(compiled.stats.cache_path).parent
    assert folder.name == source_hash(ROOT, package)


def test_a_changed_callee_changes_the_folder(copy: Path) -> None:
    before = source_hash(copy)
    callee = copy / "chart_acceleration" / "encoders" / "runs.py"
    callee.write_text(callee.read_text() + "\n# changed\n")
    assert source_hash(copy) != before


def test_a_changed_caller_leaves_what_it_calls(copy: Path) -> None:
    before = [
        source_hash(copy, package) for package in ("market", "chart_acceleration", "data_feed")
    ]
    caller = copy / "chart_acceleration" / "encoders" / "runs.py"
    caller.write_text(caller.read_text() + "\n# changed\n")
    after = [
        source_hash(copy, package) for package in ("market", "chart_acceleration", "data_feed")
    ]
    assert [a == b for a, b in zip(after, before, strict=True)] == [True, False, True]


def test_a_changed_callee_changes_the_folder_of_every_caller(copy: Path) -> None:
    before = {source_hash(copy, package) for package in PACKAGES}
    callee = copy / "market" / "ring.py"
    callee.write_text(callee.read_text() + "\n# changed\n")
    assert before.isdisjoint(source_hash(copy, package) for package in PACKAGES)


def test_a_renamed_file_changes_the_folder(copy: Path) -> None:
    before = source_hash(copy)
    (copy / "market" / "ring.py").rename(copy / "market" / "rings.py")
    assert source_hash(copy) != before


def test_the_chosen_folder_wins(tmp_path: Path) -> None:
    assert cache_folder(ROOT, str(tmp_path)).parent == tmp_path


def test_without_a_choice_the_project_keeps_it() -> None:
    assert cache_folder(ROOT, None).parent == ROOT / ".numba"


def _two_ends(values: NDArray[np.float64]) -> float:
    head, tail = values[:1], values[1:]
    return float(head[0] + tail[-1])


def _head(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[:1]


@pytest.mark.skipif(vars(config)["DISABLE_JIT"], reason="nothing is compiled")
def test_a_lean_kernel_counts_no_arrays_and_gives_none_away() -> None:
    values = np.array([1.0, 2.0, 4.0])
    lean: Any = lean_kernel(_two_ends)
    assert lean(values) == 5.0
    lean.recompile()  # of one that an earlier run has kept there is no text to look at
    assert not any("NRT_incref" in code for code in lean.inspect_llvm().values())
    with pytest.raises(NumbaError, match="Only accept returning of array passed"):
        lean_kernel(_head)(values)
