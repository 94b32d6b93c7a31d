"""Who is tried twice: browser tests of which a wait ran out, once, and never without a word."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

CONFTEST = """
from tests.second_tries import (
    pytest_runtest_makereport, pytest_runtest_protocol, pytest_terminal_summary
)
def pytest_configure(config):
    config.addinivalue_line("markers", "browser: x")
"""
TESTS = """
import pytest
from playwright.sync_api import TimeoutError as Late
from tests.second_tries import WaitRanOut
tries, made = {}, []
@pytest.fixture
def fresh():
    made.append(1)
    return len(made)
def late(name, error, most=1):
    tries[name] = tries.get(name, 0) + 1
    if tries[name] <= most:
        raise error
@pytest.mark.browser
def test_late(fresh):
    late("late", Late("Timeout 60000ms exceeded.\\nCall log"))
    assert fresh == 2
@pytest.mark.browser
def test_ours(): late("ours", WaitRanOut("not within 60 s: a picture"))
@pytest.mark.browser
def test_always_late(): late("always", Late("never"), 9)
@pytest.mark.browser
def test_wrong(): late("wrong", AssertionError("1 == 2"))
def test_unit(): late("unit", Late("no browser test"))
"""


def test_only_waits_of_browser_tests_are_tried_again(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_some.py").write_text(TESTS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:dash", "."],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert lines[-1].startswith("3 failed, 2 passed"), done.stdout
    assert [line for line in lines if line.startswith("SECOND TRY")] == [
        "SECOND TRY passed test_some.py::test_late: Timeout 60000ms exceeded.",
        "SECOND TRY passed test_some.py::test_ours: not within 60 s: a picture",
        "SECOND TRY failed test_some.py::test_always_late: never",
    ]
    failed = {line.split(" ")[1] for line in lines if line.startswith("FAILED")}
    assert failed == {f"test_some.py::test_{name}" for name in ("always_late", "wrong", "unit")}
