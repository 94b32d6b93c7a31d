"""A device that is this processor: the kernels compiled as C++, every thread in turn."""

import ctypes
import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from chart_acceleration.cuda import program
from chart_acceleration.cuda.device import DTYPES
from chart_acceleration.cuda.painter import Painter

HERE = Path(__file__).parent
FLAGS = ("-std=c++17", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter")
RUBBISH = 0xA5


def compiled(folder: Path) -> ctypes.CDLL:
    """The kernels as a shared library; skips the test by name where no C++ compiler is found."""
    compiler = next(filter(None, map(shutil.which, ("g++", "clang++", "c++"))), None)
    if compiler is None:
        pytest.skip("no C++ compiler (g++, clang++, c++): the CUDA kernels cannot be run as C++")
    parts = ((HERE / "shim.h").read_text(), program.source(), (HERE / "launcher.h").read_text())
    text, library = folder / "kernels.cpp", folder / "kernels.so"
    text.write_text("\n".join(parts))
    command = [compiler, *FLAGS, "-shared", "-fPIC", "-o", str(library), str(text)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = ctypes.CDLL(str(library))
    pointers = [ctypes.c_void_p] * len(program.BUFFERS)
    numbers = [ctypes.c_int, *[ctypes.c_uint] * 3, *[ctypes.c_uint64] * 2]
    found.run_grid.argtypes = [*numbers, *pointers]
    found.run_grid.restype = None
    found.tally.argtypes = [ctypes.c_uint, ctypes.c_void_p, *pointers]
    found.tally.restype = None
    return found


class HostDevice:
    """Meets ``chart_acceleration.cuda.device.Device``. What was not filled holds rubbish; ``order``
    mixes the threads.
    """

    def __init__(self, library: ctypes.CDLL, order: int = 0) -> None:
        self.library = library
        self.order = order
        self._host = {name: _rubbish(name, 1) for name in DTYPES}
        self._device = {name: _rubbish(name, 1) for name in DTYPES}
        self._pending: list[tuple[str, int]] = []
        self.launches: list[str] = []

    def host(self, name: str, count: int) -> npt.NDArray[np.generic]:
        old = self._host[name]
        if old.size < count:
            self._host[name] = _rubbish(name, count)
            self._host[name][: old.size] = old
        return self._host[name]

    def reserve(self, name: str, count: int) -> None:
        if self._device[name].size < count:
            self._device[name] = _rubbish(name, count)

    def upload(self, name: str, count: int) -> None:
        self.reserve(name, count)
        self._device[name][:count] = self._host[name][:count]

    def download(self, name: str, count: int) -> None:
        self.host(name, count)
        self._pending.append((name, count))

    def zero(self, name: str, count: int) -> None:
        self.reserve(name, count)
        self._device[name][:count] = 0

    def launch(self, kernel: str, blocks: int, charts: int, threads: int) -> None:
        self.launches.append(kernel)
        everything = blocks * charts * threads
        step = max(1, self.order)
        while math.gcd(step, everything) > 1:
            step += 1
        self.library.run_grid(
            program.KERNELS.index(kernel), blocks, charts, threads,
            self.order % everything, step % everything or 1, *self.addresses(),
        )  # fmt: skip

    def wait(self) -> None:
        for name, count in self._pending:
            self._host[name][:count] = self._device[name][:count]
        self._pending.clear()

    def addresses(self) -> list[int]:
        """Of the device's buffers, in the order of the kernels' arguments."""
        return [self._device[name].ctypes.data for name in program.BUFFERS]


class CppRenderer(Painter):
    """The CUDA renderer on two such devices."""

    name = "cuda as C++"

    def __init__(self, library: ctypes.CDLL, order: int = 0) -> None:
        self.devices = [HostDevice(library, order) for _ in range(2)]
        super().__init__(self.devices)


def _rubbish(name: str, count: int) -> npt.NDArray[np.generic]:
    dtype = np.dtype(DTYPES[name])
    return np.full(count * dtype.itemsize, RUBBISH, dtype=np.uint8).view(dtype)
