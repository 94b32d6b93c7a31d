"""A batch of charts: what the kernels are told, in which order they run, what comes back.

One launch does a stage of all charts: cull, paint, find_heads, measure; then the sizes of the
streams are known, scatter writes them one behind the other, and only they are fetched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from chart_acceleration.cuda import program
from chart_acceleration.cuda.device import Device
from chart_acceleration.cuda.program import Field
from chart_acceleration.cuda.shelf import Shelf
from chart_acceleration.cuda.stream import file
from chart_acceleration.errors import ChartError
from chart_acceleration.scene import U8, Rect, Scene

MOST_SIDE = 16384


@dataclass(frozen=True, slots=True)
class Job:
    """Draw the part ``window`` of ``scene``, which lies inside it. ``palette``: uint8 (n, 3), or
    None when pixels are wanted and no stream.
    """

    scene: Scene
    window: Rect
    palette: U8 | None

    @property
    def colours(self) -> int:
        """Palette entries; 256 where there is no palette."""
        return 256 if self.palette is None else len(self.palette)


@dataclass(slots=True)
class _Sizes:
    """Elements taken of each buffer, and the longest grid."""

    scene: int = 0
    plane: int = 0
    masks: int = 0
    rows: int = 0
    groups: int = 0
    cull_blocks: int = 1
    tiles: int = 1
    row_blocks: int = 1


class Batch:
    """The stages of one batch at a time on one device; begin the next after finishing the last."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._shelf = Shelf(device)
        self._jobs: Sequence[Job] = ()
        self._sizes = _Sizes()
        self._table: npt.NDArray[np.int32] = np.zeros((0, Field.FIELDS), dtype=np.int32)

    def pixels(self, job: Job) -> U8:
        """The window's pixels (height, width), valid until the next call."""
        self._begin([job])
        count = self._sizes.plane
        self._device.download("plane", count)
        self._device.wait()
        plane = self._device.host("plane", count)[:count].view(np.uint8)
        return plane.reshape(job.window.height, -1)[:, : job.window.width]

    def begin(self, jobs: Sequence[Job]) -> None:
        """Draw ``jobs`` and measure their streams; returns before it is done."""
        self._begin(jobs)
        charts, sizes = len(jobs), self._sizes
        for name in ("heads", "bits"):
            self._device.reserve(name, sizes.rows)
        for kernel in ("find_heads", "measure"):
            self._device.launch(kernel, sizes.row_blocks, charts, program.ROW_THREADS)
        self._device.download("sums", 2 * charts)

    def finish(self) -> list[bytes]:
        """The files of the jobs that were begun. Raises :class:`ChartError` for colours outside a
        palette.
        """
        device, jobs, charts = self._device, self._jobs, len(self._jobs)
        device.wait()
        sums = device.host("sums", 2 * charts)[: 2 * charts].astype(np.int64)
        strange = np.flatnonzero(sums[charts:])
        if strange.size:
            at = int(strange[0])
            raise ChartError(
                f"picture {at} of the batch has colours outside its palette; "
                f"allowed are 0..{jobs[at].colours - 1}"
            )
        bits = sums[:charts] + self._table[:, Field.HEAD_BITS]
        ends = np.cumsum((bits + 31) // 32)
        starts = np.concatenate([[0], ends[:-1]])
        self._table[:, Field.STREAM] = starts.astype(np.uint32).view(np.int32)
        self._upload_table()
        total = int(ends[-1])
        device.zero("out", total)
        device.launch("scatter", self._sizes.row_blocks, charts, program.ROW_THREADS)
        device.download("out", total)
        device.wait()
        out = memoryview(cast(Any, device.host("out", total)[:total].view(np.uint8)))
        return [
            file(out[4 * start : 4 * start + (size + 7) // 8], job.window.width, job.window.height)
            for start, size, job in zip(starts.tolist(), bits.tolist(), jobs, strict=True)
        ]

    def _begin(self, jobs: Sequence[Job]) -> None:
        charts, device = len(jobs), self._device
        device.wait()  # nothing is left over, also where the last batch broke off
        self._jobs = jobs
        self._shelf.make_room(jobs)
        sizes = self._sizes = _Sizes(scene=charts * Field.FIELDS)
        needed = sizes.scene + sum(
            job.scene.rects.size + job.scene.glyphs.size + len(job.scene.ramps) for job in jobs
        )
        scene: Any = device.host("scene", needed)
        self._table = np.array([self._row(job, scene) for job in jobs], dtype=np.int32)
        scene[: self._table.size] = self._table.reshape(-1)
        device.upload("scene", sizes.scene)
        self._shelf.upload()
        device.reserve("masks", sizes.masks)
        device.reserve("plane", sizes.plane)
        device.zero("sums", 2 * charts + sizes.groups)
        device.launch("cull", sizes.cull_blocks, charts, program.CULL_THREADS)
        device.launch("paint", sizes.tiles, charts, program.TILE_THREADS)

    def _upload_table(self) -> None:
        count = self._table.size
        scene: Any = self._device.host("scene", count)
        scene[:count] = self._table.reshape(-1)
        self._device.upload("scene", count)

    def _row(self, job: Job, target: npt.NDArray[np.int32]) -> list[int]:
        """The chart's fields, in their order; its ops are copied to ``target``."""
        scene, window, sizes = job.scene, job.window, self._sizes
        width, height = window.width, window.height
        places = [
            self._copy(target, scene.rects),
            self._copy(target, scene.glyphs),
            self._copy(target, np.ascontiguousarray(scene.ramps).view(np.int32)),
        ]
        atlas, look = self._shelf.atlas(scene.atlas), self._shelf.look(job.palette)
        tiles = -(-width // program.TILE_WIDTH) * -(-height // program.TILE_HEIGHT)
        groups = -(-len(scene.rects) // 32) + -(-len(scene.glyphs) // 32)
        row_bytes = (width + (1 << look.bundle) - 1) >> look.bundle
        stride = (row_bytes + 7) // 8
        row = [window.x0, window.y0, width, height]
        row += [places[0], len(scene.rects), places[1], len(scene.glyphs), places[2]]
        row += [atlas[0], atlas[1], job.colours, look.bundle]
        row += [sizes.plane, stride, sizes.masks, sizes.rows, sizes.groups]
        row += [look.codes, look.head, look.head_bits, 0]
        sizes.plane += stride * height
        sizes.masks += tiles * groups
        sizes.rows += height
        sizes.groups += -(-height // program.ROW_GROUP)
        sizes.tiles = max(sizes.tiles, tiles)
        sizes.cull_blocks = max(sizes.cull_blocks, -(-tiles * groups // program.CULL_THREADS))
        sizes.row_blocks = max(sizes.row_blocks, -(-height // program.ROW_THREADS))
        return row

    def _copy(self, target: npt.NDArray[np.int32], values: npt.NDArray[np.int32]) -> int:
        """Append ``values``; returns where they start."""
        start = self._sizes.scene
        self._sizes.scene = start + values.size
        target[start : self._sizes.scene] = values.reshape(-1)
        return start
