"""No text of a page is cut without a way to read all of it."""

from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect

from tests.browser.chromium import PHONE, WIDE, Problems, open_page
from tests.browser.program import Program
from tests.browser.test_paper_page import opened

pytestmark = pytest.mark.browser
SMALLEST = {"width": 360, "height": 640}
PATHS = {
    "/": "candlecast.keyframes > 0 && document.querySelector('.watch-grid .ag-row')",
    "/backtesting": "document.querySelector('#backtest-run:not([disabled])')",
    "/performance": "document.querySelector('.stage-table td')",
    "/data": "document.querySelector('.page-data')",
}

# What is wider than the element that hides the rest of it, where no title tells all of it.
CUT = """() => [...document.querySelectorAll("body *")].filter((element) => {
    const { overflowX, display } = getComputedStyle(element);
    return element.scrollWidth > element.clientWidth + 2
        && ["hidden", "clip"].includes(overflowX) && display !== "inline"
        && element.checkVisibility({ visibilityProperty: true }) && element.innerText?.trim()
        && element.clientWidth > 1
        && !element.closest("[title]:not([title='']), .page-names, .visually-hidden");
}).map((element) => `${element.className}: ${element.innerText}`)"""
# Dialogs scroll, but never sideways; neither do two labels of one share a place.
BESIDE = """dialog => [dialog.scrollWidth - dialog.clientWidth,
    ...[...dialog.querySelectorAll(".paper-field-label")].map((label) =>
        Math.max(0, label.scrollWidth - label.clientWidth))]"""


def nothing_is_cut(page: Page, where: str) -> None:
    """What was just filled may be laid out in the next frame: looked at until it is right."""
    with suppress(TimeoutError):
        page.wait_for_function(f"() => !({CUT})().length", timeout=5000)
    assert page.evaluate(CUT) == [], where


@pytest.mark.parametrize("path", PATHS)
def test_texts_of_a_page_are_whole(program: Program, page: Page, path: str) -> None:
    page.goto(program.url + path)
    page.wait_for_function(f"() => {PATHS[path]}")
    expect(page.locator(".feed-strip")).to_contain_text("Prices are not real.")
    for size in (WIDE, PHONE, SMALLEST):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        nothing_is_cut(page, f"{path} at {size['width']}")
        for tab in page.locator("[data-side-tab]:visible").all():
            tab.click()
            nothing_is_cut(page, f"{path} at {size['width']}, {tab.inner_text()}")


def test_texts_of_paper_trading_are_whole(
    program: Program, browser: Browser, problems: Problems
) -> None:
    with open_page(browser, problems, PHONE) as page:
        opened(page, program)
        for size in (PHONE, SMALLEST):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            for tab in page.locator("[data-sheet-tab]").all():
                tab.click()
                nothing_is_cut(page, f"{tab.inner_text()} at {size['width']}")
            for name in ("account", "terms", "limits"):
                page.locator(f'[data-paper-act="{name}"]').first.evaluate("act => act.click()")
                dialog = page.locator(f'[data-dialog="{name}"]')
                expect(dialog.locator(".paper-field").first).to_be_visible()
                assert not any(dialog.evaluate(BESIDE)), f"{name} at {size['width']}"
                page.keyboard.press("Escape")
                expect(dialog).to_be_hidden()
