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
MOST_PLACES = 2**31 - 1
"""The kernels' places are 32-bit integers."""


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
        needed = charts * Field.FIELDS + sum(
            job.scene.rects.size + job.scene.glyphs.size + len(job.scene.ramps) for job in jobs
        )
        scene: Any = device.host("scene", needed)
        self._table = self._packed(jobs, scene)
        sizes = self._sizes
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

    def _packed(self, jobs: Sequence[Job], target: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """The charts' rows; their ops are copied to ``target`` behind the place of the rows."""
        sizes = self._sizes = _Sizes(scene=len(jobs) * Field.FIELDS)
        ramps: dict[int, int] = {}  # charts share theirs as a rule
        table = np.array([self._row(job, target, ramps) for job in jobs], dtype=np.int64)
        width, height = table[:, Field.WIDTH], table[:, Field.HEIGHT]
        tiles = -(-width // program.TILE_WIDTH) * -(-height // program.TILE_HEIGHT)
        ops = -(-table[:, Field.RECT_COUNT] // 32) - (-table[:, Field.GLYPH_COUNT] // 32)
        row_bytes = -(-width // (1 << table[:, Field.BUNDLE]))
        stride = (row_bytes + 7) // 8
        table[:, Field.STRIDE] = stride
        table[:, Field.PLANE], sizes.plane = _places(stride * height)
        table[:, Field.MASKS], sizes.masks = _places(tiles * ops)
        table[:, Field.ROWS], sizes.rows = _places(height)
        table[:, Field.ROW_GROUPS], sizes.groups = _places(-(-height // program.ROW_GROUP))
        if max(sizes.masks, sizes.plane) > MOST_PLACES:
            raise ChartError(
                f"the batch needs {max(sizes.masks, sizes.plane):,} elements of one buffer; "
                f"allowed are {MOST_PLACES:,}"
            )
        sizes.tiles = int(tiles.max())
        sizes.cull_blocks = max(1, -(-int((tiles * ops).max()) // program.CULL_THREADS))
        sizes.row_blocks = -(-int(height.max()) // program.ROW_THREADS)
        return table.astype(np.int32)

    def _row(self, job: Job, target: npt.NDArray[np.int32], ramps: dict[int, int]) -> list[int]:
        """The chart's fields, in their order, as far as they follow from it alone."""
        scene, window = job.scene, job.window
        rects = self._copy(target, scene.rects)
        glyphs = self._copy(target, scene.glyphs)
        if id(scene.ramps) not in ramps:
            ramps[id(scene.ramps)] = self._copy(
                target, np.ascontiguousarray(scene.ramps).view(np.int32)
            )
        coverage, boxes = self._shelf.atlas(scene.atlas)
        look = self._shelf.look(job.palette)
        return [
            window.x0, window.y0, window.width, window.height, rects, len(scene.rects), glyphs,
            len(scene.glyphs), ramps[id(scene.ramps)], coverage, boxes, job.colours, look.bundle,
            0, 0, 0, 0, 0, look.codes, look.head, look.head_bits, 0,
        ]  # fmt: skip

    def _copy(self, target: npt.NDArray[np.int32], values: npt.NDArray[np.int32]) -> int:
        """Append ``values``; returns where they start."""
        start = self._sizes.scene
        self._sizes.scene = start + values.size
        target[start : self._sizes.scene] = values.reshape(-1)
        return start


def _places(counts: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], int]:
    """Where each of ``counts`` elements starts when they lie one behind the other; their sum."""
    ends = np.cumsum(counts)
    return ends - counts, int(ends[-1])
