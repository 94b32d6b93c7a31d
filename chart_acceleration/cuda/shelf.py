"""What stays on the device between batches: glyph atlases, codes, and the streams' first bits."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chart_acceleration.cuda.chart_codes import CHART_LENGTHS, WIDE_COLOURS, WIDE_LENGTHS
from chart_acceleration.cuda.device import Device
from chart_acceleration.cuda.stream import GENERAL_LENGTHS, head, packed_codes
from chart_acceleration.scene import I32, U8, GlyphAtlas

if TYPE_CHECKING:
    from chart_acceleration.cuda.batch import Job

MOST_ELEMENTS = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Look:
    """A palette: log2 of the pixels in a byte, and where its codes and stream head are."""

    bundle: int
    codes: int
    head: int
    head_bits: int


class Shelf:
    """Fills the buffer ``kept``; empties it when it holds too much."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._used = self._sent = 0
        self._atlases: dict[int, tuple[GlyphAtlas, int, int]] = {}
        self._codes: dict[tuple[int, ...], int] = {}
        self._looks: dict[bytes, Look] = {}

    def make_room(self, jobs: Iterable["Job"]) -> None:
        """Forget everything if ``jobs`` might not fit beside it."""
        atlases = {id(job.scene.atlas): job.scene.atlas for job in jobs}
        new = sum(
            atlas.coverage.size // 4 + atlas.boxes.size + 1
            for key, atlas in atlases.items()
            if key not in self._atlases
        )
        if self._used and self._used + new > MOST_ELEMENTS:
            self._used = self._sent = 0
            self._atlases.clear()
            self._codes.clear()
            self._looks.clear()

    def atlas(self, atlas: GlyphAtlas) -> tuple[int, int]:
        """Where its coverage and its boxes are. The atlas is held, so that its id stays its own."""
        found = self._atlases.get(id(atlas))
        if found is None:
            padded = np.zeros(-(-atlas.coverage.size // 4) * 4, dtype=np.uint8)
            padded[: atlas.coverage.size] = atlas.coverage
            found = (atlas, self._put(padded.view(np.int32)), self._put(atlas.boxes))
            self._atlases[id(atlas)] = found
        return found[1], found[2]

    def look(self, palette: U8 | None) -> Look:
        """The look of ``palette``; without one, one pixel in a byte and no codes."""
        if palette is None:
            return Look(0, 0, 0, 0)
        entries = palette.tobytes()
        found = self._looks.get(entries)
        if found is None:
            bundle = _bundle(len(palette))
            lengths = _lengths(len(palette), bundle)
            if lengths not in self._codes:
                self._codes[lengths] = self._put(packed_codes(lengths))
            bits = head(entries, lengths)
            found = Look(bundle, self._codes[lengths], self._put(bits.words()), bits.count)
            self._looks[entries] = found
        return found

    def upload(self) -> None:
        """Send what came since the last time."""
        if self._used > self._sent:
            self._device.upload("kept", self._used)
            self._sent = self._used

    def _put(self, values: I32) -> int:
        start = self._used
        self._used += values.size
        kept: Any = self._device.host("kept", self._used)
        kept[start : self._used] = values.reshape(-1)
        return start


def _lengths(colours: int, bundle: int) -> tuple[int, ...]:
    if colours == WIDE_COLOURS:
        return WIDE_LENGTHS
    return CHART_LENGTHS if bundle == 1 else GENERAL_LENGTHS


def _bundle(colours: int) -> int:
    if colours <= 2:
        return 3
    if colours <= 4:
        return 2
    return 1 if colours <= 16 else 0
