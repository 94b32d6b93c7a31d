"""The kernels, compiled once for all tests here."""

import ctypes

import pytest

from tests.indicators.cuda.host_device import compiled


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The kernels as C++; skips by name where no compiler is found."""
    return compiled(tmp_path_factory.mktemp("cuda_indicators"))
