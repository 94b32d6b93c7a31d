"""The grid of the dashboard: sizes, linking, what charts show, keeping, full screen, pictures."""

import json
import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.chromium import PHONE, Problems, counter, open_page, wait_for_counter
from tests.browser.live import choose_interval, choose_symbol, open_chart
from tests.browser.program import Program
from tests.browser.stand import wait_until, wait_until_still

pytestmark = pytest.mark.browser
KEY = "candlecast.grid"


def markets(page: Page) -> list[str]:
    """What every chart on the page is to show, like ``BTC-USD 1m``."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll('.chart')]
        .map(({dataset}) => dataset.symbol + ' ' + dataset.interval)"""
    )
    return found


def shown(page: Page) -> list[str]:
    """The charts whose picture is on the page, by their legend."""
    found: list[str] = page.evaluate(
        """() => {
          const word = (chart, name) =>
            chart.querySelector(`[data-field=${name}]`).textContent.split(' ')[0];
          return [...document.querySelectorAll('.chart')]
            .filter((chart) => chart.querySelector('img[src]'))
            .map((chart) => word(chart, 'symbol') + ' ' + word(chart, 'context')); }"""
    )
    return found


def elements(page: Page, chart: int = 0) -> dict[str, Any]:
    """What one chart shows beside candles."""
    text = page.locator(".chart").nth(chart).get_attribute("data-elements")
    found: dict[str, Any] = json.loads(text or "")
    return found


def choose_size(page: Page, size: int) -> None:
    """Press one of the four grid buttons, and wait for all pictures."""
    page.locator(f'[data-size="{size}"]').click()
    wait_until(lambda: shown(page) == markets(page) and len(shown(page)) == size, f"{size} charts")


def activate(page: Page, chart: int) -> None:
    """Click into a chart."""
    page.locator(".chart").nth(chart).click(position={"x": 60, "y": 90})
    active = page.locator(".chart-cell").nth(chart)
    wait_until(lambda: "is-active" in (active.get_attribute("class") or ""), "it is active")


def menu(page: Page, opens: str, item: str, chart: int | None = None) -> None:
    """Open a menu and press one of its entries."""
    place = (
        page.locator(".chart-toolbar") if chart is None else page.locator(".chart-cell").nth(chart)
    )
    if chart is not None:
        place.hover()
    place.locator(f'[data-opens="{opens}"]').click()
    page.locator(f"#{opens} {item}").click()


def close_menu(page: Page) -> None:
    page.keyboard.press("Escape")


@pytest.mark.parametrize("size", [1, 4, 9, 16])
def test_every_chart_of_a_grid_is_live(program: Program, page: Page, size: int) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, size)
    assert len(set(markets(page))) == size
    assert counter(page, "opens") == 1
    page.evaluate(
        """() => {
            const panels = [...document.querySelectorAll(".chart")].map(window.candlecast.panelOf);
            const before = panels.map((panel) => panel.meta);
            window.renewed = () => panels.filter(({ meta }, n) => meta !== before[n]).length;
        }"""
    )
    wait_until(lambda: page.evaluate("window.renewed()") == size, "every chart has a new picture")


def test_patches_of_sixteen_charts_share_pictures(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 16)
    page.evaluate("window.seen = [window.candlecast.frames, window.candlecast.patches]")
    wait_until(
        lambda: counter(page, "patches") > page.evaluate("window.seen[1]") + 96, "96 patches"
    )
    frames = counter(page, "frames") - page.evaluate("window.seen[0]")
    patches = counter(page, "patches") - page.evaluate("window.seen[1]")
    assert patches / frames > 3  # countdowns change all at once, trades a few charts


def test_small_charts_say_less(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    visible = "name => document.querySelector(`.chart [data-field=${name}]`).offsetWidth > 0"

    def fields() -> str:
        return "".join(n[0] for n in ("o", "h", "l", "c", "volume") if page.evaluate(visible, n))

    assert fields() == "ohlcv"
    choose_size(page, 9)
    assert fields() == "ohlc"
    choose_size(page, 16)
    assert fields() == "c"


def test_active_chart_follows_the_selectors(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 4)
    before = markets(page)
    activate(page, 2)
    symbol = before[2].split()[0]
    wait_until(lambda: page.locator("#symbol").input_value() == symbol, "the selector shows it")
    choose_interval(page, "5m")
    wait_until(lambda: markets(page)[2] == f"{symbol} 5m", "the active chart has changed")
    assert markets(page)[:2] + markets(page)[3:] == before[:2] + before[3:]
    frame = page.locator(".chart-cell").nth(2)
    border = "cell => getComputedStyle(cell, '::after').borderTopColor"
    assert frame.evaluate(border) == "rgb(106, 156, 248)"


def test_linked_charts_follow(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 4)
    menu(page, "chart-link-menu", '[data-link="symbol"]', chart=0)
    close_menu(page)
    menu(page, "chart-link-menu", '[data-link="symbol"]', chart=1)
    wait_until(lambda: markets(page)[1] == "BTC-USD 1m", "it joins the others' symbol")
    close_menu(page)
    choose_symbol(page, "SOL-USD")
    wait_until(lambda: [m.split()[0] for m in markets(page)[:2]] == ["SOL-USD"] * 2, "both follow")
    choose_interval(page, "15m")
    wait_until(lambda: markets(page)[1] == "SOL-USD 15m", "the interval is its own")
    assert markets(page)[0] == "SOL-USD 1m"
    linked = [
        ("is-linked" in (c.get_attribute("class") or "")) for c in page.locator(".chart-cell").all()
    ]
    assert linked == [True, True, False, False]


def test_type_axis_zone_and_lines(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 4)
    activate(page, 1)
    menu(page, "chart-style-menu", '[data-style="heikin-ashi"]')
    page.locator('[data-opens="chart-settings"]').click()
    for item in ('[data-axis="percent"]', '[data-flag="volume"]', '[data-flag="quote"]'):
        page.locator(f"#chart-settings {item}").click()
    page.locator("#chart-settings select").select_option("Asia/Tokyo")
    changed = elements(page, 1)
    assert {name: changed[name] for name in ("style", "axis", "zone", "volume", "quote")} == {
        "style": "heikin-ashi", "axis": "percent", "zone": "Asia/Tokyo",
        "volume": False, "quote": True,
    }  # fmt: skip
    assert elements(page, 0)["style"] == "candles"
    assert page.locator(".toolbar-style .toolbar-words").inner_text() == "Heikin-Ashi"
    drawn = "() => window.candlecast.panelOf(document.querySelectorAll('.chart')[1]).meta.axis"
    wait_until(lambda: page.evaluate(drawn) == "percent", "the picture has the axis")


def test_layout_is_kept(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 4)
    activate(page, 3)
    menu(page, "chart-style-menu", '[data-style="line"]')
    choose_interval(page, "1h")
    wait_until(lambda: markets(page)[3].endswith(" 1h"), "the interval is chosen")
    before, look = markets(page), elements(page, 3)
    page.reload()
    wait_until(lambda: len(shown(page)) == 4 and shown(page) == before, "the same four are there")
    assert elements(page, 3) == look
    page.locator("#nav-paper").click()
    page.wait_for_selector(".page-paper .chart")
    page.locator("#nav-dashboard").click()
    wait_until(lambda: markets(page) == before, "and after another page")


@pytest.mark.parametrize(
    "kept",
    ["{", "null", "[]", '{"version":1,"size":5,"active":0,"cells":[]}',
     '{"version":1,"size":4,"active":9,"cells":[{}]}', '"' + "x" * 100_000 + '"'],
)  # fmt: skip
def test_broken_layout_is_as_good_as_none(program: Program, page: Page, kept: str) -> None:
    page.add_init_script(f"localStorage.setItem('{KEY}', {json.dumps(kept)})")
    open_chart(page, f"{program.url}/?symbol=ETH-USD&interval=5m")
    assert markets(page) == ["ETH-USD 5m"]


def test_kept_symbol_that_is_gone_is_replaced(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 4)
    text = page.evaluate(f"localStorage.getItem('{KEY}')").replace("SOL-USD", "GONE-USD")
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])
    page.reload()
    wait_until(lambda: len(shown(page)) == 4, "all four are drawn")
    assert markets(page)[2] == "BTC-USD 1m"


def test_address_with_elements_is_a_single_chart(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 4)
    kept = page.evaluate(f"localStorage.getItem('{KEY}')")
    open_chart(page, f"{program.url}/?symbol=ETH-USD&interval=5m&style=area&indicators=rsi")
    assert markets(page) == ["ETH-USD 5m"]
    assert (elements(page)["style"], elements(page)["indicators"]) == ("area", ["rsi:14"])
    assert page.evaluate(f"localStorage.getItem('{KEY}')") == kept
    menu(page, "chart-style-menu", '[data-style="bars"]')
    assert "style" not in page.url  # from now on what was chosen here counts
    assert elements(page)["indicators"] == ["rsi:14"]


def test_full_screen_of_one_chart(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 4)
    cell = page.locator(".chart-cell").nth(1)
    cell.hover()
    cell.locator('[data-act="full-screen"]').click()
    wait_until(lambda: page.evaluate("!!document.fullscreenElement"), "it is full screen")
    width = page.evaluate("document.querySelectorAll('.chart')[1].clientWidth")
    assert width == page.evaluate("innerWidth")
    cell.locator('[data-opens="chart-picture-menu"]').click()
    page.locator("#chart-picture-menu").wait_for()  # inside of what is full screen
    page.evaluate("document.exitFullscreen()")
    page.locator(".page > #chart-picture-menu").wait_for(state="hidden")  # closed, and put back
    assert not page.evaluate("!!document.fullscreenElement")


def test_picture_is_of_the_exact_view(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=5m&style=line")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    with page.expect_download() as waiting:
        menu(page, "chart-picture-menu", '[data-act="download"]', chart=0)
    assert re.fullmatch(
        r"BTC-USD 5m [\d-]{10} [\d.]{8} UTC\.webp", waiting.value.suggested_filename
    )
    box = page.locator(".chart").bounding_box()
    assert box is not None
    with Image.open(waiting.value.path()) as image:
        assert (image.format, image.size) == ("WEBP", (round(box["width"]), round(box["height"])))
    menu(page, "chart-picture-menu", '[data-act="copy-address"]', chart=0)
    page.get_by_text("Address copied").wait_for()
    address = page.evaluate("navigator.clipboard.readText()")
    assert "/api/chart.webp?symbol=BTC-USD&interval=5m&" in address
    assert "&style=line&" in address and "&end=" in address
    answer = page.request.get(address)
    assert answer.ok
    with Image.open(BytesIO(answer.body())) as image:
        assert image.size == (round(box["width"]), round(box["height"]))


def test_hidden_tab_gets_nothing(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 4)
    hide = """hidden => {
        Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
        document.dispatchEvent(new Event('visibilitychange')); }"""
    page.evaluate(hide, True)
    wait_until_still(page, lambda: counter(page, "frames"), 1500)
    before = counter(page, "frames")
    page.evaluate(hide, False)
    wait_for_counter(page, "frames", before + 4)


def test_charts_that_left_are_unsubscribed(program: Program, page: Page) -> None:
    page.add_init_script(
        """window.said = []; const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (text) {
          window.said.push(JSON.parse(text)); send.call(this, text); };"""
    )
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 9)
    choose_size(page, 4)
    left = "window.said.filter(({type}) => type === 'unsubscribe').length"
    wait_until(lambda: page.evaluate(left) == 5, "five are given back")
    wait_until(lambda: counter(page, "liveUrls") <= 10, "their pictures are freed")


def test_keyboard_reaches_symbols_and_menus(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "symbol"
    page.keyboard.press("Escape")
    page.locator(".toolbar-style").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_until(lambda: elements(page)["style"] == "hollow", "the second style is chosen")
    assert page.evaluate("document.activeElement.matches('.toolbar-style')")


def test_phone_shows_one_chart(program: Program, browser: Browser, problems: Problems) -> None:
    with open_page(browser, problems, PHONE) as page:
        open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
        layout = {"size": 4, "active": 2}
        page.set_viewport_size({"width": 1440, "height": 900})
        choose_size(page, layout["size"])
        activate(page, layout["active"])
        chosen = markets(page)[2]
        page.set_viewport_size({"width": 390, "height": 844})
        wait_until(lambda: markets(page) == [chosen] == shown(page), "the active one is left")
        assert not page.locator(".grid-sizes").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        menu(page, "chart-style-menu", '[data-style="area"]')
        assert elements(page)["style"] == "area"
        page.set_viewport_size({"width": 1440, "height": 900})
        wait_until(lambda: len(markets(page)) == 4, "the others come back")
        assert elements(page, 2)["style"] == "area"


def swipe(page: Page, by: float, down: float = 0) -> None:
    """A finger over the legend that goes across."""
    session = page.context.new_cdp_session(page)
    box = page.locator(".chart-swipe").bounding_box()
    assert box is not None
    x, y = box["x"] + 150, box["y"] + 24
    for kind, share in (("touchStart", 0.0), ("touchMove", 0.5), ("touchMove", 1.0)):
        points = [{"x": x + share * by, "y": y + share * down}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_phone_swipes_through_symbols_and_charts(
    program: Program, browser: Browser, problems: Problems
) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page = context.new_page()
    problems.watch(page)
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    dots = "[...document.querySelectorAll('.swipe-dots i')].map((dot) => dot.className)"
    wait_until(lambda: page.evaluate(dots) == ["is-now", "", ""], "three symbols")
    bars = "candlecast.panelOf(document.querySelector('.chart')).view.following"
    swipe(page, -90)
    wait_until(lambda: shown(page) == ["ETH-USD 1m"], "the next symbol")
    assert page.evaluate(dots) == ["", "is-now", ""] and page.evaluate(bars)  # nothing was panned
    swipe(page, -90, down=80)  # this one scrolls
    swipe(page, 90)
    wait_until(lambda: shown(page) == ["BTC-USD 1m"], "the one before")
    swipe(page, 90)  # there is none before
    layout = json.loads(page.evaluate(f"localStorage.getItem('{KEY}')"))
    cell = layout["cells"][0]
    others = [{**cell, "interval": interval} for interval in ("5m", "15m", "1h")]
    layout |= {"size": 4, "active": 0, "cells": [cell, *others]}
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, json.dumps(layout)])
    page.reload()
    wait_until(lambda: page.evaluate(dots) == ["is-now", "", "", ""], "four charts of the grid")
    swipe(page, -90)
    wait_until(lambda: shown(page) == ["BTC-USD 5m"], "the next chart")
    assert page.locator(".chart-swipe [role=status]").text_content() == "BTC-USD 5m, 2 of 4"
    context.close()


def test_middling_width_has_every_size(program: Program, page: Page) -> None:
    page.set_viewport_size({"width": 800, "height": 900})
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 16)
    inside = """() => {
        const bar = document.querySelector(".top-bar").getBoundingClientRect();
        return [...document.querySelectorAll(".top-bar button:not([hidden])")]
            .filter((button) => button.offsetWidth)
            .every((button) => button.getBoundingClientRect().right <= bar.right); }"""
    assert page.evaluate(inside)


def test_both_themes_redraw_every_chart(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 4)
    page.locator("#theme-toggle").click()
    # The colour of most of the first row: any one pixel of it may be a line of the grid.
    shades = """() => [...document.querySelectorAll('.chart-keyframe')].map((image) => {
      const canvas = document.createElement('canvas');
      canvas.width = image.naturalWidth; canvas.height = 1;
      const area = canvas.getContext('2d'); area.drawImage(image, 0, 0);
      const bytes = area.getImageData(0, 0, canvas.width, 1).data;
      new Uint32Array(bytes.buffer).sort();
      const middle = 4 * (canvas.width >> 1);
      return [...bytes.slice(middle, middle + 3)].join(); })"""
    wait_until(lambda: page.evaluate(shades) == ["255,255,255"] * 4, "all four are light")
