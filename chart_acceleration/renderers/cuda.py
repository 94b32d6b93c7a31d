"""The CUDA renderer: many charts drawn and encoded in a few launches; only compressed bytes come
back. The only module that imports CuPy.

The kernels (``chart_acceleration/cuda/kernels.cu``) and everything that feeds them are proven
without a GPU: the tests compile the same text as C++ and compare bytes. What is left unproven there
is this module, CuPy's part. It has not run on a card yet: ``make gpu-check`` does that and writes
which one it was into ``benchmarks/results/gpu.md``.
"""

import logging
from collections.abc import Sequence
from typing import Any

import cupy
import numpy as np
import numpy.typing as npt

from chart_acceleration.cuda import program
from chart_acceleration.cuda.device import DTYPES
from chart_acceleration.cuda.painter import Painter
from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.protocol import Card
from chart_acceleration.scene import U8, Rect, Scene

LOG = logging.getLogger(__name__)

_SLOTS = 2


class CudaRenderer:
    """Paints on the first CUDA device. Raises :class:`RendererUnavailable` where there is none.

    Work is given to two streams in turn: while one draws, the other's next batch is packed. Device
    and pinned memory are taken once and kept; they grow with the largest batch.
    """

    name = "cuda"

    def __init__(self) -> None:
        try:
            count = cupy.cuda.runtime.getDeviceCount()
        except cupy.cuda.runtime.CUDARuntimeError as error:
            raise RendererUnavailable("cuda", f"no CUDA device is there ({error})", ()) from error
        if count == 0:
            raise RendererUnavailable("cuda", "no CUDA device is there", ())
        try:
            module = cupy.RawModule(code=program.source(), options=program.OPTIONS)
            self._painter = Painter([CupyDevice(module) for _ in range(_SLOTS)])
        except Exception as error:  # CuPy, NVRTC and the driver have no common root
            raise RendererUnavailable("cuda", f"CuPy could not start ({error})", ()) from error
        LOG.info("CUDA renderer runs on %s", device_name())

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        """See :class:`chart_acceleration.renderers.protocol.Renderer`."""
        self._painter.draw(scene, pixels, clip)

    def card(self) -> Card:
        """See :class:`chart_acceleration.renderers.protocol.TellsCard`."""
        free, total = cupy.cuda.runtime.memGetInfo()
        own = cupy.get_default_memory_pool().total_bytes()
        return Card(device_name(), own, total - free, total)

    def draw_many_encoded(self, scenes: Sequence[Scene], palettes: Sequence[U8]) -> list[bytes]:
        """See :meth:`chart_acceleration.cuda.painter.Painter.draw_many_encoded`."""
        return self._painter.draw_many_encoded(scenes, palettes)


class CupyDevice:
    """Meets :class:`chart_acceleration.cuda.device.Device` with one stream and its own buffers."""

    def __init__(self, module: Any) -> None:
        self._stream = cupy.cuda.Stream(non_blocking=True)
        self._kernels = {name: module.get_function(name) for name in program.KERNELS}
        self._host = {name: _pinned(name, 1) for name in DTYPES}
        with self._stream:
            self._device = {name: cupy.empty(1, dtype) for name, dtype in DTYPES.items()}

    def host(self, name: str, count: int) -> npt.NDArray[np.generic]:
        """See the protocol, as for all methods."""
        old = self._host[name]
        if old.size < count:
            self._host[name] = _pinned(name, 2 * count)
            self._host[name][: old.size] = old
        return self._host[name]

    def reserve(self, name: str, count: int) -> None:
        """See the protocol."""
        if self._device[name].size < count:
            with self._stream:  # what is freed is used again by this stream only
                self._device[name] = cupy.empty(1, DTYPES[name])
                self._device[name] = cupy.empty(count + count // 4, DTYPES[name])

    def upload(self, name: str, count: int) -> None:
        """See the protocol."""
        self.reserve(name, count)
        host = self._host[name]
        size = count * host.itemsize
        self._device[name].data.copy_from_host_async(host.ctypes.data, size, self._stream)

    def download(self, name: str, count: int) -> None:
        """See the protocol."""
        host = self.host(name, count)
        size = count * host.itemsize
        self._device[name].data.copy_to_host_async(host.ctypes.data, size, self._stream)

    def zero(self, name: str, count: int) -> None:
        """See the protocol."""
        self.reserve(name, count)
        size = count * self._host[name].itemsize
        self._device[name].data.memset_async(0, size, self._stream)

    def launch(self, kernel: str, blocks: int, charts: int, threads: int) -> None:
        """See the protocol."""
        with self._stream:
            arguments = tuple(self._device[name] for name in program.BUFFERS)
            self._kernels[kernel]((blocks, charts), (threads,), arguments)

    def wait(self) -> None:
        """See the protocol."""
        self._stream.synchronize()


def device_name() -> str:
    """Card, driver's CUDA version and CuPy's version, as one line."""
    card = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    driver = cupy.cuda.runtime.driverGetVersion()
    version = f"{driver // 1000}.{driver % 1000 // 10}"
    return f"{card}, driver for CUDA {version}, CuPy {cupy.__version__}"


def _pinned(name: str, count: int) -> npt.NDArray[np.generic]:
    memory = cupy.cuda.alloc_pinned_memory(count * np.dtype(DTYPES[name]).itemsize)
    array: npt.NDArray[np.generic] = np.frombuffer(memory, DTYPES[name], count)
    return array
