"""Compiled code must never outlive the sources it was made from."""

import shutil
from pathlib import Path

import pytest
from numba import config

from market.kernel import cache_folder, source_hash
from tests.conftest import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Two packages of the project, to be changed at will."""
    for package in ("market", "chart_acceleration"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignore)
    return tmp_path


def test_the_cache_in_use_belongs_to_the_sources() -> None:
    assert Path(vars(config)["CACHE_DIR"]).name == source_hash(ROOT)


def test_a_changed_callee_changes_the_folder(copy: Path) -> None:
    before = source_hash(copy)
    callee = copy / "chart_acceleration" / "encoders" / "runs.py"
    callee.write_text(callee.read_text() + "\n# changed\n")
    assert source_hash(copy) != before


def test_a_renamed_file_changes_the_folder(copy: Path) -> None:
    before = source_hash(copy)
    (copy / "market" / "ring.py").rename(copy / "market" / "rings.py")
    assert source_hash(copy) != before


def test_the_chosen_folder_wins(tmp_path: Path) -> None:
    assert cache_folder(ROOT, str(tmp_path)).parent == tmp_path


def test_without_a_choice_the_project_keeps_it() -> None:
    assert cache_folder(ROOT, None).parent == ROOT / ".numba"
