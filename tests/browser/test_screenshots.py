"""Pictures of every page for people to look at: wide and dark, on a phone and light.

They go to tests/browser/artifacts, or with the other two of each page to the folder that
CANDLECAST_SCREENSHOTS names. Themes and sizes of every page: test_accessibility.py.
"""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import PHONE, WIDE, Problems, open_page, wait_for_counter
from tests.browser.program import Program

pytestmark = pytest.mark.browser
CHOSEN = os.environ.get("CANDLECAST_SCREENSHOTS")
FOLDER = Path(CHOSEN or Path(__file__).parent / "artifacts")
LOOKS = {("wide", "dark"): WIDE, ("phone", "light"): PHONE}
if CHOSEN:
    LOOKS |= {("wide", "light"): WIDE, ("phone", "dark"): PHONE}
PAGES = {
    "dashboard": "/",
    "backtesting": "/backtesting",
    "paper": "/paper",
    "performance": "/performance",
}


def backtest(page: Page) -> None:
    """A run of the form's values, drawn."""
    expect(page.locator("#backtest-run")).to_be_enabled()
    page.locator("#backtest-run").click()
    shown = "candlecast.runChart?.current()?.shown"
    page.wait_for_function(f"() => {shown}", timeout=120_000)  # a first run compiles
    page.wait_for_selector("#backtest-equity .scatterlayer .traceequity")


@pytest.mark.parametrize(("form", "theme"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_page_is_pictured(
    program: Program, browser: Browser, problems: Problems, name: str, form: str, theme: str
) -> None:
    with ExitStack() as pages:
        page = pages.enter_context(open_page(browser, problems, LOOKS[form, theme]))
        if name == "performance":  # it has figures while somebody watches a chart
            chart = pages.enter_context(open_page(browser, problems, WIDE))
            chart.goto(program.url)
            wait_for_counter(chart, "patches", 20)
        page.add_init_script(f"localStorage.setItem('candlecast.theme', '{theme}')")
        page.goto(program.url + PAGES[name])
        page.wait_for_selector(".page")
        if name == "backtesting":
            backtest(page)
        elif name != "performance":
            wait_for_counter(page, "keyframes", 1)
            wait_for_counter(page, "patches", 1)
        page.wait_for_timeout(1200)  # a status message and the first tick of the tables
        FOLDER.mkdir(parents=True, exist_ok=True)
        file = FOLDER / f"{name}-{form}-{theme}.png"
        page.screenshot(path=file)
        assert file.stat().st_size > 10_000
