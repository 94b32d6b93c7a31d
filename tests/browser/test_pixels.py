"""Every pixel of a keyframe with patches over it arrives at its device pixel, at any ratio."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright

from tests.browser.chromium import Problems, launch, open_page, wait_for_counter
from tests.browser.stand import U8, Part, Stand, lossless, message, meta

pytestmark = pytest.mark.browser
QUIET: dict[str, Any] = {"last_y": -1}  # no last-price line over the pixels that are compared


def noise(seed: int, height: int, width: int) -> U8:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def screen(page: Page) -> U8:
    page.add_style_tag(content=".chart-legend{visibility:hidden}")
    with Image.open(BytesIO(page.screenshot())) as image:
        return np.asarray(image.convert("RGB"), np.uint8)


def place_of(page: Page, index: int) -> tuple[int, int]:
    """Device pixel of a chart's top left corner."""
    x, y = page.evaluate(
        "i => { const r = document.querySelectorAll('.chart')[i].getBoundingClientRect();"
        " return [r.x * devicePixelRatio, r.y * devicePixelRatio]; }",
        index,
    )
    return int(np.floor(x + 0.5)), int(np.floor(y + 0.5))


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0, 0.75])
def test_keyframes_and_patches_of_one_atlas_are_exact(
    playwright: Playwright, problems: Problems, stand_with: Callable[..., Stand], ratio: float
) -> None:
    at = "position:absolute;width:200px;height:150px;"
    stand = stand_with(
        ("BTC-USD", f"{at}left:47px;top:33px"), ("ETH-USD", f"{at}left:301.3px;top:90.6px")
    )
    browser = launch(playwright, ratio)
    with open_page(browser, problems) as page:
        page.goto(stand.url)
        stand.wait_for("subscribe", 2)
        assert page.evaluate("devicePixelRatio") == ratio
        wanted: dict[int, U8] = {}
        for index, order in enumerate(stand.said("subscribe")):
            chart, width, height = order["chart"], order["width"], order["height"]
            picture = noise(chart, height, width)
            box = (0, 0, width, height)
            part = Part(
                chart, 0, box, box, meta(chart, order["symbol"], bars=order["bars"], **QUIET)
            )
            stand.send(message(index + 1, [part], lossless(picture)))
            wanted[chart] = picture.copy()
        wait_for_counter(page, "keyframes", 2)
        atlas = noise(99, 101, 97)
        sources = {1: (0, 0, 61, 101), 2: (61, 13, 36, 77)}
        parts = []
        for order in stand.said("subscribe"):
            chart = order["chart"]
            x, y, w, h = sources[chart]
            left, top = order["width"] - w, 7 * chart
            wanted[chart][top : top + h, left : left + w] = atlas[y : y + h, x : x + w]
            parts.append(
                Part(
                    chart,
                    1,
                    (x, y, w, h),
                    (left, top, w, h),
                    meta(chart, order["symbol"], bars=order["bars"], **QUIET),
                )
            )
        stand.send(message(3, parts, lossless(atlas)))
        wait_for_counter(page, "patches", 2)
        shot = screen(page)
        for index, chart in enumerate(wanted):
            x, y = place_of(page, index)
            picture = wanted[chart]
            cut = shot[y : y + picture.shape[0], x : x + picture.shape[1]]
            np.testing.assert_array_equal(cut, picture)
    browser.close()


@pytest.mark.parametrize("ratio", [2.0, 3.0])
def test_an_emulated_device_ratio_gets_device_pixels_too(
    browser: Browser, problems: Problems, stand: Stand, ratio: float
) -> None:
    context = browser.new_context(device_scale_factor=ratio, is_mobile=True, has_touch=True)
    page = context.new_page()
    problems.watch(page)
    page.goto(stand.url)
    order = stand.wait_for("subscribe")
    context.close()
    assert (order["width"], order["height"], order["scale"]) == (400 * ratio, 300 * ratio, ratio)
