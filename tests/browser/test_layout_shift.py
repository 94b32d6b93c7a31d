"""Nothing of a page moves by itself, from its first paint to live data on a slow machine."""

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import PHONE, WIDE, Problems, open_page
from tests.browser.program import Program

pytestmark = pytest.mark.browser

MOST = 0.001
"""A tenth of what people do not notice yet. None is left to aim at: a number that comes to have a
digit more moves what stands beside it, by a hundredth of this."""

SLOWER = 2
"""Times that the processor seems slower: what comes late is seen to come."""

SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
        const who = ({ node }) => (node instanceof Element ? node : node?.parentElement)?.className;
        if (!hadRecentInput) window.shifts.push([value, sources.map(who)]);
    }
}).observe({ type: "layout-shift", buffered: true });"""

LIVE = {
    "/?symbol=BTC-USD&interval=1m": """candlecast.patches > 0
        && document.querySelector(".watch-grid .ag-row")
        && ![...document.querySelectorAll(".book-spread")].some((spread) =>
            spread.checkVisibility() && spread.textContent === "–")""",
    "/backtesting": "document.querySelector('#backtest-run:not([disabled])')",
    "/paper?symbol=BTC-USD&interval=1m": """candlecast.paperPage()?.head?.tradable
        && candlecast.patches > 0 && candlecast.paperPage().ticket.quote?.ask
        && document.querySelector('.paper-equity canvas')""",
    "/performance": """document.querySelector(".stage-table td")
        && document.getElementById("performance-at").textContent !== window.at""",
    "/data": "document.querySelector('.library .is-reading') === null",
}


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("path", LIVE)
def test_nothing_moves_while_a_page_comes_to_life(
    program: Program, browser: Browser, problems: Problems, path: str, size: dict[str, int]
) -> None:
    with open_page(browser, problems, size) as page:
        page.add_init_script(SHIFTS)
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(program.url + path)
        page.wait_for_selector(".page")
        page.evaluate("window.at = document.getElementById('performance-at')?.textContent")
        page.wait_for_function(f"() => window.candlecast && {LIVE[path]}")
        page.wait_for_selector('[data-status="clock"]:not(:empty)', state="attached")
        for _ in range(3):  # what was shown last may not have been counted yet
            page.evaluate("() => new Promise(requestAnimationFrame)")
        shifts = page.evaluate("window.shifts")
        assert sum(value for value, _ in shifts) <= MOST, shifts
