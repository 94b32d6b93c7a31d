"""What the paper page says when it cannot trade, and its dialogs: limits, keys, reconciling."""

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import SERVER_GONE, Problems
from tests.browser.program import Program
from tests.browser.proxy import Proxy
from tests.browser.test_paper_page import HEAD, kind, opened

pytestmark = pytest.mark.browser
SHIFTS = """window.moved = [];
new PerformanceObserver((list) => {
    const parts = list.getEntries().flatMap(({ sources }) => sources);
    for (const { previousRect: was, currentRect: is } of parts) {
        if (Math.abs(was.y - is.y) > 1 && was.height && is.height) window.moved.push([was, is]);
    }
}).observe({ type: "layout-shift", buffered: false });"""


def test_journal_that_cannot_be_written_stops_the_ticket_and_says_so(
    own_program: Callable[..., Program], page: Page, problems: Problems, tmp_path: Path
) -> None:
    problems.allow(SERVER_GONE)
    opened(page, own_program(CANDLECAST_STORE=str(tmp_path / "store")))
    kind(page, "Market")
    page.locator("#paper-size").fill("0.1")
    other = sqlite3.connect(tmp_path / "store" / "paper.sqlite")
    other.execute("BEGIN EXCLUSIVE")  # another program holds the file
    page.locator("#paper-send").click()
    strip = page.locator('[data-paper-strip="journal"]')
    expect(strip).to_contain_text("The journal cannot be written")
    expect(strip).to_contain_text("database is locked. No order is taken meanwhile")
    expect(page.locator('[data-paper-strip="idle"]')).to_be_hidden()
    expect(page.locator('[data-status="paper-journal"]')).to_have_text("failing")
    expect(page.locator("#paper-send")).to_be_disabled()
    expect(page.locator('[data-ticket="message"]')).to_contain_text(
        re.compile("no order is taken|waits to be journaled")
    )
    other.rollback()
    other.close()
    expect(strip).to_be_hidden()
    expect(page.locator('[data-paper-count="positions"]')).to_have_text("1")  # nothing was lost


def test_server_out_of_reach_takes_no_orders(
    program: Program, page: Page, problems: Problems
) -> None:
    problems.allow(SERVER_GONE)
    proxy = Proxy(program.port)
    proxy.start()
    try:
        page.goto(f"{proxy.url}/paper?symbol=BTC-USD&interval=1m")
        page.wait_for_function(f"() => {HEAD}?.tradable && candlecast.keyframes > 0")
        page.locator("#paper-size").fill("0.1")
        expect(page.locator("#paper-send")).to_be_enabled()
        proxy.freeze()
        expect(page.locator("#paper-send")).to_be_disabled()
        expect(page.locator('[data-ticket="message"]')).to_contain_text("out of reach")
        expect(page.locator("#paper-kill-note")).to_have_text("The server is out of reach.")
        expect(page.locator("#chart")).to_have_class(re.compile("is-stale"))
        proxy.thaw()
        expect(page.locator("#paper-send")).to_be_enabled()
    finally:
        proxy.stop()


def test_limits_of_symbols_are_added_changed_and_removed(program: Program, page: Page) -> None:
    opened(page, program)
    limits = page.locator('[data-dialog="limits"]')
    save = limits.get_by_role("button", name="Save limits")
    add = limits.get_by_role("button", name="Add a symbol")
    rows = limits.locator(".paper-symbol-row")

    def open_limits() -> None:
        page.locator('[data-paper-act="limits"]').click()
        expect(limits).to_be_visible()

    open_limits()
    add.focus()
    page.keyboard.press("Enter")  # by keys alone
    expect(rows.nth(0).get_by_label("Position")).to_be_focused()
    page.keyboard.type("15,000")
    add.click()
    rows.nth(1).locator("select").select_option("BTC-USD")
    rows.nth(1).get_by_label("One order").fill("1")
    save.click()
    expect(rows.nth(1)).to_contain_text("BTC-USD has a row above.")
    rows.nth(1).locator("select").select_option("ETH-USD")
    save.click()
    expect(limits).to_be_hidden()
    now = f"{HEAD}.limits"
    page.wait_for_function(f"() => {now}.max_position_values['BTC-USD'] === 15000")
    assert page.evaluate(f"{now}.max_order_size") == {"ETH-USD": 1}
    open_limits()
    expect(rows).to_have_count(2)
    rows.filter(has=page.locator('option[value="BTC-USD"]:checked')).get_by_role(
        "button", name="Remove"
    ).click()
    expect(add).to_be_focused()
    rows.nth(0).get_by_label("One order").fill("2.5")
    save.click()
    expect(limits).to_be_hidden()
    page.wait_for_function(f"() => {now}.max_order_size['ETH-USD'] === 2.5")
    assert page.evaluate(f"{now}.max_position_values") == {}
    open_limits()
    rows.nth(0).get_by_role("button", name="Remove").click()
    save.click()
    page.wait_for_function(f"() => !Object.keys({now}.max_order_size).length")


def test_keys_are_listed_and_an_order_needs_no_mouse(program: Program, page: Page) -> None:
    opened(page, program)
    page.locator("#chart").focus()
    page.keyboard.press("?")
    keys = page.locator('[data-dialog="keys"]')
    expect(keys).to_be_visible()
    expect(keys).to_contain_text("Stop all trading, at once")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(page.locator("#chart")).to_be_focused()
    page.keyboard.press("l")
    expect(page.locator("#paper-limit")).to_be_focused()
    page.keyboard.type("30,000")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#paper-limit")).to_have_value("30,000.1")
    page.keyboard.press("Tab")
    expect(page.locator("#paper-size")).to_be_focused()
    page.keyboard.type("0.05")
    expect(page.locator("#paper-send")).to_have_text("Buy 0.0500 BTC at 30,000.1")
    page.keyboard.press("Enter")
    expect(page.locator('[data-ticket="message"]')).to_contain_text("buy limit 0.05 BTC-USD")


def test_steps_of_the_venue_are_kept_on_the_ticket(program: Program, page: Page) -> None:
    opened(page, program)
    steps = {"symbol": "BTC-USD", "price_step": 0.5, "size_step": 0.001, "least_size": 0.01}
    message = page.locator('[data-ticket="message"]')
    page.evaluate(
        "steps => candlecast.paperPage().showInstruments([steps])", {**steps, "least_value": 500}
    )
    page.locator("#paper-size").fill("")
    kind(page, "Limit")
    for price, size, sentence in (
        ("30,000.3", "0.1", "Price moves in steps of 0.5 USD."),
        ("30,000.5", "0.1005", "Size moves in steps of 0.001 BTC."),
        ("30,000.5", "0.002", "The smallest size is 0.01 BTC."),
        ("30,000.5", "0.012", "The smallest order is worth 500 USD."),
    ):
        page.locator("#paper-limit").fill(price)
        page.locator("#paper-size").fill(size)
        expect(message).to_have_text(sentence)
        expect(page.locator("#paper-send")).to_be_disabled()
    page.locator("#paper-size").fill("0.1")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#paper-size")).to_have_value("0.101")
    expect(page.locator("#paper-send")).to_be_enabled()


def test_session_is_reconciled_beside_its_backtest(
    own_program: Callable[..., Program], page: Page, tmp_path: Path
) -> None:
    opened(page, own_program(CANDLECAST_STORE=str(tmp_path / "store")))
    page.evaluate(
        """order => candlecast.paperApi.ask("POST", "/automations", order)""",
        {"strategy": "sma_cross", "values": {"fast": 2, "slow": 3}, "symbols": ["BTC-USD"],
         "interval": "1s", "capital": 5000},
    )  # fmt: skip
    page.wait_for_function(f"() => {HEAD}.fill_count > 1", timeout=90_000)
    opener = page.locator(".automation-about")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.locator('[data-dialog="reconcile"]')
    expect(dialog.locator(".paper-facts")).to_contain_text("Equal fills", timeout=90_000)
    drawn = """canvas => [...canvas.getContext("2d").getImageData(0, 0, canvas.width,
        canvas.height).data].some((value) => value > 0)"""
    page.wait_for_function(
        f"canvas => ({drawn})(canvas)", arg=dialog.locator("canvas").element_handle()
    )
    expect(dialog.locator(".paper-causes")).not_to_be_empty()
    files = dialog.locator(".paper-reconcile-files a")
    expect(files).to_have_count(2)
    report, export = (
        page.request.get(page.url.split("/paper")[0] + str(files.nth(place).get_attribute("href")))
        for place in (0, 1)
    )
    assert report.ok and "paper beside backtest" in report.text()
    assert export.ok and export.text().startswith("time,symbol,side,paper_time")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_blinks_of_the_journal_move_nothing(program: Program, page: Page) -> None:
    opened(page, program)
    page.evaluate(SHIFTS)
    page.evaluate(
        """async () => {
            const page = candlecast.paperPage();
            for (const journal of ["behind 3", "in sync", "behind 1", "in sync"]) {
                page.heads.show({ ...page.head, journal });
                await new Promise(requestAnimationFrame);
                await new Promise((resolve) => setTimeout(resolve, 50));
            }
        }"""
    )
    expect(page.locator('[data-paper-strip="journal"]')).to_be_hidden()
    assert page.evaluate("window.moved") == [], json.dumps(page.evaluate("window.moved"))
