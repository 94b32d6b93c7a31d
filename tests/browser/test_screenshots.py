"""Pictures of every page, wide and phone, dark and light, for people to look at.

They go to tests/browser/artifacts, or to the folder that CANDLECAST_SCREENSHOTS names.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import PHONE, WIDE, Problems, open_page, wait_for_counter
from tests.browser.program import Program

pytestmark = pytest.mark.browser
FOLDER = Path(os.environ.get("CANDLECAST_SCREENSHOTS") or Path(__file__).parent / "artifacts")
PAGES = {
    "dashboard": "/",
    "backtesting": "/backtesting",
    "paper": "/paper",
    "performance": "/performance",
}


def backtest(page: Page) -> None:
    """A run of the form's values, drawn."""
    expect(page.locator("#backtest-run")).to_be_enabled(timeout=30_000)
    page.locator("#backtest-run").click()
    shown = "candlecast.runChart?.current()?.shown"
    page.wait_for_function(f"() => {shown}", timeout=120_000)  # a first run compiles
    page.wait_for_selector("#backtest-equity .scatterlayer .traceequity")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("form", "size"), [("wide", WIDE), ("phone", PHONE)])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_pictured(
    program: Program,
    browser: Browser,
    problems: Problems,
    name: str,
    form: str,
    size: dict[str, int],
    theme: str,
) -> None:
    with open_page(browser, problems, size) as page, open_page(browser, problems, WIDE) as chart:
        if name == "performance":  # it has figures while somebody watches a chart
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
