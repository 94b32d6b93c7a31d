"""Pictures on canvases that a worker paints, looked at as they are on screen."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.chart_stand import (
    BARS,
    HEIGHT,
    HELD,
    PLOT_BOTTOM,
    PLOT_RIGHT,
    WIDTH,
    described,
    rows,
    transform,
)
from tests.browser.chromium import Problems, counter, wait_for_counter
from tests.browser.live import screen_of
from tests.browser.stand import STATUS, U8, Part, Stand, lossless, message, meta, wait_until

pytestmark = pytest.mark.browser
BOX = (0, 0, WIDTH, HEIGHT)
UP, DOWN = (0x2F, 0xBD, 0x8C), (0xF2, 0x6B, 0x76)
BARE = ".chart-legend, .chart-crosshair, .chart-now, .chart-lost { visibility: hidden !important }"


@pytest.fixture
def bare(stand: Stand, page: Page) -> Iterator[Page]:
    """The stand's page with nothing over its chart but what the painter paints."""
    page.goto(stand.url)
    page.add_style_tag(content=BARE)
    stand.wait_for("subscribe")
    yield page


def noise(seed: int, height: int = HEIGHT, width: int = WIDTH) -> U8:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def keyframe(sequence: int, pixels: U8, last: int = HELD, **changes: Any) -> bytes:
    height, width = pixels.shape[:2]
    box = (0, 0, width, height)
    about = meta(1) | described(last, **{"last_y": -1, **changes})
    part = Part(1, 0, box, box, about, rows(last - BARS - 1, last))
    return message(sequence, [part], lossless(pixels))


def patch(sequence: int, pixels: U8, left: int, top: int, **changes: Any) -> bytes:
    height, width = pixels.shape[:2]
    about = meta(1) | described(**{"last_y": -1, **changes})
    part = Part(1, 1, (0, 0, width, height), (left, top, width, height), about)
    return message(sequence, [part], lossless(pixels))


def looks_like(page: Page, wanted: U8) -> Callable[[], bool]:
    return lambda: np.array_equal(screen_of(page), wanted)


def dotted(pixels: U8, row: int, colour: tuple[int, int, int]) -> U8:
    """``pixels`` with the line of the last price: two pixels of colour, two without."""
    lined = pixels.copy()
    across = np.arange(PLOT_RIGHT)
    lined[row, across[across % 4 < 2]] = colour
    return lined


def test_strip_lies_over_the_picture_until_the_next_one(bare: Page, stand: Stand) -> None:
    whole, strip, narrow = noise(1), noise(2, HEIGHT, 20), noise(3, 40, 10)
    stand.send(keyframe(1, whole))
    wait_until(looks_like(bare, whole), "the picture")
    stand.send(patch(2, strip, 380, 0))
    patched = whole.copy()
    patched[:, 380:] = strip
    wait_until(looks_like(bare, patched), "the strip over it")
    stand.send(patch(3, narrow, 300, 50))
    other = whole.copy()
    other[50:90, 300:310] = narrow
    wait_until(looks_like(bare, other), "another strip instead")
    stand.send(keyframe(4, noise(4)))
    wait_until(looks_like(bare, noise(4)), "the next picture alone")
    assert bare.locator(".chart img[src]").count() == 1


def test_last_price_is_painted_where_it_is_and_in_its_colour(bare: Page, stand: Stand) -> None:
    whole = noise(1)
    stand.send(keyframe(1, whole, last_y=40))
    wait_until(looks_like(bare, dotted(whole, 40, UP)), "a rising price at row 40")
    strip = noise(2, 10, 10)
    stand.send(patch(2, strip, 390, 0, last_y=52, direction=-1))
    fallen = dotted(whole, 52, DOWN)
    fallen[:10, 390:] = strip
    wait_until(looks_like(bare, fallen), "a fallen one at row 52, and none at row 40")
    stand.send(patch(3, strip, 390, 0, last_y=HEIGHT - 1))
    fallen[52] = whole[52]
    wait_until(looks_like(bare, fallen), "none outside the plot")
    assert not bare.locator(".chart-last-line").is_visible()


def test_line_of_a_stale_picture_is_not_in_the_colour_of_a_price(bare: Page, stand: Stand) -> None:
    stand.send(keyframe(1, np.full((HEIGHT, WIDTH, 3), 80, np.uint8), last_y=40))
    stand.wait_for("ack")
    line = bare.locator(".chart-last-line")
    assert not line.is_visible()
    stand.send({"type": "status", **STATUS, "label": "LOST", "age_ms": 13_600.0})
    line.wait_for()
    wait_until(lambda: tuple(screen_of(bare)[40, 0]) == (0x7C, 0x86, 0x94), "the stale colour")
    assert set(map(tuple, screen_of(bare)[40, :PLOT_RIGHT])) == {(0x7C, 0x86, 0x94), (80, 80, 80)}
    stand.send({"type": "status", **STATUS})
    line.wait_for(state="hidden")
    wait_until(lambda: tuple(screen_of(bare)[40, 0]) == UP, "the price's colour")


def test_picture_moves_with_the_pointer_in_three_windows(bare: Page, stand: Stand) -> None:
    whole = noise(1)
    stand.send(keyframe(1, whole, last_y=40))
    stand.wait_for("ack")
    bare.mouse.move(100, 100)
    bare.mouse.down()
    bare.mouse.move(142, 130, steps=4)
    moved = whole.copy()
    moved[:, 42:PLOT_RIGHT] = whole[:, : PLOT_RIGHT - 42]
    moved[:, :42] = bare.evaluate(
        """() => {
            const colour = getComputedStyle(document.querySelector(".chart")).backgroundColor;
            return colour.match(/\\d+/g).map(Number);
        }"""
    )
    wait_until(looks_like(bare, dotted(moved, 40, UP)), "the axis stays, the rest moves by 42")
    wait_until(lambda: bool(stand.said("viewport")), "the server hears")
    crisp = noise(2)
    stand.send(keyframe(2, crisp, HELD - 8))
    stand.wait_for("ack", 2)
    assert transform(bare) == [1, 1, 2, 0]
    bare.mouse.up()
    wait_until(looks_like(bare, crisp), "the picture of the view, where it is")


def test_prices_move_up_and_down_and_times_do_not(bare: Page, stand: Stand) -> None:
    whole = noise(1)
    stand.send(keyframe(1, whole, price_range=[37_962.0, 38_100.0]))
    stand.wait_for("ack")
    bare.evaluate(
        """() => {
            const panel = window.candlecast.panelOf(document.querySelector(".chart"));
            panel.view.prices = [37962, 38100]; // as the picture has them
            panel.view.prices = panel.view.axis(panel.meta).moved(1, 24);
            panel.changed();
        }"""
    )
    wait_until(
        lambda: np.array_equal(screen_of(bare)[24:PLOT_BOTTOM], whole[: PLOT_BOTTOM - 24]),
        "candles and price axis are 24 lower",
    )
    assert np.array_equal(screen_of(bare)[PLOT_BOTTOM:], whole[PLOT_BOTTOM:])


def test_another_size_is_another_canvas(bare: Page, stand: Stand) -> None:
    stand.send(keyframe(1, noise(1)))
    stand.wait_for("ack")
    bare.evaluate("document.querySelector('.chart').style.width = '420px'")
    bars = stand.wait_for("subscribe", 2)["bars"]
    wide = noise(2, HEIGHT, 420)
    stand.send(keyframe(2, wide, bars=bars))
    wait_until(looks_like(bare, wide), "the wider picture")
    wait_until(lambda: bare.locator("canvas.chart-canvas").count() == 1, "the old canvas goes")
    stand.send(keyframe(3, noise(3, HEIGHT, 420), bars=bars))
    stand.wait_for("ack", 3)
    assert counter(bare, "liveBitmaps") == 1


def test_pictures_of_a_chart_that_left_are_freed(stand: Stand, page: Page) -> None:
    page.goto(stand.url)
    stand.wait_for("subscribe")
    stand.send(keyframe(1, noise(1)))
    stand.wait_for("ack")
    page.evaluate(
        """() => {
            const old = document.querySelector(".chart");
            const next = old.cloneNode(true);
            next.querySelectorAll("img").forEach((image) => image.removeAttribute("src"));
            old.replaceWith(next);
        }"""
    )
    order = stand.wait_for("subscribe", 2)
    part = Part(order["chart"], 0, BOX, BOX, meta(order["chart"]) | described(), b"")
    stand.send(message(2, [part], lossless(noise(2))))
    stand.wait_for("ack", 2)
    assert counter(page, "liveBitmaps") == 1
    assert page.locator("canvas.chart-canvas").count() == 1
    assert counter(page, "liveUrls") == 1


def test_theme_recolours_the_line(bare: Page, stand: Stand) -> None:
    stand.send(keyframe(1, noise(1), last_y=40))
    wait_until(looks_like(bare, dotted(noise(1), 40, UP)), "in dark colours")
    bare.evaluate("document.documentElement.dataset.theme = 'light'")
    stand.wait_for("subscribe", 2)
    stand.send(keyframe(2, noise(2), last_y=40))
    wait_until(looks_like(bare, dotted(noise(2), 40, (0x0A, 0x78, 0x56))), "in light ones")


def test_without_the_painters_file_pictures_come_in_images(
    stand: Stand, page: Page, problems: Problems
) -> None:
    problems.allow(r"chart_painter\.js|ERR_FAILED")
    page.route("**/chart_painter.js", lambda route: route.abort())
    page.goto(stand.url)
    page.add_style_tag(content=BARE + ".chart-last-line { visibility: hidden }")
    stand.wait_for("subscribe")
    stand.send(keyframe(1, noise(1)))
    wait_until(looks_like(page, noise(1)), "the picture")
    assert page.evaluate("window.candlecast.painter.state") == "none"
    assert page.locator("canvas.chart-canvas").count() == 0


def test_texts_tell_the_newest_of_many_pictures(stand: Stand, page: Page) -> None:
    page.goto(stand.url)
    stand.wait_for("subscribe")
    stand.send(keyframe(1, noise(1)))
    strip = noise(2, 10, 10)
    for sequence in range(2, 12):
        stand.send(patch(sequence, strip, 390, 0, c=38_000.0 + sequence))
        stand.wait_for("ack", sequence)
    field = page.locator('[data-field="c"]')
    wait_until(lambda: field.inner_text() == "38,011.0", "the last one's price is told")
    page.mouse.move(332, 100)  # the newest candle
    for sequence in range(12, 22):
        stand.send(patch(sequence, strip, 390, 0, c=38_000.0 + sequence))
        stand.wait_for("ack", sequence)
        assert field.inner_text() == f"38,0{sequence:02d}.0"  # of every one where it is looked at


def test_pictures_that_were_under_way_are_not_painted_after_a_new_connection(
    bare: Page, stand: Stand
) -> None:
    stand.send(keyframe(1, noise(1)))
    stand.wait_for("ack")
    stand.send(b"not a frame of ours")  # the page opens another connection
    stand.wait_for("subscribe", 2)
    stand.send(keyframe(1, noise(5)))
    wait_until(looks_like(bare, noise(5)), "the new connection's picture")
    wait_for_counter(bare, "keyframes", 2)
    assert counter(bare, "liveBitmaps") == 1
