"""Asking for memory early: it is asked for, and nothing else changes."""

from typing import Any

import numpy as np
import pytest
from numba import config, njit
from numpy.typing import NDArray

from market.prefetch import prefetch

pytestmark = pytest.mark.kernel

Table = NDArray[np.float64]


def _asked(table: Table, element: int) -> float:
    """The sum of ``table``, one element of which is asked for first."""
    prefetch(table, element)
    return float(table.sum())


asked: Any = njit(_asked)  # not from the cache on disk, whose machine code cannot be looked at


@pytest.mark.parametrize("element", [0, 23, 24, -1, 2**40])
def test_nothing_changes(element: int) -> None:
    table = np.arange(24.0).reshape(2, 3, 4)
    assert asked(table, element) == 276.0
    assert table.ravel().tolist() == list(range(24))


@pytest.mark.skipif(bool(vars(config)["DISABLE_JIT"]), reason="plain Python asks for nothing")
def test_the_processor_is_told() -> None:
    asked(np.zeros(3), 1)
    code = "".join(asked.inspect_llvm().values())
    assert "call void @llvm.prefetch.p0" in code
