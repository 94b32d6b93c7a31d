"""Chromium decodes the encoder's pictures to exactly the pixels that went in."""

from base64 import b64encode
from collections.abc import Iterable
from itertools import islice

import numpy as np
import pytest
from playwright.sync_api import Page

from chart_acceleration.encoders.webp import encode
from tests.browser.stand import Stand
from tests.encoders.pictures import Picture, random_pictures, synthetic_chart

pytestmark = pytest.mark.browser

# Draws each file on a canvas, compares with the wanted RGBA, gives the names of those that differ.
COMPARE = """async (items) => {
    const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const wrong = [];
    for (const { name, file, width, height, rgba } of items) {
        const image = new Image();
        const url = URL.createObjectURL(new Blob([bytes(file)], { type: "image/webp" }));
        image.src = url;
        await image.decode();
        const canvas = document.createElement("canvas");
        canvas.width = width;
        canvas.height = height;
        const context = canvas.getContext("2d", { willReadFrequently: true });
        context.drawImage(image, 0, 0);
        const drawn = context.getImageData(0, 0, width, height).data;
        const wanted = bytes(rgba);
        const same = image.naturalWidth === width && image.naturalHeight === height
            && drawn.length === wanted.length && drawn.every((value, at) => value === wanted[at]);
        if (!same) wrong.push(name);
        URL.revokeObjectURL(url);
    }
    return wrong;
}"""


def as_item(picture: Picture) -> dict[str, object]:
    height, width = picture.pixels.shape
    rgba = np.full((height, width, 4), 255, np.uint8)
    rgba[..., :3] = picture.rgb()
    return {
        "name": picture.name,
        "file": b64encode(encode(picture.pixels, picture.palette)).decode(),
        "width": width,
        "height": height,
        "rgba": b64encode(rgba.tobytes()).decode(),
    }


def in_batches(pictures: Iterable[Picture], size: int) -> Iterable[list[Picture]]:
    iterator = iter(pictures)
    while batch := list(islice(iterator, size)):
        yield batch


def test_random_pictures_of_all_palette_sizes_and_odd_widths(stand: Stand, page: Page) -> None:
    page.goto(stand.url)
    compared = 0
    for batch in in_batches(random_pictures(largest=131), 40):
        assert page.evaluate(COMPARE, [as_item(picture) for picture in batch]) == []
        compared += len(batch)
    assert compared >= 400


def test_a_whole_chart(stand: Stand, page: Page) -> None:
    page.goto(stand.url)
    assert page.evaluate(COMPARE, [as_item(synthetic_chart())]) == []


def test_the_comparison_sees_one_wrong_pixel(stand: Stand, page: Page) -> None:
    page.goto(stand.url)
    picture = next(iter(random_pictures(largest=64)))
    item = as_item(picture)
    off = picture.rgb().copy()
    off[0, 0, 0] ^= 1
    rgba = np.full((*picture.pixels.shape, 4), 255, np.uint8)
    rgba[..., :3] = off
    wrong = item | {"rgba": b64encode(rgba.tobytes()).decode()}
    assert page.evaluate(COMPARE, [wrong]) == [picture.name]
