"""The scene: what a chart looks like, in integers only.

Layout decides every pixel position and colour; a renderer only fills. Hence every renderer gives
the same bytes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rect:
    """Half-open rectangle of device pixels: x0 <= x < x1, y0 <= y < y1."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Columns; negative when inverted."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Rows; negative when inverted."""
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class GlyphAtlas:
    """Rasterised glyphs.

    ``coverage``: uint8, one dimension, all glyph cells one after the other, row by row, each value
    0 (nothing) to 3 (full). ``boxes``: int32 (glyphs, 3): where a glyph's cell starts in
    ``coverage``, its width, its height.
    """

    coverage: U8
    boxes: I32


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything to paint, in painter's order.

    ``rects``: int32 (n, 5): x0, y0, x1, y1 (half open), palette index; empty and inverted ones
    paint nothing. ``glyphs``: int32 (m, 4): x, y of the cell's top left corner, glyph number in
    ``atlas``, row of ``ramps``; painted after all rects. ``ramps``: uint8 (k, 4): palette index
    for coverage 1, 2, 3 (column 0 is unused: coverage 0 is transparent). What lies outside width x
    height is not painted.
    """

    width: int
    height: int
    rects: I32
    glyphs: I32
    atlas: GlyphAtlas
    ramps: U8


def visible_part(scene: Scene, clip: Rect | None) -> Rect:
    """The part of ``clip`` that lies in the picture, inverted where none does; without a clip the
    whole picture.
    """
    if clip is None:
        return Rect(0, 0, scene.width, scene.height)
    x1, y1 = min(scene.width, clip.x1), min(scene.height, clip.y1)
    return Rect(max(0, clip.x0), max(0, clip.y0), x1, y1)
