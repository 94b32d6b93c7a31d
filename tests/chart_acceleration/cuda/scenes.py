"""Scenes for the tests: golden charts, and any picture at all."""

import io
from itertools import pairwise

import numpy as np
from PIL import Image

from chart_acceleration.renderers.reference import ReferenceRenderer
from chart_acceleration.scene import U8, GlyphAtlas, Scene
from tests.chart_acceleration.test_goldens import Golden

BLANK = GlyphAtlas(np.zeros(1, dtype=np.uint8), np.zeros((1, 3), dtype=np.int32))


def scene_of_golden(case: Golden) -> tuple[Scene, U8]:
    """The golden's scene and palette."""
    return case.laid_out().scene, case.palette()


def scene_of_picture(pixels: U8) -> Scene:
    """A scene that paints ``pixels``: a rect for each stretch of one colour in a row."""
    rects = []
    for y, row in enumerate(pixels.astype(int)):
        edges = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), len(row)]
        for x0, x1 in pairwise(edges):
            rects.append((x0, y, x1, y + 1, row[x0]))
    height, width = pixels.shape
    return Scene(
        width, height, np.array(rects, dtype=np.int32), np.zeros((0, 4), dtype=np.int32), BLANK,
        np.zeros((1, 4), dtype=np.uint8),
    )  # fmt: skip


def palette_of(colours: int, seed: int = 3) -> U8:
    """Colours that all differ."""
    values = (np.arange(colours) + seed) * 0x9E3779 % (1 << 24)
    return np.stack([values >> 16, values >> 8 & 255, values & 255], axis=1).astype(np.uint8)


def decoded(file: bytes) -> U8:
    """RGB pixels, by libwebp through Pillow."""
    with Image.open(io.BytesIO(file)) as picture:
        assert picture.format == "WEBP"
        return np.array(picture.convert("RGB"))


def by_reference(scene: Scene) -> U8:
    """The scene's pixels."""
    pixels = np.zeros((scene.height, scene.width), dtype=np.uint8)
    ReferenceRenderer().draw(scene, pixels)
    return pixels
