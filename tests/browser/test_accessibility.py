"""Every page in both themes by the rules of axe-core: names, roles, contrast, landmarks, order."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import PHONE, WIDE, Problems, open_page
from tests.browser.program import Program

pytestmark = pytest.mark.browser
PAGES = ("/", "/backtesting", "/paper", "/performance", "/data")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# A phone shows no panel's title where the page's name says the same: its headings skip a level.
RUN = """async ([tags, order]) => {
    const options = {
        resultTypes: ["violations"], runOnly: { type: "tag", values: tags },
        rules: { "heading-order": { enabled: order } },
    };
    const { violations } = await axe.run(document, options);
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => {
        const why = [...node.any, ...node.all, ...node.none].map(({ message }) => message);
        return `${id}: ${node.target.join(" ")}: ${why.join("; ")}`;
    }));
}"""


def axe() -> str:
    """The rules: a script (MPL-2.0), from a package that is needed for nothing else."""
    found = find_spec("axe_playwright_python")
    assert found is not None and found.origin is not None, "requirements-dev.txt is not installed"
    return Path(found.origin).with_name("axe.min.js").read_text()


def faults(page: Page, order: bool = True) -> list[str]:
    found: list[str] = page.evaluate(RUN, [list(TAGS), order])
    return found


def wait_for_rows(page: Page) -> None:
    """Wait for the watchlist: the grid makes a row first, and its cells a moment later."""
    page.wait_for_function(
        """() => {
            const rows = [...document.querySelectorAll(".watch-grid .ag-row")];
            return rows.length === 3 && rows.every((row) => row.querySelector("[role=gridcell]"));
        }"""
    )


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_keep_the_rules_in_both_themes(
    program: Program, browser: Browser, problems: Problems, path: str, size: dict[str, int]
) -> None:
    with open_page(browser, problems, size) as page:
        page.goto(program.url + path)
        page.wait_for_selector(".page")
        page.wait_for_function("() => candlecast.opens > 0")
        if path == "/":
            wait_for_rows(page)
        page.evaluate(axe())
        for theme in ("dark", "light"):
            page.evaluate("(name) => candlecastTheme.apply(name)", theme)
            page.wait_for_selector(f'html[data-theme="{theme}"]')
            page.wait_for_function(  # colours change over 80 ms
                "() => document.getAnimations().every((each) => each.playState !== 'running')"
            )
            assert faults(page, size is WIDE) == [], theme


def test_views_of_the_book_keep_the_rules(program: Program, page: Page) -> None:
    page.add_init_script(f"localStorage.setItem('candlecast.side', {json.dumps(DEPTH)})")
    page.goto(f"{program.url}/")
    page.wait_for_function("() => candlecast.depths > 0")
    wait_for_rows(page)
    page.evaluate(axe())
    page.locator(".book-depth").focus()
    assert faults(page) == []


def test_a_nameless_button_is_found(program: Program, page: Page) -> None:
    page.goto(f"{program.url}/paper")
    page.wait_for_selector(".page")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    page.evaluate(axe())
    assert any(fault.startswith("button-name: ") for fault in faults(page))


DEPTH = json.dumps({"version": 1, "view": "depth"})
