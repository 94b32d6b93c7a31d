"""Fingers on a chart, and screens of two and three device pixels."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, CDPSession, Page

from tests.browser.chart_stand import BARS, HELD, NEWEST, centre, described, rows, show, transform
from tests.browser.chromium import Problems
from tests.browser.stand import Part, Stand, lossless, message, meta, wait_until

pytestmark = pytest.mark.browser


def keyframe(sequence: int, ratio: float, last: int = HELD) -> bytes:
    """As in the chart stand, of a screen with ``ratio`` device pixels per CSS pixel."""
    scale = int(ratio)
    width, height = 400 * scale, 300 * scale
    about = meta(1) | described(last)
    about |= {"plot": [0, 0, 345 * scale, 276 * scale], "step": 5 * scale, "last_y": 100 * scale}
    about["x_first"] = device_newest(scale) - (BARS - 1) * 5 * scale
    box = (0, 0, width, height)
    part = Part(1, 0, box, box, about, rows(about["first_index"] - 1, last))
    return message(sequence, [part], lossless(np.full((height, width, 3), 60, np.uint8)))


def device_newest(scale: int) -> float:
    """Centre of the newest candle, device pixels."""
    return float(345 * scale - 10 * scale - int(2.5 * scale + 0.5)) + scale / 2


@pytest.fixture(params=[1.0, 2.0, 3.0])
def phone(
    request: pytest.FixtureRequest, browser: Browser, problems: Problems, stand: Stand
) -> Iterator[Page]:
    """A phone with a picture of the newest candles."""
    context = browser.new_context(
        device_scale_factor=request.param, is_mobile=True, has_touch=True,
        viewport={"width": 420, "height": 700},
    )  # fmt: skip
    page = context.new_page()
    problems.watch(page)
    page.goto(stand.url)
    order = stand.wait_for("subscribe")
    assert order["scale"] == request.param
    show(stand, page, keyframe(1, request.param))
    yield page
    context.close()


def touch(session: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    places = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})


def settled(page: Page) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def test_one_finger_pans(stand: Stand, phone: Page) -> None:
    fingers = phone.context.new_cdp_session(phone)
    touch(fingers, "touchStart", (100, 100))
    for x in range(105, 181, 5):
        touch(fingers, "touchMove", (x, 101))
    settled(phone)
    ratio = phone.evaluate("devicePixelRatio")
    moved = transform(phone)
    assert moved is not None and moved[:2] == [1, 1]
    assert moved[2] == pytest.approx(80 * ratio, abs=20 * ratio)  # the first pixels wake the drag
    touch(fingers, "touchEnd")
    wait_until(lambda: stand.said("viewport")[-1].get("end", HELD) <= HELD - 12, "panned")
    phone.locator(".chart-crosshair").wait_for(state="hidden")


def test_two_fingers_pinch(stand: Stand, phone: Page) -> None:
    fingers = phone.context.new_cdp_session(phone)
    touch(fingers, "touchStart", (150, 100))
    touch(fingers, "touchStart", (150, 100), (200, 100))
    for wide in range(0, 51, 10):
        touch(fingers, "touchMove", (150 - wide / 2, 100), (200 + wide / 2, 100))
    settled(phone)
    half = pytest.approx(BARS / 2, abs=3)
    wait_until(lambda: [said["bars"] for said in stand.said("viewport")][-1:] == [half], "zoomed")
    settled(phone)
    touch(fingers, "touchEnd")
    settled(phone)


def test_long_press_shows_the_crosshair_and_a_pan_hides_it(stand: Stand, phone: Page) -> None:
    fingers = phone.context.new_cdp_session(phone)
    touch(fingers, "touchStart", (centre(HELD - 30), 100))
    phone.locator(".chart-crosshair").wait_for(state="visible")
    touch(fingers, "touchMove", (centre(HELD - 20), 140))
    settled(phone)
    line = phone.locator(".chart-crosshair-time").bounding_box()
    assert line is not None and abs(line["x"] - centre(HELD - 20)) <= 3
    assert stand.said("viewport") == []
    touch(fingers, "touchEnd")
    assert phone.locator(".chart-crosshair").is_visible()  # what was pointed at can be read
    touch(fingers, "touchStart", (100, 100))
    touch(fingers, "touchMove", (140, 100))
    touch(fingers, "touchEnd")
    phone.locator(".chart-crosshair").wait_for(state="hidden")


def test_geometry_is_of_device_pixels(phone: Page) -> None:
    ratio = int(phone.evaluate("devicePixelRatio"))
    found = phone.evaluate(f"window.candlecast.scales.slots({BARS}, {345 * ratio}, {ratio})")
    assert found["step"] == 5 * ratio
    assert found["newest"] == pytest.approx(device_newest(ratio), abs=0.51)
    assert device_newest(1) == NEWEST
