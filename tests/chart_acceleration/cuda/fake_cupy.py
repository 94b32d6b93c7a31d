"""CuPy's part that the renderer uses, on the processor: what is asked of a stream happens when it
is waited for, as late as a card may do it.
"""

import ctypes
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from chart_acceleration.cuda import program


class CUDARuntimeError(RuntimeError):
    """What CuPy raises without a driver."""


class OutOfMemoryError(MemoryError):
    """What CuPy raises when the card has no memory left."""


class Stream:
    """Work that waits; inside ``with``, launches are put into it. ``lost``: the device is gone."""

    current: "Stream | None" = None
    lost = False

    def __init__(self, non_blocking: bool) -> None:
        assert non_blocking
        self.work: list[Callable[[], object]] = []

    def __enter__(self) -> "Stream":
        Stream.current = self
        return self

    def __exit__(self, *_: object) -> None:
        Stream.current = None

    def synchronize(self) -> None:
        """Do everything."""
        if Stream.lost:
            raise CUDARuntimeError("cudaErrorDeviceUnavailable: device lost")
        for step in self.work:
            step()
        self.work.clear()


class Memory:
    """``cupy.ndarray.data``; an array may have up to ``most`` bytes."""

    most = 1 << 40

    def __init__(self, array: np.ndarray[Any, Any]) -> None:
        self.array = array  # held: the work refers to its address
        self.ptr = array.ctypes.data

    def copy_from_host_async(self, mem: int, size: int, stream: Stream) -> None:
        """Host to device."""
        self._put(stream, size, lambda: ctypes.memmove(self.ptr, mem, size))

    def copy_to_host_async(self, mem: int, size: int, stream: Stream) -> None:
        """Device to host."""
        self._put(stream, size, lambda: ctypes.memmove(mem, self.ptr, size))

    def memset_async(self, value: int, size: int, stream: Stream) -> None:
        """Fill."""
        self._put(stream, size, lambda: ctypes.memset(self.ptr, value, size))

    def _put(self, stream: Stream, size: int, step: Callable[[], object]) -> None:
        assert size <= self.array.nbytes
        stream.work.append(step)


def empty(count: int, dtype: type) -> SimpleNamespace:
    """``cupy.empty``, full of rubbish, inside a stream only."""
    assert Stream.current is not None
    if count * np.dtype(dtype).itemsize > Memory.most:
        raise OutOfMemoryError(f"Out of memory allocating {count:,} elements")
    array = np.full(count * np.dtype(dtype).itemsize, 0xA5, dtype=np.uint8)
    return SimpleNamespace(size=count, data=Memory(array))


def fake_cupy(library: ctypes.CDLL | None) -> Any:
    """The module; without ``library`` there is no driver, and a call for the devices fails."""

    def device_count() -> int:
        if library is None:
            raise CUDARuntimeError("cudaErrorInsufficientDriver")
        return 1

    def raw_module(code: str, options: tuple[str, ...]) -> SimpleNamespace:
        assert code == program.source()
        assert options == program.OPTIONS
        return SimpleNamespace(get_function=_function)

    def _function(name: str) -> Callable[..., None]:
        def launch(grid: tuple[int, int], block: tuple[int], arguments: tuple[Any, ...]) -> None:
            assert Stream.current is not None and library is not None
            addresses = [argument.data.ptr for argument in arguments]
            number = program.KERNELS.index(name)
            # partial holds the arguments, and so the memory behind their addresses
            step = partial(_run, library, number, (*grid, *block), addresses, arguments)
            Stream.current.work.append(step)

        return launch

    runtime = SimpleNamespace(
        CUDARuntimeError=CUDARuntimeError,
        getDeviceCount=device_count,
        getDeviceProperties=lambda _: {"name": b"Processor"},
        driverGetVersion=lambda: 13000,
    )
    cuda = SimpleNamespace(runtime=runtime, Stream=Stream, alloc_pinned_memory=bytearray)
    return SimpleNamespace(cuda=cuda, RawModule=raw_module, empty=empty, __version__="0")


def _run(
    library: ctypes.CDLL, number: int, sizes: tuple[int, ...], addresses: list[int], _held: object
) -> None:
    library.run_grid(number, *sizes, 0, 1, *addresses)
