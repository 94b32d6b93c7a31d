"""The CUDA device through CuPy: the one module here that imports it.

The kernels and the plans are proven without a card (as C++); this module is not.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import cupy
import numpy as np

from indicators.cuda.plans import KERNELS, OPTIONS, THREADS, Buffer, source
from indicators.errors import NoDevice
from indicators.parts import F64


class CupyDevice:
    """Meets :class:`indicators.cuda.plans.Device` on the first CUDA device."""

    def __init__(self, module: Any) -> None:
        self._kernels = {name: module.get_function(name) for name in KERNELS}

    def upload(self, values: F64) -> Buffer:
        """See the protocol, as for all methods. Turned to time-major on the device."""
        return cupy.ascontiguousarray(cupy.asarray(values).T).reshape(-1)

    def download(self, buffer: Buffer, symbols: int, bars: int) -> F64:
        """See the protocol."""
        rows: F64 = cupy.asnumpy(cupy.ascontiguousarray(buffer.reshape(bars, symbols).T))
        return rows

    def empty_like(self, buffer: Buffer) -> Buffer:
        """See the protocol."""
        return cupy.empty_like(buffer)

    def zeros_like(self, buffer: Buffer) -> Buffer:
        """See the protocol."""
        return cupy.zeros_like(buffer)

    def launch(
        self,
        kernel: str,
        threads: int,
        buffers: Sequence[Buffer],
        whole: Sequence[int],
        scale: float,
    ) -> None:
        """See the protocol."""
        if threads == 0:
            return
        arguments = (*buffers, *map(np.int64, whole), np.float64(scale))
        self._kernels[kernel]((-(-threads // THREADS),), (THREADS,), arguments)


@cache
def open_device() -> CupyDevice:
    """The first CUDA device, kernels compiled; raises :class:`NoDevice` where there is none."""
    try:
        if cupy.cuda.runtime.getDeviceCount() == 0:
            raise NoDevice("no CUDA device is there")
        return CupyDevice(cupy.RawModule(code=source(), options=OPTIONS))
    except NoDevice:
        raise
    except Exception as error:  # CuPy, NVRTC and the driver have no common root
        raise NoDevice(f"CuPy could not start ({error})") from error
