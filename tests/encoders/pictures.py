"""Pictures that the encoder's tests, its benchmark and the browser's decode test share."""

from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

U8 = NDArray[np.uint8]


class Picture(NamedTuple):
    """Indices (h, w), the palette (n, 3) they point into, and a name for test reports."""

    name: str
    pixels: U8
    palette: U8

    def rgb(self) -> U8:
        """The picture a decoder must give, (h, w, 3)."""
        return self.palette[self.pixels]


def decoded(file: bytes) -> U8:
    """What libwebp (through Pillow) makes of ``file``, (h, w, 3)."""
    with Image.open(BytesIO(file), formats=["WEBP"]) as image:
        return np.asarray(image.convert("RGB"), np.uint8)


def random_pictures(seed: int = 7, largest: int = 200) -> Iterator[Picture]:
    """Noise, repeated rows, runs and single colours; palettes around every bundling step."""
    rng = np.random.default_rng(seed)
    for colours in (1, 2, 3, 4, 5, 9, 15, 16, 17, 64, 255, 256):
        palette = rng.integers(0, 256, (colours, 3), np.uint8)
        for width in (1, 2, 3, 7, 8, 9, 63, 64, 65, largest):
            height = int(rng.integers(1, largest + 1))
            shape = (height, width)
            noise = rng.integers(0, colours, shape, np.uint8)
            yield Picture(f"noise {colours} {width}x{height}", noise, palette)
            rows = np.repeat(noise, 5, axis=0)[:height]
            yield Picture(f"rows {colours} {width}x{height}", np.ascontiguousarray(rows), palette)
            steps = np.cumsum(rng.random(height * width) < 0.05) % colours
            runs = steps.astype(np.uint8).reshape(shape)
            yield Picture(f"runs {colours} {width}x{height}", runs, palette)
            flat = np.full(shape, colours - 1, np.uint8)
            yield Picture(f"flat {colours} {width}x{height}", flat, palette)


def synthetic_chart(
    width: int = 1280, height: int = 720, candles: int = 300, seed: int = 7
) -> Picture:
    """A candlestick chart of 14 colours: grid, candles with wicks, volume, text-like marks."""
    rng = np.random.default_rng(seed)
    pixels = np.zeros((height, width), np.uint8)
    right, bottom = width - 72, height - 28
    pixels[40:bottom:60, :right] = 1
    pixels[:bottom, 80:right:120] = 1
    _candles(pixels, rng, candles, right, bottom)
    pixels[bottom, :] = 2
    pixels[:, right] = 2
    for y in range(36, bottom, 60):
        _text(pixels, rng, right + 8, y)
    for x in range(64, right - 50, 120):
        _text(pixels, rng, x, bottom + 9)
    _text(pixels, rng, 8, 8, letters=48)
    palette = rng.integers(0, 256, (14, 3), np.uint8)
    return Picture(f"chart {width}x{height}, {candles} candles", pixels, palette)


def _candles(pixels: U8, rng: np.random.Generator, candles: int, right: int, bottom: int) -> None:
    step = right / candles
    body = max(1, int(step * 0.7))
    close = np.cumsum(rng.normal(0, 1, candles + 1))
    middle = np.interp(close, (close.min(), close.max()), (bottom * 0.72, bottom * 0.1))
    for i in range(candles):
        x = int(i * step)
        up = middle[i + 1] < middle[i]
        top, low = sorted((int(middle[i]), int(middle[i + 1])))
        reach = rng.integers(1, 16, 2)
        volume = int(rng.gamma(2, bottom * 0.04))
        pixels[max(bottom - volume, 0) : bottom, x : x + body] = 8 if up else 9
        pixels[max(top - reach[0], 0) : low + reach[1], x + body // 2] = 6 if up else 7
        pixels[top : low + 1, x : x + body] = 6 if up else 7


def _text(
    pixels: U8,
    rng: np.random.Generator,
    x: int,
    y: int,
    letters: int = 8,
    shape: tuple[int, int] = (8, 5),
) -> None:
    strokes = rng.choice(np.array([0, 0, 0, 3, 4, 5, 5], np.uint8), (10, *shape))
    for i in range(letters):
        place = pixels[y : y + shape[0], x + 7 * i : x + 7 * i + shape[1]]
        glyph = strokes[rng.integers(0, len(strokes))]
        place[:] = glyph[: place.shape[0], : place.shape[1]]
