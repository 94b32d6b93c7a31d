"""A renderer out of devices: single frames for the renderer protocol, batches of encoded pictures.

Knows no CUDA: the tests give it the processor as a device.
"""

import threading
from collections.abc import Iterator, Sequence

import numpy as np

from chart_acceleration.cuda.batch import MOST_SIDE, Batch, Job
from chart_acceleration.cuda.device import Device
from chart_acceleration.errors import ChartError
from chart_acceleration.scene import U8, Rect, Scene, visible_part

MOST_CHARTS = 64
MOST_PIXELS = 1 << 27
"""Of one batch; a single picture may have more."""


class Painter:
    """Paints with each of ``devices`` in turn. One lock: threads take turns."""

    def __init__(self, devices: Sequence[Device]) -> None:
        self._batches = [Batch(device) for device in devices]
        self._lock = threading.Lock()

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        """See :class:`chart_acceleration.renderers.protocol.Renderer`."""
        area = visible_part(scene, clip)
        if area.width > 0 and area.height > 0:
            with self._lock:
                part = self._batches[0].pixels(Job(scene, area, None))
                pixels[area.y0 : area.y1, area.x0 : area.x1] = part

    def draw_many_encoded(self, scenes: Sequence[Scene], palettes: Sequence[U8]) -> list[bytes]:
        """Each scene as a lossless WebP file, drawn and encoded on the device.

        ``palettes``: uint8 (n, 3), one for each scene, n 1..256. The scenes must not share arrays
        that change. Raises :class:`ChartError` for sizes, palettes and colours that a file cannot
        hold.
        """
        if len(scenes) != len(palettes):
            raise ChartError(f"there were {len(scenes)} scenes and {len(palettes)} palettes")
        jobs = [_job(scene, palette) for scene, palette in zip(scenes, palettes, strict=True)]
        files: list[bytes] = []
        begun: Batch | None = None
        with self._lock:
            for number, part in enumerate(_parts(jobs)):
                batch = self._batches[number % len(self._batches)]
                if begun is batch:  # a single device has nothing to overlap with
                    files += batch.finish()
                    begun = None
                batch.begin(part)
                if begun is not None:
                    files += begun.finish()
                begun = batch
            if begun is not None:
                files += begun.finish()
        return files


def _job(scene: Scene, palette: U8) -> Job:
    shape = palette.shape
    if palette.dtype != np.uint8 or len(shape) != 2 or shape[1] != 3 or not 1 <= shape[0] <= 256:
        raise ChartError(
            f"palette was {palette.dtype} of shape {shape}; allowed is uint8 (n, 3) with n 1..256"
        )
    if not (1 <= scene.width <= MOST_SIDE and 1 <= scene.height <= MOST_SIDE):
        raise ChartError(
            f"picture was {scene.width} x {scene.height}; allowed are sides of 1..{MOST_SIDE}"
        )
    return Job(scene, Rect(0, 0, scene.width, scene.height), palette)


def _parts(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    part: list[Job] = []
    pixels = 0
    for job in jobs:
        size = job.window.width * job.window.height
        if part and (len(part) == MOST_CHARTS or pixels + size > MOST_PIXELS):
            yield part
            part, pixels = [], 0
        part.append(job)
        pixels += size
    if part:
        yield part
