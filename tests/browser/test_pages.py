"""The pages of the real program: themes, phone layout, login."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from chart_acceleration.legend import ROOM
from tests.browser.chromium import PHONE, WIDE, Problems, open_page, wait_for_counter
from tests.browser.live import open_chart
from tests.browser.program import Program
from tests.browser.stand import wait_until

pytestmark = pytest.mark.browser
PATHS = ("/", "/backtesting", "/paper", "/performance")


def settled(page: Page, url: str) -> None:
    """Open a page and wait until Dash has drawn it."""
    page.goto(url)
    page.wait_for_selector(".page")
    page.wait_for_timeout(1200)  # the first tick of its tables


@pytest.mark.parametrize("path", PATHS)
def test_every_theme_of_every_page_complains_about_nothing(
    program: Program, page: Page, path: str
) -> None:
    settled(page, program.url + path)
    for switch, theme in (
        ("#theme-toggle", "light"),
        ("#colour-blind-toggle", "light-cb"),
        ("#theme-toggle", "dark-cb"),
        ("#colour-blind-toggle", "dark"),
    ):
        page.locator(switch).click()
        page.wait_for_selector(f'html[data-theme="{theme}"]')
        page.wait_for_timeout(300)  # the redrawn picture, and what Dash makes of it
    width, height = page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]")
    assert width <= WIDE["width"] and height <= WIDE["height"]  # panels scroll, the page does not


@pytest.mark.parametrize("path", PATHS)
def test_phone_layout_does_not_scroll_sideways(
    program: Program, browser: Browser, problems: Problems, path: str
) -> None:
    with open_page(browser, problems, PHONE) as page:
        settled(page, program.url + path)
        width = page.evaluate(
            "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"
        )
        assert width <= PHONE["width"]


def box(page: Page, selector: str) -> dict[str, float]:
    """Where an element is on the page, in CSS pixels."""
    found = page.locator(selector).bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


def test_smallest_phone_shows_everything_beside_each_other(
    program: Program, browser: Browser, problems: Problems
) -> None:
    with open_page(browser, problems, {"width": 360, "height": 640}) as page:
        open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
        page.wait_for_timeout(1500)
        quote, pill = box(page, "#phone-quote"), box(page, ".top-bar .pill")
        assert quote["x"] + quote["width"] <= pill["x"]
        lower, navigation = box(page, ".side"), box(page, ".phone-navigation")
        assert lower["y"] + lower["height"] <= navigation["y"]
        intervals, tools = box(page, "#interval"), box(page, ".chart-toolbar")
        assert intervals["x"] + intervals["width"] <= tools["x"]
        assert tools["x"] + tools["width"] <= 360
        legend, picture = box(page, ".chart-legend"), box(page, ".chart")
        assert legend["y"] + legend["height"] <= picture["y"] + ROOM[3]  # candles begin below
        page.evaluate("dash_clientside.set_props('interval', { value: '4h' })")  # the row scrolls
        chosen = "#interval [data-active].mantine-SegmentedControl-label"

        def in_sight() -> bool:
            label = box(page, chosen)
            return intervals["x"] <= label["x"] <= tools["x"] - label["width"]

        wait_until(lambda: page.locator(chosen).inner_text() == "4h" and in_sight(), "it is seen")


def test_phone_header_shows_the_change_of_the_watchlist(
    program: Program, browser: Browser, problems: Problems
) -> None:
    with open_page(browser, problems, PHONE) as page:
        open_chart(page, f"{program.url}/?symbol=ETH-USD&interval=1m")
        words = """() => ["#phone-quote", ".watch-grid .ag-row.is-chosen"].map((selector) => {
            const text = (document.querySelector(selector)?.innerText ?? "").replace("ETH-USD", "");
            return text.split(/\\s+/).join(" ").trim();
        })"""
        page.wait_for_function(f"() => (([a, b]) => a.includes('%') && a === b)(({words})())")


def test_kept_light_theme_is_there_from_the_first_paint(program: Program, page: Page) -> None:
    page.add_init_script(
        """localStorage.setItem("candlecast.theme", "light");
        window.schemes = new Set();
        new MutationObserver(() => {
            const scheme = document.documentElement.dataset.mantineColorScheme;
            if (scheme) window.schemes.add(scheme);
        }).observe(document, { subtree: true, attributes: true });"""
    )
    settled(page, f"{program.url}/")
    assert page.evaluate("[...window.schemes]") == ["light"]


def test_unknown_page_says_so(program: Program, page: Page) -> None:
    settled_url = f"{program.url}/no-such-page"
    page.goto(settled_url)
    page.wait_for_selector(".content :text('no-such-page'), .content h1, .content h2")


def test_login_with_a_password(
    own_program: Callable[..., Program], page: Page, problems: Problems
) -> None:
    problems.allow(r"status of 401 .*/login")  # the wrong password's answer
    # The page asks once a second: what it asked while it signed out is refused.
    problems.allow(r"status of 401 .*/_dash-update-component")
    running = own_program(CANDLECAST_PASSWORD="correct horse")
    page.goto(f"{running.url}/")
    assert "/login" in page.url
    field = page.locator("input[type=password]")
    field.fill("wrong")
    field.press("Enter")
    page.wait_for_load_state()
    assert "/login" in page.url
    field = page.locator("input[type=password]")
    field.fill("correct horse")
    field.press("Enter")
    wait_for_counter(page, "keyframes", 1)
    assert "/login" not in page.url
    cookie = next(iter(page.context.cookies()))
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login")
    page.goto(f"{running.url}/")
    assert "/login" in page.url
