"""The side column on a phone: a sheet with three rests, by finger, handle and keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from tests.browser.chromium import PHONE, Problems, open_page
from tests.browser.live import open_chart
from tests.browser.program import Program
from tests.browser.stand import wait_until

pytestmark = pytest.mark.browser
HANDLE = ".sheet-handle"


@pytest.fixture
def phone(program: Program, browser: Browser, problems: Problems) -> Iterator[Page]:
    """The dashboard on a phone whose owner wants no motion: a rest is reached at once."""
    with open_page(browser, problems, PHONE) as page:
        page.emulate_media(reduced_motion="reduce")
        open_sheet(page, program)
        yield page


def open_sheet(page: Page, program: Program) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    page.locator(".watch-grid .ag-row").nth(0).wait_for()


def rests(page: Page, snap: str) -> None:
    page.locator(f'.side[data-snap="{snap}"]').wait_for()


def height(page: Page) -> float:
    found: float = page.locator(".side").evaluate("(e) => e.getBoundingClientRect().height")
    return found


def drag(page: Page, by: float, slowly: bool = True) -> None:
    """Take the handle ``by`` CSS pixels up."""
    box = page.locator(HANDLE).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for part in range(1, 9):
        page.mouse.move(x, y - by * part / 8)
    if slowly:
        page.wait_for_timeout(150)  # who holds still does not flick
    page.mouse.up()


def test_the_handle_draws_the_sheet_to_its_rests(phone: Page) -> None:
    rests(phone, "half")
    half = height(phone)
    chart = phone.locator(".live-chart").bounding_box()
    assert chart is not None and chart["height"] >= 320
    top = phone.locator(".side").evaluate("(e) => e.getBoundingClientRect().top")
    assert top == pytest.approx(chart["y"] + chart["height"], abs=1)
    drag(phone, 400)
    rests(phone, "full")
    full = height(phone)
    drag(phone, -full)
    rests(phone, "closed")
    closed = height(phone)
    assert 69 <= closed < half < full
    taken = phone.locator(".live-chart").evaluate("(e) => e.offsetHeight") - chart["height"]
    assert taken == pytest.approx(half - closed, abs=1)
    drag(phone, 30)
    rests(phone, "closed")  # too little for another
    top = phone.locator(".side").evaluate("(e) => e.getBoundingClientRect().top")
    assert top >= 144  # pill and strip stay in sight


def test_press_and_keys_move_it_and_it_is_kept(phone: Page, program: Program) -> None:
    handle = phone.locator(HANDLE)
    handle.click()
    rests(phone, "full")
    handle.click()
    rests(phone, "half")
    handle.focus()
    for key, snap, words in (
        ("ArrowDown", "closed", "Closed"),
        ("ArrowDown", "closed", "Closed"),
        ("ArrowUp", "half", "Half open"),
        ("End", "full", "Open"),
        ("Home", "closed", "Closed"),
    ):
        handle.press(key)
        rests(phone, snap)
        assert handle.get_attribute("aria-valuetext") == words
    phone.locator('[data-side-tab="book"]').click()  # what was asked for is to be seen
    rests(phone, "half")
    handle.press("Home")
    rests(phone, "closed")
    open_sheet_again = phone.url
    phone.goto(open_sheet_again)
    rests(phone, "closed")


def test_a_tab_opens_a_sheet_that_is_too_low_to_show_anything(phone: Page) -> None:
    phone.locator('[data-side-tab="trades"]').click()
    rests(phone, "half")
    phone.set_viewport_size({"width": 360, "height": 640})
    phone.locator('[data-side-tab="book"]').click()
    rests(phone, "full")
    rows = phone.locator(".book-row:not(.is-empty)")
    wait_until(lambda: rows.count() >= 4, "the ladder fills the sheet")


def test_motion_is_only_for_who_wants_it(phone: Page, program: Program) -> None:
    moves = "() => document.querySelector('.side').getAnimations().length"
    count = """() => {
        window.moves = 0;
        const animate = Element.prototype.animate;
        Element.prototype.animate = function (...given) {
            if (this.matches(".side")) window.moves += 1;
            return animate.apply(this, given);
        };
    }"""
    phone.evaluate(count)
    phone.locator(HANDLE).press("End")
    rests(phone, "full")
    assert phone.evaluate("window.moves") == 0
    phone.emulate_media(reduced_motion="no-preference")
    phone.locator(HANDLE).press("Home")
    rests(phone, "closed")
    assert phone.evaluate("window.moves") == 1
    phone.wait_for_function(f"() => ({moves})() === 0")
    assert phone.locator(".side").get_attribute("style") is not None
    assert phone.locator(".side").evaluate("(e) => e.style.transform + e.style.height") == ""


def swipe(session: CDPSession, x: float, y: float, by: float) -> None:
    """A finger goes ``by`` CSS pixels up."""
    session.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    )
    for part in range(1, 9):
        points = [{"x": x, "y": y - by * part / 8}]
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_in_the_list_moves_neither_page_nor_sheet(
    program: Program, browser: Browser, problems: Problems
) -> None:
    low = {"width": 390, "height": 480}  # the page itself can be scrolled
    context = browser.new_context(viewport=low, has_touch=True, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    problems.watch(page)
    open_sheet(page, program)
    page.evaluate(
        """() => dash_ag_grid.getApi("watchlist-grid").applyTransaction({
            add: Array.from({ length: 60 }, (_, i) => ({
                symbol: `X${i}-USD`, price: i, change_pct: 0, turnover: i, decimals: 2,
            })),
        })"""
    )
    fingers = context.new_cdp_session(page)
    box = page.locator(HANDLE).bounding_box()
    assert box is not None
    swipe(fingers, 195, box["y"] + 10, 200)
    rests(page, "full")
    tops = """() => [".watch-grid .ag-body-viewport", ".page-dashboard"]
        .map((each) => document.querySelector(each).scrollTop)"""
    room = "(e) => e.scrollHeight - e.clientHeight"
    assert page.locator(".page-dashboard").evaluate(room) > 50
    box = page.locator(".watch-grid .ag-body-viewport").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    swipe(fingers, 100, middle, 90)
    wait_until(lambda: page.evaluate(tops)[0] > 40, "the list scrolls")
    for _ in range(3):  # back, and beyond its beginning
        swipe(fingers, 100, middle, -100)
    wait_until(lambda: page.evaluate(tops) == [0, 0], "the page stays")
    rests(page, "full")
    context.close()


def test_rows_that_act_are_large_enough_for_a_finger(phone: Page) -> None:
    phone.locator('[data-side-tab="book"]').click()
    phone.locator(HANDLE).press("End")
    rests(phone, "full")
    rows = phone.locator(".book-row:not(.is-empty)")
    wait_until(lambda: rows.count() >= 8, "the ladder fills the sheet")
    small = """() => [...document.querySelectorAll(
        ".side :is(.book-row:not(.is-empty), .side-tab, .book-view, .book-steps, .ag-row)")]
        .filter((e) => e.offsetParent && e.offsetHeight < 44).map((e) => e.className)"""
    assert phone.evaluate(small) == []
