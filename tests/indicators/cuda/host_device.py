"""A device that is this processor: the kernels compiled as C++, every thread in turn."""

import ctypes
import math
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from indicators.cuda.plans import KERNELS, THREADS, source
from indicators.parts import F64
from tests.chart_acceleration.cuda import host_device as charts

HERE = Path(__file__).parent
RUBBISH = -7.25e77


def compiled(folder: Path) -> ctypes.CDLL:
    """The kernels as a shared library; skips the test by name where no C++ compiler is found."""
    compiler = next(filter(None, map(shutil.which, ("g++", "clang++", "c++"))), None)
    if compiler is None:
        pytest.skip("no C++ compiler (g++, clang++, c++): the CUDA kernels cannot be run as C++")
    shim = (Path(charts.__file__).parent / "shim.h").read_text()
    text, library = folder / "indicators.cpp", folder / "indicators.so"
    parts = ("#include <cmath>", shim, source(), (HERE / "launcher.h").read_text())
    text.write_text("\n".join(parts))
    flags = (*charts.FLAGS, "-Wno-unused-variable", "-Wno-unused-function", "-ffp-contract=off")
    command = [compiler, *flags, "-shared", "-fPIC", "-o", str(library), str(text)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = ctypes.CDLL(str(library))
    pointers, numbers = [ctypes.c_void_p] * 6, [ctypes.c_int64] * 5
    order = [ctypes.c_int, ctypes.c_uint, ctypes.c_uint, ctypes.c_int64, ctypes.c_int64]
    found.run_grid.argtypes = [*order, *pointers, *numbers, ctypes.c_double]
    found.run_grid.restype = None
    return found


class HostDevice:
    """Meets ``indicators.cuda.plans.Device``; ``order`` mixes the threads."""

    def __init__(self, library: ctypes.CDLL, order: int = 0) -> None:
        self.library = library
        self.order = order

    def upload(self, values: F64) -> F64:
        return np.ascontiguousarray(values.T).reshape(-1)

    def download(self, buffer: F64, symbols: int, bars: int) -> F64:
        return np.ascontiguousarray(buffer.reshape(bars, symbols).T)

    def empty_like(self, buffer: F64) -> F64:
        return np.full_like(buffer, RUBBISH)

    def zeros_like(self, buffer: F64) -> F64:
        return np.zeros_like(buffer)

    def launch(
        self, kernel: str, threads: int, buffers: Sequence[F64], whole: Sequence[int], scale: float
    ) -> None:
        if threads == 0:
            return
        blocks = -(-threads // THREADS)
        step = max(1, self.order)
        while math.gcd(step, blocks * THREADS) > 1:
            step += 1
        addresses = [buffer.ctypes.data for buffer in buffers]
        self.library.run_grid(
            KERNELS.index(kernel), blocks, THREADS, self.order, step, *addresses, *whole, scale
        )
