"""What the batch needs of a device: buffers with a twin on the host, copies, launches."""

from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]

DTYPES: Final[dict[str, type[np.generic]]] = {
    "scene": np.int32,
    "kept": np.int32,
    "plane": np.uint64,
    "masks": np.uint32,
    "heads": np.int32,
    "bits": np.uint32,
    "sums": np.uint64,
    "out": np.uint32,
}
"""Element type by buffer, in the order of the kernels' arguments."""


class Device(Protocol):
    """One stream of work with buffers of its own (``program.BUFFERS``), which only grow."""

    def host(self, name: str, count: int) -> npt.NDArray[np.generic]:
        """The buffer's host twin, at least ``count`` elements; its content survives growth."""
        ...

    def reserve(self, name: str, count: int) -> None:
        """Room for ``count`` elements on the device; the content is lost when the buffer grows."""
        ...

    def upload(self, name: str, count: int) -> None:
        """Copy the first ``count`` elements of the host twin to the device, making room there."""
        ...

    def download(self, name: str, count: int) -> None:
        """Begin to copy the first ``count`` elements to the host twin; :meth:`wait` ends it."""
        ...

    def zero(self, name: str, count: int) -> None:
        """Make room for ``count`` elements and fill them with zero."""
        ...

    def launch(self, kernel: str, blocks: int, charts: int, threads: int) -> None:
        """Run ``blocks`` x ``charts`` blocks of ``threads`` with all buffers as arguments."""
        ...

    def wait(self) -> None:
        """Return when everything asked for is done."""
        ...
