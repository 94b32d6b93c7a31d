"""The compiled renderer for the processor: numba, without the global lock, without allocation."""

import numpy as np

from chart_acceleration.renderers.lanes import INK_LANES, LANES, MASKED, blend_span, fill_span
from chart_acceleration.scene import I32, U8, Rect, Scene, visible_part
from market.kernel import inline_kernel, kernel

NARROW = LANES - 1 if MASKED else 7
"""Pixels across, up to which a rectangle is filled span by span."""
UNASKED = 3 if MASKED else 0
"""Rows that are stored without asking how many there are: most rectangles have no more."""


class CpuRenderer:
    """Paints with one compiled call per scene."""

    name = "cpu"

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        """See :class:`chart_acceleration.renderers.protocol.Renderer`."""
        area = visible_part(scene, clip)
        if area.width > 0 and area.height > 0:
            atlas = scene.atlas
            _paint(
                pixels,
                scene.rects,
                scene.glyphs,
                atlas.coverage,
                atlas.boxes,
                scene.ramps,
                area.x0,
                area.y0,
                area.x1,
                area.y1,
            )


@inline_kernel
def _fill(pixels: U8, x0: int, y0: int, x1: int, y1: int, colour: int) -> None:
    value = np.uint8(colour)
    if x1 - x0 <= NARROW:  # candles and lines: no set-up of a block fill
        count = max(0, x1 - x0)
        for row in range(UNASKED):
            fill_span(pixels, y0 + row, x0, count * int(y0 + row < y1), colour)
        for y in range(y0 + UNASKED, y1 if count > 0 else 0):
            fill_span(pixels, y, x0, count, colour)
    else:
        for y in range(y0, y1):
            pixels[y, x0:x1] = value


@kernel
def _put_glyphs(
    pixels: U8,
    glyphs: I32,
    coverage: U8,
    boxes: I32,
    ramps: U8,
    x0: int,
    y0: int,
    x1: int,
    y1: int,
) -> None:
    """Glyphs inside the clip, up to 16 pixels of a row at once: 1 us for a hundred glyphs, 3 us
    pixel by pixel.
    """
    flat, across = pixels.reshape(-1), pixels.shape[1]
    for i in range(glyphs.shape[0]):
        left, top, glyph, look = glyphs[i, 0], glyphs[i, 1], glyphs[i, 2], glyphs[i, 3]
        start, width, height = boxes[glyph, 0], boxes[glyph, 1], boxes[glyph, 2]
        ramp = int(np.int64(ramps[look, 1])) << 8 | int(np.int64(ramps[look, 2])) << 16
        ramp |= int(np.int64(ramps[look, 3])) << 24
        first, end = max(x0, left), min(x1, left + width)
        for y in range(max(y0, top), min(y1, top + height)):
            row = start + (y - top) * width - left
            for x in range(first, end, INK_LANES):
                count = min(end - x, INK_LANES)
                blend_span(flat, y * across + x, coverage, row + x, count, ramp)


@kernel
def _paint(
    pixels: U8,
    rects: I32,
    glyphs: I32,
    coverage: U8,
    boxes: I32,
    ramps: U8,
    x0: int,
    y0: int,
    x1: int,
    y1: int,
) -> None:
    """Background, rects, glyphs inside the clip x0, y0, x1, y1, which lies inside the frame."""
    width = pixels.shape[1]
    if x1 - x0 == width:  # one block instead of rows: half the time of a narrow picture
        pixels.reshape(-1)[y0 * width : y1 * width] = np.uint8(0)
    else:
        _fill(pixels, x0, y0, x1, y1, 0)
    for i in range(rects.shape[0]):
        _fill(
            pixels,
            max(x0, rects[i, 0]),
            max(y0, rects[i, 1]),
            min(x1, rects[i, 2]),
            min(y1, rects[i, 3]),
            rects[i, 4],
        )
    _put_glyphs(pixels, glyphs, coverage, boxes, ramps, x0, y0, x1, y1)
