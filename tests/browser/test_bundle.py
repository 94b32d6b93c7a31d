"""The page's scripts in one file: what one of them throws, and what a second visit asks for."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from server.bundle import scripts
from tests.browser.chromium import Problems
from tests.browser.live import open_chart
from tests.browser.program import Program

pytestmark = pytest.mark.browser


def test_script_that_throws_is_reported_and_stops_no_other(
    page: Page, problems: Problems, tmp_path: Path
) -> None:
    problems.allow("page error: one of them")
    (tmp_path / "1_broken.js").write_text('"use strict";\n{ throw new Error("one of them"); }\n')
    (tmp_path / "2_whole.js").write_text(
        '"use strict";\n{ window.strict = (function () { return !this; })(); }\n'
    )
    with page.expect_event("pageerror"):
        page.add_script_tag(content=scripts(tmp_path).content.decode())
    assert page.evaluate("window.strict") is True


def test_second_visit_asks_for_neither_script_nor_sheet(program: Program, page: Page) -> None:
    loaded = """() => performance.getEntriesByType("resource")
        .filter(({name}) => /\\.(js|css)$/.test(name))
        .map(({name, transferSize}) => [new URL(name).pathname, transferSize])"""
    url = f"{program.url}/?symbol=BTC-USD&interval=1m"
    open_chart(page, url)
    first = {path: size for path, size in page.evaluate(loaded) if path.startswith("/assets/")}
    bundles = [path for path in first if re.match(r"/assets/(scripts|sheets)\.\w{16}\.", path)]
    assert len(bundles) == 2
    assert set(first) <= {*bundles, "/assets/theme.js", "/assets/workers/chart_painter.js"}
    open_chart(page, url)
    again = dict(page.evaluate(loaded))
    assert [(first[path] > 0, again[path]) for path in bundles] == [(True, 0)] * 2
