"""What the tests against the real program do with its pages."""

from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from tests.browser.chromium import wait_for_counter
from tests.browser.stand import U8, wait_until

CHART = ".chart"
# Breaks every WebSocket of the page without a word in the console, and makes the waits short.
BROKEN_SOCKET = """
window.WebSocket = class extends EventTarget {
    constructor() {
        super();
        this.readyState = 0;
        setTimeout(() => {
            this.readyState = 3;
            this.dispatchEvent(new CloseEvent("close", { code: 1006 }));
        }, 1);
    }
    close() {}
};
window.WebSocket.OPEN = 1;
Math.random = () => 0.2;
"""
# A browser without canvases off the main thread.
NO_PAINTER = "delete HTMLCanvasElement.prototype.transferControlToOffscreen;"


def open_chart(page: Page, url: str) -> None:
    """Open a page with a chart and wait for its first picture."""
    page.goto(url)
    wait_for_counter(page, "keyframes", 1)


def screen_of(page: Page, selector: str = CHART) -> U8:
    """The pixels of an element as they are on screen."""
    with Image.open(BytesIO(page.locator(selector).screenshot())) as image:
        return np.asarray(image.convert("RGB"), np.uint8)


def differs(page: Page, before: U8, selector: str = CHART) -> Callable[[], bool]:
    """Whether the element looks different now."""
    return lambda: not np.array_equal(screen_of(page, selector), before)


def choose_interval(page: Page, interval: str) -> None:
    """Press one of the nine interval buttons."""
    page.locator("#interval").get_by_text(interval, exact=True).click()


def choose_symbol(page: Page, symbol: str) -> None:
    """Choose from the symbol selector's list."""
    page.locator("#symbol").click()
    page.get_by_role("option", name=symbol).click()


def wait_for_legend(page: Page, field: str, text: str) -> None:
    """Wait until the legend's field contains the text."""
    cell = page.locator(f'.chart-legend [data-field="{field}"]')
    wait_until(lambda: text in cell.inner_text(), f"{field} shows {text}")
