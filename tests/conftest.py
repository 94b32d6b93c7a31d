"""Fixtures and switches shared by every test."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from tests.second_tries import (  # noqa: F401 - hooks of pytest
    pytest_runtest_makereport,
    pytest_runtest_protocol,
    pytest_terminal_summary,
)

# The first call of a kernel loads or compiles it: no example has a deadline. A submission is judged
# by the same examples each time; new ones are looked for at every other run. That a machine is
# slow at making them is no defect of what they test. Kernels as plain Python are asked about their
# indices alone, by the first of the examples that the compiled ones are judged by.
PLAIN = os.environ.get("NUMBA_DISABLE_JIT") == "1"
settings.register_profile(
    "kernels",
    deadline=None,
    max_examples=40 if PLAIN else 100,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("kernels")

# Hypothesis tries the numbers that stand in imported modules, too. Which are imported depends on
# what ran before, and any changed number draws other examples everywhere: not in a submission.
if os.environ.get("CI"):
    providers._get_local_constants = lambda: providers._local_constants

# Nobody's settings may change what is tested.
for name in [name for name in os.environ if name.startswith("CANDLECAST_")]:
    if name not in {"CANDLECAST_CHROMIUM", "CANDLECAST_SCREENSHOTS"}:
        del os.environ[name]

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded exchange messages and candles; skips the test where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is not there: recorded exchange data is needed for this test")
    return SHARED_DATA


def pytest_collection_finish() -> None:
    """What is imported by now stays: the collector need not look at it after every module."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def nothing_left_open() -> Iterator[None]:
    """What a module leaves unclosed fails that module, not one that runs later."""
    yield
    gc.collect()
